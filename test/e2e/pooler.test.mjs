// telephonyd behind a transaction pooler: it works without listening, and a failover that no connection tells of is
// noticed.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { Pooler } from '../harness/pooler.mjs';
import { QUICK, Sidecar } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
afterEach(() => stack?.close());

const FLAGS = { ...QUICK, 'no-listen': true, 'database-connections': 2 };

/** A system whose only telephonyd is behind a pooler; resolves to the two and the options they have in common. */
async function behindPooler() {
  stack = await Stack.start({ platform: true, flags: FLAGS });
  await stack.sidecar.kill();
  const pooler = await Pooler.open(stack.sandbox, stack.cluster, { user: 'telephonyd' });
  const sidecar = await Sidecar.start(stack.sandbox, stack.sidecarOptions({ cluster: pooler }));
  return { pooler, sidecar };
}

const claimsOf = (org) => JSON.stringify({ app_metadata: { org_id: org } });

/** Asks for a number as a member of the organization, without PostgREST, which has no way to the promoted server. */
const provision = (cluster, org) =>
  cluster.psql(
    `SELECT set_config('request.jwt.claims', '${claimsOf(org)}', false) \\g /dev/null
     SELECT state FROM telephony_api.provision_number('US')`,
    { database: stack.database },
  );

test('through a transaction pooler, without a connection that listens, numbers are bought and released', async () => {
  const { pooler } = await behindPooler();
  const org = stack.organization();
  await org.provisioned('US');
  assert.equal((await org.rpc('release_number')).status, 200);
  assert.equal((await org.finished()).state, 'released');
  const listening = await stack.rows(`SELECT query FROM pg_stat_activity WHERE usename = 'telephonyd' AND query ~* '^\\s*(LISTEN|PREPARE|SET|DISCARD)'`);
  assert.deepEqual(listening, []);
  assert.equal(pooler.disconnections, 0);
});

test('a standby is promoted behind the pooler and telephonyd never reconnects: it buys nothing, says recovery, and goes on after resume', async () => {
  const { pooler, sidecar } = await behindPooler();
  const before = stack.organization();
  await before.provisioned('US');
  const standby = await stack.cluster.standby({ settings: stack.server });
  const written = await stack.cluster.psql('SELECT pg_current_wal_lsn()');
  await until('the standby has it all', async () => (await standby.psql(`SELECT pg_last_wal_replay_lsn() >= '${written}'`)) === 't');
  await standby.psql('SELECT pg_promote()');
  pooler.leadTo(standby);
  await stack.cluster.stop('immediate');

  const { purchases } = await stack.simulator.state();
  const org = stack.organization().id;
  assert.equal(await provision(standby, org), 'queued');
  await sidecar.log(/recovery mode/);
  const jobs = () => standby.psql(`SELECT state FROM telephony_internal.jobs WHERE org_id = '${org}'`, { database: stack.database });
  // What must not happen would happen by now: the job taken by the next poll.
  const seen = performance.now();
  await until('several polls', () => performance.now() - seen > FLAGS['poll-interval'] * 5000);
  assert.equal(await jobs(), 'queued');
  assert.equal((await stack.simulator.state()).purchases, purchases);
  assert.equal(pooler.disconnections, 0, 'it never reconnected');
  assert.ok(!sidecar.daemon.lines.some((line) => /database lost/.test(line)));
  const mode = await standby.psql('SELECT mode FROM telephony_internal.settings', { database: stack.database });
  assert.equal(mode, 'recovery');

  const { code, lines } = await Sidecar.command(stack.sandbox, stack.sidecarOptions({ cluster: pooler }), 'resume');
  assert.equal(code, 0, lines.join('\n'));
  await until('the job is done', async () => (await jobs()) === 'done');
  assert.equal((await stack.simulator.state()).purchases, purchases + 1);
});
