// What generators of types make of the API: nothing exposed is unknown to them; and the page at / lists no verb that is
// refused.

import assert from 'node:assert/strict';
import { copyFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import openapiTypescript, { astToString } from 'openapi-typescript';
import pg from 'pg';
import { PROJECT } from '../harness/sandbox.mjs';
import { Stack } from '../harness/stack.mjs';
import { ExportedTypes, complaints } from '../reference/open_types.mjs';
import { CALLERS, CALLS } from './calls.mjs';

const VERBS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

/** @type {Stack} */
let stack;
/** A directory for sources, which find the packages of the tests. */
let directory;
before(async () => {
  stack = await Stack.start();
  directory = stack.sandbox.privateDirectory('types');
  symlinkSync(join(PROJECT, 'test/node_modules'), join(directory, 'node_modules'));
});
after(() => stack?.close());

/** The page at /, as an organization's member, a server or an operator gets it. */
async function page(role) {
  const token = role === 'anon' ? undefined : stack.postgrest.token({ role, org: stack.organization().id });
  return (await stack.postgrest.request('GET', '/', { token })).body;
}

/** Writes a source and gives its path. */
function source(name, text) {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

for (const [who, { role, tiers }] of Object.entries(CALLERS)) {
  test(`the page at / lists for ${who} no verb that is refused for its being there`, async () => {
    const { paths } = await page(role);
    for (const [path, operations] of Object.entries(paths)) {
      for (const verb of Object.keys(operations)) {
        assert.ok(VERBS.includes(verb), `${path}: ${verb}`);
        const name = /^\/rpc\/(.*)/.exec(path)?.[1];
        const token = role === 'anon' ? undefined : stack.postgrest.token({ role, org: stack.organization().id });
        const { args = {}, tier = 'anon' } = name ? CALLS[name] : {};
        assert.ok(tiers.includes(tier), `${path} is not for ${who}`);
        const query = verb === 'get' && name ? `?${new URLSearchParams(args)}` : '';
        const options = { token, ...(verb === 'get' ? {} : { body: args }) };
        const { status, body } = await stack.postgrest.request(verb.toUpperCase(), path + query, options);
        assert.ok([200, 400, 404, 409, 501].includes(status), `${verb} ${path}: ${status} ${JSON.stringify(body)}`);
      }
    }
  });

  test(`what the page at / does not list for ${who} is refused`, async () => {
    const { paths } = await page(role);
    const token = role === 'anon' ? undefined : stack.postgrest.token({ role, org: stack.organization().id });
    const whole = await page('operator');
    for (const path of Object.keys(whole.paths)) {
      for (const verb of ['get', 'post', 'patch', 'delete']) {
        const call = path.startsWith('/rpc/');
        if (paths[path]?.[verb] || (call && (['patch', 'delete'].includes(verb) || CALLS[path.slice(5)].unavailable)))
          continue;
        const [column] = call ? [] : whole.components.schemas[path.slice(1)].required;
        const args = call ? CALLS[path.slice(5)].args : { [column]: null };
        const query = verb === 'get' && call ? `?${new URLSearchParams(args)}` : '';
        const options = { token, ...(verb === 'get' || verb === 'delete' ? {} : { body: args }) };
        const { status } = await stack.postgrest.request(verb.toUpperCase(), path + query, options);
        assert.ok([401, 403, 405].includes(status), `${verb} ${path}: ${status}`);
      }
    }
  });
}

test('openapi-typescript knows what every call takes and answers, and every row', async () => {
  const text = astToString(await openapiTypescript(await page('operator')));
  const types = new ExportedTypes(source('openapi.d.ts', text));
  const paths = types.at('paths');
  const open = [];
  let answers = 0;
  for (const path of types.members(paths)) {
    for (const verb of ['get', 'post']) {
      const operation = types.member(types.member(paths, path), verb);
      if (types.members(operation ?? paths).length === 0 || !types.member(operation, 'responses')) continue;
      for (const status of ['200', 'default']) {
        const content = types.member(types.member(types.member(operation, 'responses'), status), 'content');
        open.push(...types.open(types.member(content, 'application/json'), `${verb} ${path} ${status}`));
        answers += 1;
      }
      const query = types.member(types.member(operation, 'parameters'), 'query');
      const body = types.member(operation, 'requestBody');
      if (verb === 'get' && types.members(query).length) open.push(...types.open(query, `${verb} ${path} query`));
      if (verb === 'post') open.push(...types.open(body, `${verb} ${path} body`));
    }
  }
  assert.ok(answers > 2 * types.members(paths).length - 1, `${answers} answers were looked at`);
  const schemas = types.at('components', 'schemas');
  assert.deepEqual([...open, ...types.open(schemas)], []);
});

test('the generator of `supabase gen types` knows them too', {
  skip: Number(process.versions.node.split('.')[0]) < 20 && 'it needs Node.js 20',
}, async () => {
  const { generateTypescript, sortGeneratorMetadata } = await import('@supabase/postgrest-typegen/generation');
  const { introspect } = await import('@supabase/postgrest-typegen/introspection');
  const client = new pg.Client({ connectionString: stack.cluster.uri({ user: 'postgres', database: stack.database }) });
  await client.connect();
  let text;
  try {
    const metadata = sortGeneratorMetadata(await introspect(client, { includedSchemas: ['telephony_api'] }));
    text = await generateTypescript(metadata, { postgrestVersion: '12', defaultSchema: 'telephony_api' });
  } finally {
    await client.end();
  }
  const types = new ExportedTypes(source('supabase.ts', text));
  const schema = types.at('Database', 'telephony_api');
  const there = await stack.rows(`
    SELECT proname AS name FROM pg_catalog.pg_proc WHERE pronamespace = 'telephony_api'::regnamespace`);
  assert.deepEqual(types.members(types.member(schema, 'Functions')).sort(), there.map(({ name }) => name).sort());
  assert.deepEqual(types.open(schema), []);
});

test('the official client takes the Database type that ships, and refuses what is not there', () => {
  copyFileSync(join(PROJECT, 'web/types/telephony_api.d.ts'), join(directory, 'telephony_api.d.ts'));
  const head = `
    import { PostgrestClient } from '@supabase/postgrest-js';
    import type { Database } from './telephony_api';
    const client = new PostgrestClient<Database, { PostgrestVersion: '12' }, 'telephony_api'>('http://localhost');`;
  const right = source('right.ts', `${head}
    const { data } = await client.rpc('supported_countries');
    export const codes: (string | null)[] = data!.map((country) => country.country_code);
    const numbers = await client.from('phone_numbers').select('number, status').eq('status', 'live');
    export const first: string = numbers.data![0].number;
    await client.rpc('select_country', { country_code: 'NG' });
    await client.rpc('forwarding_codes', { country_code: 'NG', carrier_name: 'mtn', forwarding_type: 'safety_net',
      destination: '+12025550123', ring_time_seconds: null });
    await client.rpc('set_org_limit', { org_id: '', per_hour: null });
    const lines = await client.from('hybrid_forwarding_configs').select('codes');
    export const code: string | null = lines.data![0].codes[0].activation_code;`);
  const wrong = {
    'an argument of another name': `await client.rpc('select_country', { countryCode: 'NG' });`,
    'a call that is none': `await client.rpc('select_land', {});`,
    'a column that is none': `(await client.from('phone_numbers').select('number')).data![0].digits;`,
    'what is in no closed set': `await client.rpc('set_regulatory_profile', { country_code: 'GB', number_type: 'x' });`,
    'null for what must be given': `await client.rpc('select_country', { country_code: null });`,
    'a table that is written': `await client.from('phone_numbers').insert({});`,
  };
  const files = Object.entries(wrong).map(([what, text], n) => [what, source(`wrong${n}.ts`, `${head}\n${text}`)]);
  const said = complaints([right, ...files.map(([, file]) => file)]);
  assert.deepEqual(said[right], []);
  for (const [what, file] of files) assert.equal(said[file].length, 1, `${what}: ${said[file]}`);
});
