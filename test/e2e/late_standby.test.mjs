// Failover to a standby that was behind: what was released and bought in the time that is lost is proved at Twilio and
// entered, step by step as docs/telephonyd.md says, before recovery mode ends.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { Postgrest } from '../harness/postgrest.mjs';
import { PROJECT } from '../harness/sandbox.mjs';
import { Sidecar } from '../harness/sidecar.mjs';
import { Organization, Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
before(async () => {
  stack = await Stack.start({ platform: true, settings: { absence_poll: '0.2 seconds', absence_window: '0' } });
});
after(() => stack?.close());

/** The live number of an organization: its row. */
const live = async (org) => (await org.read('phone_numbers')).body.find(({ status }) => status === 'live');

/** What docs/telephonyd.md shows of commands, by the word behind `console`: [line, ...]. */
const shown = new Map(
  [...readFileSync(join(PROJECT, 'docs/telephonyd.md'), 'utf8').matchAll(/^ *```console (\S+)\n([^]*?)^ *```$/gm)].map(
    ([, name, text]) => [name, text.split('\n').map(comparable).filter((line) => line && !line.startsWith('$'))],
  ),
);

/** A line without what differs from run to run, or is shortened in the manual. */
function comparable(line) {
  return line
    .replaceAll(/\b(PN|AC)([0-9a-f]{32}|\w\w\.{3})/g, '$1')
    .replaceAll(/\b([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{2}\.{3})/g, 'UUID')
    .replaceAll(/\+1\*+\d{4}/g, 'NUMBER')
    .replace(/in \d+ s$/, 'in N s')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** What a command said, to be compared with `shown`: standard output, and its complaint. */
const said = ({ output, lines }) =>
  [...output, ...lines.filter((line) => line.startsWith('telephonyd: '))].map(comparable);

/** Has an organization release its number. */
async function release(org) {
  assert.equal((await org.rpc('release_number', { force: true })).status, 200);
  assert.equal((await org.finished()).state, 'released');
}

test('after a failover to a late standby every number of the lost window is entered, and work goes on', async () => {
  const [changed, gone, bought, kept] = Array.from({ length: 4 }, () => stack.organization());
  for (const org of [changed, gone, kept]) await org.provisioned('US');
  await bought.rpc('select_country', { country_code: 'US' });
  const x = await live(changed);
  const lost = await live(gone);

  // The standby has all that until now, and nothing of what follows.
  const standby = await stack.cluster.standby({ settings: stack.server });
  const written = await stack.cluster.psql('SELECT pg_current_wal_lsn()');
  const replayed = `SELECT pg_last_wal_replay_lsn() >= '${written}'`;
  await until('the standby has it all', async () => (await standby.psql(replayed)) === 't');
  await standby.psql(`ALTER SYSTEM SET primary_conninfo = ''; SELECT pg_reload_conf()`);
  const receiving = 'SELECT count(*) FROM pg_stat_wal_receiver';
  await until('the standby is cut off', async () => (await standby.psql(receiving)) === '0');
  for (const org of [changed, gone]) await release(org);
  for (const org of [changed, bought]) await org.provisioned('US');
  const y = await live(changed);
  const z = await live(bought);
  await stack.sidecar.daemon.stop();
  await stack.cluster.stop('immediate');
  await standby.psql('SELECT pg_promote()');

  // Nothing is found by the poll: it comes round after the test.
  const flags = { ...stack.flags, 'poll-interval': 60 };
  const options = (name) => stack.sidecarOptions({ name, cluster: standby, flags });
  const begin = (...words) => Sidecar.begin(stack.sandbox, options('telephonyd-by-hand'), ...words);
  const command = (...words) => Sidecar.command(stack.sandbox, options('telephonyd-by-hand'), ...words);
  const sql = (text) => standby.psql(text, { database: stack.database });
  /** Runs a command that ends with `code` and says what the manual shows, if it shows it. */
  const expect = async (code, name, ...words) => {
    const end = await command(...words);
    assert.equal(end.code, code, end.lines.join('\n'));
    if (name) assert.deepEqual(said(end), shown.get(name), name);
    return end;
  };
  const rows = async () => JSON.parse((await command('reconcile', '--json')).output.join('\n')).rows;
  const sidecar = await Sidecar.start(stack.sandbox, options('telephonyd-on-the-standby'));
  await sidecar.log(/recovery mode/);
  const postgrest = await Postgrest.start(stack.sandbox, standby, { database: stack.database });
  const on = ({ id }) => new Organization(postgrest, id);
  const held = async () => (await stack.numbersAtTwilio()).map(({ sid }) => sid).sort();
  const heldBefore = await held();
  const { number_sid: keptSid } = await live(on(kept));

  // 1: compare. The log of who bought a number tells whose it is.
  await expect(1, 'compare', 'reconcile');
  const found = await rows();
  assert.deepEqual(Object.fromEntries(found.map((row) => [row.number_sid, row.verdict])), {
    [x.number_sid]: 'missing', [lost.number_sid]: 'missing',
    [y.number_sid]: 'unknown_job', [z.number_sid]: 'unknown_job', [keptSid]: 'live',
  });
  for (const [{ number_sid: sid }, org] of [[y, changed], [z, bought]]) {
    const { job_id: job } = found.find((row) => row.number_sid === sid);
    const claimed = stack.sidecar.daemon.lines.find((line) => line.includes('claimed job') && line.includes(job));
    assert.ok(claimed.includes(`org=${org.id}`), claimed);
  }

  // 2: what is gone. X is in the way of Y.
  const adoptY = ['reconcile', '--adopt', y.number_sid, '--org', changed.id];
  const goneX = ['reconcile', '--gone', x.number_sid, '--org', changed.id];
  const refused = await expect(1, 'in-the-way', ...adoptY);
  assert.ok(refused.lines.join('\n').includes(`--gone=${x.number_sid} --org=${changed.id}`));
  await expect(1, 'still-there', 'reconcile', '--gone', keptSid, '--org', kept.id);
  const others = await expect(1, null, 'reconcile', '--gone', lost.number_sid, '--org', changed.id);
  assert.match(others.lines.join('\n'), /not entered: organization .* has no number/);
  // What cannot be seen is not gone.
  for (const operation of ['get', 'list']) {
    await stack.simulator.fault(operation, { kind: 'status', status: 503, code: 20503, when: 'before' }, { times: 0 });
    await expect(69, null, ...goneX);
    await stack.simulator.clearFaults();
  }
  await stack.simulator.account(stack.account, { status: 'suspended' });
  const closed = await expect(69, null, ...goneX);
  assert.match(closed.lines.join('\n'), /was not looked at: Twilio refuses/);
  await stack.simulator.account(stack.account, { status: 'active' });
  assert.equal((await live(on(changed))).number_sid, x.number_sid, 'nothing was entered');

  /** Kills a command while Twilio keeps it waiting. */
  const killed = async (operation, words, { looks = 0 } = {}) => {
    const count = (await stack.simulator.count(operation, 'received')) + looks + 1;
    await stack.simulator.fault(operation, { kind: 'hold', when: 'before' }, { after: looks });
    const daemon = begin(...words);
    await stack.simulator.reached(operation, 'received', { count });
    await daemon.stop('SIGKILL');
    await stack.simulator.clearFaults();
  };
  await killed('get', goneX, { looks: 1 });
  assert.equal((await live(on(changed))).number_sid, x.number_sid, 'one look is no proof');
  await expect(0, 'gone', ...goneX);
  const again = await expect(0, null, ...goneX);
  assert.match(again.lines.join('\n'), /was released before/);
  await expect(0, 'gone', 'reconcile', '--gone', lost.number_sid, '--org', gone.id);

  // 3: what was bought. Failed or killed between the database and Twilio, the command is run again.
  await stack.simulator.fault('update', { kind: 'status', status: 503, code: 20503, when: 'before' }, { times: 0 });
  const untagged = await expect(0, null, ...adoptY);
  assert.match(untagged.lines.join('\n'), /adopted .*\n(.*\n)*not tagged/);
  await stack.simulator.clearFaults();
  assert.equal((await rows()).find((row) => row.number_sid === y.number_sid).verdict, 'retag');
  await killed('update', adoptY);
  await expect(0, 'adopt', ...adoptY);
  assert.equal(await sql(`SELECT count(*) FROM telephony_internal.jobs WHERE number_sid = '${y.number_sid}'`), '1');
  const adoptZ = ['reconcile', '--adopt', z.number_sid, '--org', bought.id];
  const { job_id: asked } = await on(bought).provision('US');
  const waiting = await expect(1, 'asked-meanwhile', ...adoptZ);
  assert.ok(waiting.lines.join('\n').includes(`cancel_job('${asked}')`));
  assert.equal(await sql(`SELECT state FROM telephony_internal.cancel_job('${asked}')`), 'cancelled');
  await expect(0, 'adopt', ...adoptZ);

  // 4: all is known.
  const [first, second] = [await command('reconcile'), await command('resume')];
  assert.deepEqual([first.code, second.code], [0, 0], [...first.lines, ...second.lines].join('\n'));
  assert.deepEqual([...said(first), ...said(second)], shown.get('resume'));
  assert.deepEqual(await held(), heldBefore, 'nothing was bought or released');

  // As if nothing had been lost.
  assert.equal((await live(on(changed))).number_sid, y.number_sid);
  const { body: numbers } = await on(changed).read('phone_numbers');
  assert.deepEqual(numbers.map((row) => [row.number_sid, row.status]).sort(), [
    [x.number_sid, 'released'], [y.number_sid, 'live'],
  ].sort());
  await release(on(changed));
  assert.equal((await on(gone).provisioned('US')).state, 'done');
});
