// The Twilio simulator sells what people look for: by area code, place, pattern and type; and tells what it costs.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Sandbox } from '../harness/sandbox.mjs';
import { AccountClient, control, startSimulator } from '../twilio_simulator/rest_client.mjs';
import { undocumented } from '../twilio_simulator/documented.mjs';

const sandbox = Sandbox.open();
let url;
let simulator;
let account;

before(async () => {
  ({ url, simulator } = await startSimulator(sandbox));
});

beforeEach(async () => {
  await control(url, 'POST', 'reset');
  account = await AccountClient.create(url);
});

after(() => sandbox.close());

const offers = async (country, type, query) =>
  (await account.get(`/AvailablePhoneNumbers/${country}/${type}.json`, query)).body.available_phone_numbers;

test('numbers of North America have a locality and a region, others a locality or none', async () => {
  const [number] = await offers('US', 'Local', { AreaCode: '415' });
  assert.deepEqual([number.locality, number.region], ['San Francisco', 'CA']);
  const [canadian] = await offers('CA', 'Local', { AreaCode: '514' });
  assert.deepEqual([canadian.locality, canadian.region], ['Montreal', 'QC']);
  const [british] = await offers('GB', 'Local', { InLocality: 'Manchester' });
  assert.match(british.phone_number, /^\+44161/);
  assert.deepEqual([british.locality, british.region], ['Manchester', null]);
  const [free] = await offers('US', 'TollFree');
  assert.deepEqual([free.locality, free.region], [null, null]);
});

test('a search finds a place whatever its case, and what has all that is asked for', async () => {
  const there = await offers('US', 'Local', { InLocality: 'san FRANCISCO' });
  assert.ok(there.length > 0 && there.every((each) => each.phone_number.startsWith('+1415')));
  const inState = await offers('US', 'Local', { InRegion: 'NY' });
  assert.deepEqual(new Set(inState.map((each) => each.region)), new Set(['NY']));
  assert.deepEqual(await offers('US', 'Local', { InLocality: 'San Francisco', AreaCode: '212' }), []);
  assert.deepEqual(await offers('US', 'Local', { InLocality: 'Atlantis' }), []);

  await simulator.inventory('US', 'Local', ['+14155236886', '+14152223333', '+12125236886']);
  const chosen = await offers('US', 'Local', { AreaCode: '415', Contains: '523**86' });
  assert.deepEqual(chosen.map((each) => each.phone_number), ['+14155236886']);
});

test('an area code with letters and a pattern of one character are refused', async () => {
  for (const [query, code] of [
    [{ AreaCode: '4x5' }, 21451],
    [{ Contains: '5' }, 20422],
    [{ Contains: '5-55' }, 20422],
    [{ Contains: '5'.repeat(17) }, 20422],
  ]) {
    const { status, body } = await account.get('/AvailablePhoneNumbers/US/Local.json', query);
    assert.deepEqual([status, body.code], [400, code], JSON.stringify(query));
  }
});

test('the Pricing API tells what each type of number costs, to any account', async () => {
  const prices = async (country) => account.get(`/v1/PhoneNumbers/Countries/${country}`);
  const { status, body } = await prices('US');
  assert.equal(status, 200);
  assert.deepEqual([body.iso_country, body.price_unit], ['US', 'USD']);
  assert.deepEqual(body.phone_number_prices, [
    { number_type: 'local', base_price: '1.15', current_price: '1.15' },
    { number_type: 'toll free', base_price: '2.15', current_price: '2.15' },
  ]);
  assert.equal((await prices('AQ')).body.code, 20404);
  const stranger = new AccountClient(url, account.sid, 'wrong');
  assert.equal((await stranger.get('/v1/PhoneNumbers/Countries/US')).status, 401);
  const key = { sid: `SK${'1'.repeat(32)}`, secret: 'a'.repeat(32) };
  await control(url, 'POST', 'accounts', { account_sid: account.sid, api_keys: [key] });
  const byKey = new AccountClient(url, account.sid, key.secret, key.sid);
  assert.equal((await byKey.get('/v1/PhoneNumbers/Countries/GB')).status, 200);
});

test('the simulator tells the parameters of each request, and what Twilio does not document of them is found', async () => {
  await offers('US', 'Local', { AreaCode: '415', Contains: 'TAXI' });
  await account.buyAny({ FriendlyName: 'reception' });
  const { requests } = await simulator.state();
  assert.deepEqual(requests.map(undocumented), requests.map(() => null));
  assert.deepEqual(requests[0].parameters, { AreaCode: '415', Contains: 'TAXI' });
  assert.equal(requests.at(-1).parameters.FriendlyName, 'reception');

  const [{ path }] = requests;
  assert.match(undocumented({ method: 'GET', path, parameters: { AreaCode: '4x5' } }), /AreaCode=4x5$/);
  assert.match(undocumented({ method: 'GET', path, parameters: { Area: '415' } }), /Area=415$/);
  assert.match(undocumented({ method: 'PUT', path, parameters: {} }), /^PUT/);
});
