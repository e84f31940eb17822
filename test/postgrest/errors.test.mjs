// What docs/postgrest.md says of errors, other origins, what a set-up costs and publications, tried as it says.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { Gateway } from '../harness/gateway.mjs';
import { Postgrest } from '../harness/postgrest.mjs';
import { Stack } from '../harness/stack.mjs';
import { ELSEWHERE, ERRORS, GUIDE } from './listed.mjs';
import { Wire } from './wire.mjs';

const ORIGIN = { Origin: 'https://app.example.com' };
const LIMIT = 300;
const CODES = { country_code: 'NG', carrier_name: 'mtn', forwarding_type: 'safety_net', destination: '+12025550123' };

/** @type {Stack} */
let stack;
let gateway;
before(async () => {
  stack = await Stack.start({ server: { 'telephony.ip_limit': LIMIT } });
  gateway = await Gateway.start(stack.sandbox, stack.postgrest);
});
after(() => stack?.close());

const request = (method, path, options = {}) => stack.postgrest.request(method, path, options);
const member = () => stack.postgrest.token({ role: 'authenticated', org: stack.organization().id });
const post = (name, body) => request('POST', `/rpc/${name}`, { token: member(), body });

/** A request through the nginx that ships. */
async function throughGateway(path, options) {
  const response = await fetch(`${gateway.url}/rest/v1${path}`, options);
  return { status: response.status, headers: response.headers, body: await response.json() };
}
const posted = (body) => ({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body });

/** By status and code, a request that is refused so; `hint`: whether it has one, null: PostgREST's or the server's. */
const PROVOKED = {
  '400 22P02': { ask: () => request('GET', '/phone_numbers?status=eq.alive', { token: member() }) },
  '400 22003': { ask: () => post('forwarding_codes', { ...CODES, ring_time_seconds: 99999999999 }) },
  '400 22007': { ask: () => request('GET', '/audit_log?at=eq.x', { token: member() }) },
  '400 22008': { ask: () => request('GET', '/audit_log?at=eq.1970-13-45', { token: member() }), hint: null },
  '400 22009': { ask: () => request('GET', '/audit_log?at=eq.2000-01-01T00:00%2B99:00', { token: member() }) },
  '400 22P05': { ask: () => post('validate_number', { number: 'a\u0000' }) },
  '400 42702': { ask: () => request('GET', '/rpc/openapi?select=*,*'), hint: null },
  '400 428C9': { ask: () => request('POST', '/carriers', { token: member(), body: { reset_code: 'x' } }), hint: null },
  '400 PGRST100': { ask: () => request('GET', '/countries?or=()') },
  '400 42846': { ask: () => request('GET', '/countries?select=is_active::date') },
  '400 42704': { ask: () => request('GET', '/countries?select=is_active::nothing') },
  '400 22023': { ask: () => request('GET', '/carrier_forwarding_rules?select=carrier_codes::int') },
  '400 42804': { ask: () => request('GET', '/countries?country_name=is.true') },
  '400 42725': { ask: () => request('GET', '/countries?country_name=cd.x'), hint: null },
  '400 22025': { ask: () => request('GET', '/countries?country_name=like.%5C') },
  '400 2201B': { ask: () => request('GET', '/countries?country_name=match.(') },
  '400 42601': { ask: () => request('GET', '/countries?country_name=fts.(') },
  '400 PGRST108': { ask: () => request('GET', '/countries?carriers.limit=1'), hint: null },
  '400 PGRST109': { ask: () => request('PATCH', '/countries?limit=1', { token: member(), body: {} }), hint: null },
  '400 PGRST114': { ask: () => request('PUT', '/countries?limit=1', { token: member(), body: {} }) },
  '400 PGRST204': { ask: () => request('POST', '/countries', { token: member(), body: { nothing: 1 } }) },
  '400 PGRST122': { ask: () => request('GET', '/countries', { headers: { Prefer: 'handling=strict,nothing' } }) },
  '400 PGRST123': { ask: () => request('GET', '/countries?select=is_active.count()') },
  '400 42703': { ask: () => request('GET', '/countries?digits=eq.1') },
  '400 PGRST102': {
    ask: async () => {
      const headers = { 'Content-Type': 'application/json' };
      const options = { method: 'POST', headers, body: '{"number": ' };
      const response = await fetch(`${stack.postgrest.url}/rpc/validate_number`, options);
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
  },
  '400 PGRST200': { ask: () => request('GET', '/countries?select=*,carriers(*)'), hint: null },
  '401 PGRST301': { ask: () => request('GET', '/rpc/provisioning_status', { token: `${member()}x` }) },
  '401 42501': { ask: () => request('GET', '/rpc/provisioning_status') },
  '403 42501': { ask: () => request('GET', '/rpc/self_check', { token: member() }) },
  '404 PGRST202': { ask: () => post('nothing', {}) },
  '404 42883': { ask: () => request('GET', '/countries?is_active=like.x'), hint: null },
  '404 42P01': { ask: () => request('GET', '/nothing') },
  '405 25006': { ask: () => request('GET', '/rpc/select_country?country_code=NG', { token: member() }) },
  '405 PGRST105': { ask: () => request('PUT', '/countries', { token: member(), body: {} }) },
  '405 PGRST117': { ask: () => request('PROPFIND', '/countries') },
  '405 PGRST101': { ask: () => request('PATCH', '/rpc/release_number', { token: member() }) },
  '406 PGRST116': {
    ask: () => request('GET', '/countries', { headers: { Accept: 'application/vnd.pgrst.object+json' } }),
  },
  '406 PGRST106': { ask: () => request('GET', '/countries', { headers: { 'Accept-Profile': 'telephony' } }) },
  '413 54001': {
    ask: () => throughGateway('/rpc/validate_number', posted(`{"number": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`)),
    hint: null,
  },
  '415 PGRST107': { ask: () => request('GET', '/countries', { headers: { Accept: 'application/xml' } }) },
  '416 PGRST103': { ask: () => request('GET', '/countries?offset=100', { headers: { Prefer: 'count=exact' } }) },
  '500 57014': {
    ask: async () => {
      await stack.psql(`ALTER SYSTEM SET telephony.request_timeout = '100ms'`);
      await stack.psql('SELECT pg_reload_conf()');
      const blocker = await Wire.connect(stack.cluster, { user: 'postgres', database: stack.database });
      await blocker.simple('BEGIN; LOCK TABLE telephony_api.countries');
      const answer = await request('GET', '/countries');
      await blocker.close();
      await stack.psql('ALTER SYSTEM RESET telephony.request_timeout');
      await stack.psql('SELECT pg_reload_conf()');
      return answer;
    },
  },
  '504 PGRST003': {
    ask: async () => {
      const settings = { 'db-pool': 1, 'db-pool-acquisition-timeout': 1 };
      const one = await Postgrest.start(stack.sandbox, stack.cluster, { database: stack.database, settings });
      const blocker = await Wire.connect(stack.cluster, { user: 'postgres', database: stack.database });
      await blocker.simple('BEGIN; LOCK TABLE telephony_api.countries');
      const asked = [one.request('GET', '/countries'), one.request('GET', '/countries')];
      const refused = await Promise.race(asked);
      await blocker.close();
      await Promise.all(asked);
      await one.daemon.stop();
      return refused;
    },
  },
  '503 PGRST000': {
    ask: async () => {
      await stack.sidecar.kill();
      await stack.cluster.stop();
      const answer = await request('GET', '/countries');
      await stack.cluster.start();
      return answer;
    },
    right: ({ headers }) => assert.match(headers.get('retry-after'), /^\d+$/),
  },
};

test('nginx lets no body with a NUL through to the server; others it leaves as they are, however they come', async () => {
  const from = stack.cluster.postmaster.lines.length;
  for (const number of ['"a\\u0000"', '"a\u0000"']) {
    const answer = await throughGateway('/rpc/validate_number', posted(`{"number": ${number}}`));
    assert.deepEqual([answer.status, answer.body.code], [400, 'PGRST102'], number);
  }
  assert.deepEqual(stack.cluster.postmaster.lines.slice(from).filter((line) => / ERROR: /.test(line)), []);
  const blanks = ' '.repeat(60_000);
  const right = `{"number": "+12025550123"${blanks}}`;
  const pieces = function* () {
    for (let at = 0; at < right.length; at += 1000) yield Buffer.from(right.slice(at, at + 1000));
  };
  for (const options of [posted(right), { ...posted(Readable.toWeb(Readable.from(pieces()))), duplex: 'half' }]) {
    const answer = await throughGateway('/rpc/validate_number', options);
    assert.deepEqual([answer.status, answer.body.e164], [200, '+12025550123']);
  }
  assert.equal((await throughGateway('/rpc/supported_countries')).status, 200);
  assert.equal((await throughGateway('/rpc/supported_countries', { method: 'POST' })).status, 200);
});

test('a body that is not sent as JSON is refused, or not read, as the manual says', async () => {
  const unread = ['text/plain', 'text/xml', 'application/octet-stream'];
  const expected = [
    ...['application/xml', ''].map((type) => [type, 'validate_number', 400, 'PGRST102']),
    ...unread.map((type) => [type, 'validate_number', 404, 'PGRST202']),
    ['text/plain', 'select_country', 415, 'body_not_read'],
    // All their arguments may be left out: they would run without the country that the body names.
    ...['provision_number', 'search_numbers', 'release_number'].flatMap((name) =>
      [...unread, 'text/plain;charset=UTF-8'].map((type) => [type, name, 415, 'body_not_read'])),
    ...['application/json', 'application/json; charset=utf-8'].map((type) =>
      [type, 'provision_number', 409, 'no_twilio_account']),
  ];
  for (const [type, name, status, code] of expected) {
    const options = { token: member(), headers: { 'Content-Type': type }, body: { country_code: 'NG' } };
    const answer = await request('POST', `/rpc/${name}`, options);
    assert.deepEqual([answer.status, answer.body.code], [status, code], `${name}: ${type}`);
  }
});

test('a text that fetch() sends without a word of its type is no purchase without its wishes', async () => {
  const response = await fetch(`${stack.postgrest.url}/rpc/provision_number`, { method: 'POST',
    headers: { Authorization: `Bearer ${member()}` }, body: JSON.stringify({ country_code: 'US', area_code: '415' }) });
  assert.deepEqual([response.status, await response.json()], [415, { code: 'body_not_read', details: null,
    message: 'a body of text/plain is not read',
    hint: 'Send the arguments as JSON, with the header Content-Type: application/json.' }]);
});

test('arguments are read from a form too', async () => {
  const response = await fetch(`${stack.postgrest.url}/rpc/provision_number`, { method: 'POST',
    headers: { Authorization: `Bearer ${member()}` }, body: new URLSearchParams({ country_code: 'XX' }) });
  assert.equal((await response.json()).code, 'country_not_supported');
});

test('of an array as the body of a call the first object counts, and an empty change changes nothing', async () => {
  const { body } = await post('validate_number', [{ number: '+12025550123' }, { number: '+442079460018' }]);
  assert.equal(body.e164, '+12025550123');
  const token = member();
  const { body: before } = await request('GET', '/countries', { token });
  assert.equal((await request('PATCH', '/countries', { token, body: {} })).status, 204);
  assert.deepEqual((await request('GET', '/countries', { token })).body, before);
});

test('an offset after the last row gives an empty list, where no count is asked for', async () => {
  assert.deepEqual((await request('GET', '/countries?offset=100')).body, []);
});

test('a page of another origin may call: preflight, and the answer', async () => {
  const asked = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' };
  const preflight = await request('OPTIONS', '/rpc/select_country', { headers: { ...ORIGIN, ...asked } });
  assert.equal(preflight.status, 200);
  assert.equal(preflight.headers.get('access-control-allow-origin'), '*');
  assert.match(preflight.headers.get('access-control-allow-headers'), /authorization/i);
  assert.equal(preflight.headers.get('access-control-max-age'), '86400');
  const answer = await request('GET', '/countries', { headers: ORIGIN });
  assert.equal(answer.headers.get('access-control-allow-origin'), '*');
  assert.equal(answer.headers.get('access-control-allow-credentials'), null);
});

test('a whole set-up takes the requests that the manual names, and its tables can stand in a publication', async () => {
  const exposed = await stack.rows(`SELECT oid::regclass AS name FROM pg_catalog.pg_class
    WHERE relnamespace = 'telephony_api'::regnamespace AND relkind = 'r'`);
  await stack.psql(`CREATE PUBLICATION told FOR TABLE ${exposed.map(({ name }) => name).join(', ')}`);
  const org = stack.organization();
  await stack.simulator.account(org.account);
  const asked = [];
  const call = async (name, args) => {
    if (!asked.includes(name)) asked.push(name);
    const { status, body } = await org.rpc(name, args);
    assert.equal(status, 200, `${name}: ${JSON.stringify(body)}`);
    return body;
  };
  const [country] = await call('supported_countries');
  const { country_code } = country;
  const { carriers } = await call('select_country', { country_code });
  await call('set_twilio_credentials', {
    account_sid: org.account.accountSid,
    auth_token: org.account.authToken,
  });
  await until('verified', async () => (await call('twilio_credentials_status')).status === 'verified');
  await call('provision_number');
  await until('a number', async () => (await call('provisioning_status')).state === 'done');
  const { id } = await call('create_forwarding_config', {
    ...{ sim_phone_number: '0803 123 4567', country_code, carrier_name: carriers.at(-1).carrier_name },
    ...{ forwarding_type: 'safety_net', ring_time_seconds: 20 },
  });
  assert.equal((await call('confirm_forwarding_config', { id })).status, 'active');

  const [, count, names] = /it takes (\d+) requests:\n([\s\S]*?)\. The two/.exec(GUIDE);
  assert.deepEqual(names.match(/\w+(?=`)/g), asked);
  assert.equal(asked.length, Number(count));
  const bad = await stack.rows('SELECT * FROM telephony_api.self_check() WHERE NOT ok');
  assert.deepEqual(bad, []);
  await stack.psql('DROP PUBLICATION told');
});

test('each row of the table of errors is provoked; a hint is there where telephony refuses, and else null', async () => {
  assert.deepEqual(Object.keys(PROVOKED).sort(), ERRORS.filter((row) => !ELSEWHERE.includes(row)).sort());
  // The last one stops the server.
  for (const [row, { ask, hint = false, right }] of Object.entries(PROVOKED)) {
    const answer = await ask();
    assert.equal(`${answer.status} ${answer.body.code}`, row, JSON.stringify(answer.body));
    if (hint !== null) assert.equal(answer.body.hint !== null, hint, `${row}: ${answer.body.hint}`);
    right?.(answer);
  }
});
