// The five checks of the earlier system that were done by hand.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { SUPPORTED } from '../harness/shipped.mjs';
import { QUICK } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';
import { limitedPostgrest } from './limited.mjs';

/** @type {Stack} */
let stack;
let anyone;
before(async () => {
  stack = await Stack.start({ flags: QUICK });
  anyone = stack.postgrest.client({ role: 'anon' });
});
after(() => stack?.close());

let count = 0;

/** Declares a check that was done by hand. */
function manual(name, run) {
  count += 1;
  test(`by hand ${count}: ${name}`, run);
}

manual('150 requests from one address: exactly 100 pass, 50 get 429 with Retry-After', async () => {
  const limited = await limitedPostgrest(stack);
  const answers = [];
  const client = async (count) => {
    for (let i = 0; i < count; i++)
      answers.push(
        await limited.request('GET', '/rpc/supported_countries', { headers: { 'X-Forwarded-For': '198.51.100.2' } }),
      );
  };
  await Promise.all(Array.from({ length: 10 }, () => client(15)));
  const [passed, refused] = [200, 429].map((status) => answers.filter((answer) => answer.status === status));
  assert.deepEqual([answers.length, passed.length, refused.length], [150, 100, 50]);
  for (const { headers } of refused)
    assert.ok(Number(headers.get('retry-after')) > 800 && Number(headers.get('retry-after')) <= 900);
  for (const { body } of passed) assert.equal(body.length, SUPPORTED.length);
});

manual('the database fails while a number is being bought: the number is released, and the job says so', async () => {
  const org = stack.organization();
  const { purchases, releases } = await stack.simulator.state();
  const buys = await stack.simulator.count('buy', 'applied');
  const hold = await stack.simulator.fault('buy', { kind: 'hold', when: 'after' });
  const from = stack.sidecar.daemon.lines.length;
  await org.provision('NG');
  await stack.simulator.reached('buy', 'applied', { count: buys + 1 });
  await stack.cluster.stop('immediate');
  await stack.simulator.release(hold);
  await stack.sidecar.log(/rollback successful/, { from });
  const state = await stack.simulator.state();
  assert.deepEqual([state.purchases, state.releases], [purchases + 1, releases + 1]);
  await stack.cluster.start();
  await until('PostgREST answers', async () => (await org.rpc('provisioning_status')).status === 200);
  const end = await org.finished();
  assert.deepEqual([end.state, end.number], ['failed', null]);
  assert.ok(end.reason.length > 0);
});

manual(
  'countries changed in quick succession, by many at once: no error, one row each, the last choice stands, counts agree',
  async () => {
    const countries = SUPPORTED;
    const organizations = Array.from({ length: 6 }, () => stack.organization());
    const before = await countByCountry();
    const answers = await Promise.all(
      organizations.flatMap((org) =>
        Array.from({ length: 20 }, async (_, i) => {
          const country_code = countries[i % countries.length];
          return { country_code, org, answer: await org.rpc('select_country', { country_code }) };
        }),
      ),
    );
    for (const { country_code, org, answer } of answers) {
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.deepEqual(
        [answer.body.org_id, answer.body.telephony_country],
        [org.id, country_code],
      );
    }
    for (const org of organizations) {
      const rows = (await org.read('organizations')).body;
      assert.equal(rows.length, 1);
      assert.ok(countries.includes(rows[0].telephony_country));
    }
    // One after the other, without a pause: what was chosen last is what is read.
    const last = {};
    await Promise.all(
      organizations.map(async (org, n) => {
        for (let i = 0; i <= 10 + n; i++) {
          last[org.id] = countries[(i + n) % countries.length];
          await org.rpc('select_country', { country_code: last[org.id] });
          assert.equal((await org.read('organizations')).body[0].telephony_country, last[org.id]);
        }
      }),
    );
    const now = await countByCountry();
    for (const country of countries) {
      assert.equal(
        now[country] - before[country],
        Object.values(last).filter((chosen) => chosen === country).length,
        country,
      );
    }
  },
);

/** How many organizations have chosen each country, as country_counts() tells the service. */
async function countByCountry() {
  const { data, error } = await stack.postgrest.client({ role: 'service_role' }).rpc('country_counts');
  assert.equal(error, null, JSON.stringify(error));
  const counted = Object.fromEntries(SUPPORTED.map((code) => [code, 0]));
  for (const { country_code, organizations } of data) counted[country_code] += organizations;
  return counted;
}

manual('Nigeria from the first look to the forwarded line and back', async () => {
  const org = stack.organization();
  const nigeria = (await anyone.rpc('supported_countries')).data.find((country) => country.country_code === 'NG');
  assert.deepEqual(
    [nigeria.recommended_twilio_country, /international rate/.test(nigeria.warning_message)],
    ['US', true],
  );
  const choice = (await org.rpc('select_country', { country_code: 'NG' })).body;
  assert.deepEqual(choice.carriers.map((carrier) => carrier.carrier_name), ['9mobile', 'airtel', 'glo', 'mtn']);
  const { number } = await org.provisioned();
  assert.match(number, /^\+1\d{10}$/);
  const codes = async (forwarding_type) =>
    (
      await org.rpc('forwarding_codes', {
        country_code: 'NG',
        carrier_name: 'MTN',
        forwarding_type,
        destination: number,
      })
    ).body;
  assert.deepEqual(
    (await codes('total_ai')).map((row) => [row.activation_code, row.deactivation_code]),
    [[`**21*${number}#`, '##21#']],
  );
  assert.deepEqual(
    (await codes('safety_net')).map((row) => row.activation_code),
    [`**61*${number}#`, `**62*${number}#`, `**67*${number}#`],
  );
  const line = {
    sim_phone_number: '+2348031234567',
    country_code: 'NG',
    carrier_name: 'mtn',
    forwarding_type: 'safety_net',
  };
  const config = (await org.rpc('create_forwarding_config', line)).body;
  assert.deepEqual([config.status, config.twilio_forwarding_number], ['pending_setup', number]);
  assert.equal((await org.rpc('confirm_forwarding_config', { id: config.id })).body.status, 'active');
  const disabled = (await org.rpc('disable_forwarding_config', { id: config.id })).body;
  assert.deepEqual(disabled.codes.map((code) => code.deactivation_code), ['##61#', '##62#', '##67#']);
  await org.rpc('release_number');
  assert.equal((await org.finished()).state, 'released');
  assert.ok(!(await stack.numbersAtTwilio()).some((held) => held.phone_number === number));
});

manual('two organizations in two countries: each has its own, and nothing of one shows to the other', async () => {
  const [a, b] = [stack.organization(), stack.organization()];
  const line = (country_code, carrier_name, sim_phone_number) => ({
    country_code,
    carrier_name,
    sim_phone_number,
    forwarding_type: 'total_ai',
  });
  const holdings = await Promise.all(
    [
      [a, 'NG', line('NG', 'glo', '+2348051234567')],
      [b, 'US', line('US', 'att', '+12025550199')],
    ].map(async ([org, country, wish]) => {
      await org.rpc('select_country', { country_code: country });
      const { number, job_id } = await org.provisioned();
      const config = (await org.rpc('create_forwarding_config', wish)).body;
      return { number, job_id, config: config.id, sim: wish.sim_phone_number, country };
    }),
  );
  assert.notEqual(holdings[0].number, holdings[1].number);
  for (const [org, own, others] of [[a, holdings[0], holdings[1]], [b, holdings[1], holdings[0]]]) {
    const seen = JSON.stringify(
      await Promise.all([
        ...['organizations', 'phone_numbers', 'hybrid_forwarding_configs'].map(
          async (table) => (await org.read(table)).body,
        ),
        org.status(),
        org
          .rpc('confirm_forwarding_config', { id: others.config })
          .then(({ status, body }) => (assert.equal(status, 404), body)),
        org
          .rpc('disable_forwarding_config', { id: others.config })
          .then(({ status, body }) => (assert.equal(status, 404), body)),
      ]),
    );
    for (const [what, value] of Object.entries(own))
      if (what !== 'country') assert.ok(seen.includes(value), `own ${what}`);
    for (const [what, value] of Object.entries(others))
      if (what !== 'country') assert.ok(!seen.includes(value), `the other's ${what}`);
    assert.equal((await org.read('organizations')).body[0].telephony_country, own.country);
  }
  assert.equal((await a.rpc('release_number', { force: true })).status, 200, 'its codes were shown');
  assert.equal((await a.finished()).state, 'released');
  assert.equal((await b.status()).number, holdings[1].number, 'what one releases, the other keeps');
});

test('the list is whole: five checks by hand', () => assert.equal(count, 5));
