// Every reason code that refuses, provoked over HTTP and over SQL: the code, its status, and a hint in both.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { until } from '../harness/deadline.mjs';
import { Gateway } from '../harness/gateway.mjs';
import { freePort } from '../harness/postgrest.mjs';
import { REASONS } from '../harness/reasons.mjs';
import { Stack } from '../harness/stack.mjs';
import { callerId } from './calls.mjs';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const SIM = '+2348031234567';
const NG = { country_code: 'NG', carrier_name: 'mtn' };
const CODES = { ...NG, forwarding_type: 'safety_net', destination: '+12025550123' };
/** What check_request() refuses, which PostgREST alone calls. */
const BY_CHECK_REQUEST = ['body_not_read', 'too_many_requests'];
const CREDENTIALS = { account_sid: `AC${'0123456789abcdef'.repeat(2)}`, auth_token: 'fedcba9876543210'.repeat(2) };

/** @type {Stack} */
let stack;
before(async () => {
  stack = await Stack.start();
});
after(() => stack?.close());

const succeeded = async (org, name, args) => {
  const { status, body } = await org.rpc(name, args);
  assert.equal(status, 200, `${name}: ${JSON.stringify(body)}`);
  return [body].flat()[0];
};

/** A configuration of an organization that has a number. */
const configured = (org) => succeeded(org, 'create_forwarding_config', { sim_phone_number: SIM, ...NG,
  forwarding_type: 'total_ai' });
const confirmed = async (org) => succeeded(org, 'confirm_forwarding_config', { id: (await configured(org)).id });

/** A number that an organization is offered. */
async function anOffer(org) {
  const { job_id: search_id } = await succeeded(org, 'search_numbers', { country_code: 'US' });
  const [{ number }] = await until('offers', async () =>
    (await succeeded(org, 'offered_numbers', { search_id })).offers.length > 0 &&
    (await succeeded(org, 'offered_numbers', { search_id })).offers);
  return number;
}

/** A job of nobody, in a state of which telephonyd keeps its hands off. */
const job = (columns) => {
  const row = { org_id: randomUUID(), kind: 'release', country_code: 'NG', deadline_at: '2100-01-01',
    number: '+12025550123', account_sid: CREDENTIALS.account_sid, number_sid: `PN${randomUUID().replaceAll('-', '')}`, not_before: '2100-01-01',
    ...columns };
  return stack.psql(`INSERT INTO telephony_internal.jobs (${Object.keys(row)})
    VALUES (${Object.values(row).map((value) => `'${value}'`)}) RETURNING id`);
};

/** Calls of another organization to a number, once for each of `which`; resolves to the number. */
async function aCall({ state }, which) {
  const other = stack.organization();
  await succeeded(other, 'select_country', { country_code: 'NG' });
  const number = `+23480312${String(Math.floor(Math.random() * 1e5)).padStart(5, '0')}`;
  await stack.psql(`INSERT INTO telephony_internal.calls
      (org_id, kind, state, deadline_at, not_before, caller_id, number, account_sid, sent_at, intent_at)
    SELECT '${other.id}', 'caller_id', '${state}', '2100-01-01', '2100-01-01', gen_random_uuid(), '${number}',
           '${CREDENTIALS.account_sid}', now(), now() FROM unnest('{${which}}'::int[])`);
  return number;
}

/** Takes the public key of telephonyd away while `body` runs. */
async function withoutKey(body) {
  const file = `${stack.keyFiles[0]}.pub`;
  renameSync(file, `${file}.away`);
  try {
    await body();
  } finally {
    renameSync(`${file}.away`, file);
  }
}

/** Changes something of the installation while `body` runs. */
const during = (change, back) => async (body) => {
  await stack.psql(change);
  try {
    await body();
  } finally {
    await stack.psql(back);
  }
};

/**
 * By code: `call`, the function and its arguments, or what makes them of the organization; `number` or `account` when
 * the organization must have one; `service`, called by the service tier; `nobody`, without an organization; `while`
 * runs the calls under a condition; `inner`, a function of operators, which PostgREST does not expose. Instead of a
 * call, `gateway`: a request that nginx refuses, {path, body}; `gone`: there is no PostgREST.
 */
const PROVOKED = {
  malformed_number: { call: ['forwarding_codes', { ...CODES, destination: '0532 123' }] },
  number_missing: { call: ['forwarding_codes', { ...CODES, destination: null }] },
  number_impossible: { call: ['verify_caller_id', { phone_number: '+12' }] },
  number_not_canonical: { call: ['forwarding_codes', { ...CODES, destination: '+23408031234567' }] },
  country_missing: { call: ['provision_number', {}] },
  country_not_supported: { call: ['select_country', { country_code: 'FR' }] },
  country_without_numbers: { call: ['set_regulatory_profile', { country_code: 'AQ', number_type: 'Local' }] },
  carrier_unknown: { call: ['forwarding_codes', { ...CODES, carrier_name: 'nobody' }] },
  forwarding_type_unknown: { call: ['forwarding_codes', { ...CODES, forwarding_type: 'some' }] },
  ring_time_not_allowed: { call: ['forwarding_codes', { ...CODES, ring_time_seconds: 7 }] },
  destination_abroad: {
    call: ['forwarding_codes', { ...CODES, country_code: 'US', carrier_name: 'verizon', destination: SIM }],
  },
  line_is_own_number: {
    number: true,
    call: async (org) => ['create_forwarding_config', { ...NG, forwarding_type: 'total_ai',
      sim_phone_number: (await org.status()).number }],
  },
  number_type_unknown: { call: ['set_regulatory_profile', { country_code: 'GB', number_type: 'Any' }] },
  number_type_not_offered: { call: ['search_numbers', { country_code: 'US', number_type: 'toll-free' }] },
  area_code_unknown: { call: ['search_numbers', { country_code: 'US', area_code: '4x5' }] },
  contains_malformed: { call: ['search_numbers', { country_code: 'US', contains: '5' }] },
  locality_malformed: { call: ['search_numbers', { country_code: 'US', locality: '' }] },
  wishes_contradict: {
    account: true,
    call: async (org) => ['provision_number', { country_code: 'US', number: await anOffer(org), area_code: '907' }],
  },
  malformed_sid: { call: ['set_twilio_credentials', { ...CREDENTIALS, account_sid: 'AC1' }] },
  malformed_credentials: { call: ['set_twilio_credentials', { ...CREDENTIALS, auth_token: 'x' }] },
  friendly_name_length: { call: ['verify_caller_id', { phone_number: SIM, friendly_name: 'x'.repeat(65) }] },
  organization_missing: { service: true, call: ['register_org', { org_id: null }] },
  original_id_not_allowed: { service: true, call: ['register_org', { original_id: 'org_2abc' }] },
  limit_not_allowed: { service: true, call: ['set_org_limit', { org_id: NOBODY, per_hour: -1 }] },
  number_not_called: { call: ['verify_caller_id', { phone_number: '+19005550123' }] },
  number_at_twilio: {
    number: true,
    call: async (org) => ['verify_caller_id', { phone_number: (await org.status()).number }],
  },
  import_incomplete: { service: true, call: ['import_org', { org_id: NOBODY, country_code: 'NG', number: SIM }] },
  reason_missing: { inner: true, call: ['write_off_number', { number: '+12025550198', reason: ' ' }] },
  body_too_large: { gateway: { path: '/rest/v1/rpc/validate_number', body: 'x'.repeat(70_000) } },
  query_too_long: { gateway: { path: `/rest/v1/countries?select=${'x'.repeat(3000)}` } },
  query_not_offered: { gateway: { path: '/rest/v1/countries?country_name=match.U' } },
  path_unknown: { gateway: { path: '/nothing' } },
  verb_not_offered: { gateway: { path: '/api/telephony/supported-countries', body: '{}' } },
  api_unreachable: { gateway: { path: '/rest/v1/countries', gone: true } },
  body_not_read: { headers: { 'Content-Type': 'text/plain' }, call: ['provision_number', NG] },
  no_organization: { nobody: true, call: ['provisioning_status', {}] },
  too_many_requests: {
    call: async (org) => {
      await stack.psql(`SELECT telephony_api.set_org_limit('${org.id}', 0)`);
      return ['provisioning_status', {}];
    },
  },
  config_not_found: { call: ['confirm_forwarding_config', { id: NOBODY }] },
  caller_id_not_found: { call: ['caller_id_status', { id: NOBODY }] },
  no_credentials: { call: ['remove_twilio_credentials', {}] },
  profile_not_found: { call: ['set_regulatory_profile', { country_code: 'GB', number_type: 'Local' }] },
  nothing_to_release: { call: ['release_number', {}] },
  offer_not_found: { account: true, call: ['provision_number', { country_code: 'US', number: '+14155550123' }] },
  search_not_found: { call: ['offered_numbers', { search_id: NOBODY }] },
  organization_unknown: { service: true, call: ['export_org', { org_id: NOBODY }] },
  number_not_held: { inner: true, call: ['write_off_number', { number: '+12025550198', reason: 'closed' }] },
  job_not_found: { inner: true, call: ['retry_job', { job_id: NOBODY }] },
  number_exists: { number: true, call: ['provision_number', { country_code: 'GB' }] },
  purchase_running: {
    call: async (org) => {
      await job({ org_id: org.id, kind: 'provision', state: 'queued', country_code: 'TR' });
      return ['provision_number', NG];
    },
  },
  offer_expired: {
    account: true,
    call: async (org) => {
      const number = await anOffer(org);
      await stack.psql(`UPDATE telephony_internal.number_searches SET expires_at = now() WHERE org_id = '${org.id}'`);
      return ['provision_number', { country_code: 'US', number }];
    },
  },
  too_many_searches: {
    account: true,
    while: during('UPDATE telephony_internal.settings SET searches_per_hour = 1',
      'UPDATE telephony_internal.settings SET searches_per_hour = DEFAULT'),
    call: async (org) => {
      await succeeded(org, 'search_numbers', { country_code: 'US' });
      return ['search_numbers', { country_code: 'NG' }];
    },
  },
  too_many_calls: {
    account: true,
    call: async () => {
      const called = await aCall({ state: 'failed' }, [1, 2, 3]);
      return ['verify_caller_id', { phone_number: called }];
    },
  },
  number_being_called: {
    account: true,
    call: async () => ['verify_caller_id', { phone_number: await aCall({ state: 'queued' }, [1]) }],
  },
  calls_blocked: {
    account: true,
    call: async (org) => {
      await stack.psql(`SELECT telephony_internal.set_call_block('${org.id}', 'calls strangers')`);
      return ['verify_caller_id', { phone_number: SIM }];
    },
  },
  no_number: { call: ['create_forwarding_config', { sim_phone_number: SIM, ...NG, forwarding_type: 'total_ai' }] },
  no_twilio_account: { call: ['provision_number', NG] },
  credentials_refused: {
    call: async (org) => {
      await succeeded(org, 'set_twilio_credentials', CREDENTIALS);
      await org.credentialsTried();
      return ['provision_number', NG];
    },
  },
  credentials_needed: { number: true, call: ['remove_twilio_credentials', {}] },
  needs_bundle: {
    account: true,
    while: during(`UPDATE telephony_api.countries SET needs_regulatory_profile = true WHERE country_code = 'US'`,
      `UPDATE telephony_api.countries SET needs_regulatory_profile = false WHERE country_code = 'US'`),
    call: ['provision_number', { country_code: 'US' }],
  },
  no_voice_settings: {
    account: true,
    while: during('CREATE TABLE public.kept AS TABLE telephony_internal.voice_settings; DELETE FROM telephony_internal.voice_settings',
      'INSERT INTO telephony_internal.voice_settings TABLE public.kept; DROP TABLE public.kept'),
    call: ['provision_number', { country_code: 'US' }],
  },
  sealing_not_configured: { while: withoutKey, call: ['set_twilio_credentials', CREDENTIALS] },
  line_forwarded_already: {
    number: true,
    call: async (org) => {
      await confirmed(org);
      return ['create_forwarding_config', { sim_phone_number: SIM, ...NG, forwarding_type: 'safety_net' }];
    },
  },
  config_disabled: {
    number: true,
    call: async (org) => {
      const { id } = await configured(org);
      await succeeded(org, 'disable_forwarding_config', { id });
      return ['confirm_forwarding_config', { id }];
    },
  },
  config_not_active: {
    number: true,
    call: async (org) => ['test_forwarding', { id: (await configured(org)).id }],
  },
  config_outdated: {
    number: true,
    call: async (org) => {
      const { id } = await configured(org);
      await stack.psql(`UPDATE telephony_api.hybrid_forwarding_configs SET twilio_forwarding_number = '+12025550199'
                         WHERE id = '${id}'`);
      return ['confirm_forwarding_config', { id }];
    },
  },
  claim_type_changed: {
    while: during(`UPDATE telephony_internal.settings SET org_claim_type = 'text'`,
      `UPDATE telephony_internal.settings SET org_claim_type = 'uuid'`),
    call: ['provisioning_status', {}],
  },
  being_erased: {
    number: true,
    call: async (org) => {
      await stack.psql(`SELECT telephony_api.erase_org('${org.id}')`);
      return ['select_country', { country_code: 'NG' }];
    },
  },
  number_not_taken_in: {
    number: true,
    service: true,
    call: async (org) => {
      const { number, number_sid, account_sid } = await stack.row(
        `SELECT number, number_sid, account_sid FROM telephony_api.phone_numbers WHERE org_id = '${org.id}'`);
      return ['import_org', { org_id: randomUUID(), country_code: 'NG', number, number_sid, account_sid }];
    },
  },
  lines_forwarded: {
    number: true,
    call: async (org) => {
      await confirmed(org);
      return ['release_number', {}];
    },
  },
  job_ended: { inner: true, call: async () => ['retry_job', { job_id: await job({ state: 'released' }) }] },
  job_in_conflict: { inner: true, call: async () => ['retry_job', { job_id: await job({ state: 'conflict' }) }] },
  job_not_in_conflict: {
    inner: true,
    call: async () => ['dismiss_conflict', { job_id: await job({ state: 'releasing' }), reason: 'x' }],
  },
  job_not_cancellable: { inner: true, call: async () => ['cancel_job', { job_id: await job({ state: 'releasing' }) }] },
  job_at_work: {
    inner: true,
    call: async () => ['retry_job', { job_id: await job({ state: 'releasing', lease_until: '2100-01-01' }) }],
  },
  job_in_doubt: {
    inner: true,
    call: async () => ['retry_job', { job_id: await job({ kind: 'provision', state: 'in_doubt' }) }],
  },
  not_offered: {
    number: true,
    call: async (org) => ['test_forwarding', { id: (await confirmed(org)).id }],
  },
};

test('every code that refuses is provoked here', () => {
  assert.deepEqual(Object.keys(PROVOKED).sort(),
    REASONS.filter(({ status }) => status !== null).map(({ code }) => code).sort());
});

test('a caller id of the organization is found, so that the code of one that is not says something', async () => {
  const org = stack.organization();
  const args = await callerId({ stack, org, client: stack.postgrest.client({ org: org.id }) });
  assert.equal((await org.rpc('caller_id_status', args)).status, 200);
});

/** The SQL of a call. */
const statement = (schema, name, args) => {
  const list = Object.entries(args).map(([arg, value]) => `${arg} => ${value === null ? 'NULL' : `'${value}'`}`);
  return `SELECT ${schema}.${name}(${list.join(', ')})`;
};

/** The SqlError of a call, as a role and with these settings of a request. */
async function refusedBySql({ role, org, settings = {}, sql }) {
  const claims = { role, ...(org && { app_metadata: { org_id: org } }) };
  const all = { 'request.jwt.claims': JSON.stringify(claims), ...settings };
  const set = Object.entries(all).map(([name, value]) => `set_config('${name}', '${value}', true)`);
  const sqlOfAll = `BEGIN; SELECT ${set}; SET LOCAL ROLE ${role}; ${sql}; ROLLBACK;`;
  return stack.psql(sqlOfAll).then(() => assert.fail(`not refused: ${sql}`), (error) => error);
}

for (const { code, status, meaning, advice } of REASONS.filter(({ code: each }) => PROVOKED[each]?.gateway)) {
  test(`${code}: HTTP ${status} from nginx, in the words of the register`, async () => {
    const { path, body, gone } = PROVOKED[code].gateway;
    const nobody = { url: `http://127.0.0.1:${await freePort()}` };
    const gateway = await Gateway.start(stack.sandbox, gone ? nobody : stack.postgrest);
    const answer = await fetch(gateway.url + path, { method: body ? 'POST' : 'GET', body });
    assert.equal(answer.status, status);
    assert.match(answer.headers.get('content-type'), /^application\/json/);
    assert.deepEqual(await answer.json(), { code, message: meaning, details: null, hint: advice });
    await gateway.daemon.stop();
  });
}

for (const { code, status } of REASONS.filter((each) => each.status !== null && !PROVOKED[each.code]?.gateway)) {
  const { call, headers, number, account, service, nobody, inner, while: condition = (body) => body() } =
    PROVOKED[code] ?? {};

  test(`${code}: HTTP ${status} with that code, SQLSTATE PT${status} with that constraint`, async () => {
    const org = stack.organization();
    if (account) await org.handInAccount();
    if (number) await org.provisioned('NG');
    const [name, args] = Array.isArray(call) ? call : await call(org);
    const role = service || inner ? 'service_role' : 'authenticated';
    const asker = { role, org: nobody || service || inner ? undefined : org.id };
    await condition(async () => {
      if (inner) {
        const told = await refusedBySql({ ...asker, settings: { 'request.method': 'POST' },
          sql: statement('telephony_internal', name, args) });
        const body = JSON.parse(told.message);
        assert.deepEqual([told.sqlstate, JSON.parse(told.detail), body.code],
          ['PGRST', { status, headers: {} }, code]);
        assert.ok(body.message && body.hint);
      } else {
        const { body, ...answer } = await stack.postgrest.request('POST', `/rpc/${name}`,
          { token: stack.postgrest.token(asker), headers, body: args });
        assert.deepEqual([answer.status, body.code], [status, code], JSON.stringify(body));
        assert.ok(body.message && body.hint, JSON.stringify(body));
        assert.doesNotMatch(body.message, /^[{"]/);
      }
      if (BY_CHECK_REQUEST.includes(code)) return;
      const told = await refusedBySql({ ...asker,
        sql: statement(inner ? 'telephony_internal' : 'telephony_api', name, args) });
      assert.deepEqual([told.sqlstate, told.constraint], [`PT${status}`, code], JSON.stringify(told));
      assert.ok(told.hint, JSON.stringify(told));
      assert.doesNotMatch(told.message, /^[{"]/);
    });
  });
}
