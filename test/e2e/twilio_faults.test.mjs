// What goes wrong between the sidecar and Twilio: whatever it is, one number is bought, or none.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freePort } from '../harness/postgrest.mjs';
import { REQUEST_LIFE, TAKEOVER } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
let port;
before(async () => {
  port = await freePort();
  stack = await Stack.start({
    settings: { request_life: REQUEST_LIFE, absence_window: '0', absence_poll: '0.1 seconds', absence_observations: 2 },
    flags: { ...TAKEOVER, 'status-listen': `127.0.0.1:${port}` },
  });
});
after(() => stack?.close());

/** Asks for a number while `faults` hit the next purchase; resolves to the final status and what it cost. */
async function buyThrough(...faults) {
  const org = stack.organization();
  const before = await stack.simulator.state();
  for (const fault of faults) await stack.simulator.fault('buy', fault);
  await org.provision('NG');
  const end = await org.finished();
  const now = await stack.simulator.state();
  const cost = Object.fromEntries(
    ['purchases', 'repeated_purchases', 'releases'].map((key) => [key, now[key] - before[key]]),
  );
  return { org, end, cost };
}

for (const [what, faults] of Object.entries({
  'the connection is cut before the purchase took effect': { kind: 'cut', when: 'before' },
  'the connection is cut after the purchase took effect': { kind: 'cut', when: 'after' },
  'Twilio answers 503 without having bought': { kind: 'status', status: 503, code: 20503, when: 'before' },
  'Twilio answers 500 although it has bought': { kind: 'status', status: 500, code: 20500, when: 'after' },
  'the answer to the purchase cannot be read': { kind: 'garbage', when: 'after' },
  'the answer is lost, and the bought number is not listed at once': [
    { kind: 'lag', milliseconds: 300 },
    { kind: 'cut', when: 'after' },
  ],
  'Twilio asks to slow down': {
    kind: 'status',
    status: 429,
    code: 20429,
    when: 'before',
    headers: { 'Retry-After': '1' },
  },
})) {
  test(`${what}: one number is bought and the job is done`, async () => {
    const { org, end, cost } = await buyThrough(...[faults].flat());
    assert.equal(end.state, 'done', end.reason);
    assert.deepEqual(cost, { purchases: 1, repeated_purchases: 0, releases: 0 });
    const [row] = (await org.read('phone_numbers')).body;
    assert.ok((await stack.numbersAtTwilio()).some((number) => number.sid === row.number_sid));
  });
}

test('a list whose next page is itself ends at once with an alert; the purchase waits until Twilio lists again', async () => {
  const org = stack.organization();
  await org.handInAccount();
  await org.credentialsTried();
  // The first page leads to one that leads to itself.
  await stack.simulator.fault('list', { kind: 'endless' }, { times: 2 });
  const { state, reason } = await org.provisioned('NG');
  assert.equal(state, 'done', reason);
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  assert.match(metrics, /^telephonyd_alerts_total\{alert="endless_list"\} 1$/m, 'no page was asked for again');
  assert.equal((await stack.simulator.state()).faults['endless'], 2);
});

test('a number that was sold to somebody else in the meantime is passed over for the next', async () => {
  const { end, cost } = await buyThrough({ kind: 'status', status: 400, code: 21422, when: 'before' });
  assert.equal(end.state, 'done', end.reason);
  assert.equal(cost.purchases, 1);
});

test('a purchase that Twilio refuses for good ends the job with its reason', async () => {
  const { end, cost } = await buyThrough({
    kind: 'status',
    status: 400,
    code: 21649,
    message: 'Bundle required',
    when: 'before',
  });
  assert.equal(end.state, 'failed');
  assert.match(end.reason, /bundle.*21649/);
  assert.equal(end.reason_code, 'needs_bundle');
  assert.doesNotMatch(end.reason, /Bundle required/, 'the words are ours');
  assert.equal(cost.purchases, 0);
});

test('a purchase that takes effect long after it was given up is an orphan: reconcile finds it, --repair releases it', async () => {
  const before = await stack.simulator.count('buy', 'applied');
  // The first purchase is stuck on its way; repeating it is refused, and nothing is to be seen of it.
  await stack.simulator.fault('buy', { kind: 'status', status: 400, code: 21422, when: 'before' }, { after: 1 });
  const stuck = await stack.simulator.fault('buy', { kind: 'hold', when: 'before' });
  const org = stack.organization();
  await org.provisioned('NG');
  const [{ number_sid: kept }] = (await org.read('phone_numbers')).body;
  await stack.simulator.release(stuck);
  await stack.simulator.reached('buy', 'applied', { count: before + 2 });

  const found = await stack.reconcile();
  assert.equal(found.code, 1);
  const orphans = found.rows.filter((row) => row.verdict === 'orphan');
  assert.equal(orphans.length, 1);
  assert.equal(orphans[0].org_id, org.id);
  const deletes = await stack.simulator.count('delete', 'answered');
  await stack.reconcile('--repair');
  await stack.simulator.reached('delete', 'answered', { count: deletes + 1 });

  const left = await stack.reconcile();
  assert.equal(left.code, 0, JSON.stringify(left.rows));
  const held = (await stack.numbersAtTwilio()).map((number) => number.sid);
  assert.ok(held.includes(kept) && !held.includes(orphans[0].number_sid));
});
