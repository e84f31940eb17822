// Failover to a standby that was behind: what was released and bought in the time that is lost is proved at Twilio and
// entered, step by step as docs/telephonyd.md says, before recovery mode ends.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { Postgrest } from '../harness/postgrest.mjs';
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

  const options = (name) => stack.sidecarOptions({ name, cluster: standby });
  const command = (...words) => Sidecar.command(stack.sandbox, options('telephonyd-by-hand'), ...words);
  const verdicts = async () => {
    const { output } = await command('reconcile', '--json');
    return Object.fromEntries(JSON.parse(output.join('\n')).rows.map((row) => [row.number_sid, row.verdict]));
  };
  const sidecar = await Sidecar.start(stack.sandbox, options('telephonyd-on-the-standby'));
  await sidecar.log(/recovery mode/);
  const held = (await stack.numbersAtTwilio()).map(({ sid }) => sid).sort();
  const keptSid = (await stack.simulator.state()).numbers.map(({ sid }) => sid)
    .find((sid) => ![y.number_sid, z.number_sid].includes(sid));
  assert.deepEqual(await verdicts(), {
    [x.number_sid]: 'missing', [lost.number_sid]: 'missing',
    [y.number_sid]: 'unknown_job', [z.number_sid]: 'unknown_job', [keptSid]: 'live',
  });

  // Adopting says what is in the way, and what shows that it is gone.
  const refused = await command('reconcile', '--adopt', y.number_sid, '--org', changed.id);
  assert.equal(refused.code, 1);
  assert.match(refused.lines.join('\n'), new RegExp(`--gone=${x.number_sid} --org=${changed.id}`));
  // What Twilio still has is not gone, whatever an operator thinks; nor is another organization's.
  for (const [sid, org, why] of [
    [keptSid, kept, /not entered: Twilio has \+1\*+\d{4} still/],
    [lost.number_sid, changed, /not entered: organization .* has no number/],
  ]) {
    const { code, lines } = await command('reconcile', '--gone', sid, '--org', org.id);
    assert.equal(code, 1);
    assert.match(lines.join('\n'), why);
  }
  await stack.simulator.fault('get', { kind: 'status', status: 503, code: 20503, when: 'before' }, { times: 0 });
  const unanswered = await command('reconcile', '--gone', x.number_sid, '--org', changed.id);
  assert.equal(unanswered.code, 69, unanswered.lines.join('\n'));
  await stack.simulator.clearFaults();

  for (const [sid, org] of [[x.number_sid, changed], [lost.number_sid, gone]]) {
    const { code, lines } = await command('reconcile', '--gone', sid, '--org', org.id);
    assert.equal(code, 0, lines.join('\n'));
    assert.match(lines.join('\n'), new RegExp(`looking once more in 1 s[^]*entered the release of ${sid}`));
  }
  const again = await command('reconcile', '--gone', x.number_sid, '--org', changed.id);
  assert.deepEqual([again.code, /was released before/.test(again.lines.join('\n'))], [0, true]);
  for (const [{ number_sid: sid }, org] of [[y, changed], [z, bought]]) {
    const { code, lines } = await command('reconcile', '--adopt', sid, '--org', org.id);
    assert.equal(code, 0, lines.join('\n'));
  }
  assert.deepEqual(await verdicts(), { [y.number_sid]: 'live', [z.number_sid]: 'live', [keptSid]: 'live' });
  assert.deepEqual((await stack.numbersAtTwilio()).map(({ sid }) => sid).sort(), held, 'nothing was changed at Twilio');
  const mode = () => standby.psql('SELECT mode FROM telephony_internal.settings', { database: stack.database });
  assert.equal(await mode(), 'recovery');
  assert.equal((await command('resume')).code, 0);
  assert.equal(await mode(), 'normal');

  // As if nothing had been lost.
  const postgrest = await Postgrest.start(stack.sandbox, standby, { database: stack.database });
  const on = ({ id }) => new Organization(postgrest, id, { simulator: stack.simulator });
  assert.equal((await live(on(changed))).number_sid, y.number_sid);
  const rows = (await on(changed).read('phone_numbers')).body;
  assert.deepEqual(rows.map((row) => [row.number_sid, row.status]).sort(), [
    [x.number_sid, 'released'], [y.number_sid, 'live'],
  ].sort());
  await release(on(changed));
  assert.equal((await on(gone).provisioned('US')).state, 'done');
});
