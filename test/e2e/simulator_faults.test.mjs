// The Twilio simulator's control interface: each fault does what it says, waits see every request, nothing starves.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { Sandbox } from '../harness/sandbox.mjs';
import { AccountClient, control, PROGRAM, startSimulator } from '../twilio_simulator/rest_client.mjs';

const AN_HOUR = 3_600_000;

/** What hangs has failed. */
const LIMIT = { timeout: 30_000 };

const sandbox = Sandbox.open();
let url;
let simulator;
let account;
let number;

before(async () => {
  ({ url, simulator } = await startSimulator(sandbox));
});

beforeEach(async () => {
  await control(url, 'POST', 'reset');
  account = await AccountClient.create(url);
  [number] = await account.search('US', 'Local', { PageSize: 1 });
});

after(() => sandbox.close());

const purchases = async () => (await simulator.state()).purchases;
const buyCounts = async () => (await simulator.state()).counts.buy;

test('status: an error answer, before the effect or after it, with the headers it is given', LIMIT, async () => {
  await simulator.fault('buy', { kind: 'status', status: 429, code: 20429, headers: { 'Retry-After': '7' } });
  const throttled = await account.buy(number);
  assert.deepEqual([throttled.status, throttled.body.code, throttled.headers.get('retry-after')], [429, 20429, '7']);
  assert.equal(await purchases(), 0);
  await simulator.fault('buy', { kind: 'status', status: 503, when: 'after' });
  const failed = await account.buy(number);
  assert.deepEqual([failed.status, failed.body], [503, { status: 503, message: 'Injected fault' }]);
  assert.equal(await purchases(), 1);
  const { requests } = await simulator.state();
  assert.deepEqual(
    requests.filter((each) => each.operation === 'buy').map((each) => [each.status, each.applied]),
    [[429, false], [503, true]],
  );
});

test('cut: the connection ends without a byte, before the effect or after it', LIMIT, async () => {
  await simulator.fault('buy', { kind: 'cut' });
  assert.equal(await account.buyRaw(number), '');
  assert.equal(await purchases(), 0);
  await simulator.fault('buy', { kind: 'cut', when: 'after' });
  assert.equal(await account.buyRaw(number), '');
  assert.equal(await purchases(), 1);
  await assert.rejects(async () => {
    await simulator.fault('list', { kind: 'cut' });
    await account.list();
  }, /fetch failed/);
  assert.deepEqual((await simulator.state()).faults, { 'cut before': 2, 'cut after': 1 });
});

test('garbage: 200 with a body that is not JSON, after the effect unless told otherwise', LIMIT, async () => {
  await simulator.fault('buy', { kind: 'garbage', when: 'before' });
  await simulator.fault('buy', { kind: 'garbage' });
  for (const expected of [0, 1]) {
    const { status, text } = await account.buy(number);
    assert.equal(status, 200);
    assert.throws(() => JSON.parse(text), SyntaxError);
    assert.equal(await purchases(), expected);
  }
});

test('hold: the request waits for its release, before the effect or after it', LIMIT, async () => {
  const held = await simulator.fault('buy', { kind: 'hold' });
  const first = account.buy(number);
  await simulator.reached('buy', 'received');
  assert.deepEqual(await buyCounts(), { received: 1, applied: 0, answered: 0 });
  assert.deepEqual(await simulator.release(held), { released: 1 });
  assert.equal((await first).status, 201);

  const withheld = await simulator.fault('delete', { kind: 'hold', when: 'after' });
  const second = account.release((await first).body.sid);
  await simulator.reached('delete', 'applied');
  const { counts, releases } = await simulator.state();
  assert.deepEqual([counts.delete.answered, releases], [0, 1]);
  await simulator.release(withheld);
  assert.equal((await second).status, 204);
});

test('a released hold holds nobody any more; releasing what never was is an error', LIMIT, async () => {
  const id = await simulator.fault('list', { kind: 'hold' }, { times: 0 });
  const held = [account.list(), account.list()];
  await simulator.reached('list', 'received', { count: 2 });
  assert.deepEqual(await simulator.release(id), { released: 2 });
  for (const answer of await Promise.all([...held, account.list()])) assert.equal(answer.status, 200);
  assert.deepEqual(await simulator.release(id), { released: 0 });
  assert.equal((await control(url, 'POST', 'release', { id: id + 1 })).status, 404);
});

test('four hundred held requests keep nobody else waiting', LIMIT, async () => {
  const id = await simulator.fault('list', { kind: 'hold' }, { times: 0 });
  const held = Array.from({ length: 400 }, () => account.list());
  await simulator.reached('list', 'received', { count: 400 });
  assert.equal((await account.buy(number)).status, 201);
  const { accounts, counts } = await simulator.state();
  assert.deepEqual([accounts[0].peak_concurrency, counts.list.answered], [401, 0]);
  await simulator.release(id);
  for (const answer of await Promise.all(held)) assert.deepEqual(answer.status, 200);
});

test('apply_late: the connection ends at once, the effect comes later', LIMIT, async () => {
  await simulator.fault('buy', { kind: 'apply_late', milliseconds: AN_HOUR });
  assert.equal(await account.buyRaw(number), '');
  assert.deepEqual(await buyCounts(), { received: 1, applied: 0, answered: 1 });
  assert.equal(await purchases(), 0);

  await simulator.fault('buy', { kind: 'apply_late', milliseconds: 50 });
  assert.equal(await account.buyRaw(number), '');
  await simulator.reached('buy', 'applied');
  assert.deepEqual(await buyCounts(), { received: 2, applied: 1, answered: 2 });
  assert.equal(await purchases(), 1);
});

test('lag: reads do not show a new number for a while, though it is there', LIMIT, async () => {
  const [, next] = await account.search('US', 'Local');
  const isListed = async (PhoneNumber) =>
    (await account.list({ PhoneNumber })).body.incoming_phone_numbers.length === 1;
  await simulator.fault('buy', { kind: 'lag', milliseconds: AN_HOUR });
  const { status, body } = await account.buy(number);
  assert.equal(status, 201);
  assert.equal(await isListed(number), false);
  assert.equal((await account.get(`/IncomingPhoneNumbers/${body.sid}.json`)).status, 404);
  assert.deepEqual((await simulator.state()).numbers, [body]);
  assert.equal((await account.buy(number)).body.sid, body.sid);

  await simulator.fault('buy', { kind: 'lag', milliseconds: 50 });
  const start = performance.now();
  await account.buy(next);
  await until('the number is listed', () => isListed(next), { interval: 5 });
  assert.ok(performance.now() - start >= 50);
  assert.equal(await isListed(number), false);
});

test('latency delays an answer, and comes on top of another fault', LIMIT, async () => {
  await simulator.fault('search', { kind: 'latency', milliseconds: 100 });
  await simulator.fault('search', { kind: 'status', status: 500, code: 20500 });
  const start = performance.now();
  assert.equal((await account.get('/AvailablePhoneNumbers/US/Local.json')).status, 500);
  assert.ok(performance.now() - start >= 100);
});

test(
  'two faults for one request each hit two in a row; after and times count matching requests only',
  LIMIT,
  async () => {
    await simulator.fault('buy', { kind: 'status', status: 500 }, { after: 1, times: 2, number });
    await simulator.fault('buy', { kind: 'status', status: 502 }, { number });
    const [, , third] = await account.search('US', 'Local');
    const statuses = [];
    for (const each of [third, number, number, number, number]) statuses.push((await account.buy(each)).status);
    assert.deepEqual(statuses, [201, 502, 500, 500, 201]);
  },
);

test('a fault finds requests by number, whatever names it, and by account', LIMIT, async () => {
  const { sid } = (await account.buy(number)).body;
  await simulator.fault('any', { kind: 'status', status: 500 }, { number, times: 0 });
  assert.equal((await account.list({ PhoneNumber: number })).status, 500);
  assert.equal((await account.get(`/IncomingPhoneNumbers/${sid}.json`)).status, 500);
  assert.equal((await account.update(sid, {})).status, 500);
  assert.equal((await account.release(sid)).status, 500);
  assert.equal((await account.list()).status, 200);
  await simulator.clearFaults();
  assert.equal((await account.list({ PhoneNumber: number })).status, 200);

  const other = await AccountClient.create(url);
  const fault = { kind: 'status', status: 401, code: 20003 };
  await control(url, 'POST', 'faults', { operation: 'any', times: 0, account_sid: other.sid, fault });
  assert.deepEqual([(await other.get('.json')).status, (await account.get('.json')).status], [401, 200]);
});

test('taking all faults away lets held requests go; a reset abandons them', LIMIT, async () => {
  await simulator.fault('buy', { kind: 'hold' });
  const kept = account.buy(number);
  await simulator.reached('buy', 'received');
  await simulator.clearFaults();
  assert.equal((await kept).status, 201);

  await simulator.fault('buy', { kind: 'hold' });
  await simulator.fault('list', { kind: 'apply_late', milliseconds: AN_HOUR });
  const [, next] = await account.search('US', 'Local');
  const abandoned = account.buyRaw(next);
  await simulator.reached('buy', 'received', { count: 2 });
  await assert.rejects(account.list(), /fetch failed/);
  await control(url, 'POST', 'reset');
  assert.equal(await abandoned, '');
  const { purchases: bought, numbers, requests, counts, accounts } = await simulator.state();
  assert.deepEqual([bought, numbers, requests, accounts], [0, [], [], []]);
  assert.deepEqual(counts.buy, { received: 0, applied: 0, answered: 0 });
});

test('a wait ends when enough requests have got so far, or with 408', LIMIT, async () => {
  const waiting = control(url, 'GET', 'wait?operation=any&stage=answered&count=3&timeout_ms=600000');
  await account.list();
  assert.deepEqual(await control(url, 'GET', 'wait?operation=list&stage=answered&count=2&timeout_ms=1'), {
    status: 408,
    body: { count: 1 },
  });
  await account.list();
  assert.deepEqual(await waiting, { status: 200, body: { count: 3 } });
  for (const query of ['operation=list', 'operation=nap&stage=applied', 'operation=list&stage=applied&count=-1']) {
    assert.equal((await control(url, 'GET', `wait?${query}`)).status, 400);
  }
});

test('numbers are bought, renamed, redirected and deleted in the console', LIMIT, async () => {
  const account_sid = account.sid;
  const bought = await simulator.console('buy', {
    account_sid,
    phone_number: '+12025550188',
    friendly_name: 'front desk',
  });
  assert.equal(
    (await control(url, 'POST', 'console', { action: 'buy', account_sid, phone_number: '+12025550188' })).status,
    409,
  );
  await simulator.console('rename', { sid: bought.sid, friendly_name: 'back office' });
  await simulator.console('set_voice_url', { phone_number: '+12025550188', voice_url: 'https://example.com/other' });
  const { body } = await account.get(`/IncomingPhoneNumbers/${bought.sid}.json`);
  assert.deepEqual([body.friendly_name, body.voice_url], ['back office', 'https://example.com/other']);
  await simulator.console('delete', { account_sid, sid: bought.sid });
  const { numbers, released, purchases: paid, releases } = await simulator.state();
  assert.deepEqual([numbers, released.map((each) => each.by), paid, releases], [[], ['console'], 0, 0]);
  const nobody = { account_sid: `AC${'0'.repeat(32)}`, phone_number: '+12025550188' };
  assert.equal((await control(url, 'POST', 'console', { action: 'buy', ...nobody })).status, 404);
  assert.equal((await control(url, 'POST', 'console', { action: 'delete', ...nobody })).status, 404);
});

test('a misspelt order is refused', LIMIT, async () => {
  const status = { kind: 'status', status: 500 };
  for (const [path, order] of [
    ['faults', { operation: 'sell', fault: status }],
    ['faults', { operation: 'buy', fault: { kind: 'explode' } }],
    ['faults', { operation: 'buy', fault: { kind: 'latency', millis: 5 } }],
    ['faults', { operation: 'buy', fault: { kind: 'latency', milliseconds: 5, when: 'after' } }],
    ['faults', { operation: 'buy', fault: { kind: 'cut', when: 'during' } }],
    ['faults', { operation: 'list', fault: { kind: 'lag', milliseconds: 5 } }],
    ['faults', { operation: 'buy', fault: { kind: 'endless' } }],
    ['faults', { operation: 'buy', time: 3, fault: status }],
    ['faults', { operation: 'buy' }],
    ['inventory', { country: 'ZZ', type: 'Local', numbers: [] }],
    ['inventory', { country: 'US', type: 'Local' }],
    ['console', { action: 'sell', phone_number: '+12025550188' }],
    ['console', { action: 'buy', account_sid: account.sid, phone_number: '2025550188' }],
    ['console', { action: 'buy', account_sid: account.sid, phone_number: '+12025550188', date_created: 'yesterday' }],
    ['accounts', { account_sid: 'AC1', auth_token: 'x' }],
    ['accounts', { account_sid: `AC${'0'.repeat(32)}` }],
    ['accounts', { account_sid: account.sid, status: 'asleep' }],
  ]) {
    const answer = await control(url, 'POST', path, order);
    assert.equal(answer.status, 400, JSON.stringify(order));
    assert.ok(answer.body.error.length > 0);
  }
  assert.deepEqual((await simulator.state()).faults, {});
});

test('accounts of the command line outlive a reset; the same seed gives the same sids', LIMIT, async () => {
  const sid = `AC${'5'.repeat(32)}`;
  const bought = [];
  for (let run = 0; run < 2; run += 1) {
    const own = await startSimulator(sandbox, ['--seed', '7', '--account', `${sid}:token`]);
    await control(own.url, 'POST', 'reset');
    const client = new AccountClient(own.url, sid, 'token');
    bought.push([await client.buyAny(), await client.buyAny()].map((each) => [each.sid, each.phone_number]));
    await own.daemon.stop();
  }
  assert.deepEqual(bought[0], bought[1]);
  assert.notEqual(bought[0][0][0], bought[0][1][0]);
});

test('Twilio’s clock can differ from ours', LIMIT, async () => {
  const sid = `AC${'5'.repeat(32)}`;
  const { url: later, daemon } = await startSimulator(sandbox, [
    '--clock-offset',
    '86400',
    '--account',
    `${sid}:token`,
  ]);
  const { headers } = await new AccountClient(later, sid, 'token').get('.json');
  assert.ok(Date.parse(headers.get('date')) - Date.now() > 86_000_000);
  await daemon.stop();
});

test('SIGTERM and SIGINT end it at once, held requests, delays and waits or not', LIMIT, async () => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    const own = await startSimulator(sandbox);
    const client = await AccountClient.create(own.url);
    await own.simulator.fault('list', { kind: 'hold' });
    await own.simulator.fault('get', { kind: 'latency', milliseconds: AN_HOUR });
    const lost = [client.list(), client.get('/IncomingPhoneNumbers/PN0.json'), own.simulator.reached('buy', 'applied')];
    const ends = lost.map((request) => assert.rejects(request));
    await own.simulator.reached('any', 'received', { count: 2 });
    assert.deepEqual(await own.daemon.stop(signal, { timeout: 2_000 }), { code: 0, signal: null });
    await Promise.all(ends);
  }
});

test('--verbose logs each request with its number masked', LIMIT, async () => {
  const { url: own, daemon } = await startSimulator(sandbox, ['--verbose']);
  const client = await AccountClient.create(own);
  const { phone_number: bought } = await client.buyAny();
  await daemon.line(new RegExp(` buy POST \\S+ \\+\\*+${bought.slice(-4)} 201$`));
  await daemon.stop();
  assert.equal(daemon.lines.filter((line) => line.includes(bought)).length, 0);
});

test('a port that is taken and an account that is none are errors', LIMIT, async () => {
  const start = async (...args) => {
    const daemon = sandbox.start('refused', sandbox.program(PROGRAM), args);
    const { code } = await daemon.ended;
    return { code, output: daemon.lines.join('\n') };
  };
  const taken = await start('--port', new URL(url).port);
  assert.equal(taken.code, 1);
  assert.match(taken.output, /cannot listen on port \d+: Address already in use/);
  const malformed = await start('--account', 'AC1:token');
  assert.notEqual(malformed.code, 0);
  assert.match(malformed.output, /--account: an account is AC/);
  const help = await start('--help');
  assert.equal(help.code, 0);
  for (const option of ['--port', '--account', '--seed', '--clock-offset', '--threads', '--verbose']) {
    assert.ok(help.output.includes(option));
  }
});
