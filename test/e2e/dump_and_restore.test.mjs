// pg_dump and pg_restore into an empty cluster keep everything: rows, grants, comments, and what a DBA added.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { twoTenants } from '../matrix/two_tenants.mjs';
import { Cluster, server } from '../harness/cluster.mjs';
import { Sandbox, exit } from '../harness/sandbox.mjs';
import { createDatabase } from '../harness/stack.mjs';

const { A, B, seed } = twoTenants();

/** What a DBA makes of a deployment: its own policy, index, column, table with a foreign key, grant and comment. */
const ADDED = `
CREATE ROLE auditor NOLOGIN;
GRANT USAGE ON SCHEMA telephony_api TO auditor;
GRANT SELECT ON telephony_api.phone_numbers TO auditor;
CREATE POLICY auditors_see_all ON telephony_api.phone_numbers FOR SELECT TO auditor USING (true);
CREATE INDEX phone_numbers_by_number ON telephony_api.phone_numbers (number);
ALTER TABLE telephony_api.organizations ADD COLUMN plan_name text DEFAULT 'basic';
CREATE TABLE public.companies (id uuid PRIMARY KEY REFERENCES telephony_api.organizations, name text,
  switchboard telephony.e164);
CREATE INDEX companies_switchboard ON public.companies (switchboard);
INSERT INTO public.companies VALUES ('${A}', 'A', '+442071838750'), ('${B}', 'B', NULL);
INSERT INTO telephony_api.carriers (country_code, carrier_name, display_name, dialect, safety_net_codes,
  ring_time_adjustable, number_style, source)
VALUES ('NG', 'smile', 'Smile', 'mmi', '{61,62,67}', true, 'e164', 'a test');
UPDATE telephony_api.countries SET is_active = true WHERE country_code = 'CA';
COMMENT ON COLUMN public.companies.switchboard IS 'added here';`;

const MANIFEST = readFileSync(new URL('../harness/catalog_manifest.sql', import.meta.url), 'utf8');

let sandbox;
before(() => {
  sandbox = Sandbox.open();
});
after(async () => {
  await sandbox.close();
  await exit();
});

/**
 * Everything a database says of itself: the catalog's manifest, what was added, and every row of every table. The
 * extension's own table, of the numbering plan in use, is not dumped on purpose: a restore computes anew what depends
 * on the plan.
 */
async function portrait(cluster, database) {
  // A dump without --create leaves out the database's settings; names read the same under one search_path.
  const psql = (sql) => cluster.psql(`SET search_path = public; ${sql}`, { database });
  await psql(`CREATE SCHEMA seen; SET search_path = seen, pg_catalog; ${MANIFEST}`);
  const manifest = await psql('SET search_path = seen, pg_catalog; SELECT m FROM manifest() m ORDER BY m COLLATE "C"');
  const tables = await cluster.rows(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname IN ('telephony_api', 'telephony_internal', 'public') ORDER BY 1`,
    { database },
  );
  assert.ok(tables.length > 12);
  const contents = {};
  for (const { name } of tables) contents[name] = await psql(`SELECT t::text FROM ${name} t ORDER BY 1`);
  const added = await psql(`SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1;
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'public.companies'::regclass
      ORDER BY 1;
    SELECT polname, pg_get_expr(polqual, polrelid), polroles::regrole[] FROM pg_policy ORDER BY 1, 2, 3;
    SELECT col_description('public.companies'::regclass, 3)`);
  const grants = await psql(
    `SELECT p.oid::regprocedure, array(SELECT unnest(p.proacl)::text ORDER BY 1) FROM pg_proc p
      WHERE p.pronamespace = 'telephony'::regnamespace ORDER BY p.oid::regprocedure::text`,
  );
  return { manifest: manifest.split('\n').map(sortedAcl), contents, added, grants };
}

/** An ACL is a set: pg_restore grants in an order of its own. */
function sortedAcl(line) {
  return line.replace(/ acl \{([^}]*)\}/, (_, entries) => ` acl {${entries.split(',').sort().join(',')}}`);
}

test('pg_dump and pg_restore into an empty cluster keep everything', async () => {
  const [before_, after_] = [await Cluster.create(sandbox), await Cluster.create(sandbox, { name: 'restored' })];
  const { database } = await createDatabase(before_);
  await seed((sql) => before_.psql(sql, { database }));
  await before_.psql(ADDED, { database });

  const file = join(sandbox.privateDirectory('dump'), 'telephony.dump');
  const run = (name, cluster, ...args) =>
    sandbox.run(name, join(server.programs, name), ['-h', cluster.host, '-U', 'postgres', ...args]);
  await run('pg_dump', before_, '-Fc', '-f', file, database);
  const roles =
    await before_.psql(`SELECT format('CREATE ROLE %I %s %s;', rolname, CASE WHEN rolcanlogin THEN 'LOGIN'
      ELSE 'NOLOGIN' END, CASE WHEN rolinherit THEN '' ELSE 'NOINHERIT' END)
    FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres'`);
  await after_.psql(`${roles}; CREATE DATABASE ${database}`);
  await run('pg_restore', after_, '--exit-on-error', '-d', database, file);

  const [was, is] = [await portrait(before_, database), await portrait(after_, database)];
  for (const part of ['manifest', 'contents', 'added', 'grants']) assert.deepEqual(is[part], was[part], part);

  // And it lives: nothing to migrate, tenants apart, the DBA's policy at work.
  const psql = (sql) => after_.psql(sql, { database });
  assert.equal(await psql('SELECT count(*) FROM telephony.migrate()'), '0');
  const asTenant = (sql) =>
    psql(`BEGIN; SELECT set_config('request.jwt.claims', '{"app_metadata":{"org_id":"${A}"}}', true) \\gset
    SET LOCAL ROLE authenticated; ${sql}; COMMIT`);
  assert.equal(await asTenant('SELECT count(*) FROM telephony_api.phone_numbers'), '1');
  assert.equal(await psql('SET ROLE auditor; SELECT count(*) FROM telephony_api.phone_numbers'), '2');
  assert.match(await asTenant('SELECT state FROM telephony_api.release_number(true)'), /^releasing$/);
  const down = () =>
    psql('SELECT telephony.migrate(0)').then(
      () => assert.fail('a step down was taken'),
      (error) => error,
    );
  const named = await down();
  assert.match(named.message, /^objects that are not of this extension use what migrate\(0\) would take away$/);
  assert.match(named.detail, /auditors_see_all/, 'the policy of the DBA');
  assert.match(named.detail, /companies_id_fkey/, 'and the foreign key');
  await psql('DROP POLICY auditors_see_all ON telephony_api.phone_numbers; DROP TABLE public.companies');
  assert.match((await down()).message, /would forget 2 numbers that are live/);
});
