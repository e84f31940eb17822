// What a database lacks, a database and a Twilio that cannot be reached: telephonyd waits without load and without
// noise, says each reason once, and goes on by itself. Each test tells how many lines a minute it wrote.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { QUICK } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
beforeEach(async () => {
  stack = await Stack.start({ flags: QUICK });
});
afterEach(() => stack?.close());

const lines = (pattern) => stack.sidecar.daemon.lines.filter((line) => pattern.test(line));
const refusals = () => stack.cluster.postmaster.lines.filter((line) => /telephonyd@.*ERROR: /.test(line));

/** Lets an outage last, and tells how much is written of it: by flags that try more often than the defaults. */
async function lasts(t, outage, milliseconds) {
  const { daemon } = stack.sidecar;
  const begin = { lines: daemon.lines.length, at: performance.now() };
  await until(outage, () => performance.now() - begin.at > milliseconds, { timeout: 2 * milliseconds + 10_000 });
  const minute = ((daemon.lines.length - begin.lines) * 60_000) / (performance.now() - begin.at);
  t.diagnostic(`${outage}: ${minute.toFixed(1)} lines a minute`);
  assert.ok(minute <= 60, `${outage}: ${daemon.lines.slice(begin.lines).join('\n')}`);
}

test('rule PAUSE_ON_SCHEMA: a column that stays missing is a few pauses and a few statements; the job is done once it is there', async (t) => {
  const org = stack.organization();
  const rename = (from, to) => stack.psql(`ALTER TABLE telephony_internal.jobs RENAME COLUMN ${from} TO ${to}`);
  await rename('lease_until', 'away');
  await stack.sidecar.log(/paused.*lease_until/);
  await lasts(t, 'a column is missing', 20_000); // longer than two pauses
  // A pause lasts five seconds at least. Calls that do not need the column, such as those of upkeep, may end one early.
  assert.ok(lines(/paused/).length <= 5, `${lines(/paused/).length} lines say that it is paused`);
  assert.ok(lines(/database ready/).length <= 5, `${lines(/database ready/).length} lines say that it is ready`);
  assert.ok(refusals().length < 20, `${refusals().length} statements were refused`);
  await rename('away', 'lease_until');
  await org.provision('US');
  assert.equal((await org.finished()).state, 'done');
});

test('reconcile and check say once what is missing, and end with 78: a column, a function, the extension', async () => {
  await stack.organization().provisioned('US');
  const told = async (command) => {
    const before = refusals().length;
    const { code, lines: all } = await stack.sidecarCommand(command);
    assert.equal(code, 78, all.join('\n'));
    assert.ok(refusals().length - before <= 1, `${refusals().length - before} statements were refused`);
    return all.join('\n');
  };
  await stack.sidecar.daemon.stop();
  await stack.psql('ALTER TABLE telephony_api.phone_numbers RENAME COLUMN number_sid TO away');
  assert.match(await told('reconcile'), /^telephonyd: database: column .*number_sid does not exist$/m);
  await stack.psql('ALTER TABLE telephony_api.phone_numbers RENAME COLUMN away TO number_sid');
  await stack.psql('ALTER FUNCTION telephony_internal.reconcile_numbers(text, jsonb) RENAME TO away');
  for (const command of ['reconcile', 'check']) {
    assert.match(
      await told(command),
      /functions that telephonyd calls are missing: .*reconcile_numbers\(text, jsonb\).*migrate\(\) makes them anew/,
    );
  }
  // It is refused where it sees a tenant schema.
  await stack.psql('ALTER TABLE telephony_internal.schema_migrations RENAME TO away');
  await stack.psql('DROP EXTENSION telephony CASCADE');
  await stack.psql('ALTER TABLE telephony_internal.away RENAME TO schema_migrations');
  for (const command of ['reconcile', 'check']) {
    assert.match(await told(command), /missing.*dropped with CASCADE.*A backup has them/);
  }
});

test('an outage that goes on for another reason says both, once each', async (t) => {
  await stack.psql('ALTER ROLE telephonyd NOLOGIN');
  await stack.psql(
    `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'telephonyd'`,
  );
  await stack.sidecar.log(/database still lost .*is not permitted to log in/);
  await lasts(t, 'telephonyd may not log in', 5_000); // many attempts
  assert.equal(lines(/database (still )?lost/).length, 2);
  const attempts = stack.cluster.postmaster.lines.filter((line) => /FATAL: .*not permitted to log in/.test(line));
  assert.ok(attempts.length < 120, `${attempts.length} attempts to connect`);
  await stack.psql('ALTER ROLE telephonyd LOGIN');
  await stack.sidecar.log(/database ready/, { from: stack.sidecar.daemon.lines.length - 1 });
  const org = stack.organization();
  await org.provision('US');
  assert.equal((await org.finished()).state, 'done');
});

test('a database that is stopped is lost, said once, and found again', async (t) => {
  await stack.cluster.stop();
  await stack.sidecar.log(/database lost/);
  await lasts(t, 'the database is stopped', 5_000);
  // It ends sessions, refuses new ones, and is gone: each is a reason.
  const reasons = lines(/database (still )?lost/).map((line) => /reason=(.*)/.exec(line)[1]);
  assert.ok(reasons.length <= 3 && new Set(reasons).size === reasons.length, reasons.join('\n'));
  await stack.cluster.start();
  await stack.sidecar.log(/database ready/, { from: stack.sidecar.daemon.lines.length - 1 });
});

test('a Twilio that cannot be reached is waited for, and the purchase goes on', async (t) => {
  const org = stack.organization();
  await org.handInAccount();
  await stack.simulator.fault('search', { kind: 'cut', when: 'before' }, { times: 1000 });
  await org.provision('US');
  await until('longer and longer pauses', () => lines(/job postponed/).length >= 3);
  await lasts(t, 'Twilio cannot be reached', 10_000);
  await stack.simulator.clearFaults();
  assert.equal((await org.finished({ timeout: 60_000 })).state, 'done');
});

test('a password that was rotated is said, and the new one is taken from the password file without a restart', async () => {
  await stack.psql(`SET password_encryption = 'scram-sha-256'; ALTER ROLE telephonyd PASSWORD 'Kingfisher-1'`);
  const file = join(stack.cluster.data, 'pg_hba.conf');
  writeFileSync(file, `local all telephonyd scram-sha-256\n${readFileSync(file, 'utf8')}`);
  await stack.psql('SELECT pg_reload_conf()');
  const asked = () => stack.psql('SELECT 1', { user: 'telephonyd' }).then(() => false, () => true);
  await until('a password is asked for', asked);
  const passwords = stack.sandbox.privateFile('pgpass', '*:*:*:*:Kingfisher-1\n');
  const sidecar = await stack.startSidecar({ wrapper: ['env', `PGPASSFILE=${passwords}`] });

  await stack.psql(`ALTER ROLE telephonyd PASSWORD 'Kingfisher-2'`);
  const cut = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'telephonyd'`;
  const said = () => sidecar.daemon.lines.filter((line) => /lost .*password authentication failed for user/.test(line));
  // More than once: a connection that was on its way is not listed yet.
  await until('it cannot log in any more', async () => {
    await stack.psql(cut);
    return said().length > 0;
  });
  stack.sandbox.privateFile('pgpass', '*:*:*:*:Kingfisher-2\n');
  const from = sidecar.daemon.lines.length - 1;
  await sidecar.log(/database ready/, { from });
  assert.ok(!sidecar.daemon.lines.some((line) => /Kingfisher/.test(line)), 'and no password is in the log');
  assert.equal(said().length, 1);
  assert.match(said()[0], /write the new one into the password file/);
});
