// What all running sidecars do once between them: taken by one at a time, taken over when it dies, visible when it
// fails.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { freePort } from '../harness/postgrest.mjs';
import { QUICK } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';

/**
 * A sidecar that dies is followed by another after its lease; what Twilio does not answer for three seconds counts as
 * unanswered.
 */
const FLAGS = { ...QUICK, 'request-timeout': 3, 'connect-timeout': 1, lease: 8 };

/** @type {Stack} */
let stack;
/** All that run, by the name of their worker. */
let sidecars;

/**
 * Every change of a row of upkeep, in the order of commit of those that hold the row: who, under which token, until
 * when.
 */
const LEDGER = `
  CREATE TABLE public.upkeep_ledger (
    n bigint GENERATED ALWAYS AS IDENTITY, at timestamptz DEFAULT clock_timestamp(),
    task text, worker text, token bigint, lease_until timestamptz);
  GRANT INSERT ON public.upkeep_ledger TO telephony_owner;
  CREATE FUNCTION public.write_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO public.upkeep_ledger (task, worker, token, lease_until)
    VALUES (NEW.task, NEW.worker, NEW.token, NEW.lease_until);
    RETURN NULL;
  END $$;
  CREATE TRIGGER ledger AFTER UPDATE OF worker ON telephony_internal.upkeep
    FOR EACH ROW EXECUTE FUNCTION public.write_ledger();`;

beforeEach(async () => {
  stack = await Stack.start({ settings: { request_life: '4 seconds' }, flags: FLAGS });
  sidecars = new Map([['telephonyd-1', stack.sidecar]]);
  for (const sidecar of await Promise.all([stack.startSidecar(), stack.startSidecar()]))
    sidecars.set(sidecar.daemon.name, sidecar);
  await stack.psql(LEDGER);
});
afterEach(() => stack?.close());

const every = (task, interval) =>
  stack.psql(`UPDATE telephony_internal.upkeep SET every = '${interval}', due_at = now() WHERE task = '${task}'`);
const ledger = (task) =>
  stack.rows(
    `SELECT worker, token, at, lease_until FROM public.upkeep_ledger WHERE task = '${task}' ORDER BY n`,
  );
const standing = (task) =>
  stack.row(
    `SELECT worker, token, lease_until, due_at > now() AS done, failures, problem FROM telephony_internal.upkeep WHERE task = '${task}'`,
  );

/** Asserts that every taking came after the end of the one before it, or after its lease. */
function assertNeverTwoAtOnce(rows) {
  let holder = null;
  for (const row of rows) {
    if (row.worker !== null) {
      assert.ok(
        holder === null || Date.parse(holder.lease_until) <= Date.parse(row.at),
        `${row.worker} took what ${holder?.worker} held`,
      );
      assert.ok(holder === null || row.token > holder.token, 'a newer token');
      holder = row;
    } else {
      assert.equal(row.token, holder?.token, 'ended by who holds it');
      holder = null;
    }
  }
}

/**
 * Two organizations with accounts of their own; the first request that lists the numbers of one waits until it is let
 * go. Resolves to the one who sweeps, once it waits.
 */
async function heldInTheMiddleOfASweep() {
  for (let i = 0; i < 2; i += 1) await stack.organization().handInAccount();
  await until(
    'both accounts are verified',
    async () =>
      (await stack.psql(`SELECT count(*) FROM telephony_internal.twilio_credentials WHERE status = 'verified'`)) ===
      '2',
  );
  const before = await stack.simulator.count('list', 'received');
  const hold = await stack.simulator.fault('list', { kind: 'hold', when: 'before' });
  await stack.psql(`UPDATE telephony_internal.upkeep SET due_at = now() WHERE task = 'sweep_accounts'`);
  await stack.simulator.reached('list', 'received', { count: before + 1 });
  const { worker, token, lease_until } = await standing('sweep_accounts');
  assert.ok(sidecars.has(worker), `${worker} sweeps`);
  return { worker, token, lease_until, hold, lists: before + 1 };
}

test('three sidecars add up the counts by country, one at a time, within seconds of a change', async () => {
  const org = stack.organization();
  assert.equal((await org.rpc('select_country', { country_code: 'NG' })).status, 200);
  await until(
    'the change is added up',
    async () => (await stack.psql('SELECT count(*) FROM telephony_internal.country_count_deltas')) === '0',
    { timeout: 15_000 },
  );
  assert.deepEqual(await stack.rows('SELECT country_code, organizations FROM telephony_internal.country_counts'), [
    { country_code: 'NG', organizations: 1 },
  ]);

  await every('fold_counts', '10 milliseconds');
  const changes = Array.from({ length: 40 }, (_, i) =>
    org.rpc('select_country', { country_code: i % 2 ? 'NG' : 'US' }),
  );
  await Promise.all(changes);
  await until('many runs', async () => (await ledger('fold_counts')).length > 200);
  await until(
    'all is added up',
    async () => (await stack.psql('SELECT count(*) FROM telephony_internal.country_count_deltas')) === '0',
  );
  assertNeverTwoAtOnce(await ledger('fold_counts'));
  assert.equal(await stack.psql('SELECT sum(organizations) FROM telephony_internal.country_counts'), '1');
});

test('kill -9 in the middle of a sweep: nobody else sweeps while the lease lasts, then another takes over and ends it', async () => {
  const { worker, token, lease_until, hold, lists } = await heldInTheMiddleOfASweep();
  await sidecars.get(worker).kill();
  await stack.simulator.release(hold);
  await until('another one has swept', async () => (await standing('sweep_accounts')).done, { timeout: 30_000 });
  const rows = await ledger('sweep_accounts');
  assertNeverTwoAtOnce(rows);
  const taken = rows.filter((row) => row.worker !== null && row.token > token);
  assert.equal(taken.length, 1);
  assert.notEqual(taken[0].worker, worker);
  assert.ok(Date.parse(taken[0].at) >= Date.parse(lease_until), 'not before the lease had ended');
  assert.equal(await stack.simulator.count('list', 'received'), lists + 2, 'both accounts once more');
});

test('SIGTERM in the middle of a sweep: it ends at the next account, and another sidecar takes the sweep at once', async () => {
  const { worker, lease_until, hold } = await heldInTheMiddleOfASweep();
  const { daemon } = sidecars.get(worker);
  daemon.signal('SIGTERM');
  await daemon.line(/draining/);
  await stack.simulator.release(hold);
  assert.equal((await daemon.end()).code, 0);
  assert.ok(!daemon.lines.some((line) => / swept /.test(line)), 'it did not end the sweep');
  await until('another one has swept', async () => (await standing('sweep_accounts')).done, { timeout: 30_000 });
  const rows = await ledger('sweep_accounts');
  assertNeverTwoAtOnce(rows);
  const taken = rows.find((row) => row.worker !== null && row.worker !== worker);
  assert.ok(Date.parse(taken.at) < Date.parse(lease_until), 'without waiting for the lease to end');
});

test('a sidecar frozen past its lease is fenced when it wakes: what it did is not counted as the end of the sweep', async () => {
  const { worker, hold } = await heldInTheMiddleOfASweep();
  const { daemon } = sidecars.get(worker);
  daemon.signal('SIGSTOP');
  await stack.simulator.release(hold);
  await until('another one has swept', async () => (await standing('sweep_accounts')).done, { timeout: 30_000 });
  const before = await standing('sweep_accounts');
  daemon.signal('SIGCONT');
  await daemon.line(/upkeep fenced task=sweep_accounts/);
  assert.deepEqual(await standing('sweep_accounts'), before);
  assertNeverTwoAtOnce(await ledger('sweep_accounts'));
});

test('what fails is tried again after a pause, and is seen: in the log, in the metrics, in the table, and in self_check() when it is late', async () => {
  const port = await freePort();
  const watched = await stack.startSidecar({ flags: { ...stack.flags, 'status-listen': `127.0.0.1:${port}` } });
  for (const sidecar of sidecars.values()) await sidecar.kill();
  const metric = async (name) => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(new RegExp(`^telephonyd_${name} (\\S+)$`, 'm').exec(text)?.[1]);
  };
  const inTime = () =>
    stack.psql(`SELECT ok FROM telephony_internal.run_self_check() WHERE "check" = 'upkeep is done in time'`);
  await stack.psql('ALTER TABLE telephony_internal.country_counts ADD CONSTRAINT broken CHECK (false) NOT VALID');
  const org = stack.organization();
  assert.equal((await org.rpc('select_country', { country_code: 'NG' })).status, 200);
  await every('fold_counts', '0.2 seconds');
  await watched.log(/upkeep failed task=fold_counts reason=.*broken/);
  await until('the metrics show it', async () => (await metric('upkeep_failures{task="fold_counts"}')) >= 2);
  const { failures, problem } = await standing('fold_counts');
  assert.ok(failures >= 2);
  assert.match(problem, /broken/);
  assert.equal(await inTime(), 't', 'not late yet');
  assert.equal(await metric('upkeep_overdue{task="fold_counts"}'), 0);

  await stack.psql(
    `UPDATE telephony_internal.upkeep SET due_at = now() - interval '6 minutes' WHERE task = 'fold_counts'`,
  );
  await watched.log(/upkeep is not done in time task=fold_counts/);
  assert.equal(await metric('upkeep_overdue{task="fold_counts"}'), 1);
  assert.ok((await metric('upkeep_late_seconds{task="fold_counts"}')) >= 360);
  assert.equal(await metric('alerts_total{alert="upkeep_overdue"}'), 1);
  assert.equal(await inTime(), 'f');

  await stack.psql('ALTER TABLE telephony_internal.country_counts DROP CONSTRAINT broken');
  await watched.log(/upkeep is done in time again task=fold_counts/);
  await until('the metrics show that too', async () => (await metric('upkeep_failures{task="fold_counts"}')) === 0);
  assert.ok((await metric('upkeep_runs_total{outcome="failed",task="fold_counts"}')) >= 2);
  assert.equal(await stack.psql('SELECT count(*) FROM telephony_internal.country_count_deltas'), '0');
  assert.equal(await inTime(), 't');
});

test('the self-check of one sidecar is shown by all of them', async () => {
  const port = await freePort();
  await until('checked', async () => (await standing('self_check')).done);
  await stack.startSidecar({ flags: { ...stack.flags, 'status-listen': `127.0.0.1:${port}` } });
  const { checks, failed } = await stack.row(
    `SELECT (result ->> 'checks')::int AS checks, (result ->> 'failed')::int AS failed FROM telephony_internal.upkeep WHERE task = 'self_check'`,
  );
  assert.ok(checks > 20);
  await until('shown', async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return (
      text.includes(`telephonyd_self_checks{result="all"} ${checks}\n`) &&
      text.includes(`telephonyd_self_checks{result="failed"} ${failed}\n`)
    );
  });
});

test('in recovery mode the counts are added up, and nothing is swept', async () => {
  await until(
    'what is due at the start is done',
    async () =>
      (await stack.psql(
        `SELECT count(*) FROM telephony_internal.upkeep WHERE worker IS NOT NULL OR due_at <= now() - interval '1 second'`,
      )) === '0',
  );
  await stack.psql(`UPDATE telephony_internal.settings SET mode = 'recovery'`);
  const before = (await ledger('sweep_accounts')).length;
  await every('sweep_accounts', '10 milliseconds');
  await every('fold_counts', '10 milliseconds');
  const folds = (await ledger('fold_counts')).length;
  await until('ten more runs', async () => (await ledger('fold_counts')).length >= folds + 20);
  assert.equal((await ledger('sweep_accounts')).length, before);
  assert.equal((await stack.sidecarCommand('resume')).code, 0);
  await until('it is swept again', async () => (await ledger('sweep_accounts')).length > before);
});

test('telephonyd and the database have the same tasks, each of which is done', async () => {
  const listed = (await stack.rows('SELECT task FROM telephony_internal.upkeep')).map(({ task }) => task);
  await stack.psql(`UPDATE telephony_internal.upkeep SET due_at = now() WHERE worker IS NULL`);
  await until('each was taken and ended', async () => {
    const rows = await Promise.all(listed.map(ledger));
    return rows.every((of) => of.some((row) => row.worker === null));
  });
  for (const { daemon } of sidecars.values()) {
    assert.ok(!daemon.lines.some((line) => /does not list a task/.test(line)), 'telephonyd knows no other');
  }
});
