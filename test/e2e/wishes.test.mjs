// The number that people want: bought by area code, pattern, or as the one they chose; gone, held, expired, contested.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
before(async () => {
  stack = await Stack.start({ platform: true });
});
afterEach(() => stack.simulator.clearFaults());
after(() => stack?.close());

/** What an organization is offered. */
async function offered(org, wishes = {}) {
  const { body: job } = await org.rpc('search_numbers', { country_code: 'US', ...wishes });
  let last;
  const done = async () => {
    last = (await org.rpc('offered_numbers', { search_id: job.job_id })).body;
    return last.state === 'done' && last.offers;
  };
  return until('offers', done, { interval: 20, seen: () => JSON.stringify(last) });
}

const provision = (org, wishes) => org.rpc('provision_number', { country_code: 'US', ...wishes });

test('area code, pattern and type narrow what is bought', async () => {
  for (const [wishes, form] of [
    [{ area_code: '212' }, /^\+1212/],
    [{ contains: '77', number_type: 'local' }, /77/],
    [{ area_code: '617', contains: '4*' }, /^\+1617/],
  ]) {
    const org = stack.organization();
    assert.equal((await provision(org, wishes)).status, 200);
    const end = await org.finished();
    assert.equal(end.state, 'done', end.reason);
    assert.match(end.number, form);
  }
});

test('what nobody sells fails with what to do', async () => {
  const org = stack.organization();
  await provision(org, { area_code: '907' });
  const end = await org.finished();
  assert.deepEqual([end.state, end.reason_code], ['failed', 'no_number_found']);
  assert.match(end.reason, /search_numbers\(\)/);
});

test('an organization chooses one of the offers and gets that number, with one request to buy', async () => {
  const org = stack.organization();
  const [, , { number }] = await offered(org, { area_code: '415' });
  const { purchases } = await stack.simulator.state();
  const { body: job } = await provision(org, { number });
  assert.equal((await provision(org, { number })).body.job_id, job.job_id);
  const end = await org.finished();
  assert.deepEqual([end.state, end.number], ['done', number], end.reason);
  assert.equal((await stack.simulator.state()).purchases, purchases + 1);
  assert.equal((await provision(org, { number })).body.job_id, job.job_id);
});

test('a running purchase is named to whoever has other wishes', async () => {
  const org = stack.organization();
  const searches = await stack.simulator.count('search', 'received');
  const hold = await stack.simulator.fault('search', { kind: 'hold', when: 'before' });
  const { body: job } = await provision(org, { area_code: '415' });
  await stack.simulator.reached('search', 'received', { count: searches + 1 });
  const { status, body } = await provision(org, { area_code: '212' });
  assert.deepEqual([status, body.code], [409, 'purchase_running']);
  assert.ok(body.message.includes(job.job_id), body.message);
  await stack.simulator.release(hold);
  assert.equal((await org.finished()).state, 'done');
});

test('offer gone: the purchase fails, nothing else is bought, and the reason says when and what to do', async () => {
  const org = stack.organization();
  const [{ number }] = await offered(org, { area_code: '305' });
  await stack.simulator.account({ accountSid: `AC${'9'.repeat(32)}`, authToken: 'x' });
  await stack.simulator.console('buy', { account_sid: `AC${'9'.repeat(32)}`, phone_number: number });
  const { purchases } = await stack.simulator.state();
  await provision(org, { number });
  const end = await org.finished();
  assert.deepEqual([end.state, end.reason_code], ['failed', 'wished_number_gone']);
  assert.match(end.reason, /gone, or needs a near address\. It may be tried again after .* UTC\. .*search_numbers\(\)/);
  assert.equal((await stack.simulator.state()).purchases, purchases);
});

test('offer gone, and a similar one will do: another of the same area code is bought', async () => {
  const org = stack.organization();
  const [{ number }] = await offered(org, { area_code: '404' });
  await stack.simulator.account({ accountSid: `AC${'8'.repeat(32)}`, authToken: 'x' });
  await stack.simulator.console('buy', { account_sid: `AC${'8'.repeat(32)}`, phone_number: number });
  await provision(org, { number, or_similar: true });
  const end = await org.finished();
  assert.equal(end.state, 'done', end.reason);
  assert.notEqual(end.number, number);
  assert.match(end.number, /^\+1404/);
});

test('two organizations after one number at once: one gets it, the other a reason', async () => {
  const [one, other] = [stack.organization(), stack.organization()];
  const [{ number }] = await offered(one, { area_code: '512' });
  assert.ok((await offered(other, { area_code: '512' })).some((offer) => offer.number === number));
  await Promise.all([provision(one, { number }), provision(other, { number })]);
  const ends = await Promise.all([one.finished(), other.finished()]);
  const [got, not] = ends[0].state === 'done' ? ends : [...ends].reverse();
  assert.deepEqual([got.state, got.number], ['done', number], got.reason);
  assert.deepEqual([not.state, not.reason_code, not.number], ['failed', 'wished_number_gone', null]);
  assert.match(not.reason, /another purchase holds it.*search_numbers\(\)/);
});

test('offer held: a number that another purchase holds is not offered, and not to be had', async () => {
  const [holder, org] = [stack.organization(), stack.organization()];
  const [{ number }] = await offered(holder, { area_code: '713' });
  assert.ok((await offered(org, { area_code: '713' })).some((offer) => offer.number === number));
  const buys = await stack.simulator.count('buy', 'received');
  const hold = await stack.simulator.fault('buy', { kind: 'hold', when: 'before' });
  await provision(holder, { number });
  await stack.simulator.reached('buy', 'received', { count: buys + 1 });
  const third = stack.organization();
  assert.ok((await offered(third, { area_code: '713' })).every((offer) => offer.number !== number));
  await provision(org, { number });
  const end = await org.finished();
  assert.deepEqual([end.state, end.reason_code], ['failed', 'wished_number_gone']);
  await stack.simulator.release(hold);
  assert.equal((await holder.finished()).number, number);
});

test('offer expired, never made, or made to another organization: each says what to do', async () => {
  const [org, other] = [stack.organization(), stack.organization()];
  const [{ number }] = await offered(org, { area_code: '602' });
  const refusal = async (asker) => {
    const { status, body } = await provision(asker, { number });
    assert.match(body.hint, /search_numbers\(\)/);
    return [status, body.code];
  };
  assert.deepEqual(await refusal(other), [404, 'offer_not_found']);
  await stack.psql(`UPDATE telephony_internal.number_searches SET expires_at = now() WHERE org_id = '${org.id}'`);
  assert.deepEqual(await refusal(org), [409, 'offer_expired']);
});
