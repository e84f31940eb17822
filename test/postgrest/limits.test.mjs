// Request limits as clients of PostgREST meet them: which requests pass, and what a 429 tells.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { serveFiles, startBrowser } from '../harness/browser.mjs';
import { Cluster } from '../harness/cluster.mjs';
import { Gateway } from '../harness/gateway.mjs';
import { Postgrest } from '../harness/postgrest.mjs';
import { PROJECT, Sandbox } from '../harness/sandbox.mjs';
import { SERVER, createDatabase } from '../harness/stack.mjs';

/** The settings as they ship: 100 requests in 15 minutes from an address, 1,000 an hour by an organization. */
const AS_SHIPPED = { shared_preload_libraries: SERVER.shared_preload_libraries };

/** @type {Sandbox} */
let sandbox;
/** @type {Cluster} */
let cluster;
/** @type {Postgrest} */
let postgrest;
let database;
before(async () => {
  sandbox = Sandbox.open();
  cluster = await Cluster.create(sandbox, { settings: AS_SHIPPED });
  ({ database } = await createDatabase(cluster));
  postgrest = await Postgrest.start(sandbox, cluster, { database });
});
after(() => sandbox?.close());

let addresses = 0;
/** An address that no test has used yet. */
const newAddress = () => `198.51.100.${++addresses}`;

const from = (address) => ({ 'X-Forwarded-For': address });
const get = (path, options) => postgrest.request('GET', path, options);

/** How many of the answers have each status. */
function tally(answers) {
  const counts = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** `count` requests, `atOnce` at a time. */
async function many(count, atOnce, send) {
  const answers = [];
  let sent = 0;
  const client = async () => {
    while (sent < count) answers.push(await send(sent++));
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return answers;
}

test('of 150 requests from one address 100 pass and 50 are refused, whatever they ask for and how it ends', async () => {
  const headers = from(newAddress());
  const token = postgrest.token({ role: 'authenticated', org: randomUUID() });
  const requests = [
    () => get('/rpc/supported_countries', { headers }), // 200, READ ONLY
    // 200, READ WRITE
    () => postgrest.request('POST', '/rpc/select_country', { token, headers, body: { country_code: 'NG' } }),
    // 400, rolled back
    () => postgrest.request('POST', '/rpc/select_country', { token, headers, body: { country_code: 'FR' } }),
    () => get('/organizations', { headers }), // 401
    () => get('/countries?select=country_code', { headers }), // 200, a table
  ];
  const answers = await many(150, 8, (i) => requests[i % requests.length]());
  const refused = answers.filter(({ status }) => status === 429);
  assert.equal(refused.length, 50, JSON.stringify(tally(answers)));
  assert.deepEqual(tally(answers)[500], undefined);
});

test('a 429 says when to come again, in headers and in words, and shows no address', async () => {
  const headers = from(newAddress());
  await many(100, 8, () => get('/rpc/supported_countries', { headers }));
  const { status, headers: told, body } = await get('/rpc/supported_countries', { headers });
  assert.equal(status, 429);
  const seconds = Number(told.get('retry-after'));
  assert.ok(Number.isInteger(seconds) && seconds > 890 && seconds <= 900, told.get('retry-after'));
  assert.equal(told.get('ratelimit-limit'), '100');
  assert.equal(told.get('ratelimit-remaining'), '0');
  assert.equal(told.get('ratelimit-reset'), String(seconds));
  assert.equal(told.get('ratelimit-policy'), '100;w=900');
  assert.equal(told.get('cache-control'), null);
  const named = told.get('access-control-expose-headers').split(', ');
  const rate = ['Limit', 'Remaining', 'Reset', 'Policy'].map((what) => `RateLimit-${what}`);
  for (const header of ['Retry-After', ...rate]) assert.ok(named.includes(header), header);
  assert.match(told.get('content-type'), /^application\/json/);
  assert.deepEqual(Object.keys(body).sort(), ['code', 'details', 'hint', 'message']);
  assert.equal(body.code, 'too_many_requests');
  assert.match(body.hint, new RegExp(`${seconds} seconds`));
  assert.ok(!JSON.stringify(body).includes('198.51.100'));
  const { data, error } = await postgrest
    .client({ role: 'anon' })
    .rpc('supported_countries')
    .setHeader('X-Forwarded-For', headers['X-Forwarded-For']);
  assert.deepEqual([data, error.code], [null, 'too_many_requests'], 'the official client hands it over as an error');
});

test('32 clients over four addresses, half of them forging the header from the left, get exactly what they are due', async () => {
  const [due, forgers] = [Array.from({ length: 4 }, newAddress), 16];
  const answers = await Promise.all(
    Array.from({ length: 32 }, async (_, client) => {
      const address = due[client % 4];
      const mine = [];
      for (let i = 0; i < 50; i++) {
        // A proxy appends the address that it saw to whatever the client wrote there.
        const header = client < forgers ? `203.0.113.${(client * 7) % 250}, 10.0.0.${i}, ${address}` : address;
        mine.push({ address, ...(await get('/rpc/is_supported_country?country_code=NG', { headers: from(header) })) });
      }
      return mine;
    }),
  );
  for (const address of due) {
    assert.deepEqual(
      tally(answers.flat().filter((answer) => answer.address === address)),
      { 200: 100, 429: 300 },
      address,
    );
  }
});

test('IPv6 counts by /64; the same address written in another way is the same', async () => {
  const written = [
    '2001:db8:77:1::1',
    '2001:DB8:77:1:ffff::2',
    '2001:0db8:0077:0001:0:0:0:3',
    '[2001:db8:77:1::4]:4711',
  ];
  const answers = await many(110, 4, (i) => get('/rpc/supported_countries', { headers: from(written[i % 4]) }));
  assert.deepEqual(tally(answers), { 200: 100, 429: 10 });
  assert.equal((await get('/rpc/supported_countries', { headers: from('2001:db8:77:2::1') })).status, 200);
});

test('an organization is counted over all its addresses; set_org_limit() gives it another limit, others keep theirs', async () => {
  const service = postgrest.client({ role: 'service_role' });
  const as = (token) => (i) => get('/rpc/provisioning_status', { token, headers: from(`203.0.113.${1 + (i % 60)}`) });
  const [small, plain] = [randomUUID(), randomUUID()];
  const setting = await service
    .rpc('set_org_limit', { org_id: small, per_hour: 30 })
    .setHeader('X-Forwarded-For', newAddress());
  assert.equal(setting.error, null, JSON.stringify(setting.error));
  assert.deepEqual(tally(await many(40, 4, as(postgrest.token({ role: 'authenticated', org: small })))), {
    200: 30,
    429: 10,
  });
  assert.deepEqual(tally(await many(40, 4, as(postgrest.token({ role: 'authenticated', org: plain })))), { 200: 40 });
  const { headers } = await as(postgrest.token({ role: 'authenticated', org: small }))(0);
  assert.equal(headers.get('ratelimit-limit'), '30');
});

test('headers and claims that are none are counted together, never answered with a fault', async () => {
  const odd = [
    '',
    ',',
    ', ,',
    'unknown',
    '999.1.1.1',
    '1.2.3',
    'localhost',
    '::ffff:1',
    'x'.repeat(4000),
    '"',
    "';--",
    '\\',
    '1.1.1.1, "',
  ];
  const answers = await Promise.all(odd.map((value) => get('/rpc/supported_countries', { headers: from(value) })));
  for (const [i, { status }] of answers.entries()) assert.ok([200, 429].includes(status), `${odd[i]}: ${status}`);
  const token = postgrest.token({ role: 'authenticated', claims: { app_metadata: { org_id: ['x', { y: '\\"' }] } } });
  assert.equal((await get('/rpc/supported_countries', { token, headers: from(newAddress()) })).status, 200);
});

test('a token that is refused costs nothing: who cannot sign cannot use up an organization\'s requests', async () => {
  const service = postgrest.client({ role: 'service_role' });
  const before = (await service.rpc('request_limits').setHeader('X-Forwarded-For', newAddress())).data;
  const headers = from(newAddress());
  for (let i = 0; i < 20; i++) assert.equal((await get('/organizations', { token: 'nonsense', headers })).status, 401);
  const after = (await service.rpc('request_limits').setHeader('X-Forwarded-For', newAddress())).data;
  assert.equal(after.requests - before.requests, 1, 'the second request_limits() itself');
});

test('what PostgREST refuses by itself is not counted, nor is its admin port; nginx counts as the manual says', async () => {
  const service = postgrest.client({ role: 'service_role' });
  const counted = async () =>
    (await service.rpc('request_limits').setHeader('X-Forwarded-For', newAddress())).data.requests;
  const before = await counted();
  const headers = from(newAddress());
  const raw = { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: '{"number": ' };
  for (const [status, answer] of [
    [401, get('/organizations', { token: 'nonsense', headers })],
    [404, postgrest.request('POST', '/rpc/nothing', { headers, body: {} })],
    [404, postgrest.request('POST', '/rpc/validate_number', { headers, body: { numer: '1' } })],
    [406, get('/countries', { headers: { ...headers, 'Accept-Profile': 'telephony' } })],
    [400, fetch(`${postgrest.url}/rpc/validate_number`, raw)],
    [400, get('/countries?select=*,carriers(*)', { headers })],
    [200, postgrest.request('OPTIONS', '/countries', { headers: { ...headers, Origin: 'https://app.example.com' } })],
    [200, fetch(`${postgrest.adminUrl}/live`)],
    [200, fetch(`${postgrest.adminUrl}/ready`)],
  ]) assert.equal((await answer).status, status);
  assert.equal((await counted()) - before, 1, 'the second request_limits() itself');

  const [, zone, lines] = /```nginx\n(limit_req_zone.*)\n[^`]*?\n\n?# in the location.*\n([^`]*)```/.exec(
    readFileSync(join(PROJECT, 'docs/request_limits.md'), 'utf8'));
  const gateway = await Gateway.start(sandbox, postgrest, { http: zone, api: lines });
  try {
    const invalid = { headers: { Authorization: 'Bearer nonsense' } };
    const answers = await Promise.all(Array.from({ length: 400 }, async () => {
      const answer = await fetch(`${gateway.url}/rest/v1/organizations`, invalid);
      await answer.text();
      return answer;
    }));
    const { 401: passed, 429: refused } = tally(answers);
    assert.ok(passed > 100 && refused > 0, JSON.stringify(tally(answers)));
  } finally {
    await gateway.daemon.stop();
  }
});

test('Chromium: a page of another origin sees when to come again', async () => {
  const headers = from(newAddress());
  await many(100, 8, () => get('/rpc/supported_countries', { headers }));
  const directory = sandbox.privateDirectory('limited_page');
  writeFileSync(join(directory, 'index.html'), '<!doctype html><title>Limited</title>');
  const served = await serveFiles(directory);
  const browser = await startBrowser(sandbox);
  try {
    const tab = await (await browser.newContext()).newPage();
    await tab.goto(served.url);
    const seen = await tab.evaluate(async ({ url, headers }) => {
      const answer = await fetch(url, { headers });
      const told = Object.fromEntries(answer.headers);
      return { status: answer.status, ...told };
    }, { url: `${postgrest.url}/rpc/supported_countries`, headers });
    assert.equal(seen.status, 429);
    assert.match(seen['retry-after'], /^\d+$/);
    assert.equal(seen['ratelimit-limit'], '100');
    assert.ok('date' in seen, 'and what PostgREST names itself');
  } finally {
    await browser.close();
    await served.close();
  }
});

test('request_limits() tells the service how many passed and were refused, and of whom, without an address', async () => {
  const { data: row } = await postgrest
    .client({ role: 'service_role' })
    .rpc('request_limits', {}, { get: true })
    .setHeader('X-Forwarded-For', newAddress());
  assert.ok(row.refused_by_address >= 1260, String(row.refused_by_address));
  assert.ok(row.refused_by_organization >= 10);
  assert.equal(row.refused, row.refused_by_address + row.refused_by_site + row.refused_by_organization);
  assert.ok(row.requests > row.refused);
  assert.deepEqual([row.settings.ip_limit, row.settings.org_limit], [100, 1000]);
  assert.ok(!/198\.51\.100\.[1-9]/.test(JSON.stringify(row)), 'addresses only as their network');
});

test('nginx with the rules that ship: the header of the client is replaced by its address, which is limited', async () => {
  const gateway = await Gateway.start(sandbox, postgrest);
  try {
    const answers = await many(120, 6, (i) =>
      fetch(`${gateway.url}/api/telephony/supported-countries`, { headers: from(`192.0.2.${i}`) }).then(
        async (response) => (await response.text(), response),
      ),
    );
    assert.deepEqual(tally(answers), { 200: 100, 429: 20 });
    const refused = answers.find(({ status }) => status === 429);
    assert.match(refused.headers.get('retry-after'), /^\d+$/);
  } finally {
    await gateway.daemon.stop();
  }
});

test('without the library preloaded every request fails and names the setting: never silently open', async () => {
  const bare = await Cluster.create(sandbox, { name: 'bare' });
  // makes its memory on first use
  if (Number((await bare.psql('SHOW server_version_num')).slice(0, 2)) >= 17) return bare.stop();
  const { database: name } = await createDatabase(bare);
  const open = await Postgrest.start(sandbox, bare, { database: name });
  const { status, body } = await open.request('GET', '/rpc/supported_countries');
  assert.deepEqual([status, body.code], [500, '55000']);
  assert.match(`${body.message} ${body.details} ${body.hint}`, /shared_preload_libraries/);
  await open.daemon.stop();
  await bare.stop();
});
