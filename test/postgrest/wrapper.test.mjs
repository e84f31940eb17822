// docs/examples/telephony.mjs, the wrapper that applications copy: the whole way of an organization with it, and that
// it stays as short as it is.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { telephony } from '../../docs/examples/telephony.mjs';
import { PROJECT } from '../harness/sandbox.mjs';
import { Stack } from '../harness/stack.mjs';

/** @type {Stack} */
let stack;
before(async () => {
  stack = await Stack.start();
});
after(() => stack?.close());

test('it has at most 15 lines of program, and no regular expression', () => {
  const lines = readFileSync(join(PROJECT, 'docs/examples/telephony.mjs'), 'utf8').split('\n')
    .filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/\*\*)/.test(line));
  assert.ok(lines.length <= 15, `${lines.length} lines`);
  assert.doesNotMatch(lines.join('\n'), /\/[^/ ][^/]*\/[a-z]*\.(test|exec)|match\(|RegExp/);
});

test('from the first look to the released number', async () => {
  const org = stack.organization();
  const { call, settled } = telephony(stack.postgrest.client({ org: org.id }));
  const refusal = (promise) => promise.then(() => assert.fail('not refused'), ({ code }) => code);

  assert.equal((await settled('provisioning_status')).state, 'none');
  assert.equal((await settled('twilio_credentials_status')).status, 'none');
  assert.equal((await call('select_country', { country_code: 'NG' })).telephony_country, 'NG');
  assert.equal(await refusal(call('provision_number')), 'no_twilio_account');

  await stack.simulator.account(org.account);
  await call('set_twilio_credentials', { account_sid: org.account.accountSid, auth_token: org.account.authToken });
  assert.equal((await settled('twilio_credentials_status')).status, 'verified');
  // As docs/postgrest.md has it.
  const search = await call('search_numbers', { area_code: '415' });
  const { offers } = await settled('offered_numbers', { search_id: search.job_id });
  assert.equal(offers.length, 20);
  await call('provision_number', { country_code: 'NG', number: offers[0].number });
  const { state, number } = await settled('provisioning_status');
  assert.deepEqual([state, number], ['done', offers[0].number]);

  assert.deepEqual(await call('provision_number'), await call('provisioning_status'));

  const e164 = '+2348031234567';
  const line = {
    sim_phone_number: '0803 123 4567', country_code: 'NG', carrier_name: 'MTN', forwarding_type: 'safety_net',
  };
  const config = await call('create_forwarding_config', line);
  assert.deepEqual([config.sim_phone_number, config.warning_message], [e164, null]);
  assert.deepEqual(await call('create_forwarding_config', line), config);
  assert.deepEqual(config.codes.map((step) => step.activation_code),
    [61, 62, 67].map((code) => `**${code}*${number}#`));
  assert.equal((await call('confirm_forwarding_config', { id: config.id })).status, 'active');

  assert.equal(await refusal(call('release_number')), 'lines_forwarded');
  const [forwarded] = (await call('release_number', { force: true })).forwarded_lines;
  assert.deepEqual([forwarded.id, forwarded.sim_phone_number], [config.id, e164]);
  const released = await settled('provisioning_status');
  assert.deepEqual([released.state, released.forwarded_lines.length], ['released', 1]);
  await call('disable_forwarding_config', { id: config.id });
  assert.deepEqual((await settled('provisioning_status')).forwarded_lines, []);
});
