// Caller ids verified by calls: the code, how it ends, lost answers and killed sidecars, shared accounts, erasure. No
// telephone rings twice for one request, and no code is in a log.

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { Scenario } from '../harness/scenario.mjs';
import { REQUEST_LIFE, TAKEOVER } from '../harness/sidecar.mjs';
import { undocumented } from '../twilio_simulator/documented.mjs';

/** @type {Scenario} */
let scenario;
/** @type {import('../harness/stack.mjs').Stack} */
let stack;
/** @type {import('../harness/simulator.mjs').Simulator} */
let simulator;
/** Codes that were shown, to be looked for where they must not be, and who may have logged them. */
const codes = new Set();
const sidecars = [];

before(async () => {
  scenario = await Scenario.start({
    settings: {
      request_life: REQUEST_LIFE, call_poll: '0.1 seconds', caller_id_grace: '0.5 seconds',
          call_time_limit: '8 seconds',
      absence_poll: '0.1 seconds', absence_observations: 2, calls_per_hour: 1000, caller_ids_per_day: 1000,
    },
    flags: { ...TAKEOVER, 'poll-interval': 1 },
  });
  ({ stack } = scenario);
  ({ simulator } = stack);
  await simulator.pace(PACE);
});
afterEach(() => scenario.clear());
after(() => stack?.close());

/** How many milliseconds a second of a call takes: a telephone rings for a minute. */
const PACE = 60;
const OVER = 'completed,busy,failed,no-answer,canceled';
const line = () => `+23480${randomInt(10_000_000, 99_999_999)}`;
/** An organization with a Twilio account of its own. */
async function ownAccount(details) {
  const org = stack.organization(undefined, { simulator });
  await org.handInAccount(details);
  return org;
}

/** Asks for a number to be verified; resolves to the caller id. */
async function ask(org, number) {
  const { status, body } = await org.rpc('verify_caller_id', { phone_number: number });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** Resolves to the caller id as soon as it is as `wanted(row)` says. */
async function shown(org, { id }, what, wanted) {
  let last;
  const isSo = async () => wanted((last = (await org.rpc('caller_id_status', { id })).body)) && last;
  const row = await until(what, isSo, { interval: 20, seen: () => JSON.stringify(last) });
  if (row.validation_code) codes.add(row.validation_code);
  return row;
}
const withCode = (org, asked) => shown(org, asked, 'a code', (row) => row.validation_code !== null);
const ended = (org, asked) => shown(org, asked, 'the end', (row) => row.poll_after_seconds === null);

/** The calls at Twilio to a number that ask for a code. */
const ringsAt = async (number) => (await simulator.state()).calls.filter(({ to, from }) =>
  to === number && from === '+14157234000');
const callerIdsOf = async (number) =>
  (await simulator.state()).caller_ids.filter((each) => each.phone_number === number);

/** Starts a sidecar, whose log is read at the end. */
async function aSidecar(over) {
  const sidecar = await scenario.sidecar(over);
  sidecars.push(sidecar);
  return sidecar;
}

/** Verifies a number of an organization; resolves to its status. */
async function verified(org, number) {
  const asked = await ask(org, number);
  const { validation_code: code } = await withCode(org, asked);
  await simulator.type(number, code);
  return ended(org, asked);
}

test('a caller id is verified: the code is shown while Twilio asks for it, and the number then counts for 180 days', async () => {
  await aSidecar();
  const org = stack.organization();
  const number = line();
  const asked = await ask(org, number);
  assert.deepEqual([asked.status, asked.validation_code, asked.attempts_left], ['pending', null, 3]);
  const called = await withCode(org, asked);
  assert.deepEqual([called.status, called.expires_at, called.attempts_left], ['pending', null, 2]);
  assert.deepEqual(await ask(org, number).then(({ id, validation_code }) => [id, validation_code]),
    [asked.id, called.validation_code], 'asked again: the same call');
  await simulator.type(number, called.validation_code);
  const end = await ended(org, asked);
  assert.deepEqual([end.status, end.validation_code, end.reason], ['verified', null, null]);
  const days = (Date.parse(end.expires_at) - Date.now()) / 86_400_000;
  assert.ok(days > 179.9 && days < 180.1, end.expires_at);
  assert.equal((await ask(org, number)).status, 'verified', 'asked again: nobody is called');
  assert.equal((await ringsAt(number)).length, 1);
  const [{ friendly_name: tag }] = await callerIdsOf(number);
  assert.match(tag, /^telephony:[\w-]{22}:[\w-]{22}$/);
  const { requests } = await simulator.state();
  assert.deepEqual(requests.map(undocumented).filter((problem) => problem !== null), []);
});

test('rule CALLER_ID_ENDS: who does not answer, is busy, or does not type is told what to do, after the end of the call', async () => {
  await aSidecar();
  for (const [phone, status, reason] of [
    [{ behaviour: 'unanswered' }, 'expired', 'caller_id_unanswered'],
    [{ behaviour: 'engaged' }, 'expired', 'caller_id_unanswered'],
    [{ behaviour: 'answers', hangs_up_after: 5 }, 'failed', 'caller_id_code_not_entered'],
    [{ behaviour: 'unassigned' }, 'failed', 'call_not_connected'],
  ]) {
    const org = stack.organization();
    const number = line();
    await simulator.phone(number, phone);
    const asked = await ask(org, number);
    const end = await ended(org, asked);
    assert.deepEqual([end.status, end.reason_code, end.validation_code, end.attempts_left], [status, reason, null, 2],
      JSON.stringify(phone));
    assert.deepEqual((await ringsAt(number)).length, 1);
  }
});

test('a call that lasts too long is ended by us', async () => {
  await aSidecar();
  const org = stack.organization();
  const number = line();
  await simulator.pace(1000);
  await simulator.phone(number, { behaviour: 'answers', acts_after: 0, alerts_after: 0, hangs_up_after: 600 });
  const asked = await ask(org, number);
  await withCode(org, asked);
  const [call] = await simulator.calls({ to: number, status: OVER });
  assert.equal(call.status, 'completed');
  await simulator.pace(PACE);
  assert.equal((await ended(org, asked)).reason_code, 'caller_id_code_not_entered');
});

test('rule CALLER_ID_EXPIRY: an answer without a code or without a call says so, or goes on by the list alone', async () => {
  await aSidecar();
  const org = stack.organization();
  const silent = line();
  await simulator.fault('validate', { kind: 'omit', fields: ['validation_code'] }, { number: silent });
  assert.equal((await ended(org, await ask(org, silent))).reason_code, 'caller_id_no_code');
  const [call] = await simulator.calls({ to: silent, status: OVER });
  assert.equal(call.status, 'canceled', 'the call that nobody has the code of is ended');
  const blind = line();
  await simulator.fault('validate', { kind: 'omit', fields: ['call_sid', 'phone_number'] }, { number: blind });
  assert.equal((await verified(org, blind)).status, 'verified');
});

test('rule NEVER_TWICE: an answer of Twilio that is lost: the call is found and ended, nobody is called again, and it says so', async () => {
  await aSidecar();
  for (const fault of [{ kind: 'cut', when: 'after' }, { kind: 'status', status: 500, when: 'after' },
    { kind: 'cut', when: 'before' }]) {
    const org = stack.organization();
    const number = line();
    await simulator.fault('validate', fault, { number });
    const end = await ended(org, await ask(org, number));
    assert.deepEqual([end.status, end.reason_code], ['failed', 'call_interrupted'], JSON.stringify(fault));
    const rings = await ringsAt(number);
    assert.equal(rings.length, fault.when === 'after' ? 1 : 0);
    for (const { status } of rings) assert.notEqual(status, 'in-progress');
  }
});

test('rule NEVER_TWICE: a sidecar killed at every step: the next one looks, and no telephone rings twice', async () => {
  for (const [operation, when] of [['list_caller_ids', 'before'], ['call_price', 'after'], ['validate', 'before'],
    ['validate', 'after'], ['get_call', 'before']]) {
    const org = stack.organization();
    const number = line();
    const doomed = await aSidecar();
    const stage = when === 'before' ? 'received' : 'applied';
    const count = (await simulator.count(operation, stage)) + 1;
    const hold = await simulator.fault(operation, { kind: 'hold', when });
    const asked = await ask(org, number);
    await simulator.reached(operation, stage, { count });
    // The call does not wait for the next sidecar.
    if (operation === 'get_call') await simulator.type(number, (await withCode(org, asked)).validation_code);
    await doomed.kill();
    await simulator.release(hold);
    await aSidecar();
    if (operation === 'validate') {
      assert.equal((await ended(org, asked)).reason_code, 'call_interrupted', `${operation} ${when}`);
    } else {
      if (operation !== 'get_call') await simulator.type(number, (await withCode(org, asked)).validation_code);
      assert.equal((await ended(org, asked)).status, 'verified', `${operation} ${when}`);
    }
    assert.ok((await ringsAt(number)).length <= 1, `${operation} ${when}`);
    await scenario.clear();
  }
});

test('rule NEVER_TWICE: a commit of the intent that is not answered: nobody is called', async () => {
  const sidecar = await aSidecar();
  const org = stack.organization();
  const number = line();
  const count = (await simulator.count('call_price', 'received')) + 1;
  const hold = await simulator.fault('call_price', { kind: 'hold', when: 'before' });
  const asked = await ask(org, number);
  await simulator.reached('call_price', 'received', { count });
  sidecar.link.trap('send', 'after');
  await simulator.release(hold);
  const end = await ended(org, asked);
  assert.deepEqual([end.status, end.reason_code, await ringsAt(number)], ['failed', 'call_interrupted', []]);
});

test('Twilio asks to slow down: the call was not placed, and is placed later, once', async () => {
  await aSidecar();
  const org = stack.organization();
  const number = line();
  await simulator.fault('validate', { kind: 'status', status: 429, code: 20429, when: 'before' }, { number });
  assert.equal((await verified(org, number)).status, 'verified');
  assert.equal((await ringsAt(number)).length, 1);
});

test('refusals of Twilio are explained: countries, trial accounts, numbers of the account', async () => {
  await aSidecar();
  const blocked = await ownAccount({ blocked_prefixes: ['+234'] });
  const abroad = line();
  const end = await ended(blocked, await ask(blocked, abroad));
  assert.deepEqual([end.status, end.reason_code], ['failed', 'call_not_connected']);
  assert.match(end.reason, /Geographic permissions/);
  const org = stack.organization();
  for (const [code, reason] of [[10002, 'trial_account_limit'], [21449, 'number_at_twilio'], [573005,
      'caller_id_refused']]) {
    const number = line();
    await simulator.fault('validate', { kind: 'status', status: 400, code, when: 'before' }, { number });
    assert.equal((await ended(org, await ask(org, number))).reason_code, reason, code);
    assert.deepEqual(await ringsAt(number), []);
  }
});

test('a call that costs too much, or of which Twilio does not tell the price, is not placed', async () => {
  await aSidecar();
  const org = stack.organization();
  const [dear, untold] = [line(), line()];
  await simulator.callPrice(dear, 0.51);
  await simulator.callPrice(untold, null);
  assert.equal((await ended(org, await ask(org, dear))).reason_code, 'call_too_dear');
  assert.equal((await ended(org, await ask(org, untold))).reason_code, 'call_price_unknown');
  assert.deepEqual([await ringsAt(dear), await ringsAt(untold)], [[], []]);
});

test('rule SHARED_ACCOUNT: a number of one organization is no other’s in the same account; in its own account it is', async () => {
  await aSidecar();
  const [first, second] = [stack.organization(), stack.organization()];
  const number = line();
  assert.equal((await verified(first, number)).status, 'verified');
  const end = await ended(second, await ask(second, number));
  assert.deepEqual([end.status, end.reason_code], ['failed', 'caller_id_taken']);
  assert.equal((await ringsAt(number)).length, 1, 'nobody was called for it');

  const own = await ownAccount();
  await simulator.type(number, (await withCode(own, await ask(own, number))).validation_code);
  await until('verified in its own account', async () => (await ask(own, number)).status === 'verified');
  await stack.psql(`DELETE FROM telephony_api.verified_caller_ids WHERE org_id = '${own.id}'`);
  assert.equal((await ended(own, await ask(own, number))).status, 'verified',
      'by hand before, in an account of its own');
  assert.equal((await ringsAt(number)).length, 2);
});

test('an erasure waits for the call under way and deletes the caller ids that calls of ours have made; the number is another’s to verify then', async () => {
  await aSidecar();
  const service = stack.postgrest.caller({ role: 'service_role' });
  const org = stack.organization();
  const [done, byHand, under] = [line(), line(), line()];
  await verified(org, done);
  await verified(org, byHand);
  await stack.psql(`UPDATE telephony_api.verified_caller_ids SET made_here = false WHERE phone_number = '${byHand}'`);
  await simulator.phone(under, { behaviour: 'unanswered' });
  await withCode(org, await ask(org, under));
  assert.equal((await service.rpc('erase_org', { org_id: org.id })).status, 200);
  const isErased = async () => (await stack.rows(
    `SELECT FROM telephony_api.organizations WHERE id = '${org.id}'`)).length === 0;
  await until('the erasure', isErased);
  assert.deepEqual([(await callerIdsOf(done)).length, (await callerIdsOf(byHand)).length], [0, 1]);
  assert.ok((await ringsAt(under)).every(({ status }) => status === 'no-answer'), 'the call was waited out');
  const other = stack.organization();
  await simulator.phone(done, { behaviour: 'answers' });
  assert.equal((await verified(other, done)).status, 'verified');
});

test('a caller id that Twilio does not delete is given up after the late horizon, which an operator is told of', async () => {
  const sidecar = await aSidecar({ flags: { ...stack.flags, 'status-listen': 18_431 } });
  const service = stack.postgrest.caller({ role: 'service_role' });
  const org = stack.organization();
  const number = line();
  await verified(org, number);
  await simulator.fault('delete_caller_id', { kind: 'status', status: 503, code: 20503, when: 'before' }, { times: 0 });
  await stack.psql(`UPDATE telephony_internal.settings SET late_horizon = '1 second'`);
  await service.rpc('erase_org', { org_id: org.id });
  await sidecar.log(/the caller id of an erased organization could not be deleted/);
  const metrics = await (await fetch('http://127.0.0.1:18431/metrics')).text();
  assert.match(metrics, /telephonyd_alerts_total\{alert="caller_id_kept"\} 1/);
  await until('the erasure', async () =>
    (await stack.rows(`SELECT FROM telephony_api.organizations WHERE id = '${org.id}'`)).length === 0);
  await stack.psql(`UPDATE telephony_internal.settings SET late_horizon = DEFAULT`);
});

test('a caller id that is deleted at Twilio lapses once it was looked at, twice; one that is there goes on', async () => {
  await stack.psql(`UPDATE telephony_internal.settings SET caller_id_check = '1 millisecond';
    UPDATE telephony_internal.upkeep SET every = '0.2 seconds', due_at = now() WHERE task = 'lapse_caller_ids'`);
  await aSidecar();
  const org = stack.organization();
  const [gone, there] = [line(), line()];
  const kept = await verified(org, there);
  const lost = await verified(org, gone);
  const [{ account_sid: account, sid }] = await callerIdsOf(gone);
  const { authToken } = stack.account;
  const response = await fetch(`${simulator.url}/2010-04-01/Accounts/${account}/OutgoingCallerIds/${sid}.json`, {
    method: 'DELETE', headers: { Authorization: `Basic ${btoa(`${account}:${authToken}`)}` },
  });
  assert.equal(response.status, 204);
  const end = await shown(org, lost, 'its lapse', (row) => row.status !== 'verified');
  assert.deepEqual([end.status, end.reason_code], ['expired', 'caller_id_gone']);
  assert.equal((await org.rpc('caller_id_status', { id: kept.id })).body.status, 'verified');
  await stack.psql(`UPDATE telephony_internal.settings SET caller_id_check = DEFAULT;
    UPDATE telephony_internal.upkeep SET every = '10 minutes' WHERE task = 'lapse_caller_ids'`);
});

test('rule SECRET_CODE: no code is in a log, in an event, in the audit log or in what is exported', async () => {
  assert.ok(codes.size > 5);
  const kept = await stack.rows(`SELECT e::text AS text FROM telephony_internal.call_events e
    UNION ALL SELECT a::text FROM telephony_api.audit_log a UNION ALL SELECT c::text FROM telephony_internal.calls c
    UNION ALL SELECT v::text FROM telephony_api.verified_caller_ids v WHERE status <> 'pending'`);
  const logs = [...stack.cluster.postmaster.lines, ...sidecars.flatMap(({ daemon }) => daemon.lines)];
  for (const code of codes) {
    const pattern = new RegExp(`(?<![0-9a-f])${code}(?![0-9a-f])`);
    assert.deepEqual(kept.filter(({ text }) => pattern.test(text)), []);
    assert.deepEqual(logs.filter((each) => pattern.test(each)), []);
  }
});
