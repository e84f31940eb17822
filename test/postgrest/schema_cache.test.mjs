// The page at /, made of the comments on tables and functions (types.test.mjs: that it lists what is not refused); and
// that migrate() makes PostgREST read the schema again.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { ACCESS, Stack } from '../harness/stack.mjs';
import { CALLERS, CALLS } from './calls.mjs';

/** @type {Stack} */
let stack;
before(async () => {
  stack = await Stack.start();
});
after(() => stack?.close());

/** The OpenAPI description that a role gets. */
async function page(role) {
  const answer = await stack.postgrest.request('GET', '/', {
    token: role === 'anon' ? undefined : stack.postgrest.token({ role }),
  });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type'), /^application\/json/);
  assert.match(answer.body.openapi, /^3\.1/);
  return answer.body;
}

for (const [who, { role, tiers }] of Object.entries(CALLERS)) {
  test(`the page at / lists for ${who} what it may call, each with the comment on it`, async () => {
    const { paths } = await page(role);
    const listed = Object.keys(paths).filter((path) => path.startsWith('/rpc/')).map((path) => path.slice(5));
    const permitted = Object.entries(CALLS).filter(([, { tier }]) => tiers.includes(tier)).map(([name]) => name);
    assert.deepEqual(listed.sort(), permitted.sort());
    const comments = await stack.rows(
      `SELECT proname AS name, obj_description(oid, 'pg_proc') AS comment FROM pg_catalog.pg_proc
        WHERE pronamespace = 'telephony_api'::regnamespace`,
    );
    for (const name of listed) {
      const { comment } = comments.find((row) => row.name === name);
      const { get, post } = paths[`/rpc/${name}`];
      assert.equal(post.description, comment, name);
      assert.equal(get !== undefined, CALLS[name].reads ?? false, name);
    }
  });
}

test('tables and columns are described by their comments; what a caller may not read is not listed', async () => {
  const { components, paths } = await page('authenticated');
  const tables = Object.keys(paths).filter((path) => !path.startsWith('/rpc/')).map((path) => path.slice(1));
  for (const table of tables) {
    const { properties, description } = components.schemas[table];
    const comments = await stack.rows(`
      SELECT a.attname AS name, col_description(a.attrelid, a.attnum) AS comment,
        obj_description(a.attrelid, 'pg_class') AS table_comment
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'telephony_api.${table}'::regclass AND a.attnum > 0
          AND NOT a.attisdropped`);
    assert.equal(description, comments[0].table_comment, table);
    for (const { name, comment } of comments) assert.equal(properties[name].description, comment, `${table}.${name}`);
  }
  assert.ok(tables.includes('organizations'));
  assert.deepEqual(Object.keys((await page('anon')).paths).filter((path) => !path.startsWith('/rpc/')).sort(),
    ['/carrier_forwarding_rules', '/carriers', '/countries']);
});

test('migrate() down and up again: PostgREST follows without a restart', async () => {
  const anyone = stack.postgrest.client({ role: 'anon' });
  const newest = await stack.psql('SELECT max(version) FROM telephony_internal.schema_migrations');
  await stack.sidecar.kill();
  const status = async () => (await anyone.rpc('supported_countries')).status;
  assert.equal(await status(), 200);

  let from = stack.postgrest.daemon.lines.length;
  await stack.psql(`SET telephony.allow_data_loss = on; SELECT telephony.migrate(0)`);
  await stack.postgrest.daemon.line(/Schema cache loaded/i, { from });
  const gone = await anyone.rpc('supported_countries');
  assert.deepEqual([gone.status, gone.error.code], [404, 'PGRST202']);
  const { error } = await anyone.from('countries').select();
  assert.match(error.message, /permission denied for schema telephony/, 'without its grants nothing passes unlimited');

  from = stack.postgrest.daemon.lines.length;
  await stack.psql(`SELECT telephony.migrate(); ${ACCESS}`);
  await stack.postgrest.daemon.line(/Schema cache loaded/i, { from });
  assert.equal(await status(), 200);
  assert.equal(await stack.psql('SELECT max(version) FROM telephony_internal.schema_migrations'), newest);
  const org = stack.organization();
  assert.equal((await org.rpc('select_country', { country_code: 'NG' })).status, 200, 'grants are there again too');
});

test('after a restart of the server PostgREST connects again and answers as before', async () => {
  const org = stack.organization();
  await org.rpc('select_country', { country_code: 'GB' });
  await stack.cluster.restart('immediate');
  await until('PostgREST answers', async () => (await org.rpc('provisioning_status')).status === 200);
  assert.equal((await org.read('organizations')).body[0].telephony_country, 'GB');
});
