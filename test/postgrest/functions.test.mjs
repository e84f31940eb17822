// Every function of telephony_api through PostgREST and its official client: by POST and GET, as each kind of caller.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Stack } from '../harness/stack.mjs';
import { CALLERS, CALLS } from './calls.mjs';

/** @type {Stack} */
let stack;
before(async () => {
  stack = await Stack.start();
});
after(() => stack?.close());

/** A caller with an organization of its own, which has what the call needs, and the arguments for it. */
async function caller(role, { args, account, number, prepare }) {
  const org = stack.organization();
  if (account) await org.handInAccount();
  if (number) await org.provisioned('NG');
  const client = stack.postgrest.client({ role, org: org.id });
  return { org, client, args: prepare ? await prepare({ stack, org, client }) : args };
}

test('every function there is has its call in these tests, and is STABLE exactly when it only reads', async () => {
  const functions = await stack.rows(`
    SELECT proname AS name, provolatile <> 'v' AS reads FROM pg_catalog.pg_proc
     WHERE pronamespace = 'telephony_api'::regnamespace AND prokind = 'f'`);
  const there = Object.fromEntries(functions.map(({ name, reads }) => [name, reads]));
  assert.equal(
    Object.keys(there).length,
    functions.length,
    'no name stands for two functions: PostgREST would answer 300',
  );
  const called = Object.fromEntries(Object.entries(CALLS).map(([name, { reads = false }]) => [name, reads]));
  assert.deepEqual(there, called, 'calls.mjs names another set of functions than pg_proc');
});

for (const [name, call] of Object.entries(CALLS)) {
  for (const [who, { role, tiers, refusal }] of Object.entries(CALLERS)) {
    const permitted = tiers.includes(call.tier);

    test(`${name}, POST, ${who}: ${permitted ? 'answers' : `refused with ${refusal}`}`, async () => {
      const context = await caller(role, permitted ? call : { args: call.args });
      const { data, error, status } = await context.client.rpc(name, context.args);
      if (!permitted) return assert.deepEqual([status, error?.code, data], [refusal, '42501', null]);
      if (call.unavailable) return assert.deepEqual([status, error?.code], [501, 'not_offered']);
      assert.equal(error, null, JSON.stringify(error));
      assert.equal(status, 200);
      call.right(data);
    });

    test(`${name}, GET, ${who}: ${!permitted ? `refused with
      ${refusal}` : call.reads ? 'answers the same' : 'refused with 405, and nothing is changed'}`, async () => {
      const context = await caller(role, permitted ? call : { args: call.args });
      const trace = () =>
        stack.psql(`SELECT md5(string_agg(t, '')) FROM (
          SELECT o::text FROM telephony_api.organizations o WHERE id = '${context.org.id}' UNION ALL
          SELECT p::text FROM telephony_api.phone_numbers p WHERE org_id = '${context.org.id}' UNION ALL
          SELECT j::text FROM telephony_internal.jobs j WHERE org_id = '${context.org.id}' UNION ALL
          SELECT h::text FROM telephony_api.hybrid_forwarding_configs h WHERE org_id = '${context.org.id}')
            AS all_rows (t)`);
      const unchanged = await trace();
      const { data, error, status } = await context.client.rpc(name, context.args, { get: true });
      assert.equal(await trace(), unchanged);
      if (!permitted) return assert.deepEqual([status, error?.code], [refusal, '42501']);
      if (call.unavailable) return assert.ok([405, 501].includes(status), `${status}`);
      if (!call.reads) return assert.deepEqual([status, error?.code], [405, '25006']);
      assert.equal(error, null, JSON.stringify(error));
      call.right(data);
      const posted = (await context.client.rpc(name, context.args)).data;
      for (const column of call.changes ?? []) for (const answer of [data, posted]) delete [answer].flat()[0][column];
      assert.deepEqual(data, posted);
    });
  }

  if (call.refused) {
    test(`${name}: what it refuses comes with ${call.refused.status}, a message and a hint`, async () => {
      const { client } = await caller(call.tier === 'service' ? 'service_role' : 'authenticated', {});
      const { data, error, status } = await client.rpc(name, call.refused.args);
      assert.deepEqual([status, error.code, data], [call.refused.status, call.refused.code, null]);
      assert.ok(error.message.length > 5);
      assert.match(error.hint, call.refused.hint);
    });
  }

  if (call.tier === 'tenant' && name !== 'forwarding_codes') {
    test(`${name}: a token without an organization is refused with 401`, async () => {
      for (const role of ['authenticated', 'service_role']) {
        const { error, status } = await stack.postgrest.client({ role }).rpc(name, call.args);
        assert.deepEqual([status, error?.code], [401, 'no_organization'], role);
        assert.match(error.hint, /[Ss]ign in/);
      }
    });
  }
}

test('an argument with another name is 404, and the hint names the right one', async () => {
  const { error, status } = await stack.postgrest
    .client({ org: stack.organization().id })
    .rpc('select_country', { countryCode: 'NG' });
  assert.deepEqual([status, error.code], [404, 'PGRST202']);
  assert.match(error.hint, /select_country\(country_code\)/);
});

test('an argument of another type is refused with 400, never shown in full when it could be a telephone number', async () => {
  const client = stack.postgrest.client({ org: stack.organization().id });
  for (const [country_code, shown] of [
    [{ a: 1 }, /\*/],
    ['+12025550123', /\*\*\*0123/],
    ['x'.repeat(5000), /supported/],
  ]) {
    const { error, status } = await client.rpc('select_country', { country_code });
    assert.deepEqual([status, error.code], [400, 'country_not_supported']);
    assert.match(error.message, shown);
    assert.ok(error.message.length < 200);
  }
  const { error, status } = await client.rpc('confirm_forwarding_config', { id: 'not-a-uuid' });
  assert.deepEqual([status, error.code], [400, '22P02']);
});

test('a number that is none is answered with the argument, its mask, the reason and who reads it', async () => {
  const client = stack.postgrest.client({ org: stack.organization().id });
  const carrier = { country_code: 'TR', carrier_name: 'turkcell' };
  const asked = { ...carrier, forwarding_type: 'total_ai', destination: '0532 123 45 67' };
  const { error, status } = await client.rpc('forwarding_codes', asked);
  assert.deepEqual([status, error], [400, {
    code: 'malformed_number',
    message: "destination is not a number in E.164 form: '*******4567'",
    details: 'It does not begin with +.',
    hint: 'Write + and the digits, as in +12025550123; validate_number() gives this form of what people type.',
  }]);
  const { data } = await client.rpc('validate_number', { number: asked.destination, country_code: 'TR' });
  assert.deepEqual([data.e164, data.problem], ['+905321234567', null]);
  const { data: codes } = await client.rpc('forwarding_codes', { ...asked, destination: data.e164 });
  assert.equal(codes[0].activation_code, '**21*05321234567#');
});

test('validate_number says why a number cannot be one, by POST and by GET', async () => {
  const client = stack.postgrest.client({ role: 'anon' });
  const answers = { '': /^No number was given/, '+234112': /^It cannot be dialled/, 'hello': /not a phone number/ };
  for (const [number, problem] of Object.entries(answers)) {
    for (const get of [false, true]) {
      const { data } = await client.rpc('validate_number', { number }, { get });
      assert.deepEqual([data.is_possible, data.is_valid], [false, false], number);
      assert.match(data.problem, problem);
    }
  }
  assert.match((await client.rpc('validate_number', { number: null })).data.problem, /^No number was given/);
});

test('what is the same for everybody may be cached for five minutes; what is not says nothing of caching, nor does an error', async () => {
  const cached = [];
  for (const [name, call] of Object.entries(CALLS).filter(([, { reads, tier }]) => reads && tier !== 'service')) {
    const { org, args } = await caller('authenticated', call);
    const token = stack.postgrest.token({ role: 'authenticated', org: org.id });
    const answer = await stack.postgrest.request('GET', `/rpc/${name}?${new URLSearchParams(args)}`, { token });
    assert.equal(answer.status, 200, name);
    const header = answer.headers.get('cache-control');
    if (header !== null) {
      cached.push(name);
      assert.equal(header, 'public, max-age=300', name);
      assert.equal(call.tier, 'anon', `${name} is not the same for everybody`);
    }
  }
  assert.deepEqual(cached, ['supported_countries', 'is_supported_country', 'carriers_of']);
  const refused = await stack.postgrest.request('GET', '/rpc/carriers_of?country_code=FR');
  assert.deepEqual([refused.status, refused.headers.get('cache-control')], [400, null]);
});

test('an object is an object too where a client asks for one', async () => {
  const org = stack.organization();
  const { data, status } = await stack.postgrest
    .client({ org: org.id })
    .rpc('select_country', { country_code: 'TR' })
    .single();
  assert.deepEqual([status, data.org_id, data.telephony_country], [200, org.id, 'TR']);
});

test('an object is not filtered: null comes of a filter that it does not pass', async () => {
  const client = stack.postgrest.client({ org: stack.organization().id });
  const status = (state) => client.rpc('provisioning_status').eq('state', state);
  assert.equal((await status('none')).data.state, 'none');
  const { data, error } = await status('done');
  assert.deepEqual([data, error], [null, null]);
});

test('a text that is null by default may be given as null', async () => {
  const client = stack.postgrest.client({ role: 'anon' });
  const { data } = await client.rpc('validate_number', { number: '+12025550123', country_code: null });
  assert.equal(data.e164, '+12025550123');
});

test('several rows asked for as one object are 406', async () => {
  const { error, status } = await stack.postgrest.client({ role: 'anon' }).rpc('supported_countries').single();
  assert.deepEqual([status, error.code], [406, 'PGRST116']);
});

test('rows of a function can be filtered, ordered, chosen from and counted', async () => {
  const anyone = stack.postgrest.client({ role: 'anon' });
  const { data, count } = await anyone.rpc('supported_countries', {}, { count: 'exact' })
    .select('country_code, recommended_twilio_country').eq('recommended_twilio_country', 'US')
    .order('country_code', { ascending: false }).limit(2);
  assert.deepEqual(data.map((row) => row.country_code), ['US', 'TR']);
  assert.equal(count, 3);
});
