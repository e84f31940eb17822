// The Twilio simulator answers as Twilio's API does: search, purchase, list, paging, release, refusals.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { Sandbox } from '../harness/sandbox.mjs';
import { AccountClient, control, startSimulator } from '../twilio_simulator/rest_client.mjs';

const RFC_2822 =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d \+0000$/;
const ADDRESS = `AD${'0'.repeat(32)}`;
const BUNDLE = `BU${'0'.repeat(32)}`;

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

function assertRefusal({ status, body }, expectedStatus, code) {
  assert.deepEqual(Object.keys(body).sort(), ['code', 'message', 'more_info', 'status']);
  assert.equal(status, expectedStatus);
  assert.equal(body.status, expectedStatus);
  assert.equal(body.code, code);
  assert.equal(body.more_info, `https://www.twilio.com/docs/errors/${code}`);
}

async function numbersOf({ body }) {
  return body.incoming_phone_numbers.map((number) => number.phone_number);
}

test('an account tells its status and type; every answer has a request id, a date and the concurrency', async () => {
  const { status, headers, body } = await account.get('.json');
  assert.equal(status, 200);
  assert.equal(body.sid, account.sid);
  assert.deepEqual([body.status, body.type], ['active', 'Full']);
  assert.match(body.date_created, RFC_2822);
  assert.match(headers.get('twilio-request-id'), /^RQ[0-9a-f]{32}$/);
  assert.equal(headers.get('twilio-concurrent-requests'), '1');
  assert.ok(Math.abs(Date.parse(headers.get('date')) - Date.now()) < 60_000);
});

test('a wrong token, an unknown account and a suspended account are refused alike', async () => {
  const stranger = await AccountClient.create(url);
  for (const [sid, token] of [
    [account.sid, 'wrong'],
    [`AC${'f'.repeat(32)}`, account.token],
    [stranger.sid, account.token],
  ]) {
    assertRefusal(await new AccountClient(url, sid, token).list(), 401, 20003);
  }
  await control(url, 'POST', 'accounts', { account_sid: account.sid, status: 'suspended' });
  assertRefusal(await account.get('.json'), 401, 20003);
  await control(url, 'POST', 'accounts', { account_sid: account.sid, status: 'active' });
  assert.equal((await account.get('.json')).status, 200);
});

test("a parent's token opens its subaccounts, also to see that one is suspended; its keys and its subaccounts' tokens do not", async () => {
  const sub = await AccountClient.create(url, { parent_account_sid: account.sid });
  assert.equal((await sub.get('.json')).body.owner_account_sid, account.sid);
  const parent = new AccountClient(url, sub.sid, account.token, account.sid);
  assert.equal((await parent.buyAny()).account_sid, sub.sid);
  assertRefusal(await new AccountClient(url, account.sid, sub.token, sub.sid).list(), 401, 20003);

  const key = { sid: `SK${'1'.repeat(32)}`, secret: 'a'.repeat(32), kind: 'main' };
  await control(url, 'POST', 'accounts', { account_sid: account.sid, api_keys: [key] });
  assertRefusal(await new AccountClient(url, sub.sid, key.secret, key.sid).list(), 401, 20003);

  await control(url, 'POST', 'accounts', { account_sid: sub.sid, status: 'suspended' });
  assert.equal((await parent.get('.json')).body.status, 'suspended');
  assertRefusal(await parent.list(), 401, 20003);
  assertRefusal(await sub.get('.json'), 401, 20003);
});

test('an API key opens its account; a standard one may not read the account itself', async () => {
  const keys = ['standard', 'main'].map((kind, i) => ({
    sid: `SK${`${i}`.repeat(32)}`,
    secret: `${i}`.repeat(32),
    kind,
  }));
  await control(url, 'POST', 'accounts', { account_sid: account.sid, api_keys: keys });
  const [standard, main] = keys.map((key) => new AccountClient(url, account.sid, key.secret, key.sid));
  assert.equal((await standard.buyAny()).account_sid, account.sid);
  assertRefusal(await standard.get('.json'), 401, 20003);
  assert.equal((await main.get('.json')).body.sid, account.sid);
  assertRefusal(await new AccountClient(url, account.sid, keys[1].secret, keys[0].sid).list(), 401, 20003);
  const stranger = await AccountClient.create(url);
  assertRefusal(await new AccountClient(url, stranger.sid, keys[1].secret, keys[1].sid).list(), 401, 20003);
});

test('a search shows numbers for sale, filtered, at most 30', async () => {
  const { body } = await account.get('/AvailablePhoneNumbers/US/Local.json', { PageSize: 2 });
  assert.equal(body.available_phone_numbers.length, 2);
  const [number] = body.available_phone_numbers;
  assert.match(number.phone_number, /^\+1[2-9]\d{2}[2-9]\d{6}$/);
  assert.deepEqual(number.capabilities, { voice: true, sms: true, mms: true, fax: false });
  assert.deepEqual([number.iso_country, number.address_requirements, number.beta], ['US', 'none', false]);

  assert.equal((await account.search('US', 'Local', { PageSize: 1000 })).length, 30);
  const found = await account.search('US', 'Local', { AreaCode: '415' });
  assert.ok(found.length > 0 && found.every((each) => each.startsWith('+1415')));
  assert.deepEqual(await account.search('US', 'Local', { AreaCode: '999' }), []);
  const [any] = await account.search('US', 'Local');
  assert.deepEqual(await account.search('US', 'Local', { FaxEnabled: true }), []);
  assert.deepEqual((await account.search('US', 'Local', { VoiceEnabled: true, MmsEnabled: true }))[0], any);
  assert.deepEqual(await account.search('GB', 'Local', { ExcludeAllAddressRequired: true }), []);
});

test('Contains knows wildcards, anchors and letters', async () => {
  const numbers = ['+14155236886', '+12015236886', '+12025551415'];
  await simulator.inventory('US', 'Local', numbers);
  const search = (Contains) => account.search('US', 'Local', { Contains });
  assert.deepEqual(await search('1415'), [numbers[0], numbers[2]]);
  assert.deepEqual(await search('+1415'), [numbers[0]]);
  assert.deepEqual(await search('1415$'), [numbers[2]]);
  assert.deepEqual(await search('+1*5523'), []);
  assert.deepEqual(await search('+1*1552'), [numbers[0]]);
  assert.deepEqual(await search('+12%886'), [numbers[1]]);
  assert.deepEqual(await search('adOtVm'), numbers.slice(0, 2));
});

test('what Twilio does not sell is not found; what is sold out is an empty list', async () => {
  for (const rest of [
    '/AvailablePhoneNumbers/US/Mobile.json',
    '/AvailablePhoneNumbers/ZZ/Local.json',
    '/AvailablePhoneNumbers/ZZ.json',
  ]) {
    assertRefusal(await account.get(rest), 404, 20404);
  }
  const { body } = await account.get('/AvailablePhoneNumbers/GB.json');
  assert.deepEqual(Object.keys(body.subresource_uris).sort(), ['local', 'mobile', 'national', 'toll_free']);
  await simulator.inventory('US', 'Local', []);
  assert.deepEqual(await account.search('US', 'Local'), []);
});

test('accounts see different parts of the endless series; a search is the same until something is sold', async () => {
  const other = await AccountClient.create(url);
  const mine = await account.search('US', 'Local');
  const theirs = await other.search('US', 'Local');
  assert.equal(mine.filter((number) => theirs.includes(number)).length, 0);
  assert.deepEqual(await account.search('US', 'Local'), mine);
  await account.buy(mine[0]);
  assert.deepEqual((await account.search('US', 'Local')).slice(0, 29), mine.slice(1));
});

test('a purchase answers 201 with the number as configured', async () => {
  const [PhoneNumber] = await account.search('US', 'Local', { PageSize: 1 });
  const { status, body } = await account.buy({
    PhoneNumber,
    FriendlyName: 'telephony:installation:job',
    VoiceUrl: 'https://example.com/voice',
    VoiceMethod: 'get',
  });
  assert.equal(status, 201);
  assert.match(body.sid, /^PN[0-9a-f]{32}$/);
  assert.equal(body.account_sid, account.sid);
  assert.equal(body.phone_number, PhoneNumber);
  assert.equal(body.friendly_name, 'telephony:installation:job');
  assert.deepEqual([body.voice_url, body.voice_method, body.sms_url], ['https://example.com/voice', 'GET', '']);
  assert.deepEqual([body.status, body.type, body.origin], ['in-use', 'local', 'twilio']);
  assert.match(body.date_created, RFC_2822);
  assert.equal(body.uri, account.path(`/IncomingPhoneNumbers/${body.sid}.json`));
  assert.deepEqual((await account.get(`/IncomingPhoneNumbers/${body.sid}.json`)).body, body);
  const { purchases, numbers } = await simulator.state();
  assert.equal(purchases, 1);
  assert.deepEqual(numbers, [body]);
});

test('buying a number that the account owns updates it: same sid and date, new name and urls', async () => {
  const owned = await simulator.console('buy', {
    account_sid: account.sid,
    phone_number: '+12025550123',
    friendly_name: 'reception',
    date_created: '2024-05-06T07:08:09Z',
  });
  const { status, body } = await account.buy({
    PhoneNumber: '+12025550123',
    FriendlyName: 'mine',
    VoiceUrl: 'https://example.com/',
  });
  assert.equal(status, 201);
  assert.equal(body.sid, owned.sid);
  assert.equal(body.date_created, 'Mon, 06 May 2024 07:08:09 +0000');
  assert.deepEqual([body.friendly_name, body.voice_url], ['mine', 'https://example.com/']);
  const { purchases, repeated_purchases: repeated } = await simulator.state();
  assert.deepEqual([purchases, repeated], [0, 1]);
});

test('a number of another account, one never for sale and one released are not available', async () => {
  const other = await AccountClient.create(url);
  const theirs = await other.buyAny();
  assertRefusal(await account.buy(theirs.phone_number), 400, 21422);
  assertRefusal(await account.buy('+12025550123'), 400, 21422);
  await other.release(theirs.sid);
  assertRefusal(await account.buy(theirs.phone_number), 400, 21422);
  assertRefusal(await other.buy(theirs.phone_number), 400, 21422);
});

test('a malformed number is invalid, and so is none', async () => {
  for (const form of ['12015550123', '+0123', '+1 201', '+1234567890123456', {}]) {
    assertRefusal(await account.buy(form), 400, 21421);
  }
});

test('typed subresources and area codes', async () => {
  const [mobile] = await account.search('GB', 'Mobile', { PageSize: 1 });
  const buyAs = (type, form) => account.request('POST', `/IncomingPhoneNumbers/${type}.json`, form);
  assertRefusal(await buyAs('Local', { PhoneNumber: mobile, BundleSid: BUNDLE }), 400, 21458);
  assertRefusal(await buyAs('Local', { AreaCode: '415' }), 400, 21457);
  assert.equal((await buyAs('Mobile', { PhoneNumber: mobile, BundleSid: BUNDLE })).body.type, 'mobile');
  assert.deepEqual(await numbersOf(await account.get('/IncomingPhoneNumbers/Mobile.json')), [mobile]);
  assert.deepEqual(await numbersOf(await account.get('/IncomingPhoneNumbers/Local.json')), []);

  assert.match((await account.buy({ AreaCode: '415' })).body.phone_number, /^\+1415/);
  assertRefusal(await account.buy({ AreaCode: '4x5' }), 400, 21451);
  assertRefusal(await account.buy({ AreaCode: '999' }), 400, 21452);
});

test('an invalid parameter is refused and changes nothing', async () => {
  const number = await account.buyAny({ FriendlyName: 'before', VoiceUrl: 'https://example.com/' });
  for (const [form, code] of [
    [{ VoiceUrl: 'example.com' }, 21402],
    [{ VoiceMethod: 'PUT' }, 21403],
    [{ VoiceUrl: '', VoiceFallbackUrl: 'https://example.com/' }, 21405],
    [{ SmsFallbackUrl: 'https://example.com/' }, 21406],
    [{ FriendlyName: 'x'.repeat(65) }, 20422],
    [{ AddressSid: 'AD1' }, 20422],
    [{ AccountSid: `AC${'0'.repeat(32)}` }, 21474],
  ]) {
    assertRefusal(await account.update(number.sid, { FriendlyName: 'after', ...form }), 400, code);
  }
  assert.deepEqual((await simulator.state()).numbers, [number]);
});

test('a name that is not UTF-8 is taken, with replacement characters', async () => {
  const [PhoneNumber] = await account.search('US', 'Local', { PageSize: 1 });
  const response = await fetch(url + account.path('/IncomingPhoneNumbers.json'), {
    method: 'POST',
    headers: { Authorization: account.authorization, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `PhoneNumber=${encodeURIComponent(PhoneNumber)}&FriendlyName=caf%E9`,
  });
  assert.equal(response.status, 201);
  assert.equal((await response.json()).friendly_name, 'caf\ufffd');
  assert.equal((await simulator.state()).numbers[0].friendly_name, 'caf\ufffd');
});

test('a trunk and a voice application exclude each other', async () => {
  const { sid } = await account.buyAny({ VoiceApplicationSid: `AP${'1'.repeat(32)}` });
  const trunked = await account.update(sid, { TrunkSid: `TK${'2'.repeat(32)}` });
  assert.deepEqual([trunked.body.voice_application_sid, trunked.body.trunk_sid], ['', `TK${'2'.repeat(32)}`]);
  const applied = await account.update(sid, { VoiceApplicationSid: `AP${'3'.repeat(32)}` });
  assert.deepEqual([applied.body.voice_application_sid, applied.body.trunk_sid], [`AP${'3'.repeat(32)}`, null]);
});

test('lists filter by part of the number with wildcards, and by the exact name', async () => {
  for (const [number, name] of [['+12025550141', 'a'], ['+13025550141', 'ab'], ['+12125550177', 'a']]) {
    await simulator.console('buy', { account_sid: account.sid, phone_number: number, friendly_name: name });
  }
  const numbers = async (query) => numbersOf(await account.list(query));
  assert.deepEqual(await numbers(), ['+12125550177', '+13025550141', '+12025550141']);
  assert.deepEqual(await numbers({ PhoneNumber: '+12025550141' }), ['+12025550141']);
  assert.deepEqual(await numbers({ PhoneNumber: '0141' }), ['+13025550141', '+12025550141']);
  assert.deepEqual(await numbers({ PhoneNumber: '+12*25550' }), ['+12125550177', '+12025550141']);
  assert.deepEqual(await numbers({ FriendlyName: 'a' }), ['+12125550177', '+12025550141']);
  assert.deepEqual(await numbers({ FriendlyName: 'a', PhoneNumber: '+1202' }), ['+12025550141']);
  assert.deepEqual(await numbers({ Origin: 'hosted' }), []);
});

test('pages are linked both ways, keep the filters, and do not shift while numbers come and go', async () => {
  const buy = (line) =>
    simulator.console('buy', { account_sid: account.sid, phone_number: `+1202555010${line}`, friendly_name: 'a b' });
  const bought = [];
  for (let line = 0; line < 7; line += 1) bought.unshift((await buy(line)).phone_number);

  const first = await account.list({ PageSize: 3, FriendlyName: 'a b' });
  assert.deepEqual(await numbersOf(first), bought.slice(0, 3));
  assert.deepEqual([first.body.page, first.body.start, first.body.end, first.body.previous_page_uri], [0, 0, 2, null]);
  await buy(9);
  await simulator.console('delete', { phone_number: bought[2] });
  const second = await account.get(first.body.next_page_uri);
  assert.deepEqual(await numbersOf(second), bought.slice(3, 6));
  assert.deepEqual([second.body.page, second.body.start, second.body.page_size], [1, 3, 3]);
  const third = await account.get(second.body.next_page_uri);
  assert.deepEqual(await numbersOf(third), bought.slice(6));
  assert.equal(third.body.next_page_uri, null);
  const back = await account.get(third.body.previous_page_uri);
  assert.deepEqual(await numbersOf(back), bought.slice(3, 6));
  assert.match(back.body.uri, /FriendlyName=a%20b/);
  assert.deepEqual(await numbersOf(await account.get(back.body.next_page_uri)), bought.slice(6));

  assertRefusal(await account.list({ Page: 1 }), 400, 21481);
  assertRefusal(await account.list({ PageToken: 'PAx' }), 400, 21481);
  assertRefusal(await account.list({ PageSize: 0 }), 400, 20422);
  assert.equal((await account.list({ PageSize: 5000 })).body.page_size, 1000);
});

test('a number is released once, and only by its account', async () => {
  const { sid } = await account.buyAny();
  const other = await AccountClient.create(url);
  for (const answer of [
    await other.get(`/IncomingPhoneNumbers/${sid}.json`),
    await other.update(sid, {}),
    await other.release(sid),
  ]) {
    assertRefusal(answer, 404, 20404);
  }
  const released = await account.release(sid);
  assert.deepEqual([released.status, released.text], [204, '']);
  assertRefusal(await account.release(sid), 404, 20404);
  assertRefusal(await account.get(`/IncomingPhoneNumbers/${sid}.json`), 404, 20404);
  const state = await simulator.state();
  assert.equal(state.releases, 1);
  assert.deepEqual(state.released.map((each) => [each.sid, each.by]), [[sid, 'api']]);
});

test('a trial account may own one number', async () => {
  const trial = await AccountClient.create(url, { type: 'Trial' });
  const { phone_number: number } = await trial.buyAny();
  const [next] = await trial.search('US', 'Local', { PageSize: 1 });
  assertRefusal(await trial.buy(next), 400, 21404);
  assert.equal((await trial.buy({ PhoneNumber: number, FriendlyName: 'again' })).status, 201);
});

test('Great Britain asks for an address first and a bundle then; a search does not tell of the bundle', async () => {
  const [local] = await account.search('GB', 'Local', { PageSize: 1 });
  assert.match(local, /^\+44(20|161)\d+$/);
  assertRefusal(await account.buy({ PhoneNumber: local, BundleSid: BUNDLE }), 400, 21631);
  assertRefusal(await account.buy({ PhoneNumber: local, AddressSid: ADDRESS }), 400, 21649);
  await simulator.address(ADDRESS, '+44131');
  assertRefusal(await account.buy({ PhoneNumber: local, AddressSid: ADDRESS }), 400, 21615);
  await simulator.address(ADDRESS, local.slice(0, 5));
  assert.equal((await account.buy({ PhoneNumber: local, AddressSid: ADDRESS, BundleSid: BUNDLE })).status, 201);

  const { body } = await account.get('/AvailablePhoneNumbers/GB/Mobile.json', { PageSize: 1 });
  const [mobile] = body.available_phone_numbers;
  assert.match(mobile.phone_number, /^\+447\d{9}$/);
  assert.equal(mobile.address_requirements, 'none');
  const refused = await account.buy(mobile.phone_number);
  assertRefusal(refused, 400, 21649);
  assert.match(refused.body.message, /\[GB\].*\[MOBILE\]/);
  assert.equal((await simulator.state()).purchases, 1);
});

test('an emergency address is ignored in a purchase, and keeps a number from being released', async () => {
  const { sid, emergency_address_sid: ignored } = await account.buyAny({ EmergencyAddressSid: ADDRESS });
  assert.equal(ignored, null);
  const { body } = await account.update(sid, { EmergencyAddressSid: ADDRESS });
  assert.equal(body.emergency_address_status, 'registered');
  assertRefusal(await account.release(sid), 400, 21631);
  const removed = await account.update(sid, { EmergencyStatus: 'Inactive', EmergencyAddressSid: '' });
  assert.equal(removed.body.emergency_address_status, 'pending-unregistration');
  assertRefusal(await account.release(sid), 400, 21631);
  const isGone = async () =>
    (await account.get(`/IncomingPhoneNumbers/${sid}.json`)).body.emergency_address_status === 'unregistered';
  await until('the emergency address is gone', isGone);
  assert.equal((await account.release(sid)).status, 204);
});

test('paths without .json answer XML; other methods and resources are refused', async () => {
  const xml = await account.get('/IncomingPhoneNumbers');
  assert.equal(xml.status, 404);
  assert.match(xml.headers.get('content-type'), /^application\/xml/);
  assert.match(xml.text, /<RestException><Code>20404</);
  assertRefusal(
    await account.request('PUT', '/IncomingPhoneNumbers.json', { PhoneNumber: '+12025550123' }),
    405,
    20004,
  );
  assertRefusal(await account.request('DELETE', '.json'), 405, 20004);
  assertRefusal(await account.get('/Nonsense.json'), 404, 20404);
});

test('of many purchases of one number at a time, by two accounts, one succeeds', async () => {
  const other = await AccountClient.create(url);
  const [number] = await account.search('US', 'Local', { PageSize: 1 });
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, i) => (i % 2 ? account : other).buy({ PhoneNumber: number, FriendlyName: `${i}` })),
  );
  const { purchases, repeated_purchases: repeated, numbers } = await simulator.state();
  assert.deepEqual([purchases, repeated, numbers.length], [1, 29, 1]);
  const winners = answers.filter((answer) => answer.status === 201);
  assert.equal(winners.length, 30);
  assert.deepEqual(new Set(winners.map((answer) => answer.body.sid)), new Set([numbers[0].sid]));
  for (const answer of answers.filter((each) => each.status !== 201)) assertRefusal(answer, 400, 21422);
});
