// docs/postgrest.md: its SQL makes a working deployment, on a plain server and on one with the roles of Supabase.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { orgUuid } from '../../docs/examples/org_uuid.mjs';
import { Cluster } from '../harness/cluster.mjs';
import { until } from '../harness/deadline.mjs';
import { Postgrest } from '../harness/postgrest.mjs';
import { PROJECT, Sandbox } from '../harness/sandbox.mjs';
import { SERVER } from '../harness/stack.mjs';

const GUIDE = readFileSync(join(PROJECT, 'docs/postgrest.md'), 'utf8');

/** The one SQL block with this word after ```sql. */
function block(mark) {
  const [found, ...more] = [...GUIDE.matchAll(/^```sql(.*)\n([\s\S]*?)^```$/gm)].filter(
    (match) => match[1].trim() === mark,
  );
  assert.ok(found && more.length === 0, `one block "${mark}"`);
  return found[2];
}

/** What a self-hosted Supabase has before telephony comes: roles and their settings. */
const SUPABASE = `
  CREATE ROLE anon NOLOGIN NOINHERIT;
  CREATE ROLE authenticated NOLOGIN NOINHERIT;
  CREATE ROLE service_role NOLOGIN NOINHERIT BYPASSRLS;
  CREATE ROLE authenticator LOGIN NOINHERIT;
  GRANT anon, authenticated, service_role TO authenticator;
  ALTER ROLE anon SET statement_timeout = '3s';
  ALTER ROLE authenticated SET statement_timeout = '8s';
  ALTER ROLE authenticator SET statement_timeout = '8s';
  ALTER ROLE authenticator SET lock_timeout = '8s';
  CREATE SCHEMA extensions; CREATE SCHEMA storage; CREATE SCHEMA graphql_public;
  GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role;
  CREATE TABLE public.notes (id int PRIMARY KEY);
  INSERT INTO public.notes VALUES (1);
  GRANT SELECT ON public.notes TO anon, authenticated, service_role;`;

/** @type {Sandbox} */
let sandbox;
before(() => {
  sandbox = Sandbox.open();
});
after(() => sandbox?.close());

test('the steps for a plain PostgREST', async () => {
  const cluster = await Cluster.create(sandbox, { name: 'plain', settings: SERVER });
  const database = 'telephony';
  await cluster.psql(`CREATE DATABASE ${database}`);
  await cluster.psql(block(''), { database });
  const postgrest = await Postgrest.start(sandbox, cluster, { database });
  const org = randomUUID();
  const { data } = await postgrest.client({ org }).rpc('select_country', { country_code: 'NG' });
  assert.deepEqual([data.org_id, data.telephony_country], [org, 'NG']);
  assert.equal((await postgrest.client({ role: 'anon' }).rpc('supported_countries')).status, 200);
  assert.equal((await postgrest.client({ role: 'service_role' }).rpc('request_limits')).data.organizations, 1);
});

test('the steps for organizations that tokens name by a text', async () => {
  const cluster = await Cluster.create(sandbox, { name: 'texts', settings: SERVER });
  const database = 'app';
  await cluster.psql(`CREATE DATABASE ${database}`);
  await cluster.psql(block(''), { database });
  await cluster.psql(block('texts'), { database });
  const postgrest = await Postgrest.start(sandbox, cluster, { database });
  const token = postgrest.token({ role: 'authenticated', claims: { org_id: 'org_2NNEqL3AbCdEfGhIj' } });
  const { data } = await postgrest.client({ token }).rpc('select_country', { country_code: 'NG' });
  assert.equal(data.org_id, orgUuid('org_2NNEqL3AbCdEfGhIj'));
});

test('the steps for a running Supabase: nothing is restarted, its own schema stays the default, limits hold', async () => {
  const cluster = await Cluster.create(sandbox, {
    name: 'supabase',
    settings: { ...SERVER, 'telephony.ip_limit': 20 },
  });
  await cluster.psql(SUPABASE);
  const settings = {
    'db-schemas': 'public, storage, graphql_public',
    'db-extra-search-path': 'public',
    'db-pre-request': null,
  };
  const postgrest = await Postgrest.start(sandbox, cluster, { database: 'postgres', settings });
  const anyone = postgrest.client({ role: 'anon' });
  assert.equal((await anyone.schema('telephony_api').rpc('supported_countries')).status, 406);

  await cluster.psql(block('supabase'));
  let asked = 0;
  const countries = () =>
    anyone.schema('telephony_api').rpc('supported_countries').setHeader('X-Forwarded-For', `192.0.2.${++asked}`);
  await until('PostgREST has read configuration and schema again', async () => (await countries()).status === 200);

  const [a, b] = [randomUUID(), randomUUID()];
  for (const org of [a, b]) {
    const { data, error } = await postgrest
      .client({ org })
      .schema('telephony_api')
      .rpc('select_country', { country_code: 'TR' })
      .single();
    assert.equal(error, null, JSON.stringify(error));
    assert.equal(data.org_id, org);
  }
  const own = postgrest.client({ org: a }).schema('telephony_api').from('organizations');
  assert.deepEqual((await own.select('id')).data, [{ id: a }]);
  assert.deepEqual(
    (await own.select('id').eq('assigned_twilio_number', '+12025550123')).data,
    [],
  );
  const all = postgrest.client({ role: 'service_role' }).schema('telephony_api').from('organizations');
  assert.equal((await all.select('id')).data.length, 2, 'service_role has BYPASSRLS there');
  assert.deepEqual((await anyone.from('notes').select()).data, [{ id: 1 }], 'public is still the default');

  const statuses = [];
  for (let i = 0; i < 25; i++)
    statuses.push((await anyone.from('notes').select().setHeader('X-Forwarded-For', '198.51.100.9')).status);
  assert.deepEqual(statuses, [...Array(20).fill(200), ...Array(5).fill(429)]);
});
