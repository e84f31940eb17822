// Functions are replaced while they are called: every call in flight ends well.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Cluster, literal, server } from '../harness/cluster.mjs';
import { until } from '../harness/deadline.mjs';
import { Sandbox, exit } from '../harness/sandbox.mjs';
import { createDatabase } from '../harness/stack.mjs';

let sandbox;
let cluster;
let database;
const psql = (sql) => cluster.psql(sql, { database });
before(async () => {
  sandbox = Sandbox.open();
  cluster = await Cluster.create(sandbox);
  ({ database } = await createDatabase(cluster));
});
after(async () => {
  await sandbox.close();
  await exit();
});

/**
 * Makes every function of the tenant schema that plpgsql runs another one, as an older version's: the same, but for a
 * comment in its text.
 */
const OLDER = `DO $$
DECLARE v_definition text;
BEGIN
  FOR v_definition IN
    SELECT regexp_replace(pg_get_functiondef(p.oid), 'BEGIN', E'BEGIN\\n    -- of an older version') FROM pg_proc p
      JOIN pg_language l ON l.oid = p.prolang
     WHERE p.pronamespace IN ('telephony_api'::regnamespace, 'telephony_internal'::regnamespace)
       AND l.lanname = 'plpgsql' AND p.prosrc !~ 'of an older version'
  LOOP EXECUTE v_definition; END LOOP;
END $$;`;
const older = () => psql(`SELECT count(*) FROM pg_proc WHERE prosrc ~ 'of an older version'`).then(Number);

test('eight sessions call, tenants and sidecars, while migrate() replaces every function again and again', async (t) => {
  const script = sandbox.privateFile(
    'calls.pgbench',
    `\\set org random(1, 40)
BEGIN;
SELECT set_config('request.jwt.claims', json_build_object('app_metadata',
  json_build_object('org_id', '0a000000-0000-4000-8000-' || lpad(:org::text, 12, '0')))::text, true);
SET LOCAL ROLE authenticated;
SELECT count(*) FROM telephony_api.select_country('US');
SELECT count(*) FROM telephony_api.supported_countries();
SELECT count(*) FROM telephony_api.forwarding_codes('US', 'att', 'total_ai', '+12025550123');
SELECT count(*) FROM telephony_api.provisioning_status();
SET LOCAL ROLE telephonyd;
SELECT count(*) FROM telephony_internal.claim_jobs('w', 1, 1, '{provision,release}');
SELECT telephony_internal.fold_country_counts();
COMMIT;
`,
  );
  const bench = sandbox.run(
    'pgbench',
    join(server.programs, 'pgbench'),
    ['--no-vacuum', '--client=8', '--jobs=2', '--time=6', `--file=${script}`],
    { environment: cluster.environment({ database }) },
  );
  let replaced = 0;
  let over = false;
  bench.finally(() => (over = true)).catch(() => {});
  while (!over) {
    await psql(OLDER);
    assert.ok((await older()) > 80);
    await psql('SELECT telephony.migrate()');
    assert.equal(await older(), 0);
    replaced += 1;
  }
  await bench; // ends with another status than 0 as soon as one call fails
  assert.ok(replaced >= 3, `replaced ${replaced} times`);
  const changes = Number(await psql('SELECT count(*) FROM telephony_api.organizations'));
  assert.ok(changes > 20, 'calls did their work');
  t.diagnostic(`${replaced} calls of migrate()`);
});

test('a call that waits in the middle goes on when the functions under it were replaced, or made anew', async () => {
  const org = '0b000000-0000-4000-8000-000000000001';
  await psql(`INSERT INTO telephony_api.organizations (id) VALUES ('${org}')`);
  // The signature of put_organization() is another: migrate() has to drop and make it.
  await psql(`${OLDER} SET ROLE telephony_owner;
  DROP FUNCTION telephony_internal.put_organization(telephony_api.organizations, telephony_api.organizations);
    CREATE FUNCTION telephony_internal.put_organization(before telephony_api.organizations,
      after telephony_api.organizations) RETURNS boolean LANGUAGE sql AS 'SELECT true'`);
  const holder = assert.rejects(
    psql(`BEGIN; SELECT FROM telephony_api.organizations WHERE id = '${org}' FOR UPDATE; SELECT pg_sleep(60); COMMIT`),
    /terminating connection/,
  );
  const waiting = (query) =>
    until(
      'somebody waits',
      async () =>
        Number(
          await psql(
            `SELECT count(*) FROM pg_stat_activity WHERE query ~ ${literal(query)} AND pid <> pg_backend_pid()
              AND state = 'active'`,
          ),
        ) === 1,
    );
  await waiting('^SELECT pg_sleep');
  const call = psql(`SELECT set_config('request.jwt.claims', '{"app_metadata":{"org_id":"${org}"}}', false) \\gset
    SET ROLE authenticated; SELECT telephony_country FROM telephony_api.select_country('NG')`);
  await until(
    'the call waits for the row',
    async () => Number(await psql(`SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)) === 1,
  );
  await psql('SELECT telephony.migrate()');
  assert.equal(await older(), 0);
  await psql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'
      AND pid <> pg_backend_pid()`,
  );
  await holder;
  assert.equal(await call, 'NG');
  assert.equal(
    await psql(`SELECT telephony_country FROM telephony_api.organizations WHERE id = '${org}'`),
    'NG',
    'by the function of this version',
  );
});
