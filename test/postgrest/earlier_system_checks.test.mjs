// The 38 checks of the earlier system's script, one by one and by name; those that were done by hand are in
// earlier_system_by_hand.test.mjs.
//
// "Valid E.164" there means shape, as here is_e164(); that a number exists is is_valid(), and another question.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gateway } from '../harness/gateway.mjs';
import { SUPPORTED } from '../harness/shipped.mjs';
import { QUICK } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';
import { limitedPostgrest } from './limited.mjs';

/** @type {Stack} */
let stack;
/** @type {Gateway} */
let gateway;
let anyone;
before(async () => {
  stack = await Stack.start({ flags: QUICK });
  gateway = await Gateway.start(stack.sandbox, stack.postgrest);
  anyone = stack.postgrest.client({ role: 'anon' });
});
after(() => stack?.close());

const counts = new Map();

/** Declares a check of the script; its name carries its group and its number within the group. */
function check(group, name, run) {
  counts.set(group, (counts.get(group) ?? 0) + 1);
  test(`${group} ${counts.get(group)}: ${name}`, run);
}

const isE164 = (text) => stack.psql(`SELECT telephony.is_e164('${text}')`);

// ---------------------------------------------------------------- E.164

for (const [country, number] of Object.entries({
  'the United States': '+12025550123',
  'the United Kingdom': '+442079460018',
  Nigeria: '+2348031234567',
  Turkey: '+905321234567',
})) {
  check('E.164', `a number of ${country} is valid`, async () => assert.equal(await isE164(number), 't'));
}
check('E.164', 'the longest form, fifteen digits, is valid', async () =>
  assert.equal(await isE164('+123456789012345'), 't'),
);
check('E.164', 'sixteen digits are not', async () => assert.equal(await isE164('+1234567890123456'), 'f'));
check('E.164', 'without + it is not', async () => assert.equal(await isE164('12025550123'), 'f'));
check('E.164', 'a country code beginning with 0 is not', async () => assert.equal(await isE164('+02025550123'), 'f'));
check('E.164', 'letters are not', async () => assert.equal(await isE164('+1202555CALL'), 'f'));
check('E.164', 'spaces, dashes and brackets are not', async () => {
  for (const text of ['+1 202 555 0123', '+1-202-555-0123', '+1(202)5550123', ' +12025550123', '+12025550123\n'])
    assert.equal(await isE164(text), 'f', text);
});
check('E.164', 'nothing, and + alone, are not', async () => {
  for (const text of ['', '+', '+1']) assert.equal(await isE164(text), 'f', text);
});
check('E.164', 'shape is not existence: a number in no numbering plan is of valid shape', async () => {
  assert.equal(await isE164('+15550000000'), 't');
  assert.equal(await stack.psql(`SELECT telephony.is_valid('+15550000000')`), 'f');
});

// ---------------------------------------------------------------- whitelist

const supported = async (country_code) => (await anyone.rpc('is_supported_country', { country_code })).data;
for (const code of ['NG', 'TR', 'GB', 'US']) {
  check('whitelist', `${code} is supported`, async () => assert.equal(await supported(code), true));
}
check('whitelist', 'it lists what is shipped and no more', async () => {
  const { data } = await anyone.rpc('supported_countries');
  assert.deepEqual(data.map((row) => row.country_code).sort(), [...SUPPORTED].sort());
});
check('whitelist', 'a country that is not in the table is not supported', async () =>
  assert.equal(await supported('FR'), false),
);
check('whitelist', 'a country that is in the table but not active is not supported', async () => {
  assert.equal(
    (await anyone.from('countries').select('is_active').eq('country_code', 'IN').single()).data.is_active,
    false,
  );
  assert.equal(await supported('IN'), false);
});
check('whitelist', 'either case of letters is understood; what is no code is not supported', async () => {
  assert.equal(await supported('ng'), true);
  for (const code of ['', 'N', 'NGA', 'Nigeria', '234', '%', 'NG;']) assert.equal(await supported(code), false, code);
});
check(
  'whitelist',
  'an unsupported country cannot be chosen: 400 with the list, and no organization appears',
  async () => {
    const org = stack.organization();
    const { status, body } = await org.rpc('select_country', { country_code: 'FR' });
    assert.equal(status, 400);
    for (const code of SUPPORTED) assert.ok(body.details.includes(code));
    assert.deepEqual((await org.read('organizations')).body, []);
  },
);

// ---------------------------------------------------------------- index

/** The plan of a query over 20,000 organizations, seen as `role` of the organization `org`; nothing of it is kept. */
const planOf = (query, role, org) =>
  stack.psql(`
  BEGIN;
  INSERT INTO telephony_api.organizations (id, telephony_country) SELECT gen_random_uuid(),
    (ARRAY['US', 'US', 'US', 'US', 'NG', 'TR'])[1 + i % 6] FROM generate_series(1, 20000) i;
  INSERT INTO telephony_api.organizations (id, telephony_country) VALUES ('${org}', 'GB') ON CONFLICT (id) DO UPDATE
    SET telephony_country = 'GB';
  ANALYZE telephony_api.organizations;
  SELECT set_config('request.jwt.claims', '{"app_metadata":{"org_id":"${org}"}}', true);
  SET LOCAL ROLE ${role};
  EXPLAIN (COSTS OFF) ${query};
  RESET ROLE;
  ROLLBACK`);

check('index', 'there is a valid one that begins with organizations.telephony_country', async () => {
  const { valid } = await stack.row(`
    SELECT bool_or(i.indisvalid) AS valid FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
     WHERE i.indrelid = 'telephony_api.organizations'::regclass AND a.attname = 'telephony_country'`);
  assert.equal(valid, true);
});
check('index', 'organizations of one country are found by it', async () => {
  const plan = await planOf(
    `SELECT id FROM telephony_api.organizations WHERE telephony_country = 'GB' LIMIT 100`,
    'telephony_owner',
    stack.organization().id,
  );
  assert.match(plan, /Index.* organizations_telephony_country/);
  assert.ok(!plan.includes('Seq Scan'), plan);
});
check('index', 'an organization finds its own row by its key, under row-level security', async () => {
  const plan = await planOf('SELECT * FROM telephony_api.organizations', 'authenticated', stack.organization().id);
  assert.match(plan, /Index.* organizations_pkey/);
  assert.ok(!plan.includes('Seq Scan'), plan);
});

// ---------------------------------------------------------------- RLS

check('RLS', 'it is on for every exposed table, with a policy', async () => {
  const tables = await stack.rows(`
    SELECT c.relname AS name, c.relrowsecurity AND EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid)
      AS protected
      FROM pg_catalog.pg_class c WHERE c.relnamespace = 'telephony_api'::regnamespace AND c.relkind IN ('r', 'p')`);
  assert.ok(tables.length >= 5);
  assert.deepEqual(tables.filter((table) => !table.protected), []);
});
check('RLS', 'an organization sees its own row', async () => {
  const org = stack.organization();
  await org.rpc('select_country', { country_code: 'NG' });
  assert.deepEqual((await org.read('organizations', '?select=id')).body, [{ id: org.id }]);
});
check('RLS', 'and no other, however it asks', async () => {
  const [a, b] = [stack.organization(), stack.organization()];
  for (const org of [a, b]) await org.rpc('select_country', { country_code: 'US' });
  for (const query of [
    `?id=eq.${a.id}`,
    `?id=neq.${b.id}`,
    `?id=in.(${a.id})`,
    `?or=(id.eq.${a.id},telephony_country.eq.NG)`,
    `?id=gt.00000000-0000-0000-0000-000000000000&id=not.eq.${b.id}`,
  ]) {
    assert.deepEqual((await b.read('organizations', query)).body, [], query);
  }
});
check('RLS', 'whoever has no token sees none of the tenants\' tables', async () => {
  for (const table of ['organizations', 'phone_numbers', 'hybrid_forwarding_configs'])
    assert.equal((await anyone.from(table).select()).status, 401, table);
});
check('RLS', 'nobody writes past the functions: not its own row either', async () => {
  const org = stack.organization();
  await org.rpc('select_country', { country_code: 'US' });
  const rows = stack.postgrest.client({ org: org.id }).from('organizations');
  for (const attempt of [
    rows.update({ assigned_twilio_number: '+12025550123' }).eq('id', org.id),
    rows.delete().eq('id', org.id),
    rows.insert({ id: stack.organization().id }),
  ]) {
    assert.equal((await attempt).status, 403);
  }
});

// ---------------------------------------------------------------- migrations

const SECOND = 'earlier_migrations';
const second = (sql) => stack.psql(sql, { database: SECOND });

/** What the schemas of the tenant side hold, in a form to compare. */
const catalogue = () =>
  second(`
  SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
    SELECT format('%s %s %s %s %s', table_schema, table_name, column_name, data_type, is_nullable)
      FROM information_schema.columns WHERE table_schema ~ '^telephony_' UNION ALL
    SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid::regclass::text ~ '^telephony_' UNION ALL
    SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
      WHERE conrelid::regclass::text ~ '^telephony_' UNION ALL
    SELECT format('%s %s %s', polrelid::regclass, polname, pg_get_expr(polqual, polrelid)) FROM pg_policy UNION ALL
    SELECT format('%s %s', oid::regprocedure, md5(pg_get_functiondef(oid))) FROM pg_proc
      WHERE pronamespace::regnamespace::text ~ '^telephony_') AS lines (line)`);

check('migrations', 'an empty database is brought to the newest, in order', async () => {
  await stack.psql(`CREATE DATABASE ${SECOND}`);
  await second('CREATE EXTENSION telephony');
  const { done, there } = JSON.parse(
    await second(
      `SELECT json_build_object('done', (SELECT json_agg(version ORDER BY n) FROM telephony.migrate()
        WITH ORDINALITY m (version, name, direction, ms, n)), 'there',
          (SELECT max(version) FROM telephony.migrations()))`,
    ),
  );
  assert.deepEqual(done, Array.from({ length: there }, (_, i) => i + 1));
});
check('migrations', 'doing it again does nothing', async () => {
  const before = await catalogue();
  assert.equal(await second('SELECT count(*) FROM telephony.migrate()'), '0');
  assert.equal(await catalogue(), before);
});
check('migrations', 'each goes down and up again, to the same catalogue', async () => {
  const before = await catalogue();
  for (let version = Number(await second('SELECT max(version) FROM telephony.migrations()')); version >= 0; version--)
    await second(`SELECT telephony.migrate(${version})`);
  assert.equal(await second(`SELECT to_regnamespace('telephony_api') IS NULL`), 't');
  await second('SELECT telephony.migrate()');
  assert.equal(await catalogue(), before);
});
check('migrations', 'they bring countries with their carriers, and every carrier its codes', async () => {
  const rows = JSON.parse(
    await second(`SELECT json_agg(r) FROM telephony_api.carrier_forwarding_rules r WHERE r.is_active`),
  );
  assert.deepEqual(rows.map((row) => row.country_code).sort(), [...SUPPORTED].sort());
  for (const { country_code, carrier_codes } of rows) {
    assert.ok(Object.keys(carrier_codes).length > 0, country_code);
    for (const codes of Object.values(carrier_codes)) assert.ok(codes.total_ai && codes.safety_net && codes.deactivate);
  }
});
check('migrations', 'a step down that would lose rows is refused and names them', async () => {
  await second(`INSERT INTO telephony_api.organizations (id) VALUES (gen_random_uuid())`);
  await assert.rejects(second('SELECT telephony.migrate(0)'), (error) => {
    assert.match(error.detail, /rows of: telephony_api\.organizations\./);
    return true;
  });
  assert.equal(await second('SELECT count(*) FROM telephony_api.organizations'), '1');
});

// ---------------------------------------------------------------- API: the old paths, through nginx

check('API', 'POST /api/telephony/select-country', async () => {
  const org = stack.organization();
  const response = await fetch(`${gateway.url}/api/telephony/select-country`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${stack.postgrest.token({ role: 'authenticated', org: org.id })}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ country_code: 'NG' }),
  });
  const body = await response.json();
  assert.deepEqual([response.status, body.org_id, body.telephony_country], [200, org.id, 'NG']);
  assert.match(body.warning_message, /international rate/);
});
check('API', 'GET /api/telephony/supported-countries', async () => {
  const response = await fetch(`${gateway.url}/api/telephony/supported-countries`);
  assert.deepEqual((await response.json()).map((row) => row.country_code).sort(), [...SUPPORTED].sort());
});
check('API', 'GET /api/telephony/carriers/:code', async () => {
  const response = await fetch(`${gateway.url}/api/telephony/carriers/NG`);
  assert.deepEqual((await response.json()).map((row) => row.carrier_name), ['9mobile', 'airtel', 'glo', 'mtn']);
});

// ---------------------------------------------------------------- limits

check('limits', 'requests are counted by address, and 100 in 15 minutes are the limit', async () => {
  const limited = await limitedPostgrest(stack);
  const service = limited.client({ role: 'service_role' });
  const { data: row } = await service.rpc('request_limits').setHeader('X-Forwarded-For', '198.51.100.1');
  assert.deepEqual([row.settings.ip_limit, row.settings.ip_window, row.addresses], [100, 900, 1]);
});

test('the list is whole: 38 checks of the script in their groups', () => {
  assert.deepEqual(Object.fromEntries(counts), {
    'E.164': 12,
    whitelist: 9,
    index: 3,
    RLS: 5,
    migrations: 5,
    API: 3,
    limits: 1,
  });
});
