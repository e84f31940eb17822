// The Twilio simulator validates caller ids by calls, as Twilio does; a subscriber types the code, or does not.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Sandbox } from '../harness/sandbox.mjs';
import { deviation } from '../twilio_simulator/documented.mjs';
import { AccountClient, control, startSimulator } from '../twilio_simulator/rest_client.mjs';

const OWN = '+12125550123';
const LIMIT = { timeout: 60_000 };
const OVER = 'completed,busy,failed,no-answer,canceled';

const sandbox = Sandbox.open();
let url;
let simulator;
let account;

before(async () => {
  ({ url, simulator } = await startSimulator(sandbox, ['--call-second', '15']));
});

beforeEach(async () => {
  await control(url, 'POST', 'reset');
  account = await AccountClient.create(url);
});

after(() => sandbox.close());

/** Resolves to the validation's call when it is over. */
const over = async (sid) => (await simulator.calls({ sid, status: OVER }))[0];
const validations = async () => (await simulator.state()).validations;

/** A verified caller id. */
async function verified(client = account, number = OWN) {
  const { body } = await client.validate(number);
  await simulator.type(number, body.validation_code);
  await over(body.call_sid);
  return (await client.callerIds({ PhoneNumber: number }))[0];
}

test('the code is in the answer; the caller id is listed when it has been typed in the call', LIMIT, async () => {
  const { status, body } = await account.validate(OWN, { FriendlyName: 'reception' });
  assert.equal(status, 200);
  assert.equal(deviation('api.v2010.account.validation_request', body), null);
  assert.deepEqual(await account.callerIds(), []);
  const { body: call } = await account.get(`/Calls/${body.call_sid}.json`);
  assert.deepEqual([call.from, call.to, call.direction], ['+14157234000', OWN, 'outbound-api']);
  await simulator.type(OWN, body.validation_code);
  assert.equal((await over(body.call_sid)).status, 'completed');

  const [callerId] = await account.callerIds();
  assert.equal(deviation('api.v2010.account.outgoing_caller_id', callerId), null);
  assert.deepEqual([callerId.phone_number, callerId.friendly_name], [OWN, 'reception']);
  assert.deepEqual((await account.get(`/OutgoingCallerIds/${callerId.sid}.json`)).body, callerId);
  assert.deepEqual((await validations()).map((each) => each.state), ['verified']);
});

test('who does not answer, or types nothing, is not verified', LIMIT, async () => {
  const { body: unanswered } = await account.validate(OWN);
  assert.equal((await over(unanswered.call_sid)).status, 'no-answer');
  await simulator.phone(OWN, { behaviour: 'answers', hangs_up_after: 10 });
  const { body: silent } = await account.validate(OWN);
  assert.equal((await over(silent.call_sid)).status, 'completed');
  assert.deepEqual(await account.callerIds(), []);
  assert.deepEqual((await validations()).map((each) => each.state), ['failed', 'failed']);
});

test('three wrong codes end the call, two do not', LIMIT, async () => {
  const wrong = (code) => (code === '000000' ? '111111' : '000000');
  const { body: third } = await account.validate(OWN);
  for (let tries = 0; tries < 2; tries += 1) await simulator.type(OWN, wrong(third.validation_code));
  await simulator.type(OWN, third.validation_code);
  await over(third.call_sid);
  const [{ sid }] = await account.callerIds();
  assert.equal((await account.request('DELETE', `/OutgoingCallerIds/${sid}.json`)).status, 204);

  const { body: failed } = await account.validate(OWN);
  for (let tries = 0; tries < 3; tries += 1) await simulator.type(OWN, wrong(failed.validation_code));
  await over(failed.call_sid);
  assert.deepEqual(await account.callerIds(), []);
});

test('a code is good for that call only', LIMIT, async () => {
  const { body: first } = await account.validate(OWN, { CallDelay: 5 });
  await over(first.call_sid);
  const { body: second } = await account.validate(OWN);
  await simulator.type(OWN, first.validation_code);
  await over(second.call_sid);
  assert.deepEqual(await account.callerIds(), []);
});

test('forwarding that is on already takes the call away from the subscriber', LIMIT, async () => {
  const assistant = '+14155550100';
  await simulator.console('buy', { account_sid: account.sid, phone_number: assistant });
  await simulator.phone(OWN, { dial: '**21*+14155550100#' });
  const { body } = await account.validate(OWN);
  await simulator.type(OWN, body.validation_code);
  assert.equal((await over(body.call_sid)).status, 'completed');
  assert.deepEqual(await account.callerIds(), []);
  const [leg] = await simulator.calls({ account_sid: account.sid, to: assistant });
  assert.deepEqual([leg.from, leg.truth.caused_by], ['+14157234000', body.call_sid]);
});

test('a number that is verified, or the account’s own, is refused; in another account it is not', LIMIT, async () => {
  await verified();
  const repeated = await account.validate(OWN);
  assert.deepEqual([repeated.status, repeated.body.code], [400, 21450]);
  const { phone_number: bought } = await account.buyAny();
  assert.equal((await account.validate(bought)).body.code, 21449);
  const other = await AccountClient.create(url);
  assert.equal((await verified(other)).account_sid, other.sid);
  assert.equal((await simulator.state()).caller_ids.length, 2);
});

test('a deleted caller id can be verified again; one of another account cannot be deleted', LIMIT, async () => {
  const { sid } = await verified();
  const other = await AccountClient.create(url);
  const path = `/OutgoingCallerIds/${sid}.json`;
  assert.equal((await other.request('DELETE', path)).body.code, 20404);
  assert.equal((await account.request('POST', path, { FriendlyName: 'desk' })).body.friendly_name, 'desk');
  assert.equal((await account.request('DELETE', path)).status, 204);
  assert.equal((await account.request('DELETE', path)).body.code, 20404);
  assert.notEqual((await verified()).sid, sid);
});

test('a verified number may be shown as caller, and called by a trial account', LIMIT, async () => {
  const trial = await AccountClient.create(url, { type: 'Trial' });
  const { sid } = await verified(trial);
  const { status, body } = await trial.call(OWN, OWN);
  assert.deepEqual([status, body.phone_number_sid], [201, sid]);
  const numbers = Array.from({ length: 5 }, (_, i) => `+1212555010${i}`);
  for (const number of numbers.slice(0, 4)) await verified(trial, number);
  assert.equal((await trial.validate(numbers[4])).body.code, 10002);
});

test('where an account may not call, the validation is accepted and its call never rings', LIMIT, async () => {
  await control(url, 'POST', 'accounts', { account_sid: account.sid, blocked_prefixes: ['+234'] });
  const { status, body } = await account.validate('+2348101234567');
  assert.equal(status, 200);
  const call = await over(body.call_sid);
  assert.deepEqual([call.status, call.truth.error_code], ['failed', 13227]);
  assert.deepEqual((await validations()).map((each) => each.error_code), [13227]);
});

test('malformed requests have their codes', LIMIT, async () => {
  for (const [number, form, code] of [
    ['2125550123', {}, 21211],
    [OWN, { CallDelay: 61 }, 21454],
    [OWN, { FriendlyName: 'x'.repeat(65) }, 20422],
    [OWN, { StatusCallback: 'example.com' }, 21402],
  ]) {
    const { status, body } = await account.validate(number, form);
    assert.deepEqual([status, body.code], [400, code]);
  }
  assert.deepEqual(await validations(), []);
});

test('lists filter by number and name, page, and may lag; answers may lack the code or refuse it', LIMIT, async () => {
  const numbers = ['+12125550101', '+12125550102', '+13125550103'];
  for (const number of numbers) await verified(account, number);
  const listed = async (query) => (await account.callerIds(query)).map((each) => each.phone_number);
  assert.deepEqual(await listed(), [...numbers].reverse());
  assert.deepEqual(await listed({ PhoneNumber: numbers[1] }), [numbers[1]]);
  assert.deepEqual(await listed({ FriendlyName: '(312) 555-0103' }), [numbers[2]]);
  const { body } = await account.get('/OutgoingCallerIds.json', { PageSize: 2 });
  const next = await account.get(body.next_page_uri);
  assert.deepEqual(next.body.outgoing_caller_ids.map((each) => each.phone_number), [numbers[0]]);

  await simulator.fault('list_caller_ids', { kind: 'lag', milliseconds: 3_600_000 });
  assert.deepEqual(await listed(), []);
  await simulator.fault('validate', { kind: 'omit', fields: ['validation_code', 'call_sid', 'phone_number'] });
  const lacking = await account.validate(OWN);
  assert.deepEqual([lacking.status, Object.keys(lacking.body).sort()], [200, ['account_sid', 'friendly_name']]);
  await simulator.fault('validate', { kind: 'status', status: 400, code: 573005 }, { number: OWN });
  assert.equal((await account.validate(OWN)).body.code, 573005);
});
