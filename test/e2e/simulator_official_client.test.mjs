// Twilio's own client for Node drives the simulator unchanged: accounts, numbers, caller ids, calls and prices; and
// all that it sends is what Twilio documents.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import twilio from 'twilio';
import { Sandbox } from '../harness/sandbox.mjs';
import { undocumented } from '../twilio_simulator/documented.mjs';
import { AccountClient, control, startSimulator } from '../twilio_simulator/rest_client.mjs';

const OWN = '+12125550123';
const ASSISTANT = '+14155550100';
const LIMIT = { timeout: 60_000 };

/** Sends to the simulator what goes to a host of Twilio's. */
class Rerouted extends twilio.RequestClient {
  constructor(url) {
    super();
    this.url = url;
  }

  request(options) {
    const uri = options.uri.replace(/^https:\/\/(api|pricing|voice)\.twilio\.com/, this.url);
    return super.request({ ...options, uri });
  }
}

const sandbox = Sandbox.open();
let url;
let simulator;
let account;
let client;

before(async () => {
  ({ url, simulator } = await startSimulator(sandbox, ['--call-second', '15']));
});

beforeEach(async () => {
  await control(url, 'POST', 'reset');
  account = await AccountClient.create(url, { calls_per_second: 50 });
  client = twilio(account.sid, account.token, { httpClient: new Rerouted(url) });
});

after(() => sandbox.close());

/** Every request so far is one that Twilio documents. */
async function assertDocumented() {
  const { requests } = await simulator.state();
  assert.ok(requests.length > 0);
  assert.deepEqual(requests.map(undocumented).filter((problem) => problem !== null), []);
}

/** Verifies a caller id through the client; resolves to it. */
async function verify(phoneNumber) {
  const validation = await client.validationRequests.create({ phoneNumber, friendlyName: 'reception' });
  await simulator.type(phoneNumber, validation.validationCode);
  await simulator.calls({ sid: validation.callSid, status: 'completed' });
  const [callerId] = await client.outgoingCallerIds.list({ phoneNumber });
  return callerId;
}

test('caller ids: validated, listed, renamed, and deleted', LIMIT, async () => {
  const callerId = await verify(OWN);
  assert.deepEqual([callerId.phoneNumber, callerId.friendlyName], [OWN, 'reception']);
  const renamed = await client.outgoingCallerIds(callerId.sid).update({ friendlyName: 'desk' });
  assert.equal((await client.outgoingCallerIds(callerId.sid).fetch()).friendlyName, renamed.friendlyName);
  await assert.rejects(client.validationRequests.create({ phoneNumber: OWN }), { code: 21450, status: 400 });
  assert.equal(await client.outgoingCallerIds(callerId.sid).remove(), true);
  await assert.rejects(client.outgoingCallerIds(callerId.sid).fetch(), { code: 20404, status: 404 });
  assert.deepEqual(await client.outgoingCallerIds.list(), []);
  await assertDocumented();
});

test('calls: placed from a verified number, forwarded, listed by number and time, ended and deleted', LIMIT, async () => {
  const [offer] = await client.availablePhoneNumbers('US').local.list({ limit: 1 });
  const { phoneNumber: from } = await client.incomingPhoneNumbers.create({ phoneNumber: offer.phoneNumber });
  await simulator.console('buy', { account_sid: account.sid, phone_number: ASSISTANT });
  await simulator.application(ASSISTANT, {});
  await simulator.phone(OWN, { dial: '**61*+14155550100**10#', tells_forwarded_from: true });

  const twiml = new twilio.twiml.VoiceResponse();
  twiml.say('This is an automatic forwarding check.');
  twiml.pause({ length: 10_000 });
  const placed = await client.calls.create({ to: OWN, from, twiml, timeout: 40, timeLimit: 9_999 });
  assert.deepEqual([placed.status, placed.direction, placed.startTime], ['queued', 'outbound-api', null]);
  await simulator.calls({ account_sid: account.sid, to: ASSISTANT });

  const startTimeAfter = new Date(Date.now() - 60_000);
  const [leg, ...others] = await client.calls.list({ to: ASSISTANT, startTimeAfter });
  assert.deepEqual([leg.from, leg.forwardedFrom, leg.direction, others], [from, OWN, 'inbound', []]);
  assert.ok(leg.startTime >= placed.dateCreated);
  await simulator.calls({ sid: placed.sid, status: 'in-progress' });
  const ended = await client.calls(placed.sid).update({ status: 'completed' });
  assert.deepEqual([ended.status, ended.to], ['completed', OWN]);
  await simulator.calls({ sid: leg.sid, status: 'completed' });
  assert.equal((await client.calls(leg.sid).fetch()).status, 'completed');
  assert.equal(await client.calls(placed.sid).remove(), true);
  assert.deepEqual(
    (await client.calls.list({ startTimeBefore: new Date(Date.now() + 60_000) })).map((call) => call.sid),
    [leg.sid],
  );
  await assertDocumented();
});

test('pages of calls are followed to the end', LIMIT, async () => {
  await simulator.console('buy', { account_sid: account.sid, phone_number: ASSISTANT });
  for (let caller = 0; caller < 5; caller += 1) await simulator.ring(`+1310555010${caller}`, ASSISTANT);
  await simulator.calls({ account_sid: account.sid }, { count: 5 });
  const callers = (await client.calls.list({ to: ASSISTANT, pageSize: 2 })).map((call) => call.from);
  assert.deepEqual(callers.sort(), [0, 1, 2, 3, 4].map((caller) => `+1310555010${caller}`));
  await assertDocumented();
});

test('refusals have code, status and message', LIMIT, async () => {
  const twiml = '<Response/>';
  await assert.rejects(client.calls.create({ to: OWN, from: ASSISTANT, twiml }), {
    code: 21210,
    status: 400,
    message: /not yet verified for your account/,
  });
  await control(url, 'POST', 'accounts', { account_sid: account.sid, type: 'Trial' });
  assert.equal((await client.api.v2010.accounts(account.sid).fetch()).type, 'Trial');
  await verify(OWN);
  await assert.rejects(client.calls.create({ to: ASSISTANT, from: OWN, twiml }), { code: 21219 });
});

test('the price of a call, in both versions of the Pricing API, and whether it may be placed', LIMIT, async () => {
  const first = await client.pricing.v1.voice.numbers(OWN).fetch();
  assert.deepEqual([first.number, first.outboundCallPrice.currentPrice], [OWN, '0.0130']);
  const second = await client.pricing.v2.voice.numbers('+447400123456').fetch();
  assert.deepEqual([second.isoCountry, second.outboundCallPrices[0].currentPrice], ['GB', '0.0305']);
  const isPermitted = async (country) =>
    (await client.voice.v1.dialingPermissions.countries(country).fetch()).lowRiskNumbersEnabled;
  assert.equal(await isPermitted('GB'), true);
  await control(url, 'POST', 'accounts', { account_sid: account.sid, blocked_prefixes: ['+44'] });
  assert.deepEqual([await isPermitted('GB'), await isPermitted('US')], [false, true]);
  await assertDocumented();
});
