// An organization from its import to its erasure, through PostgREST, with a number that an earlier system had bought at
// Twilio.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { QUICK } from '../harness/sidecar.mjs';
import { Stack } from '../harness/stack.mjs';

const NUMBER = '+12022345601';

/** @type {Stack} */
let stack;
let service;
beforeEach(async () => {
  stack = await Stack.start({ platform: true, flags: QUICK, settings: { late_horizon: '1 second' } });
  service = stack.postgrest.caller({ role: 'service_role' });
});
afterEach(() => stack?.close());

/** Brings an organization in with a number that was bought in Twilio's console; resolves to its caller. */
async function imported() {
  const account_sid = stack.account.accountSid;
  const { sid } = await stack.simulator.console('buy', {
    account_sid,
    phone_number: NUMBER,
    friendly_name: 'Reception',
  });
  const organization = stack.organization();
  const answer = await service.rpc('import_org', {
    org_id: organization.id, country_code: 'ng', carrier_name: 'MTN', number: NUMBER, number_sid: sid, account_sid,
  });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.equal(answer.body.assigned_twilio_number, NUMBER);
  return organization;
}

test('an imported number is live, is left alone at Twilio, and gets its tag by reconcile --repair', async () => {
  const organization = await imported();
  const [{ number, status }] = (await organization.read('phone_numbers')).body;
  assert.deepEqual([number, status], [NUMBER, 'live']);
  assert.deepEqual((await stack.numbersAtTwilio()).map((held) => held.friendly_name), ['Reception']);
  assert.deepEqual((await stack.reconcile()).rows.map(({ verdict }) => verdict), ['retag']);
  await stack.reconcile('--repair');
  assert.match((await stack.numbersAtTwilio())[0].friendly_name, /^telephony:/);
  assert.deepEqual((await stack.reconcile()).rows.map(({ verdict }) => verdict), ['live']);
});

test('an erasure releases the number, outlasts the horizon, and leaves nothing but its own line', async () => {
  const organization = await imported();
  const config = (await organization.rpc('create_forwarding_config', {
    sim_phone_number: '+2348031234567', country_code: 'NG', carrier_name: 'mtn', forwarding_type: 'total_ai',
  })).body;
  assert.equal((await organization.rpc('confirm_forwarding_config', { id: config.id })).status, 200);

  const erasure = (await service.rpc('erase_org', { org_id: organization.id })).body;
  assert.equal(erasure.state, 'erasing');
  assert.deepEqual(erasure.forwarded_lines,
    [{ id: config.id, sim_phone_number: '+2348031234567', status: 'active', deactivation_codes: ['##21#'] }]);
  const refused = await organization.rpc('select_country', { country_code: 'US' });
  assert.deepEqual([refused.status, refused.body.message], [409, 'the organization is being erased']);

  assert.equal((await organization.finished()).state, 'done');
  assert.deepEqual(await stack.numbersAtTwilio(), []);
  assert.equal((await service.rpc('export_org', { org_id: organization.id })).status, 404);
  assert.deepEqual((await organization.read('audit_log')).body, []);
  assert.equal(await stack.psql('SELECT count(*) FROM telephony_internal.erasures WHERE finished_at IS NOT NULL'), '1');
});

test('over HTTP: who changed what from where, old field names, what is not there yet, and whose functions are whose', async () => {
  const organization = await imported();
  const token = stack.postgrest.token({ role: 'authenticated', org: organization.id });
  const headers = { 'X-Forwarded-For': '203.0.113.7, 198.51.100.9', 'User-Agent': 'earlier-web/1.0' };
  const body = { country_code: 'TR' };
  assert.equal((await stack.postgrest.request('POST', '/rpc/select_country', { token, body, headers })).status, 200);
  const [line] = (await organization.read('audit_log', '?order=seq.desc&limit=1')).body;
  assert.deepEqual(
    [line.action, line.role, line.ip, line.user_agent],
    ['select_country', 'authenticated', '198.51.100.9', 'earlier-web/1.0'],
  );
  assert.deepEqual([line.old.telephony_country, line.new.telephony_country], ['NG', 'TR']);
  assert.equal(line.new.assigned_twilio_number, '+1******5601');

  const renamed = await stack.postgrest.request(
    'GET',
    '/rpc/supported_countries?select=countryCode:country_code,countryName:country_name&country_code=eq.NG',
  );
  assert.deepEqual(renamed.body, [{ countryCode: 'NG', countryName: 'Nigeria' }]);

  for (const name of ['export_org', 'erase_org', 'register_org']) {
    assert.equal((await organization.rpc(name, { org_id: organization.id })).status, 403, name);
  }
  assert.deepEqual((await service.rpc('country_counts')).body, [
    { country_code: 'TR', carrier_name: null, provisioned: true, organizations: 1 },
  ]);
  const failing = (await service.rpc('self_check')).body.filter(({ ok }) => !ok);
  assert.deepEqual(failing, []);
});
