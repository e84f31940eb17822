// Whose number is it? Copies of the database, other installations, numbers nobody knows: when in doubt, nothing is
// touched.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { Cluster, server } from '../harness/cluster.mjs';
import { until } from '../harness/deadline.mjs';
import { Postgrest } from '../harness/postgrest.mjs';
import { QUICK, Sidecar } from '../harness/sidecar.mjs';
import { Organization, ROLES, Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
beforeEach(async () => {
  stack = await Stack.start({ flags: QUICK });
});
afterEach(() => stack?.close());

const sidsAtTwilio = async () => (await stack.numbersAtTwilio()).map((number) => number.sid).sort();

/** Buys a number in the Twilio console of an organization's account and names it; resolves to its SID. */
async function boughtInTheConsole({ account: { accountSid: account_sid } }, phone_number, friendly_name) {
  const { sid } = await stack.simulator.console('buy', { account_sid, phone_number, friendly_name });
  return sid;
}

test('a sidecar configured for another installation is refused and ends with 78', async () => {
  const installation = randomUUID();
  const stranger = Sidecar.launch(stack.sandbox, stack.sidecarOptions({ installation }));
  const { code } = await stranger.daemon.end({ timeout: 20_000 });
  assert.equal(code, 78);
  const text = stranger.daemon.lines.join('\n');
  assert.match(text, /another installation/);
  assert.equal(await stack.simulator.count('buy', 'received'), 0);
});

test('numbers that this database did not buy are listed and never released: unknown job, other installation, no tag', async () => {
  const org = stack.organization();
  const live = await org.provisioned('US');
  const unknown = await boughtInTheConsole(
    org,
    '+12022345601',
    await stack.psql('SELECT telephony_internal.tag_of(gen_random_uuid())'),
  );
  const elsewhere = 'telephony:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA';
  const foreign = await boughtInTheConsole(org, '+12022345602', elsewhere);
  const untagged = await boughtInTheConsole(org, '+12022345603', 'Front desk');
  const held = await sidsAtTwilio();

  const { rows } = await stack.reconcile('--repair');
  const verdicts = Object.fromEntries(rows.map((row) => [row.number_sid, row.verdict]));
  assert.deepEqual(
    [unknown, foreign, untagged].map((sid) => verdicts[sid]),
    ['unknown_job', 'foreign_installation', 'untagged'],
  );
  assert.equal(rows.filter((row) => row.verdict === 'live').length, 1);
  assert.equal(live.state, 'done');
  assert.deepEqual(await sidsAtTwilio(), held);
  const jobs = await stack.rows(`SELECT kind FROM telephony_internal.jobs WHERE kind <> 'provision'`);
  assert.deepEqual(jobs, [], 'no release was asked for');
});

test('a live number that was renamed in the console stays live, and --repair restores its tag', async () => {
  const org = stack.organization();
  await org.provisioned('US');
  const [{ number_sid: sid }] = (await org.read('phone_numbers')).body;
  const [{ friendly_name: tag }] = await stack.numbersAtTwilio();
  await stack.simulator.console('rename', { sid, friendly_name: 'Front desk' });

  const { rows } = await stack.reconcile('--repair');
  assert.deepEqual(rows.map((row) => [row.number_sid, row.verdict]), [[sid, 'retag']]);
  assert.deepEqual((await stack.numbersAtTwilio()).map((number) => [number.sid, number.friendly_name]), [[sid, tag]]);
});

test('a number whose release is under way, or that Twilio does not list yet, is not missing; one that is gone is', async () => {
  const [releasing, unlisted, gone] = [stack.organization(), stack.organization(), stack.organization()];
  await releasing.provisioned('US');
  await gone.provisioned('US');
  await stack.simulator.fault('buy', { kind: 'lag', milliseconds: 3_600_000 });
  await unlisted.provisioned('US');
  const withheld = await stack.simulator.fault('delete', { kind: 'hold', when: 'after' });
  await releasing.rpc('release_number');
  await stack.simulator.reached('delete', 'applied');
  const [{ number_sid: sid }] = (await gone.read('phone_numbers')).body;
  await stack.simulator.console('delete', { sid });
  await stack.psql(
    `UPDATE telephony_api.phone_numbers SET purchased_at = now() - interval '1 hour' WHERE number_sid = '${sid}'`,
  );

  const { code, rows } = await stack.reconcile();
  assert.deepEqual([code, rows.map((row) => [row.verdict, row.number_sid])], [1, [['missing', sid]]]);
  await stack.simulator.fault('get', { kind: 'status', status: 503, code: 20503, when: 'before' });
  const unsure = await stack.reconcile();
  assert.deepEqual([unsure.code, unsure.rows], [69, []], 'what Twilio did not answer is no difference');
  await stack.simulator.release(withheld);
});

/**
 * Copies the database into a cluster of its own, as a restore of a backup elsewhere would; resolves to that cluster.
 */
async function cloneDatabase() {
  const clone = await Cluster.create(stack.sandbox, {
    name: 'clone',
    settings: { ...stack.server, track_functions: 'all' },
  });
  await clone.psql(`CREATE DATABASE ${stack.database}; ${ROLES} CREATE ROLE telephony_owner NOLOGIN;`);
  const file = join(stack.sandbox.privateDirectory('backup'), 'telephony.sql');
  await stack.sandbox.run('pg_dump', join(server.programs, 'pg_dump'), [`--file=${file}`], {
    environment: stack.cluster.environment({ database: stack.database }),
  });
  await clone.psql(`\\i ${file}`, { database: stack.database });
  return clone;
}

test('a copy of the database in another cluster buys and releases nothing until telephonyd resume; adoption works', async () => {
  const before = stack.organization();
  await before.provisioned('US');
  const clone = await cloneDatabase();
  // Bought after the backup was taken: the copy does not know of it.
  const after = stack.organization();
  await after.provisioned('US');
  const [{ number_sid: lost }] = (await after.read('phone_numbers')).body;
  await stack.sidecar.daemon.stop();
  const held = await sidsAtTwilio();

  const options = (name) => stack.sidecarOptions({ name, cluster: clone });
  const command = (...words) => Sidecar.command(stack.sandbox, options('telephonyd-of-the-copy'), ...words);
  const sidecar = await Sidecar.start(stack.sandbox, options('telephonyd-copy'));
  await sidecar.log(/recovery mode/);

  // What the copy is asked for meanwhile waits: the sidecar greets again and again, and claims nothing.
  const postgrest = await Postgrest.start(stack.sandbox, clone, { database: stack.database });
  const { simulator } = stack;
  const [buyer, releaser, owner] = [undefined, before, after].map(
    (of) => new Organization(postgrest, of?.id, { simulator, account: of?.account }),
  );
  await buyer.provision('US');
  assert.equal((await releaser.rpc('release_number')).status, 200);
  const greetings = async () => {
    const { calls } = await clone.row(
      `SELECT coalesce(sum(calls), 0) AS calls FROM pg_stat_user_functions WHERE funcname = 'hello'`,
      { database: stack.database },
    );
    return calls;
  };
  const seen = await greetings();
  await until('the sidecar has greeted twice', async () => (await greetings()) >= seen + 2);
  assert.deepEqual([(await buyer.status()).state, (await releaser.status()).state], ['queued', 'releasing']);
  assert.deepEqual(await sidsAtTwilio(), held);

  // Nor does it know the account: what an organization handed in since the backup, it must hand in again.
  await owner.handInAccount();
  const listed = JSON.parse((await command('reconcile', '--json')).output.join('\n'));
  assert.equal(listed.rows.find((row) => row.number_sid === lost).verdict, 'unknown_job');
  assert.equal((await owner.rpc('select_country', { country_code: 'US' })).status, 200);
  const adopted = await command('reconcile', '--adopt', lost, '--org', after.id);
  assert.equal(adopted.code, 0, adopted.lines.join('\n'));
  assert.deepEqual(
    (await owner.read('phone_numbers')).body.map((row) => [row.number_sid, row.status]),
    [[lost, 'live']],
  );
  assert.deepEqual(await sidsAtTwilio(), held);

  assert.equal((await command('resume')).code, 0);
  assert.equal((await buyer.finished()).state, 'done');
  assert.equal((await releaser.finished()).state, 'released');
  assert.ok((await sidsAtTwilio()).includes(lost));
});
