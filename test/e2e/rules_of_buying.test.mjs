// The rules of buying, TAG to ROLLBACK_IN_LEASE (docs/architecture.md), each as a scenario of failure.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { Cluster } from '../harness/cluster.mjs';
import { until } from '../harness/deadline.mjs';
import { Postgrest } from '../harness/postgrest.mjs';
import { Scenario } from '../harness/scenario.mjs';
import { REQUEST_LIFE, TAKEOVER } from '../harness/sidecar.mjs';
import { Organization, createDatabase } from '../harness/stack.mjs';

/** @type {Scenario} */
let scenario;
/** @type {import('../harness/stack.mjs').Stack} */
let stack;
before(async () => {
  scenario = await Scenario.start({
    settings: { request_life: REQUEST_LIFE, absence_window: '0', absence_poll: '0.1 seconds', absence_observations: 2 },
    flags: TAKEOVER,
  });
  ({ stack } = scenario);
  await restock();
});
afterEach(async () => {
  await scenario?.clear();
  await restock();
});
after(() => stack?.close());

/** What Twilio sells, for tests that are not about particular numbers. */
const restock = () =>
  stack.simulator.inventory(
    'US',
    'Local',
    Array.from({ length: 200 }, (_, i) => `+1415672${2000 + i}`),
  );

/**
 * Resolves when the next statement with `text` is lost on its way to the database, which is then out of reach until
 * mend().
 */
const cutOffAt = ({ link }, text) => new Promise((resolve) => link.trap(text, 'before', () => resolve(link.cut())));

const heldPurchase = (when, organization) => scenario.heldPurchase(when, organization);

const untilState = (organization, state) => scenario.untilState(organization, state);

test('rule TAG: a sidecar configured for another installation ends with 78 and asks nothing of Twilio', async () => {
  const { requests } = await stack.simulator.state();
  const { daemon } = await scenario.launch({ installation: randomUUID() });
  assert.equal((await daemon.end({ timeout: 20_000 })).code, 78);
  assert.equal((await stack.simulator.state()).requests.length, requests.length);
});

test('rule TAG: two installations in one account buy side by side, and neither touches what the other has bought', async () => {
  const cluster = await Cluster.create(stack.sandbox, { name: 'other', settings: stack.server });
  const other = { cluster, ...(await createDatabase(cluster)) };
  await cluster.psql(`UPDATE telephony_internal.settings SET request_life = '${REQUEST_LIFE}'`, {
    database: other.database,
  });
  const postgrest = await Postgrest.start(stack.sandbox, cluster, { database: other.database });
  const [ours, theirs] = [stack.organization(), new Organization(postgrest)];
  await Promise.all([scenario.sidecar(), scenario.sidecar(other)]);
  await ours.provisioned('US');
  await theirs.provisioned('US');

  const sid = await cluster.psql('SELECT number_sid FROM telephony_api.phone_numbers', { database: other.database });
  const costs = await scenario.costs();
  assert.equal((await scenario.verdicts('--repair'))[sid], 'foreign_installation');
  assert.equal((await ours.rpc('release_number')).status, 200);
  assert.equal((await ours.finished()).state, 'released');
  assert.deepEqual(await costs(), { purchases: 0, releases: 1 });
  assert.ok((await stack.numbersAtTwilio()).some((number) => number.sid === sid));
  await postgrest.daemon.stop();
});

test('rule INTENT_FIRST: nothing is bought before the intent is committed', async () => {
  const sidecar = await scenario.sidecar();
  const costs = await scenario.costs();
  const sent = await stack.simulator.count('buy', 'received');
  const lost = cutOffAt(sidecar, 'server_date');
  const org = stack.organization();
  await org.provision('US');
  await lost;
  await sidecar.log(/database lost/);
  assert.equal((await scenario.job(org)).state, 'intended');
  assert.equal(await stack.simulator.count('buy', 'received'), sent);
  sidecar.link.mend();
  assert.equal((await org.finished()).state, 'done');
  assert.deepEqual(await costs(), { purchases: 1, releases: 0 });
});

test('rule INTENT_FIRST: an intent whose COMMIT was not answered is looked up, and one number is bought', async () => {
  const sidecar = await scenario.sidecar();
  const costs = await scenario.costs();
  const lost = new Promise((resolve) => sidecar.link.trap('server_date', 'after', resolve));
  const org = stack.organization();
  await org.provision('US');
  await lost;
  await sidecar.log(/report sent but not answered.*event=send/);
  assert.equal((await org.finished()).state, 'done');
  assert.deepEqual(await costs(), { purchases: 1, releases: 0 });
});

test('rule INTENT_FIRST: a rescuer lists its own tag before it does anything else, and buys nothing again', async () => {
  const first = await scenario.sidecar();
  const costs = await scenario.costs();
  const { organization, release } = await heldPurchase('after');
  await first.kill();
  await release();
  const { requests } = await stack.simulator.state();
  await scenario.sidecar();
  assert.equal((await organization.finished()).state, 'done');
  const since = (await stack.simulator.state()).requests.slice(requests.length).map(({ operation }) => operation);
  assert.equal(
    since.find((operation) => operation !== 'account'),
    'list',
  );
  assert.ok(!since.includes('buy'), since.join(' '));
  assert.deepEqual(await costs(), { purchases: 1, releases: 0 });
});

test('rule PROVE_OURS: a number that was in the account before the intent is a conflict, and never released', async () => {
  await scenario.sidecar();
  const costs = await scenario.costs();
  const { organization, release } = await heldPurchase('before');
  const { number } = await scenario.job(organization);
  const { sid } = await stack.simulator.console('buy', {
    account_sid: stack.account.accountSid,
    phone_number: number,
    friendly_name: 'Front desk',
    date_created: new Date(Date.now() - 60_000).toISOString().replace(/\.\d+/, ''),
  });
  await release();
  assert.equal((await organization.finished()).state, 'conflict');
  assert.equal((await scenario.verdicts('--repair'))[sid], 'conflict');
  assert.equal((await organization.rpc('release_number')).status, 200, 'asking for the release does not make it ours');
  assert.equal((await scenario.job(organization)).state, 'conflict');
  assert.ok((await stack.numbersAtTwilio()).some((each) => each.sid === sid));
  assert.deepEqual(await costs(), { purchases: 0, releases: 0 });
});

test('rule PROVE_OURS: the candidate is bought in the console between our list and our purchase: one number, one owner, nothing released', async () => {
  await scenario.sidecar();
  const costs = await scenario.costs();
  const { organization, release } = await heldPurchase('before');
  const { number } = await scenario.job(organization);
  const { sid } = await stack.simulator.console('buy', {
    account_sid: stack.account.accountSid,
    phone_number: number,
    friendly_name: 'Front desk',
  });
  await release();
  const { state } = await organization.finished();
  assert.ok(['done', 'conflict'].includes(state), state);
  const held = (await stack.numbersAtTwilio()).filter((each) => each.phone_number === number);
  assert.deepEqual(
    held.map((each) => each.sid),
    [sid],
  );
  assert.deepEqual(await costs(), { purchases: 0, releases: 0 });
});

test('rule PROVE_OURS: the number is renamed in the console once its SID is known: it is settled, and released by its SID', async () => {
  const sidecar = await scenario.sidecar();
  const lost = cutOffAt(sidecar, 'settle');
  const org = stack.organization();
  await org.provision('US');
  await lost;
  const { number_sid: sid } = await scenario.job(org);
  await stack.simulator.console('rename', { sid, friendly_name: 'Front desk' });
  sidecar.link.mend();
  assert.equal((await org.finished()).state, 'done');
  assert.equal((await scenario.numberOf(org)).sid, sid);
  assert.equal((await org.rpc('release_number')).status, 200);
  assert.equal((await org.finished()).state, 'released');
  assert.ok(!(await stack.numbersAtTwilio()).some((number) => number.sid === sid));
});

test('rule PROVE_OURS: the number is renamed in the console while the purchase is in doubt: conflict, and the number stays', async () => {
  await scenario.sidecar();
  const costs = await scenario.costs();
  const org = stack.organization();
  const looks = await stack.simulator.fault('list', { kind: 'hold', when: 'before' }, { after: 2 });
  await stack.simulator.fault('buy', { kind: 'cut', when: 'after' });
  await org.provision('US');
  await untilState(org, 'in_doubt');
  const { number } = await scenario.job(org);
  const { sid } = (await stack.numbersAtTwilio()).find((each) => each.phone_number === number);
  await stack.simulator.console('rename', { sid, friendly_name: 'Front desk' });
  await stack.simulator.release(looks);
  assert.equal((await org.finished()).state, 'conflict');
  await scenario.verdicts('--repair');
  assert.deepEqual(await costs(), { purchases: 1, releases: 0 });
});

/**
 * A purchase that hangs on its way to Twilio for long: its job gives it up and gets another number. Resolves to that
 * organization, the number given up, and the means to let the purchase arrive.
 */
async function givenUpPurchase(given_up, next) {
  await stack.simulator.inventory('US', 'Local', [given_up]);
  await stack.simulator.fault(
    'buy',
    { kind: 'status', status: 400, code: 21422, when: 'before' },
    { after: 1, number: given_up },
  );
  const { organization, release } = await heldPurchase('before');
  await stack.simulator.inventory('US', 'Local', [given_up, next]);
  assert.equal((await scenario.job(organization)).number, given_up);
  await organization.finished();
  return { organization, arrive: release };
}

test('rule LATE_HORIZON: a number whose purchase was sent goes to nobody else before the late horizon', async () => {
  await scenario.sidecar();
  const given_up = '+14156720101';
  await givenUpPurchase(given_up, '+14156720102');
  const claim = await stack.row(
    `SELECT state, until > now() + interval '23 hours' AS for_a_day FROM telephony_internal.number_holds WHERE number::text = '${given_up}'`,
  );
  assert.deepEqual(claim, { state: 'quarantined', for_a_day: true });
  const sent = await stack.simulator.count('buy', 'received');
  const other = stack.organization();
  await other.provision('US');
  const waiting = await until('the other organization is told to wait', async () => {
    const status = await other.status();
    return status.reason && status;
  });
  assert.match(waiting.reason, /held by other purchases/);
  assert.equal(await stack.simulator.count('buy', 'received'), sent);
  await other.rpc('release_number');
  await other.finished();
});

test("rule LATE_HORIZON: a purchase that arrives after the horizon, as an update of what is another tenant's by then: it stays theirs and gets its tag back", async () => {
  await stack.psql(`UPDATE telephony_internal.settings SET late_horizon = '0.2 seconds'`);
  const first = await scenario.sidecar();
  const given_up = '+14156720103';
  const { organization: late, arrive } = await givenUpPurchase(given_up, '+14156720104');
  await first.kill(); // it keeps off a number that it knows to be contested
  await until(
    'the quarantine is over',
    async () =>
      (
        await stack.row(
          `SELECT until < now() AS over FROM telephony_internal.number_holds WHERE number::text = '${given_up}'`,
        )
      ).over,
  );
  await scenario.sidecar();
  const other = stack.organization();
  const end = await other.provisioned('US');
  assert.equal(end.number, given_up);
  const [before, lates] = [await scenario.numberOf(other), await scenario.numberOf(late)];

  const applied = (await stack.simulator.count('buy', 'applied')) + 1;
  await arrive();
  await stack.simulator.reached('buy', 'applied', { count: applied });
  const hijacked = await scenario.numberOf(other);
  assert.equal(hijacked.sid, before.sid);
  assert.notEqual(hijacked.friendly_name, before.friendly_name, 'Twilio took the late purchase for an update');

  const verdicts = await scenario.verdicts('--repair');
  assert.equal(verdicts[before.sid], 'retag');
  assert.equal(verdicts[lates.sid], 'live');
  const { sid, friendly_name } = await scenario.numberOf(other);
  assert.deepEqual([sid, friendly_name], [before.sid, before.friendly_name]);
  await stack.psql(`UPDATE telephony_internal.settings SET late_horizon = '24 hours'`);
});

test('rule ROLLBACK_IN_LEASE: split brain: cut off with the number in hand and frozen past its lease, a sidecar deletes nothing that a rescuer has adopted', async () => {
  const lost = await scenario.sidecar();
  const { organization, release } = await heldPurchase('after');
  const rescuer = await scenario.sidecar();
  lost.link.cut();
  await lost.log(/database lost/);
  await release();
  // It gets the answer and waits for the database; past its lease the other one takes over.
  lost.daemon.signal('SIGSTOP');
  const costs = await scenario.costs();
  assert.equal((await organization.finished()).state, 'done');
  await rescuer.log(/purchased/);
  const { sid } = await scenario.numberOf(organization);

  lost.daemon.signal('SIGCONT');
  await lost.log(/number kept without the database|job dropped/);
  assert.ok((await stack.numbersAtTwilio()).some((number) => number.sid === sid));
  lost.link.mend();
  await lost.log(/database back/);
  assert.deepEqual(await costs(), { purchases: 0, releases: 0 });
});

test('rule ROLLBACK_IN_LEASE: cut off and awake, a sidecar undoes its purchase while its lease lasts; nobody else touches the job until then', async () => {
  const lost = await scenario.sidecar();
  const { organization, release } = await heldPurchase('after');
  const { number, lease_until } = await scenario.job(organization);
  const [{ sid }] = (await stack.numbersAtTwilio()).filter((each) => each.phone_number === number);
  await scenario.sidecar();
  lost.link.cut();
  await release();
  const [line] = await lost.log(/.*rollback successful.*/);
  assert.ok(line.includes(sid) && !line.includes(number), line);
  assert.ok(new Date() < new Date(lease_until), 'before the lease ended');
  lost.link.mend();
  const end = await organization.finished();
  assert.equal(end.state, 'failed');
  assert.match(end.reason, /rolled back/);
  assert.ok(!(await stack.numbersAtTwilio()).some((each) => each.phone_number === number));
});

test('rule ROLLBACK_IN_LEASE: a rescuer begins only when lease and longest request life are over', async () => {
  const first = await scenario.sidecar();
  const { organization, release } = await heldPurchase('before');
  await first.kill();
  const { id, lease_until } = await scenario.job(organization);
  await scenario.sidecar();
  await release();
  assert.equal((await organization.finished()).state, 'done');
  const { late_enough } =
    await stack.row(`SELECT min(at) >= '${lease_until}'::timestamptz + interval '${REQUEST_LIFE}' AS late_enough
    FROM telephony_internal.job_events WHERE job_id = '${id}' AND event = 'ambiguous'`);
  assert.ok(late_enough);
});
