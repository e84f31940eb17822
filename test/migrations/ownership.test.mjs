// take_ownership() and somebody who goes on changing the schema while it is taken: who has begun is waited for by no
// lock, so nobody may be there, or come.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { Cluster } from '../harness/cluster.mjs';
import { until, within } from '../harness/deadline.mjs';
import { Sandbox, exit } from '../harness/sandbox.mjs';
import { createDatabase } from '../harness/stack.mjs';

let sandbox;
let cluster;
let database;
const psql = (sql, user) => cluster.psql(sql, { database, user });
before(async () => {
  sandbox = Sandbox.open();
  cluster = await Cluster.create(sandbox);
  ({ database } = await createDatabase(cluster));
});
after(async () => {
  await sandbox.close();
  await exit();
});

test('whoever has the schema meanwhile can put nothing into it while it is taken', async () => {
  await psql('CREATE ROLE stranger LOGIN; REASSIGN OWNED BY telephony_owner TO stranger');
  const refusal = { sqlstate: '55006', message: 'others could change the tenant schema while it is taken' };

  // A transaction that has made a function which nobody else sees yet.
  const stranger = new pg.Client({ host: cluster.host, user: 'stranger', database });
  await stranger.connect();
  const errors = [];
  stranger.on('error', ({ code }) => errors.push(code));
  const cut = new Promise((resolve) => stranger.on('end', resolve));
  await stranger.query("BEGIN; CREATE FUNCTION telephony_internal.extra() RETURNS int LANGUAGE sql AS 'SELECT 1'");
  const pid = stranger.processID;

  await assert.rejects(psql('SELECT telephony.take_ownership()'), refusal, 'one is there');
  await psql(`ALTER DATABASE ${database} CONNECTION LIMIT 0`);
  await assert.rejects(psql('SELECT telephony.take_ownership()'), {
    ...refusal,
    detail: `In it may create: stranger. Connected are: process ${pid} of stranger.`,
  });
  await assert.rejects(psql('SELECT 1', 'stranger'), /too many connections/, 'no other comes');
  await psql(`SELECT pg_terminate_backend(${pid})`);
  await within(10_000, 'the end of the session', cut);
  assert.equal(errors[0], '57P01');

  await until('nobody connected', async () => {
    return (await psql(`SELECT count(*) FROM pg_stat_activity WHERE usename = 'stranger'`)) === '0';
  });
  assert.ok(Number(await psql('SELECT telephony.take_ownership()')) > 100);
  await psql(`ALTER DATABASE ${database} CONNECTION LIMIT -1`);
  assert.equal(await psql("SELECT to_regprocedure('telephony_internal.extra()')"), '');
  await assert.rejects(
    psql("CREATE FUNCTION telephony_internal.extra() RETURNS int LANGUAGE sql AS 'SELECT 1'", 'stranger'),
    { sqlstate: '42501' },
  );
  await psql('SELECT telephony.migrate()');
});
