// Sidecars that are killed, frozen or doubled, and a database that goes away: nothing lost, nothing orphaned, nothing
// bought twice.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { QUICK, REQUEST_LIFE, TAKEOVER } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
afterEach(() => stack?.close());

async function startQuick(flags = {}, options = {}) {
  stack = await Stack.start({ flags: { ...QUICK, ...flags }, ...options });
}

/** For tests in which a job changes hands. */
async function startForTakeover() {
  stack = await Stack.start({
    settings: { request_life: REQUEST_LIFE, absence_window: '0', absence_poll: '0.1 seconds' },
    flags: TAKEOVER,
  });
}

/** Starts a purchase and resolves when Twilio has made it and withholds the answer. */
async function boughtButUnanswered() {
  const org = stack.organization();
  const hold = await stack.simulator.fault('buy', { kind: 'hold', when: 'after' });
  await org.provision('NG');
  await stack.simulator.reached('buy', 'applied');
  return { org, hold };
}

/** Asserts that the job is done, and that exactly one number was bought, is held, and belongs to the organization. */
async function assertOneNumberOf(org) {
  const end = await org.finished();
  assert.equal(end.state, 'done', end.reason);
  const [row, ...others] = (await org.read('phone_numbers')).body;
  assert.equal(others.length, 0);
  assert.equal(row.status, 'live');
  const state = await stack.simulator.state();
  assert.deepEqual([state.purchases, state.releases], [1, 0]);
  assert.deepEqual((await stack.numbersAtTwilio()).map((number) => number.sid), [row.number_sid]);
}

test('SIGKILL between purchase and commit: another sidecar finds the number at Twilio and finishes the job', async () => {
  await startForTakeover();
  const { org, hold } = await boughtButUnanswered();
  await stack.sidecar.kill();
  await stack.startSidecar();
  await stack.simulator.release(hold);
  await assertOneNumberOf(org);
});

test('SIGKILL between the intent and the purchase: the job goes on, and one number is bought', async () => {
  await startForTakeover();
  const org = stack.organization();
  const hold = await stack.simulator.fault('buy', { kind: 'hold', when: 'before' });
  await org.provision('NG');
  await stack.simulator.reached('buy', 'received');
  await stack.sidecar.kill();
  await stack.startSidecar();
  await stack.simulator.release(hold);
  await assertOneNumberOf(org);
});

test('the database is cut off before the row can be written: the number is released and the job ends with the reason', async () => {
  await startQuick();
  const { org, hold } = await boughtButUnanswered();
  const [{ sid, phone_number: number }] = await stack.numbersAtTwilio();
  await stack.cluster.stop('immediate');
  await stack.simulator.release(hold);
  const [line] = await stack.sidecar.log(/.*rollback successful.*/);
  assert.ok(line.includes(sid), line);
  assert.ok(line.includes(number.slice(-4)) && !line.includes(number), 'the number is masked');
  assert.deepEqual(await stack.numbersAtTwilio(), []);

  await stack.cluster.start();
  await until('PostgREST answers again', async () => (await org.rpc('provisioning_status')).status === 200);
  const end = await org.finished();
  assert.equal(end.state, 'failed');
  assert.match(end.reason, /rolled back/);
  assert.deepEqual((await org.read('phone_numbers')).body, []);

  // A number whose purchase was sent stays claimed until nothing late can come of it.
  const claim = `SELECT state, until > now() + interval '23 hours' AS for_a_day FROM telephony_internal.number_holds
    WHERE number::text = '${number}'`;
  assert.deepEqual(await stack.row(claim), { state: 'quarantined', for_a_day: true });
  const next = await org.provisioned('NG');
  assert.notEqual(next.number, number);
});

test('a crash of PostgreSQL takes back a candidate that was answered: the attempt goes on from there, long before its lease ends', async () => {
  // Neither claim nor candidate waits for the disk: the claim gets there with a switch of the log, the candidate does
  // not.
  const flags = { lease: 60, 'request-timeout': 5, 'connect-timeout': 2 };
  await startQuick(flags, { platform: true, server: { wal_writer_delay: '10s' } });
  const org = stack.organization();
  const search = await stack.simulator.fault('search', { kind: 'hold', when: 'before' });
  await org.provision('NG');
  await stack.simulator.reached('search', 'received');
  await stack.psql('SELECT pg_switch_wal()');
  const listed = await stack.simulator.count('list', 'received');
  const list = await stack.simulator.fault('list', { kind: 'hold', when: 'before' });
  await stack.simulator.release(search);
  await stack.simulator.reached('list', 'received', { count: listed + 1 });
  const state = async () => (await stack.row(`SELECT state FROM telephony_internal.jobs WHERE org_id = '${org.id}'`)).state;
  assert.equal(await state(), 'intended');
  await stack.cluster.restart('immediate');
  assert.equal(await state(), 'searching', 'the candidate is taken back, the claim is not');
  const restarted = performance.now();
  await stack.simulator.release(list);
  await until('the job is done', async () => (await state()) === 'done', { timeout: 30_000 });
  assert.ok(performance.now() - restarted < 30_000);
  assert.ok(!stack.sidecar.daemon.lines.some((line) => /refuses a report|job dropped/.test(line)));
  const { purchases } = await stack.simulator.state();
  assert.equal(purchases, 1);
});

test('a sidecar frozen past its lease touches nothing when it wakes: another one has taken its job over', async () => {
  await startForTakeover();
  const { org, hold } = await boughtButUnanswered();
  const frozen = stack.sidecar.daemon;
  frozen.signal('SIGSTOP');
  await stack.startSidecar();
  const end = await org.finished();
  assert.equal(end.state, 'done', end.reason);
  const { requests } = await stack.simulator.state();
  const writes = (list) => list.filter((request) => ['buy', 'update', 'delete'].includes(request.operation)).length;

  await stack.simulator.release(hold);
  frozen.signal('SIGCONT');
  await frozen.line(/fenced|job dropped/);
  assert.equal(writes((await stack.simulator.state()).requests), writes(requests));
  await assertOneNumberOf(org);
});

test('two sidecars and twenty jobs: every organization gets one number, and Twilio sells twenty', async () => {
  await startQuick();
  await stack.startSidecar();
  const orgs = Array.from({ length: 20 }, () => stack.organization());
  await Promise.all(orgs.map((org) => org.provision('NG')));
  for (const org of orgs) {
    const end = await org.finished();
    assert.equal(end.state, 'done', end.reason);
  }
  const state = await stack.simulator.state();
  assert.deepEqual([state.purchases, state.releases], [20, 0]);
  const live = await stack.rows('SELECT number_sid FROM telephony_api.phone_numbers');
  assert.deepEqual(
    live.map((row) => row.number_sid).sort(),
    (await stack.numbersAtTwilio()).map((number) => number.sid).sort(),
  );
});
