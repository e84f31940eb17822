// The role matrix: every caller tries every column, change, function and setting; what allowed.mjs does not list must
// be refused. With organizations that tokens name by a uuid, or by a text.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Cluster, literal } from '../harness/cluster.mjs';
import { Sandbox, exit } from '../harness/sandbox.mjs';
import { createDatabase } from '../harness/stack.mjs';
import { ENGINE_OF_THE_OWNER, EXECUTES, READS } from './allowed.mjs';
import { twoTenants } from './two_tenants.mjs';

/** Registers the tests, for tokens that name organizations in this way (telephony.org_claim_type). */
export function testRoles(claimType) {
  const { A, B, NEITHER, nameOf, seed } = twoTenants(claimType);
  const tokenOf = (org_id) => JSON.stringify({ role: 'authenticated', app_metadata: { org_id } });
  const claims = (org) => tokenOf(nameOf(org));

  /** Who tries: a role, the claims of its token, and the tiers that it has. */
  const CALLERS = [
    { name: 'anon', role: 'anon', claims: '{"role":"anon"}', tiers: ['anon'] },
    { name: 'tenant A', role: 'authenticated', claims: claims(A), tiers: ['anon', 'tenant'], org: A },
    { name: 'tenant B', role: 'authenticated', claims: claims(B), tiers: ['anon', 'tenant'], org: B },
    {
      name: 'tenant without organization',
      role: 'authenticated',
      claims: '{"role":"authenticated"}',
      tiers: ['anon', 'tenant'],
    },
    {
      name: 'tenant with malformed claims',
      role: 'authenticated',
      claims: '{"app_metadata":',
      tiers: ['anon', 'tenant'],
    },
    {
      name: 'tenant with an array of organizations',
      role: 'authenticated',
      claims: tokenOf([A, B].map(nameOf)),
      tiers: ['anon', 'tenant'],
    },
    // What is no name of theirs where a text is hashed.
    ...(claimType === 'text'
      ? [{ name: 'tenant with an id for a text', role: 'authenticated', claims: tokenOf(A), tiers: ['anon', 'tenant'] }]
      : []),
    { name: 'tenant without claims', role: 'authenticated', claims: '', tiers: ['anon', 'tenant'] },
    { name: 'service', role: 'service_role', claims: '{"role":"service_role"}', tiers: ['anon', 'tenant', 'service'] },
    {
      name: 'operator', role: 'operator', claims: '{"role":"operator"}',
      tiers: ['anon', 'tenant', 'service', 'operator'],
    },
    { name: 'sidecar', role: 'telephonyd', claims: '', tiers: ['sidecar'] },
    { name: 'plain login role', role: 'plain', claims: '', tiers: [] },
  ];

  /** Default privileges that give every caller everything, and take from PUBLIC what it has by itself. */
  const DEFAULT_PRIVILEGES = ['postgres', 'telephony_owner'].flatMap((maker) =>
    ['TABLES', 'SEQUENCES', 'FUNCTIONS', 'TYPES', 'SCHEMAS'].map((kind) =>
      `ALTER DEFAULT PRIVILEGES FOR ROLE ${maker} GRANT ALL ON ${kind}
        TO ${[...new Set(CALLERS.map(({ role }) => role))].join(', ')};`
    ).concat(['FUNCTIONS', 'TYPES'].map((kind) =>
      `ALTER DEFAULT PRIVILEGES FOR ROLE ${maker} REVOKE ALL ON ${kind} FROM PUBLIC;`
    ))
  ).join('\n');

  const listed = (lists, tiers) => new Set(tiers.flatMap((tier) => lists[tier] ?? []));

  let sandbox;
  let cluster;
  let database;
  const psql = (sql) => cluster.psql(sql, { database });
  const rows = (query) => cluster.rows(query, { database });

  before(async () => {
    sandbox = Sandbox.open();
    cluster = await Cluster.create(sandbox, { settings: { 'telephony.org_claim_type': claimType } });
    // Whoever makes the extension and the tenant schema has default privileges that give everything to everybody: what
    // this file expects holds nevertheless.
    ({ database } = await createDatabase(cluster, {
      prepare: `CREATE ROLE plain LOGIN; CREATE ROLE telephony_owner; ${DEFAULT_PRIVILEGES}`,
    }));
    await psql(DEFAULT_PRIVILEGES.replaceAll(' GRANT ALL ', ' REVOKE ALL ').replaceAll(' TO ', ' FROM ')
      .replaceAll(/ REVOKE ALL ON (\w+) FROM PUBLIC/g, ' GRANT ALL ON $1 TO PUBLIC'));
    // What is tried is named in full: by the names of the catalog, which leaves out the schemas of the search_path.
    await cluster.psql(`ALTER DATABASE ${database} RESET search_path`);
    await psql(readFileSync(new URL('attempt.sql', import.meta.url), 'utf8'));
    await seed(psql);
  });

  after(async () => {
    await sandbox.close();
    await exit();
  });

  /** Lets every caller try `attempts`, a query for (action, object, statement); resolves to the outcomes. */
  async function tryAll(attempts) {
    const callers = CALLERS.map((c) => `(${literal(c.name)}, ${literal(c.role)}, ${literal(c.claims)})`).join(', ');
    await psql(`TRUNCATE matrix.outcomes; SET statement_timeout = '10min'; LOAD 'telephony';
      INSERT INTO matrix.outcomes
      SELECT c.name, s.action, s.object, o.sqlstate, o.message
        FROM (VALUES ${callers}) c (name, role, claims), (${attempts}) s, matrix.attempt(c.role::name, c.claims,
          s.statement) o`);
    return rows('SELECT * FROM matrix.outcomes ORDER BY object, action, caller');
  }

  /**
   * Sorts outcomes by whether they were refused for want of a privilege, holds them against `isAllowed(caller,
   * outcome)`, and tells how many there were.
   */
  function judge(t, outcomes, isAllowed, isRefusal = (o) => o.sqlstate === '42501') {
    const callers = new Map(CALLERS.map((caller) => [caller.name, caller]));
    const wrong = [];
    let refused = 0;
    for (const outcome of outcomes) {
      const allowed = isAllowed(callers.get(outcome.caller), outcome);
      if (isRefusal(outcome)) refused += 1;
      if (isRefusal(outcome) === allowed) {
        const expected = allowed ? 'must be allowed' : 'must be refused';
        wrong.push(
          `${outcome.caller}: ${outcome.action} ${outcome.object} ${expected}: ${outcome.sqlstate} ${outcome.message}`,
        );
      }
    }
    t.diagnostic(`${outcomes.length} tried, ${refused} refused, ${outcomes.length - refused} allowed`);
    assert.ok(outcomes.length > 0, 'nothing was tried');
    assert.equal(wrong.length, 0, [...wrong.slice(0, 40), `${wrong.length} in all`].join('\n'));
  }

  const RELATIONS = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('telephony', 'telephony_api', 'telephony_internal') AND c.relkind IN ('r', 'p', 'v', 'm', 'S')`;

  test('every column of every relation is read by those listed, and by nobody else', async (t) => {
    const outcomes = await tryAll(`
      SELECT 'SELECT ' || a.attname AS action, c.oid::regclass::text AS object, format('SELECT %I FROM %s', a.attname,
        c.oid::regclass) AS statement
        FROM pg_attribute a, ${RELATIONS} AND a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped`);
    judge(t, outcomes, (caller, { object }) => listed(READS, caller.tiers).has(object));
  });

  test('nobody changes any relation but through functions', async (t) => {
    const outcomes = await tryAll(
      `SELECT m.action, c.oid::regclass::text AS object, m.statement FROM matrix.changes_of(c.oid) m, ${RELATIONS}`
        .replace('FROM matrix.changes_of(c.oid) m, pg_class c', 'FROM pg_class c')
        .replace('WHERE n.nspname', 'CROSS JOIN LATERAL matrix.changes_of(c.oid) m WHERE n.nspname'),
    );
    // An inner view cannot be written at all, whoever asks.
    const refused = ({ sqlstate, object }) =>
      sqlstate === '42501' || (sqlstate === '55000' && !object.startsWith('telephony_api.'));
    judge(t, outcomes, () => false, refused);
  });

  test('every function is executed by those listed, and by nobody else', async (t) => {
    const outcomes = await tryAll(`
      SELECT 'EXECUTE' AS action, n.nspname || '.' || p.proname AS object, matrix.call_of(p.oid) AS statement
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE n.nspname IN ('telephony', 'telephony_api', 'telephony_internal') AND p.prokind = 'f'
         AND NOT 'internal'::regtype = ANY (p.proargtypes) AND NOT 'cstring'::regtype = ANY (p.proargtypes)
           AND p.prorettype <> 'cstring'::regtype`);
    const isRefusal = ({ sqlstate, message }) =>
      sqlstate === '42501' && /^permission denied for (function|schema) /.test(message);
    const isAllowed = (caller, { object }) => {
      if (object.startsWith('telephony.')) {
        return caller.tiers.includes('anon') && !ENGINE_OF_THE_OWNER.includes(object);
      }
      return listed(EXECUTES, caller.tiers).has(object);
    };
    judge(t, outcomes, isAllowed, isRefusal);
    const known = new Set(outcomes.map(({ object }) => object));
    const gone = [...Object.values(EXECUTES).flat(), ...ENGINE_OF_THE_OWNER].filter((name) => !known.has(name));
    assert.deepEqual(gone, [], 'listed, but not there');
  });

  test('nobody makes anything in our schemas, nor becomes their owner', async (t) => {
    const outcomes = await tryAll(`
      SELECT v.action, n.nspname AS object, format(v.statement, n.nspname) AS statement
        FROM pg_namespace n, (VALUES ('CREATE TABLE', 'CREATE TABLE %I.matrix ()'),
          ('CREATE FUNCTION', 'CREATE FUNCTION %I.matrix() RETURNS int LANGUAGE sql AS ''SELECT 1'''),
             ('CREATE VIEW', 'CREATE VIEW %I.matrix AS SELECT 1'),
             ('ALTER SCHEMA', 'ALTER SCHEMA %I RENAME TO renamed'),
               ('DROP SCHEMA', 'DROP SCHEMA %I CASCADE'),
             ('GRANT', 'SELECT matrix.insist(has_schema_privilege(%L, ''USAGE WITH GRANT OPTION, CREATE''))'))
               v (action, statement)
       WHERE n.nspname IN ('telephony', 'telephony_api', 'telephony_internal')`);
    judge(t, outcomes, () => false);
    const members =
      await rows(`SELECT c.rolname FROM pg_roles c
      WHERE c.rolname IN (${CALLERS.map((c) => literal(c.role)).join(', ')})
      AND (pg_has_role(c.oid, 'telephony_owner', 'MEMBER') OR c.rolsuper OR c.rolbypassrls)`);
    assert.deepEqual(members, []);
  });

  test('nobody sets a setting of ours', async (t) => {
    const outcomes =
      await tryAll(`SELECT 'SET' AS action, s.name AS object,
        format('SET LOCAL %s = %L', s.name, s.setting) AS statement
      FROM pg_settings s WHERE s.name LIKE 'telephony.%'`);
    judge(t, outcomes, () => false, (o) => o.sqlstate === '42501' || o.sqlstate === '55P02');
  });

  test('self_check() finds no right that is not recorded, and none missing', async () => {
    const found = await rows(`SELECT c.detail FROM telephony_internal.run_self_check() c
      WHERE c."check" IN ('every recorded right is granted', 'nobody has a right that is not recorded') AND NOT c.ok`);
    assert.deepEqual(found, []);
  });

  /** Everything that a caller sees in the relations it may read, as text. */
  async function sight(caller) {
    const readable = [...listed(READS, caller.tiers)];
    const texts = [];
    for (const relation of readable) {
      texts.push(await psql(`BEGIN; SELECT set_config('request.jwt.claims', ${literal(caller.claims)}, true) \\gset
        SET LOCAL ROLE ${caller.role}; SELECT t::text FROM ${relation} t; ROLLBACK`));
    }
    return texts.join('\n');
  }

  test('every table of tenants holds rows of both, or this proves nothing', async () => {
    const tables =
      await rows(`SELECT c.oid::regclass::text AS name, a.attname AS key FROM pg_class c JOIN pg_attribute a
        ON a.attrelid = c.oid
      WHERE c.relnamespace = 'telephony_api'::regnamespace AND c.relkind IN ('r', 'p')
        AND a.attname = CASE c.relname WHEN 'organizations' THEN 'id' ELSE 'org_id' END`);
    assert.ok(tables.length >= 3);
    for (const { name, key } of tables) {
      const { both } = (
        await rows(`SELECT count(DISTINCT ${key}) = 2 AS both FROM ${name} WHERE ${key} IN ('${A}', '${B}')`)
      )[0];
      assert.ok(both, `${name}: add rows for both organizations to two_tenants.mjs`);
    }
  });

  test('a tenant sees its own rows, and nothing of the other; without an organization nothing of either', async () => {
    // What belongs to one of them: its id, and everything that two_tenants.mjs made for it.
    const marks = {};
    for (const org of [A, B]) {
      const own = await psql(`BEGIN; SELECT set_config('request.jwt.claims', ${literal(claims(org))}, true) \\gset
        SET LOCAL ROLE authenticated;
        SELECT n.number, n.number_sid, n.account_sid, n.id FROM telephony_api.phone_numbers n; ROLLBACK`);
      marks[org] = [org, ...own.split('|')];
      assert.equal(marks[org].length, 5, own);
    }
    for (const caller of CALLERS.filter(({ tiers }) => tiers.includes('tenant') && !tiers.includes('service'))) {
      const seen = await sight(caller);
      for (const org of [A, B]) {
        const found = marks[org].filter((mark) => seen.includes(mark));
        assert.deepEqual(found, caller.org === org ? marks[org] : [], `${caller.name} and ${org === A ? 'A' : 'B'}`);
      }
    }
  });

  test('the id of another tenant\'s row is answered like one that does not exist', async (t) => {
    const functions =
      await rows(`SELECT p.oid::regprocedure::text AS signature, p.oid::regproc::text AS name, p.pronargs AS count,
        array_to_json(p.proargtypes::regtype[]::text[]) AS types
      FROM pg_proc p WHERE p.pronamespace IN ('telephony_api'::regnamespace, 'telephony_internal'::regnamespace)
        AND 'uuid'::regtype = ANY (p.proargtypes)
       AND has_function_privilege('authenticated', p.oid, 'EXECUTE')`);
    assert.ok(functions.length > 0);
    const ids =
      await rows(`SELECT id FROM telephony_api.hybrid_forwarding_configs WHERE org_id = '${B}' UNION ALL SELECT id
        FROM telephony_api.phone_numbers WHERE org_id = '${B}'
      UNION ALL SELECT job_id FROM telephony_api.phone_numbers WHERE org_id = '${B}' UNION ALL SELECT id
        FROM telephony_api.verified_caller_ids WHERE org_id = '${B}'
      UNION ALL SELECT '${B}'`);
    let tried = 0;
    for (const { signature, name, types } of functions) {
      const outcomes = [];
      for (const id of [...ids.map((row) => row.id), NEITHER]) {
        const call = `SELECT
          ${name}(${types.map((type) => (type === 'uuid' ? `${literal(id)}` : 'NULL') + `::${type}`).join(', ')})`;
        const [outcome] = await rows(
          `SELECT * FROM matrix.attempt('authenticated', ${literal(claims(A))}, ${literal(call)})`,
        );
        outcomes.push({ ...outcome, message: outcome.message.replaceAll(id, 'ID') });
        tried += 1;
      }
      for (const outcome of outcomes) assert.deepEqual(outcome, outcomes.at(-1), signature);
      assert.notEqual(outcomes[0].sqlstate, '00000', `${signature} worked with an id of another tenant`);
    }
    t.diagnostic(`${tried} calls of ${functions.length} functions`);
  });

  test('statistics, plans and notifications tell a tenant nothing of others', async () => {
    await psql('ANALYZE');
    const protectedTables = `SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'telephony_api'::regnamespace
      AND c.relrowsecurity
      AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND pg_get_expr(p.polqual, p.polrelid) <> 'true')`;
    const names = (await rows(protectedTables)).map(({ relname }) => literal(relname));
    const [{ known }] = await rows(
      `SELECT count(*) > 0 AS known FROM pg_stats s WHERE s.schemaname = 'telephony_api' AND s.tablename IN (${names})`,
    );
    assert.ok(known, 'there are statistics to be seen');
    const look = `SELECT matrix.insist(NOT EXISTS (SELECT FROM pg_stats s WHERE s.schemaname = 'telephony_api'
      AND s.tablename IN (${names})))`;
    const [seen] = await rows(`SELECT * FROM matrix.attempt('authenticated', ${literal(claims(A))}, ${literal(look)})`);
    assert.equal(seen.sqlstate, '00000', seen.message);
    const [direct] = await rows(
      `SELECT * FROM matrix.attempt('authenticated', ${literal(claims(A))}, 'SELECT FROM pg_statistic')`,
    );
    assert.equal(direct.sqlstate, '42501');

    // With the index on the tenant first, not even the number of rows that were filtered away is to be seen.
    const plan = await psql(`BEGIN; SELECT set_config('request.jwt.claims', ${literal(claims(A))}, true) \\gset
      SET LOCAL ROLE authenticated; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;
      EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT * FROM telephony_api.hybrid_forwarding_configs
        WHERE id = (SELECT id FROM telephony_api.hybrid_forwarding_configs LIMIT 1); ROLLBACK`);
    assert.match(plan, /Index Cond: .*current_org_id/);
    assert.doesNotMatch(plan, /Rows Removed/);

    const heard =
      await psql(`LISTEN telephony_jobs; BEGIN;
      SELECT set_config('request.jwt.claims', ${literal(claims(B))}, true) \\gset
      SET LOCAL ROLE authenticated; SELECT state FROM telephony_api.release_number(force => true); COMMIT; SELECT 1`);
    const told = [...heard.matchAll(/"telephony_jobs" with payload "(.*?)" received/g)].map(([, payload]) => payload);
    assert.deepEqual([...new Set(told)], ['jobs'], 'a notification says no more than where to look');
  });

  test('objects of an attacker first in the search_path are reached by no function, policy or view', async (t) => {
    await psql(readFileSync(new URL('shadows.sql', import.meta.url), 'utf8'));
    const reached = await rows(
      `SELECT * FROM matrix.attempt('authenticated', '', $$SET LOCAL search_path = public, pg_catalog;
      SELECT now() = now()$$)`,
    );
    assert.match(reached[0].message, /SHADOW REACHED/, 'the shadows work');
    const attempts = [
      ...[...READS.anon, ...READS.tenant].map((relation) => `SELECT * FROM ${relation}`),
      ...[
        'supported_countries()',
        `is_supported_country('NG')`,
        `carriers_of('NG')`,
        `validate_number('0803 123 4567', 'NG')`,
        `forwarding_codes('NG', 'MTN', 'safety_net', '+12025550101', 20)`,
        `select_country('TR')`,
        `provision_number('NG', 'mtn')`,
        'provisioning_status()',
        'twilio_credentials_status()',
        `set_regulatory_profile('GB', 'Mobile', 'AD${'a'.repeat(32)}')`,
        'release_number()',
      ].map((call) => `SELECT * FROM telephony_api.${call}`),
    ];
    for (const org of [A, NEITHER]) {
      for (const attempt of attempts) {
        const statement = `SET LOCAL search_path = public, pg_temp, pg_catalog; ${attempt}`;
        const [{ sqlstate, message }] = await rows(
          `SELECT * FROM matrix.attempt('authenticated', ${literal(claims(org))}, ${literal(statement)})`,
        );
        assert.doesNotMatch(message, /SHADOW/, attempt);
        assert.match(sqlstate, /^(00000|PT4..)$/, `${attempt}: ${sqlstate} ${message}`);
      }
    }
    const seen = await psql(`BEGIN; SELECT set_config('request.jwt.claims', ${literal(claims(A))}, true) \\gset
      SET LOCAL ROLE authenticated; SET LOCAL search_path = public, pg_catalog;
      SELECT org_id FROM telephony_api.phone_numbers; ROLLBACK`);
    assert.equal(seen, A);
    t.diagnostic(
      `${2 * attempts.length} tried under
        ${await psql("SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace")} shadows`,
    );
  });
}
