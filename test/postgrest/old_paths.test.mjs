// The HTTP paths of the earlier system, through nginx with the rules that ship: select-country, supported-countries,
// carriers.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PostgrestClient } from '@supabase/postgrest-js';
import { Gateway } from '../harness/gateway.mjs';
import { Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
/** @type {Gateway} */
let gateway;
before(async () => {
  stack = await Stack.start();
  gateway = await Gateway.start(stack.sandbox, stack.postgrest);
});
after(() => stack?.close());

/** A request through nginx; resolves to {status, body, headers}. */
async function request(method, path, { token, body, headers } = {}) {
  const response = await fetch(gateway.url + path, {
    method,
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: /json/.test(response.headers.get('content-type')) ? JSON.parse(text) : text,
  };
}

test('GET /api/telephony/supported-countries lists the countries, to anybody', async () => {
  const { status, body, headers } = await request('GET', '/api/telephony/supported-countries');
  assert.equal(status, 200);
  assert.deepEqual(body, (await stack.postgrest.client({ role: 'anon' }).rpc('supported_countries')).data);
  assert.equal(headers.get('cache-control'), 'public, max-age=300');
});

test('GET /api/telephony/carriers/:code lists the carriers of a country, in either case', async () => {
  for (const code of ['NG', 'ng']) {
    const { status, body } = await request('GET', `/api/telephony/carriers/${code}`);
    assert.equal(status, 200);
    assert.deepEqual(body.map((carrier) => carrier.carrier_name), ['9mobile', 'airtel', 'glo', 'mtn']);
  }
});

test('a code that is none is 400 with the list of those that are; what cannot be one does not get to PostgREST', async () => {
  for (const code of ['FR', 'x', 'nigeria']) {
    const { status, body } = await request('GET', `/api/telephony/carriers/${code}`);
    assert.deepEqual([status, body.code], [400, 'country_not_supported'], code);
    assert.match(body.details, /NG \(Nigeria\)/);
  }
  for (const code of [
    'NG%26x=1',
    'NG%3Fselect=notes',
    'NG;x',
    'NG%3Bx',
    'NG%23',
    '%2BNG',
    'N%2FG',
    '..%2Fcarriers',
    'NG%20',
    "NG'--",
    '%F0%9F%87%B3',
    '%0A',
    'NG%0Ax',
  ]) {
    assert.equal((await request('GET', `/api/telephony/carriers/${code}`)).status, 404, code);
  }
  const { body } = await request('GET', '/api/telephony/carriers/NG?select=notes&country_code=GB');
  assert.ok(
    body.every((carrier) => carrier.carrier_name),
    'the query of the client is dropped',
  );
});

test('POST /api/telephony/select-country chooses a country for the organization of the token and answers with one object', async () => {
  const org = stack.organization();
  const token = stack.postgrest.token({ role: 'authenticated', org: org.id });
  const { status, body } = await request('POST', '/api/telephony/select-country', {
    token,
    body: { country_code: 'NG' },
  });
  assert.equal(status, 200);
  assert.deepEqual([body.org_id, body.telephony_country, body.recommended_twilio_country], [org.id, 'NG', 'US']);
  assert.equal((await org.read('organizations')).body[0].telephony_country, 'NG');
});

test('its refusals come through with their status, code and hint', async () => {
  const token = stack.postgrest.token({ role: 'authenticated', org: stack.organization().id });
  const post = (options) => request('POST', '/api/telephony/select-country', options);
  const refused = await post({ token, body: { country_code: 'FR' } });
  assert.deepEqual([refused.status, refused.body.code], [400, 'country_not_supported']);
  const named = await post({ token, body: { countryCode: 'NG' } });
  assert.deepEqual([named.status, named.body.code], [404, 'PGRST202']);
  assert.match(named.body.hint, /country_code/);
  assert.equal((await post({ body: { country_code: 'NG' } })).status, 401);
  assert.equal((await post({ token: 'nonsense', body: { country_code: 'NG' } })).status, 401);
});

test('other methods and other paths are refused', async () => {
  assert.equal((await request('GET', '/api/telephony/select-country')).status, 405);
  assert.equal((await request('POST', '/api/telephony/supported-countries', { body: {} })).status, 405);
  assert.equal((await request('DELETE', '/api/telephony/carriers/NG')).status, 405);
  for (const path of [
    '/',
    '/rpc/supported_countries',
    '/api/telephony/',
    '/api/telephony/carriers/',
    '/api/telephony/carriers/NG/x',
    '/organizations',
  ]) {
    assert.equal((await request('GET', path)).status, 404, path);
  }
});

test('the whole API stands under /rest/v1/, where the official client expects it', async () => {
  const org = stack.organization();
  const Authorization = `Bearer ${stack.postgrest.token({ role: 'authenticated', org: org.id })}`;
  const client = new PostgrestClient(`${gateway.url}/rest/v1`, { headers: { Authorization }, fetch });
  assert.equal((await client.rpc('select_country', { country_code: 'TR' })).status, 200);
  assert.deepEqual((await client.from('organizations').select('id, telephony_country')).data, [
    { id: org.id, telephony_country: 'TR' },
  ]);
  const { data } = await client.rpc(
    'forwarding_codes',
    { country_code: 'TR', carrier_name: 'turkcell', forwarding_type: 'total_ai', destination: '+902122345678' },
    { get: true },
  );
  assert.equal(data[0].activation_code, '**21*02122345678#');
});
