// Tables and views of telephony_api read through PostgREST: filters on numbers, rows of one's own only, and no writing.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stack } from '../harness/stack.mjs';
import { callerId } from './calls.mjs';

/** @type {Stack} */
let stack;
/** An organization with a live number and forwarded lines, and its client. */
let org;
let client;
let number;

/** Lines of the organization, in the order of their digits. */
const LINES = ['+2348031234567', '+2348031234568', '+2348051234567', '+2349051234567'];

/** Who may read what. */
const READABLE = {
  countries: 'anon',
  carriers: 'anon',
  carrier_forwarding_rules: 'anon',
  organizations: 'tenant',
  phone_numbers: 'tenant',
  hybrid_forwarding_configs: 'tenant',
  verified_caller_ids: 'tenant',
  audit_log: 'tenant',
};

before(async () => {
  stack = await Stack.start();
  org = stack.organization();
  client = stack.postgrest.client({ org: org.id });
  ({ number } = await org.provisioned('NG'));
  for (const sim_phone_number of LINES) {
    const { error } = await client.rpc('create_forwarding_config', {
      sim_phone_number, country_code: 'NG', carrier_name: 'mtn', forwarding_type: 'total_ai',
    });
    assert.equal(error, null);
  }
  await callerId({ stack, org, client });
});
after(() => stack?.close());

/** The lines that a query of hybrid_forwarding_configs gives. */
async function lines(refine) {
  const { data, error } = await refine(client.from('hybrid_forwarding_configs').select('sim_phone_number'));
  assert.equal(error, null, JSON.stringify(error));
  return data.map((row) => row.sim_phone_number);
}

test('every table and view there is has its reader in this test', async () => {
  const there = await stack.rows(
    `SELECT relname AS name FROM pg_catalog.pg_class WHERE relnamespace = 'telephony_api'::regnamespace AND relkind
      IN ('r', 'p', 'v', 'm', 'f')`,
  );
  assert.deepEqual(there.map((row) => row.name).sort(), Object.keys(READABLE).sort());
});

test('a number is filtered by eq, neq and in as the value it is', async () => {
  assert.deepEqual(await lines((q) => q.eq('sim_phone_number', LINES[0])), [LINES[0]]);
  assert.deepEqual((await lines((q) => q.neq('sim_phone_number', LINES[0]))).sort(), LINES.slice(1));
  assert.deepEqual(
    (await lines((q) => q.in('sim_phone_number', [LINES[2], LINES[1], '+12025550123']))).sort(),
    LINES.slice(1, 3),
  );
  assert.deepEqual(await lines((q) => q.in('sim_phone_number', [])), []);
  assert.deepEqual(await lines((q) => q.is('sim_phone_number', null)), []);
});

test('numbers compare and sort by their digits; a prefix is a range', async () => {
  assert.deepEqual(await lines((q) => q.order('sim_phone_number')), LINES);
  assert.deepEqual(await lines((q) => q.order('sim_phone_number', { ascending: false })), [...LINES].reverse());
  assert.deepEqual(await lines((q) => q.gt('sim_phone_number', LINES[1]).order('sim_phone_number')), LINES.slice(2));
  assert.deepEqual(
    await lines((q) => q.lte('sim_phone_number', LINES[1]).order('sim_phone_number')),
    LINES.slice(0, 2),
  );
  assert.deepEqual(
    await lines((q) =>
      q.gte('sim_phone_number', '+234803').lt('sim_phone_number', '+234804').order('sim_phone_number'),
    ),
    LINES.slice(0, 2),
  );
  assert.deepEqual(
    await lines((q) => q.gte('sim_phone_number', '+20').lt('sim_phone_number', '+30').order('sim_phone_number')),
    LINES.filter((line) => /^\+2/.test(line)),
  );
  assert.deepEqual(await lines((q) => q.like('sim_phone_number', '+234803*').order('sim_phone_number')),
    LINES.slice(0, 2));
});

test('filters join with or and not; limit and range page; count counts', async () => {
  assert.deepEqual((await lines((q) => q.or(`sim_phone_number.eq.${LINES[0]},sim_phone_number.gte.+234900`))).sort(), [
    LINES[0],
    LINES[3],
  ]);
  assert.deepEqual(
    (await lines((q) => q.not('sim_phone_number', 'in', `(${LINES[0]},${LINES[1]})`))).sort(),
    LINES.slice(2),
  );
  assert.deepEqual(await lines((q) => q.order('sim_phone_number').range(1, 1)), [LINES[1]]);
  const { count, data } = await client.from('hybrid_forwarding_configs').select('*', { count: 'exact', head: true });
  assert.deepEqual([count, data], [LINES.length, null]);
});

test('a number is read in its E.164 form, cast or not; codes are read as JSON, whole or by path', async () => {
  const { data } = await client
    .from('hybrid_forwarding_configs')
    .select('sim_phone_number, as_text:sim_phone_number::text, first:codes->0->>activation_code')
    .eq('sim_phone_number', LINES[0])
    .single();
  assert.deepEqual(data, { sim_phone_number: LINES[0], as_text: LINES[0], first: `**21*${number}#` });
});

test('what is not in E.164 form is equal to no number; what is none of a closed set is refused', async () => {
  for (const value of [number.slice(1), ` ${number.slice(1)}`, `${number} `, '']) {
    const { data, error } = await client.from('phone_numbers').select().eq('number', value);
    assert.deepEqual([data, error], [[], null], value);
  }
  // So all are different from it, and comparing goes by the text: + stands before the digits.
  for (const refine of [(q) => q.neq('sim_phone_number', LINES[0].slice(1)), (q) => q.lt('sim_phone_number', '0803')])
    assert.deepEqual((await lines(refine)).sort(), LINES);
  assert.deepEqual(await lines((q) => q.gt('sim_phone_number', '0803')), []);
  assert.equal((await client.from('phone_numbers').select().eq('status', 'live')).data.length, 1);
  const { status, error } = await client.from('phone_numbers').select().eq('status', 'alive');
  assert.deepEqual([status, error.code], [400, '22P02']);
});

test('a column or table that is not there is refused by name', async () => {
  const column = await client.from('phone_numbers').select('token');
  assert.deepEqual([column.status, column.error.code], [400, '42703']);
  for (const table of ['jobs', 'twilio_credentials', 'number_holds', 'schema_migrations', 'pg_authid']) {
    const { error, status } = await client.from(table).select();
    assert.deepEqual([status, error.code], [404, '42P01'], table);
  }
});

test('no header reaches another schema', async () => {
  for (const schema of ['telephony_internal', 'telephony', 'public', 'pg_catalog']) {
    const { error, status } = await client.schema(schema).from('jobs').select();
    assert.deepEqual([status, error.code], [406, 'PGRST106'], schema);
  }
});

for (const [table, tier] of Object.entries(READABLE)) {
  test(`${table}: read by ${tier === 'anon' ? 'everybody' : 'its own organization alone'}`, async () => {
    const anyone = await stack.postgrest.client({ role: 'anon' }).from(table).select();
    if (tier === 'anon') {
      assert.equal(anyone.status, 200);
      assert.ok(anyone.data.length > 0);
      return;
    }
    assert.deepEqual([anyone.status, anyone.error?.code], [401, '42501']);
    const key = table === 'organizations' ? 'id' : 'org_id';
    for (const role of ['authenticated', 'service_role']) {
      const own = await stack.postgrest.client({ role, org: org.id }).from(table).select(key);
      assert.deepEqual([...new Set(own.data.map((row) => row[key]))], [org.id], role);
      for (const other of [undefined, stack.organization().id]) {
        const foreign = stack.postgrest.client({ role, org: other });
        assert.deepEqual((await foreign.from(table).select()).data, [], role);
        assert.deepEqual((await foreign.from(table).select().eq(key, org.id)).data, [], role);
        assert.equal((await foreign.from(table).select('*', { count: 'exact', head: true })).count, 0);
      }
    }
  });

  test(`${table}: written by nobody`, async () => {
    const before = await stack.psql(
      `SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM telephony_api.${table} t`,
    );
    const [first] = await stack.rows(`SELECT * FROM telephony_api.${table} LIMIT 1`);
    const [column] = Object.keys(first);
    for (const [role, refusal] of [['anon', 401], ['authenticated', 403], ['service_role', 403]]) {
      const writer = stack.postgrest.client({ role, org: org.id }).from(table);
      const key = { [column]: first[column] };
      const attempts = [
        writer.insert(key),
        ...(table === 'carrier_forwarding_rules' ? [writer.insert(first), writer.update(first).match(key)] : []),
        writer.upsert(key),
        writer.update(key).match(key),
        writer.delete().match(key),
      ];
      for (const { error, status } of await Promise.all(attempts)) {
        assert.deepEqual([status, error.code], [refusal, '42501'], role);
      }
    }
    assert.equal(
      await stack.psql(`SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM telephony_api.${table} t`),
      before,
    );
  });
}

test('the view in the earlier shape has a row a country, with codes by carrier', async () => {
  const { data } = await client.from('carrier_forwarding_rules').select().eq('country_code', 'NG').single();
  assert.deepEqual(Object.keys(data.carrier_codes).sort(), ['9mobile', 'airtel', 'glo', 'mtn']);
  assert.deepEqual(data.carrier_codes.mtn, {
    total_ai: '**21*{number}#',
    safety_net: '**61*{number}**{ring_time}# **62*{number}# **67*{number}#',
    deactivate: '##002#',
  });
});
