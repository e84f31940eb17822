// docs/backup.md: every command of it, run as the page says: dumps, restores by whoever, points in time, failover,
// logical replication, copies, and uninstalling.

import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { Cluster, server } from '../harness/cluster.mjs';
import { until, within } from '../harness/deadline.mjs';
import { PROJECT, Sandbox, exit } from '../harness/sandbox.mjs';
import { Sidecar } from '../harness/sidecar.mjs';
import { createDatabase } from '../harness/stack.mjs';
import { twoTenants } from '../matrix/two_tenants.mjs';

const PAGE = readFileSync(join(PROJECT, 'docs/backup.md'), 'utf8');
const database = 'app';
const { A, seed } = twoTenants();

/** The blocks of the page by the word behind their language, and how often each was run. */
const blocks = new Map(
  [...PAGE.matchAll(/^( *)```\w+ (\S+)\n([\s\S]*?)^ *```$/gm)].map(([, indent, name, text]) => [
    name,
    text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  ]),
);
const used = new Set();
function block(name) {
  assert.ok(blocks.has(name), `docs/backup.md has a block ${name}`);
  used.add(name);
  return blocks.get(name);
}

let sandbox;
let directory;
/** The server that everything is dumped from, its standby, and a base backup of it. */
let original;
let standby;
let archive;
let installation;
before(async () => {
  sandbox = Sandbox.open();
  directory = sandbox.privateDirectory('dumps');
  archive = sandbox.privateDirectory('archive');
  original = await Cluster.create(sandbox, {
    name: 'original',
    settings: { wal_level: 'logical', archive_mode: 'on', archive_command: `cp %p ${archive}/%f` },
  });
  ({ installation } = await createDatabase(original, { database }));
  await seed((sql) => original.psql(sql, { database }));
  assert.equal(await modeOf(original), 'normal');
  await original.psql(block('backup-role'));
  await shell(original, block('dump'));
  standby = await original.standby();
});
after(async () => {
  await sandbox.close();
  await exit();
});

/** Runs a block of shell commands against a server; resolves to what they say. */
async function shell(cluster, commands) {
  const { PATH } = process.env;
  const environment = { PATH: `${server.programs}:${PATH}`, PGHOST: cluster.host, PGUSER: 'postgres' };
  const run = await sandbox.run('shell', '/bin/bash', ['-euc', `set -o pipefail\n${commands}`], {
    environment,
    directory,
  });
  return run.lines.join('\n');
}

/** The mode that a greeting of telephonyd is answered with. */
const modeOf = (cluster) =>
  cluster.psql(
    `SELECT h.mode FROM telephony_internal.hello((SELECT telephony_internal.installation_id()), '1', NULL, 1) h`,
    { database },
  );

/** Every row of every table of the tenant schema, but for the row that says which cluster this is. */
const rowsOf = (cluster) =>
  cluster.rows(
    `SELECT c.oid::regclass::text AS name,
            query_to_xml(format('SELECT t::text FROM %s t ORDER BY 1', c.oid::regclass), false, true, '')::text AS rows
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN ('telephony_api', 'telephony_internal') AND c.relkind = 'r' AND c.relname <> 'settings'
      ORDER BY 1`,
    { database },
  );

/** That a restored database has all rows, belongs to its owner and is in order. */
async function isWhole(cluster) {
  assert.deepEqual(await rowsOf(cluster), await rowsOf(original));
  const wrong = await cluster.rows(
    `SELECT * FROM telephony_api.self_check() c WHERE NOT c.ok
        AND c."check" NOT IN ('commits wait for the disk', 'upkeep is done in time', 'not in recovery mode',
                              'sessions of this database find the operators on numbers',
                              'every API role finds the operators on numbers')`,
    { database },
  );
  assert.deepEqual(wrong, []);
}

/** What a statement is refused with. */
const refusal = (cluster, sql, options = { database }) =>
  cluster.psql(sql, options).then(
    () => assert.fail(`not refused: ${sql}`),
    (error) => error,
  );

test('who may read everything, but not past row-level security, cannot dump', async () => {
  await original.psql('CREATE ROLE reader LOGIN IN ROLE pg_read_all_data');
  const [, command] = block('dump').trim().split('\n');
  const asReader = command.replace('telephony_backup', 'reader').replace('app.dump', 'no.dump');
  const said = await shell(original, `! ${asReader}`);
  assert.match(said, /query would be affected by row-level security policy/);
});

test('restored as a superuser', async () => {
  const cluster = await Cluster.create(sandbox, { name: 'restored' });
  await shell(cluster, block('restore'));
  await isWhole(cluster);
  assert.equal(await modeOf(cluster), 'recovery', 'telephonyd buys and deletes nothing here at first');

  await cluster.psql(block('copy'));
  const [mine, theirs] = await cluster
    .psql(
      `SELECT telephony_internal.installation_id(); \\connect app_test
       SELECT telephony_internal.installation_id()`,
      { database },
    )
    .then((text) => text.split('\n'));
  assert.equal(mine, installation);
  assert.notEqual(theirs, installation, 'a copy for tests is another installation');
});

test('restored by a role that is no superuser', async () => {
  const cluster = await Cluster.create(sandbox, { name: 'by-restorer' });
  await shell(cluster, 'psql --dbname=postgres --file=roles.sql');
  await cluster.psql(block('restorer'));
  await shell(cluster, block('restore-as-restorer'));
  await isWhole(cluster);
});

test('restored without the roles, then taken by its owner', async () => {
  const cluster = await Cluster.create(sandbox, { name: 'without-roles' });
  const lines = block('restore-without-roles').trim().split('\n');
  await shell(cluster, lines.slice(0, 2).join('\n'));
  const refused = await refusal(cluster, 'SELECT telephony.migrate()');
  assert.match(refused.message, /^the schema telephony_api belongs to postgres, not to telephony_owner$/);
  assert.match(refused.hint, /SELECT telephony\.take_ownership\(\)/);
  // Whoever could still make something there is kept out first.
  await cluster.psql('CREATE ROLE meanwhile LOGIN; ALTER SCHEMA telephony_internal OWNER TO meanwhile', { database });
  const session = new pg.Client({ host: cluster.host, user: 'meanwhile', database });
  const cut = new Promise((resolve) => session.on('error', ({ code }) => resolve(code)));
  await session.connect();
  const there = await refusal(cluster, 'SELECT telephony.take_ownership()');
  assert.match(there.message, /^others could change the tenant schema while it is taken$/);
  assert.match(there.detail, /^In it may create: meanwhile\. Connected are: process \d+ of meanwhile\.$/);
  await cluster.psql(block('nobody-else'));
  assert.equal(await within(10_000, 'the end of the session', cut), '57P01');
  const left = async () =>
    (await cluster.psql(`SELECT count(*) FROM pg_stat_activity WHERE usename = 'meanwhile'`)) === '0';
  await until('nobody connected', left);
  await shell(cluster, lines[2]);
  await cluster.psql(block('everybody-again'));
  await cluster.psql(block('roles-anew'), { database });
  assert.equal(await modeOf(cluster), 'recovery');
  await cluster.psql('SET ROLE telephonyd; SELECT telephony_internal.take_upkeep(NULL, ARRAY[\'fold_counts\'], 60)', {
    database,
  });

  // And from there out of the door, with numbers that are live.
  await cluster.psql(block('kept'), { database });
  const refusedDown = await refusal(cluster, block('uninstall'));
  assert.match(refusedDown.message, /would forget 2 numbers that are live/);
  await cluster.psql(block('uninstall-live'), { database });
  assert.equal(await cluster.psql('SELECT count(*) FROM kept.phone_numbers', { database }), '2');
  assert.equal(
    await cluster.psql(`SELECT everything #>> '{organization,id}' FROM kept.organizations WHERE id = '${A}'`, {
      database,
    }),
    A,
  );
});

test('tables without their rows are recognized; their rows can follow', async () => {
  const cluster = await Cluster.create(sandbox, { name: 'schema-only' });
  await shell(
    cluster,
    `psql --dbname=postgres --file=roles.sql
    createdb app
    pg_restore --schema-only --exit-on-error --dbname=app app.dump`,
  );
  const refused = await refusal(cluster, 'SELECT telephony.migrate()');
  assert.match(refused.message, /^the tables of the tenant schema are here, their rows are not$/);
  const [, options] = /`pg_restore (--data-only [^`]*)`/.exec(PAGE);
  await shell(cluster, `pg_restore ${options} --exit-on-error --dbname=app app.dump`);
  assert.equal(await cluster.psql('SELECT count(*) FROM telephony.migrate()', { database }), '0');
  await isWhole(cluster);
});

test('back to a point in time', async () => {
  const cluster = new Cluster(sandbox, 'point-in-time', {}, true);
  const { PATH } = process.env;
  await shell(original, `PATH=${server.programs}:${PATH} pg_basebackup -D ${cluster.data} --checkpoint=fast --no-sync`);
  await original.psql(block('restore-point'), { database });
  const before_ = await rowsOf(original);
  await original.psql(`CREATE TABLE public.mistake AS SELECT 1; SELECT pg_switch_wal()`, { database });
  writeFileSync(join(cluster.data, 'recovery.signal'), '');
  const settings = block('recovery').replace('/var/lib/postgresql/archive', archive);
  appendFileSync(join(cluster.data, 'postgresql.auto.conf'), settings);
  await cluster.start();
  await until('the end of recovery', async () => (await cluster.psql('SELECT pg_is_in_recovery()')) === 'f');
  assert.deepEqual(await rowsOf(cluster), before_);
  assert.equal(await cluster.psql(`SELECT to_regclass('public.mistake') IS NULL`, { database }), 't');
  assert.equal(await modeOf(cluster), 'recovery', 'another timeline');
  await original.psql('DROP TABLE public.mistake', { database });
});

test('failover', async () => {
  await standby.psql(block('failover'));
  assert.equal(await modeOf(standby), 'recovery');
  await isWhole(standby);
});

test('from blue to green by logical replication', async () => {
  const green = await Cluster.create(sandbox, { name: 'green' });
  await original.psql(block('blue'), { database });
  await shell(green, block('green-schema'));
  const blue = `host=${original.host} user=postgres dbname=app`;
  await green.psql(`\\set blue '${blue}'\n${block('green')}`, { database });
  await until('all rows on green', async () => {
    return JSON.stringify(await rowsOf(green)) === JSON.stringify(await rowsOf(original));
  }, { timeout: 60_000 });
  const sequences = await original.psql(block('blue-sequences'), { database });
  assert.match(sequences, /audit_log/);
  await green.psql(sequences, { database });
  await green.psql(block('green-ends'), { database });
  await isWhole(green);
  assert.equal(await modeOf(green), 'recovery');
  const chosen = await green.psql(
    `BEGIN; SELECT set_config('request.jwt.claims', '{"app_metadata":{"org_id":"${installation}"}}', true) \\gset
     SET LOCAL ROLE authenticated; SELECT telephony_country FROM telephony_api.select_country('US'); COMMIT`,
    { database },
  );
  assert.equal(chosen, 'US', 'and it goes on there');

  // Out of the door, its numbers released.
  await green.psql('DELETE FROM telephony_internal.number_holds', { database });
  await green.psql(block('uninstall'), { database });
  assert.equal(await green.psql(`SELECT count(*) FROM pg_namespace WHERE nspname ~ '^telephony_'`, { database }), '0');
});

test('DROP EXTENSION ... CASCADE is refused; where it was forced, everybody says what has happened', async () => {
  const cluster = await Cluster.create(sandbox, { name: 'dropped' });
  await shell(cluster, block('restore'));
  // A session that has not loaded the library.
  const drop = 'DROP EXTENSION telephony CASCADE';
  assert.match((await refusal(cluster, drop)).message, /^the tenant schema needs the extension telephony$/);
  await isWhole(cluster);

  await cluster.psql(`ALTER EVENT TRIGGER telephony_protect_tenant_schema DISABLE; ${drop}`, { database });
  const [, said] = /say `(The extension[^`]*)`/.exec(PAGE.replaceAll('\n', ' '));
  const options = {
    name: 'telephonyd-check',
    cluster,
    database,
    installation,
    simulator: { url: 'http://127.0.0.1:1' },
    keyFiles: [await Sidecar.keygen(sandbox, 'check')],
  };
  for (const again of ['', 'CREATE EXTENSION telephony']) {
    await cluster.psql(again, { database });
    const found = await cluster.rows(`SELECT * FROM telephony_api.self_check() WHERE NOT ok`, { database });
    assert.ok(found.some(({ detail }) => detail.includes(said)), JSON.stringify(found));
    const { code, lines } = await Sidecar.command(sandbox, options, 'check');
    assert.equal(code, 78, lines.join('\n'));
    assert.ok(lines.join('\n').includes(said), lines.join('\n'));
  }
  const refused = await refusal(cluster, 'SELECT telephony.migrate()');
  assert.ok(refused.detail.includes(said), refused.detail);
});

test('every block of the page was run', () => {
  assert.deepEqual([...blocks.keys()].filter((name) => !used.has(name)), []);
});
