// A backup taken in the middle of a storm is put back when it is over: the database has forgotten what was bought
// since.

import { join } from 'node:path';
import { server } from '../harness/cluster.mjs';
import { pause } from './pause.mjs';
import { repair } from './round.mjs';
import { STORM } from './schedule.mjs';
import { look } from './truth.mjs';

/**
 * How long operators try to put everything right again: past the late horizon, since the backup may say of a number
 * that another organization's purchase of it could still take effect.
 */
const PATIENCE = 45_000;

/** Takes a backup at some moment of the storm that begins now; resolves to its file. */
export async function takeSnapshot(arena, random) {
  const { sandbox, cluster, database } = arena.stack;
  await pause(random.between(500, STORM));
  const file = join(sandbox.privateDirectory(`backup-${performance.now().toFixed(0)}`), 'telephony.sql');
  for (;;) {
    const environment = cluster.environment({ database });
    const dump = sandbox.start('pg_dump', join(server.programs, 'pg_dump'), [`--file=${file}`], { environment });
    if ((await dump.end()).code === 0) break;
    arena.note('no backup yet: the database is down');
    await pause(200);
  }
  arena.note('backup taken');
  return file;
}

/** Puts the backup in the place of the database, as an operator does after a loss. */
async function replaceDatabase(arena, file) {
  for (const car of arena.cars) await arena.end(car, 'SIGKILL');
  for (const { friendly_name } of (await arena.simulator.state()).validations)
    arena.book.forgottenCalls.add(friendly_name);
  const { cluster, database } = arena.stack;
  await cluster.psql(`DROP DATABASE ${database} WITH (FORCE)`);
  await cluster.psql(`CREATE DATABASE ${database}`);
  await cluster.psql(`\\i ${file}`, { database });
  await arena.answering();
  for (const car of arena.cars) await arena.launch(car);
  await Promise.all(arena.cars.map(({ daemon }) => daemon.line(/recovery mode/)));
}

/** What was written off after the backup is as it was before: its release goes on, until it is written off again. */
async function forgetWriteOffs({ stack, book }) {
  const known = await stack.rows(`SELECT number::text FROM telephony_internal.jobs WHERE state = 'written_off'`);
  for (const number of [...book.writtenOff.keys()])
    if (!known.some((job) => job.number === number)) book.writtenOff.delete(number);
}

const spent = async (arena) => {
  const { purchases, releases, changed } = await arena.simulator.state();
  return JSON.stringify({ purchases, releases, changes: changed.length });
};

/** In recovery mode tenants go on asking and a sidecar dies; nothing may be bought, released or changed. */
async function tryRecoveryMode(arena, settled) {
  const before = await spent(arena);
  await Promise.all(arena.tenants.filter(({ id }) => !settled.has(id)).flatMap((tenant, i) => [
    tenant.rpc('provision_number', { country_code: 'NG' }),
    ...(i % 3 ? [] : [tenant.rpc('release_number')]),
  ]));
  await arena.end(arena.cars[0], 'SIGKILL');
  await arena.launch(arena.cars[0]);
  await arena.cars[0].daemon.line(/recovery mode/);
  await pause(1_500); // for some looks at the queue
  const { rows } = await arena.stack.reconcile('--repair');
  const after = await spent(arena);
  if (after !== before)
    arena.journal.finding('something was bought, released or changed in recovery mode', { before, after });
  return rows;
}

/**
 * What an operator does about what reconcile lists: takes in what was live and is unknown here, for whom it belonged to
 * (what else that organization asks for gives way), dismisses conflicts, and enters the release of numbers that are
 * gone. Resolves to how much of that there was.
 */
async function mend(arena, liveBefore) {
  const { rows } = await arena.stack.reconcile();
  const { database } = await look(arena);
  let done = 0;
  for (const job of database.jobs.filter(({ state }) => state === 'conflict')) {
    done += 1;
    await arena.stack.psql(`SELECT telephony_internal.dismiss_conflict('${job.id}', 'the backup knew no better')`);
  }
  for (const { verdict, number_sid: sid, org_id: holder } of rows) {
    const owner = liveBefore.get(sid);
    if (verdict === 'missing') {
      done += 1;
      const { code, lines } = await arena.stack.sidecarCommand('reconcile', '--gone', sid, '--org', holder);
      if (code !== 0) arena.note(`not entered yet: ${lines.filter((line) => /not entered/.test(line)).join(' ')}`);
    } else if (owner && !['live', 'retag', 'pending'].includes(verdict)) {
      done += 1;
      const tenant = arena.tenant(owner);
      await tenant.rpc('select_country', { country_code: 'US' });
      const { code, lines } = await arena.stack.sidecarCommand('reconcile', '--adopt', sid, '--org', owner);
      if (code === 0) continue;
      arena.note(`not adopted yet: ${lines.filter((line) => /not adopted/.test(line)).join(' ')}`);
      await tenant.rpc('release_number');
    }
  }
  return done;
}

/** Restores the backup, tries recovery mode, adopts, resumes, and judges that nothing was lost. */
export async function restoreSnapshot(arena, truth, file) {
  const { database: before } = await look(arena);
  const liveBefore = new Map(before.numbers.map((row) => [row.sid, row.org_id]));
  const settled = new Set(liveBefore.values());
  arena.note(`===== the backup is restored; ${liveBefore.size} numbers are live`);
  await replaceDatabase(arena, file);
  arena.journal.injected('backup restored');
  await forgetWriteOffs(arena);
  await tryRecoveryMode(arena, settled);
  await arena.handInAccounts();
  await mend(arena, liveBefore);
  const resumed = await arena.stack.sidecarCommand('resume');
  if (resumed.code !== 0) arena.journal.finding('telephonyd resume fails', resumed.lines);
  const patience = performance.now() + PATIENCE;
  do {
    for (const job of await arena.drain()) arena.journal.finding('a job has no end after a restore', job);
    if ((await mend(arena, liveBefore)) === 0) break;
    await pause(1_000);
  } while (performance.now() < patience);
  await repair(arena);
  const { database, heldBySid } = await look(arena);
  for (const [sid, owner] of liveBefore) {
    const row = database.numbers.find((number) => number.sid === sid);
    if (!heldBySid.has(sid))
      arena.journal.finding('a number that was live before the restore is gone from Twilio', { sid, owner });
    else if (row?.org_id !== owner)
      arena.journal.finding('a number that was live before the restore has not come back to its organization', {
        sid,
        owner,
        row,
      });
  }
  await truth.judge(arena, { repaired: true, givenUp: true });
}
