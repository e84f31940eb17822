// What an application sees through PostgREST: a number bought, refused, released; and nothing of other organizations.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SUPPORTED } from '../harness/shipped.mjs';
import { Stack, VOICE_URL } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
before(async () => {
  stack = await Stack.start();
});
after(() => stack?.close());

const E164 = /^\+1[0-9]{10}$/;

test('an organization in Nigeria gets a number of the United States that answers, and is told which codes to dial', async (t) => {
  const org = stack.organization();
  const choice = (await org.rpc('select_country', { country_code: 'ng' })).body;
  assert.equal(choice.telephony_country, 'NG');
  assert.equal(choice.recommended_twilio_country, 'US');
  assert.ok(choice.warning_message.length > 0);
  assert.ok(choice.carriers.some((carrier) => carrier.carrier_name === 'mtn'));

  const start = performance.now();
  const job = await org.provision();
  const done = await org.finished();
  t.diagnostic(`from the request to the number: ${Math.round(performance.now() - start)} ms`);
  await stack.sidecar.log(/woken by NOTIFY/);

  assert.equal(done.state, 'done', done.reason);
  assert.equal(done.job_id, job.job_id);
  assert.match(done.number, E164);
  const [row] = (await org.read('phone_numbers')).body;
  assert.deepEqual([row.number, row.status, row.country_code], [done.number, 'live', 'NG']);
  const [organization] = (await org.read('organizations')).body;
  assert.equal(organization.assigned_twilio_number, done.number);

  const bought = (await stack.numbersAtTwilio()).find((number) => number.phone_number === done.number);
  assert.equal(bought.sid, row.number_sid);
  assert.equal(bought.voice_url, VOICE_URL);
  assert.match(bought.friendly_name, /^telephony:[A-Za-z0-9_-]{22}:[A-Za-z0-9_-]{22}$/);

  for (const type of ['total_ai', 'safety_net']) {
    const codes = await org.rpc('forwarding_codes', {
      country_code: 'NG',
      carrier_name: 'MTN',
      forwarding_type: type,
      destination: done.number,
    });
    assert.equal(codes.status, 200);
    assert.ok(codes.body.length > 0);
    for (const code of codes.body) assert.ok(code.activation_code.includes(done.number), code.activation_code);
  }
});

test('a second call while the job runs returns that job, and one number is bought', async () => {
  const org = stack.organization();
  const hold = await stack.simulator.fault('search', { kind: 'hold', when: 'before' });
  const searches = await stack.simulator.count('search', 'received');
  const first = await org.provision('NG');
  await stack.simulator.reached('search', 'received', { count: searches + 1 });
  const repeated = await Promise.all([1, 2, 3].map(() => org.provision('NG')));
  assert.deepEqual(new Set(repeated.map((job) => job.job_id)), new Set([first.job_id]));
  await stack.simulator.release(hold);
  const done = await org.finished();
  assert.equal(done.state, 'done', done.reason);
  const { purchases } = await stack.row(`
    SELECT count(*) AS purchases FROM telephony_internal.job_events e JOIN telephony_internal.jobs j ON j.id = e.job_id
     WHERE j.org_id = '${org.id}' AND e.event = 'purchased'`);
  assert.equal(purchases, 1);
});

test('an organization that has a number is answered the same when it asks again, and refused another with 409', async () => {
  const org = stack.organization();
  const { job_id, number } = await org.provisioned('US');
  const again = await org.rpc('provision_number');
  assert.equal(again.status, 200);
  assert.deepEqual([again.body.job_id, again.body.state, again.body.number], [job_id, 'done', number]);
  const answer = await org.rpc('provision_number', { country_code: 'NG' });
  assert.equal(answer.status, 409);
  assert.equal(answer.body.code, 'number_exists');
  assert.match(answer.body.message, /already: \+1\*+\d{4}$/);
  assert.match(answer.body.hint, /release_number/);
});

test('a token without an organization is refused with 401', async () => {
  const nobody = stack.postgrest.caller({ role: 'authenticated' });
  for (const name of ['provision_number', 'provisioning_status', 'release_number']) {
    const answer = await nobody.rpc(name);
    assert.equal(answer.status, 401, name);
    assert.equal(answer.body.code, 'no_organization', name);
  }
});

test('a caller without a token may look at countries but not ask for a number', async () => {
  const anyone = stack.postgrest.caller({ role: 'anon' });
  const countries = await anyone.rpc('supported_countries');
  assert.deepEqual(countries.body.map((country) => country.country_code), SUPPORTED);
  const answer = await anyone.rpc('provision_number', { country_code: 'NG' });
  assert.deepEqual([answer.status, answer.body.code], [401, '42501']);
});

test('a country that is not supported is refused with 400 and the list of those that are', async () => {
  const answer = await stack.organization().rpc('select_country', { country_code: 'FR' });
  assert.deepEqual([answer.status, answer.body.code], [400, 'country_not_supported']);
  assert.match(answer.body.message, /FR/);
  for (const code of SUPPORTED) assert.ok(answer.body.details.includes(code), answer.body.details);
  assert.ok(!answer.body.details.includes('IN'), 'a country that is there but not active is not listed');
});

test('a malformed number is refused with the reason, not stored', async () => {
  for (const [destination, reason] of [
    ['2025550123', /\+/],
    ['+0123456789', /0/],
    ['+1202555012x', /digit/],
    ['+1234567890123456', /15/],
  ]) {
    const answer = await stack.organization().rpc('forwarding_codes', {
      country_code: 'NG',
      carrier_name: 'mtn',
      forwarding_type: 'total_ai',
      destination,
    });
    assert.deepEqual([answer.status, answer.body.code], [400, 'malformed_number'], destination);
    assert.match(`${answer.body.message} ${answer.body.details}`, reason);
  }
});

test('no number to be had: the job fails with the reason and what to do, and nothing is bought', async () => {
  const { purchases } = await stack.simulator.state();
  await stack.simulator.inventory('US', 'Local', []);
  try {
    const org = stack.organization();
    await org.provision('NG');
    const failed = await org.finished();
    assert.equal(failed.state, 'failed');
    assert.match(failed.reason, /No number could be had from Twilio in US .*Try again later/);
    assert.deepEqual((await org.read('phone_numbers')).body, []);
    assert.equal((await stack.simulator.state()).purchases, purchases);
  } finally {
    await stack.simulator.inventory('US', 'Local', Array.from({ length: 20 }, (_, i) => `+1202234${5600 + i}`));
  }
});

test('a British number whose papers Twilio does not take: the job fails with the reason, and nothing is bought', async () => {
  const { purchases } = await stack.simulator.state();
  const org = stack.organization();
  await org.handInAccount();
  const profile = { country_code: 'GB', number_type: 'Mobile', address_sid: `AD${'1'.repeat(32)}` };
  assert.equal((await org.rpc('set_regulatory_profile', profile)).status, 200);
  await org.provision('GB');
  const failed = await org.finished();
  assert.equal(failed.state, 'failed');
  assert.match(failed.reason, /[Bb]undle/);
  assert.equal((await stack.simulator.state()).purchases, purchases);
});

test('one organization sees nothing of another: not its rows, not its job, not its number to release', async () => {
  const a = stack.organization();
  const { number } = await a.provisioned('NG');
  const b = stack.organization();
  for (const table of ['organizations', 'phone_numbers']) {
    assert.deepEqual((await b.read(table)).body, [], table);
    assert.deepEqual(
      (await b.read(table, `?${table === 'organizations' ? 'id' : 'org_id'}=eq.${a.id}`)).body,
      [],
      table,
    );
  }
  assert.equal((await b.status()).state, 'none');
  const refused = await b.rpc('release_number');
  assert.deepEqual([refused.status, refused.body.code], [404, 'nothing_to_release']);
  assert.equal((await a.status()).number, number);
  assert.ok((await stack.numbersAtTwilio()).some((held) => held.phone_number === number));
  const internal = await stack.postgrest.request('GET', '/jobs', {
    token: stack.postgrest.token({ role: 'authenticated', org: b.id }),
  });
  assert.equal(internal.status, 404);
});

test('release_number releases a live number: gone at Twilio, released in the database, and not sold again at once', async () => {
  const org = stack.organization();
  const { number } = await org.provisioned('US');
  const release = await org.rpc('release_number');
  assert.equal(release.body.state, 'releasing');
  assert.equal((await org.finished()).state, 'released');
  assert.ok(!(await stack.numbersAtTwilio()).some((held) => held.phone_number === number));
  const [row] = (await org.read('phone_numbers')).body;
  assert.equal(row.status, 'released');
  assert.ok(row.released_at);
  assert.equal((await org.read('organizations')).body[0].assigned_twilio_number, null);

  const next = await org.provisioned('US');
  assert.notEqual(next.number, number);
});

test('release_number during a purchase cancels it: what was bought meanwhile is released', async () => {
  const org = stack.organization();
  const { purchases, releases } = await stack.simulator.state();
  const buys = await stack.simulator.count('buy', 'applied');
  const hold = await stack.simulator.fault('buy', { kind: 'hold', when: 'after' });
  const job = await org.provision('NG');
  await stack.simulator.reached('buy', 'applied', { count: buys + 1 });
  const cancel = await org.rpc('release_number');
  assert.equal(cancel.body.job_id, job.job_id);
  await stack.simulator.release(hold);
  assert.equal((await org.finished()).state, 'cancelled');
  const state = await stack.simulator.state();
  assert.deepEqual([state.purchases, state.releases], [purchases + 1, releases + 1]);
  assert.deepEqual((await org.read('phone_numbers')).body, []);
});

test('no log shows more of a telephone number than its mask: neither telephonyd nor PostgreSQL nor PostgREST', async () => {
  const rows = await stack.rows('SELECT number FROM telephony_api.phone_numbers');
  const numbers = rows.map((row) => row.number.slice(1));
  assert.ok(numbers.length > 0);
  for (const { name, lines } of [stack.sidecar.daemon, stack.cluster.postmaster, stack.postgrest.daemon]) {
    assert.ok(lines.length > 0, name);
    assert.deepEqual(
      lines.filter((line) => numbers.some((number) => line.includes(number))),
      [],
      name,
    );
  }
  const events = await stack.psql('SELECT detail FROM telephony_internal.job_events');
  assert.deepEqual(
    numbers.filter((number) => events.includes(number)),
    [],
    'job_events',
  );
});
