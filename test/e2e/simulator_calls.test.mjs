// The Twilio simulator places, lists and ends calls as Twilio's API does, and forwards them as carriers do.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { Sandbox } from '../harness/sandbox.mjs';
import { deviation } from '../twilio_simulator/documented.mjs';
import { AccountClient, control, startSimulator } from '../twilio_simulator/rest_client.mjs';

const OWN = '+12125550123';
const VERIFIER = '+12025550100';
const ASSISTANT = '+14155550100';
const LIMIT = { timeout: 60_000 };

const sandbox = Sandbox.open();
let url;
let simulator;
/** Who calls, and has the verifier number. */
let tester;
/** Whose number calls are forwarded to. */
let tenant;

before(async () => {
  ({ url, simulator } = await startSimulator(sandbox, ['--call-second', '15']));
});

beforeEach(async () => {
  await control(url, 'POST', 'reset');
  tester = await AccountClient.create(url, { calls_per_second: 50 });
  tenant = await AccountClient.create(url);
  await simulator.console('buy', { account_sid: tester.sid, phone_number: VERIFIER });
  await simulator.console('buy', { account_sid: tenant.sid, phone_number: ASSISTANT });
  await simulator.console('set_voice_url', { phone_number: ASSISTANT, voice_url: 'https://example.com/voice' });
});

after(() => sandbox.close());

/** Places a call from the verifier number; resolves to its sid. */
async function place(to = OWN, form = {}) {
  const { status, body } = await tester.call(to, VERIFIER, form);
  assert.equal(status, 201, JSON.stringify(body));
  return body.sid;
}

/** Resolves to a call, with its truth, when it is over. */
async function over(sid) {
  const status = 'completed,busy,failed,no-answer,canceled';
  return (await simulator.calls({ sid, status }))[0];
}

const inbound = (count = 1) => simulator.calls({ account_sid: tenant.sid, direction: 'inbound' }, { count });

test('a call is queued, rings, is answered and completed; what it cost is known later', LIMIT, async () => {
  await simulator.phone(OWN, { hangs_up_after: 10_000 });
  const { body } = await tester.call(OWN, VERIFIER, { MachineDetection: 'Enable', Timeout: 600 });
  assert.equal(deviation('api.v2010.account.call', body), null);
  assert.deepEqual(
    [body.status, body.direction, body.start_time, body.duration, body.price],
    ['queued', 'outbound-api', null, null, null],
  );
  await simulator.calls({ sid: body.sid, status: 'ringing' });
  await simulator.act(OWN, 'answer');
  await simulator.calls({ sid: body.sid, status: 'in-progress' });
  await until('it is known who answers', async () => (await simulator.calls({ sid: body.sid }))[0].answered_by);
  await simulator.act(OWN, 'hang_up');
  const { truth, ...ended } = await over(body.sid);
  assert.equal(deviation('api.v2010.account.call', ended), null);
  assert.deepEqual([ended.status, ended.answered_by], ['completed', 'human']);
  assert.ok(Number(ended.duration) >= 3);
  assert.ok(truth.started < truth.answered && truth.answered < truth.ended);
  assert.match(
    await until('its price is known', async () => (await tester.get(`/Calls/${body.sid}.json`)).body.price),
    /^-0\.\d{5}$/,
  );
});

test('how a call ends says what the phone did', LIMIT, async () => {
  for (const [behaviour, status] of [
    ['unanswered', 'no-answer'],
    ['declines', 'busy'],
    ['engaged', 'busy'],
    ['off', 'no-answer'],
    ['unassigned', 'failed'],
  ]) {
    await simulator.phone(OWN, { behaviour });
    const ended = await over(await place(OWN, { Timeout: 30 }));
    assert.deepEqual([behaviour, ended.status, ended.duration], [behaviour, status, null]);
  }
  assert.equal((await simulator.calls({ account_sid: tenant.sid }, { count: 0 })).length, 0);
});

test('carriers’ voicemail and phones that screen are machines', LIMIT, async () => {
  for (const settings of [{ voicemail: true }, { behaviour: 'screens', voicemail: false }]) {
    await simulator.phone(OWN, settings);
    const sid = await place(OWN, { MachineDetection: 'Enable', TimeLimit: 10 });
    const ended = await over(sid);
    assert.deepEqual([ended.status, ended.answered_by, ended.duration], ['completed', 'machine_start', '10']);
  }
});

test('each dialled code forwards on its condition: the other leg is listed by the account of the target', LIMIT, async () => {
  for (const [code, behaviour, condition] of [
    ['**21*4155550100#', 'unanswered', 'unconditional'],
    ['**61*+14155550100**15#', 'unanswered', 'no_reply'],
    ['**67*+14155550100#', 'declines', 'busy'],
    ['**62*+14155550100#', 'off', 'not_reachable'],
  ]) {
    const { calls: before } = await simulator.state();
    await simulator.phone(OWN, { behaviour, dial: ['##002#', code] });
    const sid = await place();
    const legs = await simulator.calls({ account_sid: tenant.sid }, { count: before.length / 2 + 1 });
    const { truth, ...leg } = legs.at(-1);
    assert.equal(deviation('api.v2010.account.call', leg), null);
    assert.deepEqual(
      [leg.from, leg.to, leg.direction, leg.forwarded_from, leg.phone_number_sid],
      [VERIFIER, ASSISTANT, 'inbound', null, (await tenant.list()).body.incoming_phone_numbers[0].sid],
    );
    assert.deepEqual([truth.forwarded_by, truth.condition, truth.caused_by], [OWN, condition, sid]);
    await simulator.calls({ sid, status: 'in-progress' });
    const { status } = await tester.endCall(sid);
    assert.equal(status, 200);
    const [ended] = await simulator.calls({ sid: leg.sid, status: 'completed' });
    assert.ok(ended.truth.ended > (await over(sid)).truth.ended);
  }
});

test('what carriers do to legs: they rewrite From, tell who forwards, lose them, and deliver them late', LIMIT, async () => {
  await simulator.phone(OWN, { dial: '**21*+14155550100#', shown_from: 'own', tells_forwarded_from: true });
  await place();
  const [rewritten] = await inbound(1);
  assert.deepEqual([rewritten.from, rewritten.forwarded_from], [OWN, OWN]);

  await simulator.phone(OWN, { shown_from: 'anonymous', tells_forwarded_from: false });
  await place();
  assert.equal((await inbound(2))[1].from, '+266696687');

  await simulator.phone(OWN, { loses_legs: true });
  assert.equal((await over(await place(OWN, { Timeout: 5 }))).status, 'no-answer');

  await simulator.phone(OWN, { loses_legs: false, shown_from: 'caller', forwards_in: 20 });
  const late = await over(await place(OWN, { Timeout: 5 }));
  const [, , leg] = await inbound(3);
  assert.equal(late.status, 'no-answer');
  assert.equal(leg.truth.caused_by, late.sid);
  assert.ok(leg.truth.started > late.truth.ended);
});

test('the application behind the number answers, rejects, or hangs up', LIMIT, async () => {
  await simulator.phone(OWN, { dial: '**21*+14155550100#' });
  await simulator.application(ASSISTANT, { rejects_from: [VERIFIER] });
  assert.equal((await over(await place())).status, 'busy');
  assert.equal((await inbound())[0].status, 'busy');

  await simulator.application(ASSISTANT, { answers_after: 2, hangs_up_after: 4 });
  const ended = await over(await place(OWN, { MachineDetection: 'Enable' }));
  assert.deepEqual([ended.status, ended.answered_by, ended.duration], ['completed', 'machine_start', '4']);
  assert.deepEqual((await inbound(2)).map((leg) => leg.status), ['busy', 'completed']);
});

test('a call to an account’s number arrives there without a phone between', LIMIT, async () => {
  const sid = await place(ASSISTANT);
  const [leg] = await inbound();
  assert.deepEqual([leg.from, leg.truth.forwarded_by, leg.truth.caused_by], [VERIFIER, null, sid]);
  await simulator.calls({ sid, status: 'in-progress' });
  await tenant.endCall(leg.sid);
  assert.equal((await over(sid)).status, 'completed');
});

test('other traffic: customers, the owner who calls back, and anonymous callers', LIMIT, async () => {
  await simulator.phone(OWN, { dial: '**21*+14155550100#', tells_forwarded_from: true });
  await simulator.ring('+13105550111', OWN, { hangs_up_after: 10 });
  await simulator.ring(OWN, ASSISTANT);
  await simulator.ring('', ASSISTANT, { forwarded_from: OWN });
  await simulator.ring(OWN, VERIFIER);
  const calls = await inbound(3);
  const seen = calls.map((call) => [call.from, call.forwarded_from, call.truth.forwarded_by]);
  assert.deepEqual(new Set(seen.map(String)), new Set([
    ['+13105550111', OWN, OWN],
    [OWN, null, null],
    ['+266696687', OWN, null],
  ].map(String)));
  assert.equal((await simulator.calls({ account_sid: tester.sid, from: OWN, to: VERIFIER })).length, 1);
  const customers = calls.find((call) => call.from === '+13105550111');
  await simulator.calls({ sid: customers.sid, status: 'completed' });
});

test('a suspended account, a released number and a trial account take no forwarded call', LIMIT, async () => {
  await simulator.phone(OWN, { dial: '**21*+14155550100#' });
  const account = (details) => control(url, 'POST', 'accounts', { account_sid: tenant.sid, ...details });
  await account({ status: 'suspended' });
  assert.equal((await over(await place())).status, 'failed');
  await account({ status: 'active', type: 'Trial' });
  assert.equal((await over(await place())).status, 'failed');
  assert.deepEqual(await tenant.calls(), []);
  await account({ type: 'Full' });
  await place();
  await inbound();
  await simulator.console('delete', { phone_number: ASSISTANT });
  assert.equal((await over(await place(OWN, { Timeout: 5 }))).status, 'no-answer');
});

test('a trunk takes the call, and the list says so', LIMIT, async () => {
  const [{ sid }] = (await tenant.list()).body.incoming_phone_numbers;
  await tenant.update(sid, { TrunkSid: `TK${'1'.repeat(32)}` });
  await simulator.phone(OWN, { dial: '**21*+14155550100#' });
  await place();
  const [leg] = await simulator.calls({ account_sid: tenant.sid });
  assert.deepEqual([leg.direction, leg.trunk_sid], ['trunking-originating', `TK${'1'.repeat(32)}`]);
});

test('a call is refused for its caller, its target, its permissions, and for a trial account', LIMIT, async () => {
  const code = async (client, to, from, form) => {
    const { status, body } = await client.call(to, from, form);
    assert.equal(status, 400);
    return body.code;
  };
  assert.equal(await code(tester, OWN, '+12025550199'), 21210);
  assert.equal(await code(tester, OWN, ASSISTANT), 21210);
  assert.equal(await code(tester, '12125550123', VERIFIER), 21211);
  assert.equal(await code(tester, OWN, VERIFIER, { Timeout: 601 }), 20422);
  await control(url, 'POST', 'accounts', { account_sid: tester.sid, blocked_prefixes: ['+234'] });
  assert.equal(await code(tester, '+2348101234567', VERIFIER), 21215);
  await control(url, 'POST', 'accounts', { account_sid: tester.sid, type: 'Trial' });
  assert.equal(await code(tester, OWN, VERIFIER), 21219);
  assert.deepEqual(await tester.calls(), []);
});

test('calls into Turkey may not show a Turkish number', LIMIT, async () => {
  await simulator.console('buy', { account_sid: tester.sid, phone_number: '+908501234567' });
  await simulator.phone('+905321234567', { behaviour: 'answers', hangs_up_after: 10_000 });
  const domestic = (await tester.call('+905321234567', '+908501234567')).body.sid;
  assert.equal((await over(domestic)).truth.error_code, 13225);
  const abroad = (await tester.call('+905321234567', VERIFIER)).body.sid;
  await simulator.calls({ sid: abroad, status: 'in-progress' });
});

test('calls are placed one a second, the others are queued', LIMIT, async () => {
  await control(url, 'POST', 'accounts', { account_sid: tester.sid, calls_per_second: 1 });
  await simulator.pace(200);
  const numbers = [0, 1, 2, 3].map((call) => `${OWN.slice(0, -1)}${call}`);
  const queued = await Promise.all(numbers.map(async (to) => (await tester.call(to, VERIFIER, { Timeout: 1 })).body));
  const waits = queued.map((call) => Number(call.queue_time)).sort((a, b) => a - b);
  assert.ok(waits[0] === 0 && waits[3] <= 600, `${waits}`);
  const placed = await Promise.all(queued.map(({ sid }) => over(sid)));
  const starts = placed.map((call) => Date.parse(call.truth.started)).sort((a, b) => a - b);
  assert.ok(starts.slice(1).every((start, i) => start - starts[i] >= 199), `${starts}`);
});

test('a call ends when it is told to, and only once', LIMIT, async () => {
  await simulator.phone(OWN, { behaviour: 'answers', acts_after: 1, hangs_up_after: 10_000 });
  const talking = await place();
  await simulator.calls({ sid: talking, status: 'in-progress' });
  assert.equal((await tester.endCall(talking, 'canceled')).body.status, 'in-progress');
  assert.equal((await tester.request('DELETE', `/Calls/${talking}.json`)).body.code, 20009);
  assert.equal((await tester.endCall(talking)).body.status, 'completed');
  assert.equal((await tester.endCall(talking)).body.code, 21220);
  assert.equal((await tester.endCall(talking, 'paused')).body.code, 20422);

  await simulator.phone(OWN, { behaviour: 'unanswered' });
  const ringing = await place(OWN, { Timeout: 600 });
  await simulator.calls({ sid: ringing, status: 'ringing' });
  assert.equal((await tester.endCall(ringing)).body.status, 'canceled');
  assert.equal((await tenant.endCall(ringing)).body.code, 20404);
  assert.equal((await tester.request('DELETE', `/Calls/${ringing}.json`)).status, 204);
  assert.equal((await tester.get(`/Calls/${ringing}.json`)).body.code, 20404);
});

test('a call that has something else to say goes on until that is said', LIMIT, async () => {
  await simulator.phone(OWN, { behaviour: 'answers', hangs_up_after: 10_000 });
  const sid = await place();
  await simulator.calls({ sid, status: 'in-progress' });
  const Twiml = '<Response><Pause length="3"/></Response>';
  assert.equal((await tester.request('POST', `/Calls/${sid}.json`, { Twiml })).status, 200);
  assert.equal((await over(sid)).status, 'completed');
  assert.equal((await tester.request('POST', `/Calls/${sid}.json`, { Twiml })).body.code, 21220);
});

test('lists are filtered and paged', LIMIT, async () => {
  await simulator.phone(OWN, { behaviour: 'engaged' });
  const placed = [];
  for (let call = 0; call < 5; call += 1) placed.unshift(await place(call === 0 ? '+12125550177' : OWN));
  await Promise.all(placed.map(over));
  const sids = async (query) => (await tester.calls(query)).map((call) => call.sid);
  assert.deepEqual(await sids(), placed);
  assert.deepEqual(await sids({ To: OWN, From: VERIFIER }), placed.slice(0, 4));
  assert.deepEqual(await sids({ Status: 'busy' }), placed.slice(0, 4));
  const today = new Date().toISOString().slice(0, 10);
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  assert.equal((await sids({ 'StartTime<': tomorrow, 'StartTime>': today })).length, 5);
  assert.deepEqual(await sids({ 'StartTime>': tomorrow }), []);
  assert.equal((await tester.get('/Calls.json', { StartTime: 'today' })).body.code, 20001);

  const first = await tester.get('/Calls.json', { To: OWN, PageSize: 3 });
  assert.deepEqual(first.body.calls.map((call) => call.sid), placed.slice(0, 3));
  const second = await tester.get(first.body.next_page_uri);
  assert.deepEqual(second.body.calls.map((call) => call.sid), placed.slice(3, 4));
  assert.equal(second.body.next_page_uri, null);
});

test('a list may lag: calls of late are not listed yet, but can be read', LIMIT, async () => {
  const lag = { kind: 'lag', milliseconds: 3_600_000 };
  await simulator.fault('list_calls', lag, { account_sid: tenant.sid, times: 2 });
  await simulator.phone(OWN, { dial: '**21*+14155550100#' });
  const sid = await place();
  const [leg] = await inbound();
  assert.deepEqual(await tenant.calls(), []);
  assert.deepEqual(await tenant.calls({ To: ASSISTANT }), []);
  assert.deepEqual((await tester.calls()).map((call) => call.sid), [sid]);
  assert.equal((await tenant.get(`/Calls/${leg.sid}.json`)).status, 200);
  assert.deepEqual((await tenant.calls()).map((call) => call.sid), [leg.sid]);
});

test('faults: a call is placed though its answer is lost, late or lacks fields; lists never end', LIMIT, async () => {
  await simulator.fault('call', { kind: 'cut', when: 'after' }, { number: OWN });
  await assert.rejects(tester.call(OWN, VERIFIER));
  await simulator.fault('call', { kind: 'apply_late', milliseconds: 1 });
  await assert.rejects(tester.call(OWN, VERIFIER));
  assert.equal((await simulator.calls({ account_sid: tester.sid }, { count: 2 })).length, 2);

  await simulator.fault('call', { kind: 'omit', fields: ['sid', 'status'] });
  const { status, body } = await tester.call(OWN, VERIFIER);
  assert.deepEqual([status, 'sid' in body, 'status' in body, body.to], [201, false, false, OWN]);
  await simulator.fault('list_calls', { kind: 'omit', fields: ['forwarded_from'] });
  assert.ok((await tester.calls()).every((call) => !('forwarded_from' in call) && call.sid));
  await simulator.fault('list_calls', { kind: 'endless' });
  const { body: page } = await tester.get('/Calls.json');
  assert.equal(page.next_page_uri, page.uri);
  await simulator.fault('list_calls', { kind: 'status', status: 429, code: 20429 }, { number: OWN });
  assert.equal((await tester.get('/Calls.json', { To: OWN })).status, 429);
});

test('what a call costs is told in both versions of the Pricing API, unless it is not known', LIMIT, async () => {
  const price = async (version, number) => (await tester.get(`/v${version}/Voice/Numbers/${number}`)).body;
  const american = await price(1, OWN);
  assert.equal(deviation('pricing.v1.voice.voice_number', american), null);
  assert.deepEqual(american.outbound_call_price, { base_price: '0.0130', current_price: '0.0130' });
  const british = await price(2, '+447400123456');
  assert.equal(deviation('pricing.v2.voice.voice_number', british), null);
  assert.deepEqual([british.iso_country, british.outbound_call_prices[0].current_price], ['GB', '0.0305']);
  await simulator.callPrice('+447', 0.5);
  await simulator.callPrice('+4474', null);
  assert.equal((await price(1, '+447400123456')).outbound_call_price.current_price, null);
  assert.equal((await price(1, '+447723123456')).outbound_call_price.current_price, '0.5000');
  assert.equal((await price(1, '+99912345678')).code, 20404);
  assert.equal((await new AccountClient(url, tester.sid, 'wrong').get(`/v1/Voice/Numbers/${OWN}`)).status, 401);
});

test('whether an account may call a country is told to itself', LIMIT, async () => {
  const path = '/v1/DialingPermissions/Countries/';
  await control(url, 'POST', 'accounts', { account_sid: tester.sid, blocked_prefixes: ['+234'] });
  const { body } = await tester.get(`${path}NG`);
  assert.equal(deviation('voice.v1.dialing_permissions.dialing_permissions_country-instance', body), null);
  assert.deepEqual([body.country_codes, body.low_risk_numbers_enabled], [['+234'], false]);
  assert.equal((await tenant.get(`${path}NG`)).body.low_risk_numbers_enabled, true);
  assert.equal((await tester.get(`${path}ZZ`)).body.code, 20404);
});

test('the subscriber at the phone acts on the call there is', LIMIT, async () => {
  const act = (action) => control(url, 'POST', 'act', { number: OWN, action });
  assert.equal((await act('answer')).status, 404);
  await simulator.phone(OWN, { hangs_up_after: 10_000 });
  const sid = await place(OWN, { Timeout: 600 });
  await simulator.calls({ sid, status: 'ringing' });
  await simulator.act(OWN, 'answer');
  await simulator.calls({ sid, status: 'in-progress' });
  assert.equal((await act('decline')).status, 404);
  await simulator.act(OWN, 'hang_up');
  assert.equal((await over(sid)).status, 'completed');
});

test('a misspelt order about calls is refused, and a wait for too many calls ends with 408', LIMIT, async () => {
  for (const [path, order] of [
    ['phones', { number: '2125550123' }],
    ['phones', { number: OWN, behavior: 'answers' }],
    ['phones', { number: OWN, dial: '*61#x' }],
    ['type', { number: OWN }],
    ['act', { number: OWN, action: 'sing' }],
    ['ring', { to: OWN }],
    ['ring', { from: OWN, to: 'somebody' }],
    ['applications', { number: ASSISTANT, answer: true }],
    ['prices', { prefix: '+44' }],
    ['pace', { second_ms: 0 }],
    ['accounts', { account_sid: tester.sid, calls_per_second: 0 }],
    ['faults', { operation: 'get_call', fault: { kind: 'lag', milliseconds: 5 } }],
    ['faults', { operation: 'call', fault: { kind: 'endless' } }],
    ['faults', { operation: 'call', fault: { kind: 'omit' } }],
  ]) {
    const answer = await control(url, 'POST', path, order);
    assert.equal(answer.status, 400, `${path} ${JSON.stringify(order)}`);
    assert.ok(answer.body.error.length > 0);
  }
  assert.equal((await control(url, 'GET', 'calls?status=dead')).status, 400);
  assert.deepEqual(await control(url, 'GET', 'calls?timeout_ms=1'), { status: 408, body: { calls: [] } });
});
