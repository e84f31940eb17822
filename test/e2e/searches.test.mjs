// A look before the purchase: searches by what people want, offers with prices, and purchases that are not held up.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { Stack } from '../harness/stack.mjs';
import { undocumented } from '../twilio_simulator/documented.mjs';

/** @type {Stack} */
let stack;
before(async () => {
  // Whatever is found before a minute is over was told by NOTIFY, not by the poll.
  const flags = { 'poll-interval': 60 };
  stack = await Stack.start({ platform: true, flags, upkeep: { forget_searches: '1 second' } });
});
afterEach(() => stack.simulator.clearFaults());
after(() => stack?.close());

/** Asks for a search; resolves to its job. */
async function search(org, wishes) {
  const { status, body } = await org.rpc('search_numbers', wishes);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** Resolves to what a search has found once it has ended. */
async function found(org, { job_id }) {
  let last;
  const ended = async () => {
    last = (await org.rpc('offered_numbers', { search_id: job_id })).body;
    return last.poll_after_seconds === null && last;
  };
  return until('end of the search', ended, { interval: 20, seen: () => JSON.stringify(last) });
}

test('an organization looks by area code: twenty numbers with place and price, one request at Twilio, nothing bought', async () => {
  const org = stack.organization();
  await search(org, { country_code: 'US' }).then((job) => found(org, job)); // verifies the credential, reads prices
  const before = await stack.simulator.state();
  const offers = await found(org, await search(org, { country_code: 'NG', area_code: '415' }));
  assert.deepEqual([offers.state, offers.reason, offers.offers.length], ['done', null, 20]);
  for (const offer of offers.offers) {
    assert.match(offer.number, /^\+1415[0-9]{7}$/);
    assert.match(offer.formatted, /^\+1 415-[0-9]{3}-[0-9]{4}$/);
    const { number_type: type, locality, region, monthly_price: price, price_unit: unit } = offer;
    assert.deepEqual([type, locality, region, price, unit], ['Local', 'San Francisco', 'CA', 1.15, 'USD']);
    assert.equal(offer.capabilities.voice, true);
    assert.equal(offer.needs_regulatory_profile, false);
  }
  const now = await stack.simulator.state();
  const asked = now.requests.slice(before.requests.length);
  assert.deepEqual(asked.map(({ operation, parameters }) => [operation, parameters.AreaCode]), [['search', '415']]);
  assert.equal(now.purchases, before.purchases);
  assert.equal((await org.status()).state, 'none');
});

test('pattern, town and type narrow the search, by requests that Twilio documents', async () => {
  const org = stack.organization();
  await stack.simulator.inventory('US', 'Local', ['+14158294001', '+12128294002', '+14152223333']);
  const taxi = await found(org, await search(org, { country_code: 'US', contains: 'taxi' }));
  assert.deepEqual(taxi.offers.map(({ number }) => number), ['+14158294001', '+12128294002']);
  const there = await found(org, await search(org, { country_code: 'US', contains: '829*', locality: 'New York' }));
  assert.deepEqual(there.offers.map(({ number }) => number), ['+12128294002']);
  const mobile = await found(org, await search(org, { country_code: 'GB', number_type: 'mobile' }));
  assert.ok(mobile.offers.length > 0);
  for (const offer of mobile.offers) {
    assert.match(offer.number, /^\+447/);
    assert.deepEqual([offer.number_type, offer.monthly_price, offer.needs_regulatory_profile], ['Mobile', 1.4, true]);
  }
  const none = await found(org, await search(org, { country_code: 'US', area_code: '305' }));
  assert.deepEqual([none.state, none.reason_code, none.offers], ['done', 'no_number_found', []]);
  const { requests } = await stack.simulator.state();
  assert.deepEqual(requests.map(undocumented).filter((problem) => problem !== null), []);
  await stack.simulator.inventory('US', 'Local', ['+14158294001', '+12128294002', '+14152223333', '+14152223334']);
});

test('the same search is made once, and prices are read once for a country', async () => {
  const org = stack.organization();
  const before = await stack.simulator.state();
  const jobs = await Promise.all([1, 2, 3, 4].map(() => search(org, { country_code: 'TR', contains: '22' })));
  assert.equal(new Set(jobs.map(({ job_id }) => job_id)).size, 1);
  await found(org, jobs[0]);
  const asked = (await stack.simulator.state()).requests.slice(before.requests.length);
  assert.deepEqual(asked.map(({ operation }) => operation), ['search']);
});

test('while Twilio has a disturbance a search waits, says why, and goes on; no purchase is suspended for it', async () => {
  const org = stack.organization();
  await stack.simulator.fault('search', { kind: 'status', status: 503, code: 20503, when: 'before' }, { times: 0 });
  const job = await search(org, { country_code: 'US', contains: '33' });
  const waits = async () => {
    const { body } = await org.rpc('offered_numbers', { search_id: job.job_id });
    return body.reason_code === 'twilio_unavailable' && body.state === 'queued';
  };
  await until('it waits', waits, { interval: 20 });
  await stack.simulator.clearFaults();
  assert.equal((await found(org, job)).state, 'done');
});

test('a search is refused credentials as a purchase is, and its organization is told what to do', async () => {
  const org = stack.organization(undefined, { simulator: stack.simulator });
  await org.handInAccount();
  await org.credentialsTried();
  await stack.simulator.account(org.account, { status: 'suspended' });
  const offers = await found(org, await search(org, { country_code: 'US', area_code: '415' }));
  assert.deepEqual([offers.state, offers.offers], ['failed', []]);
  assert.match(offers.reason, /set_twilio_credentials/);
  await stack.simulator.account(org.account, { status: 'active' });
});

test('a crowd of searches holds no purchase up: it is bought while Twilio keeps the first of them waiting', async () => {
  const searched = await stack.simulator.count('search', 'received');
  const hold = await stack.simulator.fault('search', { kind: 'hold', when: 'before' });
  const crowd = await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      const org = stack.organization();
      return [org, await search(org, { country_code: 'US', contains: `${10 + i}` })];
    }),
  );
  await stack.simulator.reached('search', 'received', { count: searched + 1 });
  await stack.organization().provisioned('US');
  const states = await Promise.all(
    crowd.map(async ([org, { job_id }]) => (await org.rpc('offered_numbers', { search_id: job_id })).body.state),
  );
  assert.deepEqual(states.filter((state) => state === 'done'), []);
  await stack.simulator.release(hold);
  for (const [org, job] of crowd) assert.equal((await found(org, job)).state, 'done');
});

test('offers are gone after their ten minutes, and the search after an hour', async () => {
  const org = stack.organization();
  const job = await search(org, { country_code: 'US', contains: '22' });
  assert.ok((await found(org, job)).offers.length > 0);
  await stack.psql(`UPDATE telephony_internal.number_searches SET expires_at = now() WHERE id = '${job.job_id}'`);
  const expired = await found(org, job);
  assert.deepEqual([expired.state, expired.reason_code, expired.offers], ['done', 'offers_expired', []]);
  await stack.psql(`UPDATE telephony_internal.number_searches SET created_at = now() - interval '61 minutes'
                     WHERE id = '${job.job_id}'`);
  const isGone = async () => (await org.rpc('offered_numbers', { search_id: job.job_id })).status === 404;
  await until('the search is forgotten', isGone);
});
