// How each function of telephony_api is called in these tests, and who may call it: the API as a table.

import assert from 'node:assert/strict';
import { SUPPORTED } from '../harness/shipped.mjs';

/** A line in Nigeria that an organization forwards. */
const SIM = '+2348031234567';

const FORWARDING = { country_code: 'ng', carrier_name: 'MTN', forwarding_type: 'safety_net', ring_time_seconds: 20 };
const NOBODY = '00000000-0000-4000-8000-000000000000';

/** Creates a configuration for the caller and gives the arguments that name it. */
async function configuration({ client }) {
  const { data } = await client.rpc('create_forwarding_config', { sim_phone_number: SIM, ...FORWARDING });
  return { id: data.id };
}

const ZERO = '00000000-0000-0000-0000-000000000000';
const IMPORTED = '00000000-0000-4000-8000-000000000001';

/** Confirms a configuration of the caller and gives the arguments that name it. */
async function confirmedConfiguration({ client }) {
  const args = await configuration({ client });
  await client.rpc('confirm_forwarding_config', args);
  return args;
}

const TELEPHONE = { phone_number: '+12025550123', friendly_name: 'Reception' };

/** Nobody else has the telephone called, which only one organization may at a time. */
async function telephone({ stack }) {
  await stack.psql(
    `DELETE FROM telephony_internal.calls WHERE number OPERATOR(telephony.=) '${TELEPHONE.phone_number}'`,
  );
  return TELEPHONE;
}

/**
 * A caller id of the organization that Twilio is asking for, and the arguments that name it.
 */
export async function callerId({ stack, org, client }) {
  await client.rpc('select_country', { country_code: 'US' });
  await telephone({ stack });
  const id = await stack.psql(`
    INSERT INTO telephony_api.verified_caller_ids (org_id, phone_number, status, validation_code, account_sid)
    VALUES ('${org.id}', '${TELEPHONE.phone_number}', 'pending', '123456', '${CREDENTIALS.account_sid}') RETURNING id`);
  return { id };
}

/** A number that Twilio has for sale, as telephonyd reports it. */
const OFFER = {
  number: '+14155550123',
  country_code: 'US',
  number_type: 'Local',
  locality: 'San Francisco',
  region: 'CA',
  capabilities: { voice: true, sms: true, mms: true, fax: false },
  monthly_price: '1.15',
  price_unit: 'USD',
  needs_address: false,
};

/** A search of the organization that has ended, whatever Twilio has for sale, and the argument that names it. */
async function offeredSearch({ stack, org, client }) {
  await client.rpc('select_country', { country_code: 'US' });
  const search_id = await stack.psql(`
    INSERT INTO telephony_internal.number_searches
           (org_id, country_code, account_sid, wishes, state, offers, expires_at)
    VALUES ('${org.id}', 'US', 'AC${'0'.repeat(32)}', '{"area_code": "415"}', 'done',
            telephony_internal.offers_of('[${JSON.stringify(OFFER)}]'), now() + interval '10 minutes') RETURNING id`);
  return { search_id };
}

/** Makes the caller's organization known, and names it. */
async function ownId({ org, client }) {
  await client.rpc('select_country', { country_code: 'TR' });
  return { org_id: org.id };
}

/** Twilio credentials of the right shape, which nobody has. */
const CREDENTIALS = { account_sid: `AC${'0123456789abcdef'.repeat(2)}`, auth_token: 'fedcba9876543210'.repeat(2) };

/** Hands credentials in for the caller. */
async function credentials({ client }) {
  const { error } = await client.rpc('set_twilio_credentials', CREDENTIALS);
  assert.equal(error, null, JSON.stringify(error));
  return {};
}

const codes = (rows) => rows.map((row) => row.activation_code);
const JOB = ['job_id', 'kind', 'state', 'country_code', 'number', 'reason', 'reason_code', 'retry_at',
  'cancel_requested', 'created_at', 'updated_at', 'poll_after_seconds', 'forwarded_lines'];
const isJob = (...states) => (row) => {
  assert.deepEqual(Object.keys(row), JOB);
  assert.match(row.job_id, /^[0-9a-f-]{36}$/);
  assert.ok(states.includes(row.state), row.state);
};
const isCredentials = (row) => {
  assert.equal(row.account, 'AC******cdef');
  assert.ok(['unverified', 'refused'].includes(row.status), row.status);
  assert.ok(!JSON.stringify(row).includes(CREDENTIALS.auth_token));
};
const isConfiguration = (status) => (row) => {
  assert.deepEqual([row.sim_phone_number, row.status], [SIM, status]);
  assert.equal(row.codes.length, 3);
};

/**
 * By function: `tier` of those who may call it; `reads` when it changes nothing (then it is STABLE and answers GET);
 * `args`, the arguments; `account` or `number` when the organization must have one first; `prepare({stack, org,
 * client})` makes what else the call needs and gives the arguments then; `right(data)` throws unless the answer is;
 * `changes` names columns that differ from call to call; `unavailable` when this version says 501 to all of them.
 * `refused`, where there is one, is a call of a permitted caller with the error it gets: {args, status, code, hint}.
 */
export const CALLS = {
  supported_countries: {
    tier: 'anon',
    reads: true,
    args: {},
    right: (rows) =>
      assert.deepEqual(
        rows.map((row) => row.country_code),
        SUPPORTED,
      ),
  },
  is_supported_country: {
    tier: 'anon',
    reads: true,
    args: { country_code: 'ng' },
    right: (answer) => assert.equal(answer, true),
  },
  carriers_of: {
    tier: 'anon',
    reads: true,
    args: { country_code: 'NG' },
    right: (rows) =>
      assert.deepEqual(
        rows.map((row) => row.carrier_name),
        ['9mobile', 'airtel', 'glo', 'mtn'],
      ),
    refused: { args: { country_code: 'FR' }, status: 400, code: 'country_not_supported', hint: /supported_countries/ },
  },
  validate_number: {
    tier: 'anon',
    reads: true,
    args: { number: '020 7946 0018', country_code: 'GB' },
    right: (row) => {
      assert.deepEqual([row.e164, row.is_valid, row.region, row.problem], ['+442079460018', true, 'GB', null]);
      assert.equal(row.national, '020 7946 0018');
    },
  },
  openapi: {
    tier: 'anon',
    reads: true,
    args: {},
    right: (page) => {
      assert.match(page.openapi, /^3\./);
      assert.ok('/rpc/openapi' in page.paths);
    },
  },
  forwarding_codes: {
    tier: 'tenant',
    reads: true,
    args: { ...FORWARDING, destination: '+12025550123' },
    right: (rows) =>
      assert.deepEqual(codes(rows), ['**61*+12025550123**20#', '**62*+12025550123#', '**67*+12025550123#']),
    refused: {
      args: { ...FORWARDING, destination: '+12025550123', ring_time_seconds: 7 },
      status: 400,
      code: 'ring_time_not_allowed',
      hint: /5, 10, 15/,
    },
  },
  select_country: {
    tier: 'tenant',
    args: { country_code: 'ng' },
    right: (row) => {
      assert.deepEqual([row.telephony_country, row.recommended_twilio_country], ['NG', 'US']);
      assert.deepEqual(
        row.carriers.map((carrier) => carrier.carrier_name),
        ['9mobile', 'airtel', 'glo', 'mtn'],
      );
    },
    refused: { args: { country_code: 'IN' }, status: 400, code: 'country_not_supported', hint: /supported_countries/ },
  },
  set_forwarding_carrier: {
    tier: 'tenant',
    args: { carrier_name: 'MTN' },
    prepare: async ({ client }) => {
      await client.rpc('select_country', { country_code: 'NG' });
      return { carrier_name: 'MTN' };
    },
    right: (row) => assert.deepEqual([row.telephony_country, row.forwarding_carrier], ['NG', 'mtn']),
    refused: { args: { carrier_name: 'MTN' }, status: 400, code: 'country_missing', hint: /select_country/ },
  },
  provision_number: {
    tier: 'tenant',
    account: true,
    args: { country_code: 'NG', carrier_name: 'MTN' },
    right: isJob('queued', 'searching', 'failed'),
    refused: { args: {}, status: 400, code: 'country_missing', hint: /select_country/ },
  },
  provisioning_status: {
    tier: 'tenant',
    reads: true,
    args: {},
    right: (row) => assert.deepEqual([row.state, row.number], ['none', null]),
  },
  search_numbers: {
    tier: 'tenant',
    account: true,
    args: { country_code: 'NG', area_code: '415', contains: '55' },
    right: isJob('queued', 'searching', 'done'),
    refused: { args: { country_code: 'US', area_code: '4x5' }, status: 400, code: 'area_code_unknown', hint: /415/ },
  },
  offered_numbers: {
    tier: 'tenant',
    reads: true,
    args: { search_id: NOBODY },
    prepare: offeredSearch,
    right: (row) => assert.deepEqual([row.state, row.offers[0].number, row.offers.length], ['done', OFFER.number, 1]),
    refused: { args: { search_id: NOBODY }, status: 404, code: 'search_not_found', hint: /search_numbers/ },
  },
  release_number: {
    tier: 'tenant',
    number: true,
    args: {},
    right: isJob('releasing', 'released'),
    refused: { args: {}, status: 404, code: 'nothing_to_release', hint: /provision_number/ },
  },
  create_forwarding_config: {
    tier: 'tenant',
    number: true,
    args: { sim_phone_number: SIM, ...FORWARDING },
    right: isConfiguration('pending_setup'),
    refused: {
      args: { sim_phone_number: SIM, ...FORWARDING },
      status: 409,
      code: 'no_number',
      hint: /provision_number/,
    },
  },
  confirm_forwarding_config: {
    tier: 'tenant',
    number: true,
    args: { id: NOBODY },
    prepare: configuration,
    right: isConfiguration('active'),
    refused: { args: { id: NOBODY }, status: 404, code: 'config_not_found', hint: /hybrid_forwarding_configs/ },
  },
  disable_forwarding_config: {
    tier: 'tenant',
    number: true,
    args: { id: NOBODY },
    prepare: configuration,
    right: isConfiguration('disabled'),
    refused: { args: { id: NOBODY }, status: 404, code: 'config_not_found', hint: /hybrid_forwarding_configs/ },
  },
  set_twilio_credentials: {
    tier: 'tenant',
    args: CREDENTIALS,
    right: isCredentials,
    refused: { args: { ...CREDENTIALS, account_sid: 'AC1' }, status: 400, code: 'malformed_sid', hint: /Account SID/ },
  },
  twilio_credentials_status: {
    tier: 'tenant',
    reads: true,
    changes: ['status', 'problem', 'problem_code', 'poll_after_seconds'],
    args: {},
    prepare: credentials,
    right: isCredentials,
  },
  remove_twilio_credentials: {
    tier: 'tenant',
    args: {},
    prepare: credentials,
    right: isCredentials,
    refused: { args: {}, status: 404, code: 'no_credentials', hint: /set_twilio_credentials/ },
  },
  set_regulatory_profile: {
    tier: 'tenant',
    args: { country_code: 'GB', number_type: 'Local', address_sid: `AD${'1'.repeat(32)}` },
    right: (row) => assert.deepEqual([row.country_code, row.number_type, row.bundle_sid], ['GB', 'Local', null]),
    refused: {
      args: { country_code: 'GB', number_type: 'Local', address_sid: 'AD1' },
      status: 400,
      code: 'malformed_sid',
      hint: /AD and 32/,
    },
  },
  verify_caller_id: {
    tier: 'tenant',
    account: true,
    args: TELEPHONE,
    prepare: telephone,
    right: (row) => assert.equal(row.phone_number, TELEPHONE.phone_number),
    refused: { args: { phone_number: '+12' }, status: 400, code: 'number_impossible', hint: /E\.164/ },
  },
  caller_id_status: {
    tier: 'tenant',
    reads: true,
    args: { id: NOBODY },
    prepare: callerId,
    right: (row) => assert.deepEqual([row.status, row.validation_code, row.attempts_left], ['pending', '123456', 3]),
    refused: { args: { id: NOBODY }, status: 404, code: 'caller_id_not_found', hint: /verified_caller_ids/ },
  },
  test_forwarding: {
    tier: 'tenant',
    number: true,
    args: { id: NOBODY },
    prepare: confirmedConfiguration,
    unavailable: true,
    refused: { args: { id: NOBODY }, status: 404, code: 'config_not_found', hint: /hybrid_forwarding_configs/ },
  },
  register_org: {
    tier: 'service',
    args: { org_id: NOBODY },
    right: (row) => assert.deepEqual([row.id, row.telephony_country], [NOBODY, null]),
    refused: { args: { org_id: ZERO }, status: 400, code: 'organization_missing', hint: /uuid/ },
  },
  import_org: {
    tier: 'service',
    args: { org_id: IMPORTED, country_code: 'NG', carrier_name: 'MTN' },
    right: (row) => assert.deepEqual([row.id, row.telephony_country, row.forwarding_carrier], [IMPORTED, 'NG', 'mtn']),
    refused: {
      args: { org_id: IMPORTED, country_code: 'NG', number: '+12025550123' },
      status: 400,
      code: 'import_incomplete',
      hint: /account_sid/,
    },
  },
  export_org: {
    tier: 'service',
    reads: true,
    changes: ['exported_at'],
    args: { org_id: NOBODY },
    prepare: ownId,
    right: (data) => assert.ok(data.organization.id && Array.isArray(data.phone_numbers)),
    refused: {
      args: { org_id: IMPORTED.replace('1', 'f') },
      status: 404,
      code: 'organization_unknown',
      hint: /register_org/,
    },
  },
  erase_org: {
    tier: 'service',
    args: { org_id: NOBODY },
    prepare: ownId,
    right: isJob('erasing', 'done'),
    refused: {
      args: { org_id: IMPORTED.replace('1', 'f') },
      status: 404,
      code: 'organization_unknown',
      hint: /register_org/,
    },
  },
  country_counts: {
    tier: 'service',
    reads: true,
    args: {},
    prepare: async (context) => (await ownId(context), {}),
    right: (rows) => assert.ok(rows.some((row) => row.country_code === 'TR' && row.organizations > 0)),
  },
  set_org_limit: {
    tier: 'service',
    args: { org_id: NOBODY, per_hour: 500 },
    right: (row) => assert.deepEqual([row.organization, row.requests_per_hour], [NOBODY, 500]),
    refused: {
      args: { org_id: NOBODY, per_hour: -1 },
      status: 400,
      code: 'limit_not_allowed',
      hint: /0 to 1000000000/,
    },
  },
  request_limits: {
    tier: 'service',
    reads: true,
    changes: ['requests', 'unaddressed', 'addresses', 'organizations'],
    args: {},
    right: (row) => {
      assert.equal(row.memory, 'shared_preload_libraries');
      assert.ok(row.requests > 0);
    },
  },
  self_check: {
    tier: 'service',
    reads: true,
    args: {},
    right: (rows) => {
      assert.ok(rows.length >= 9);
      assert.deepEqual(
        rows.filter((row) => !row.ok),
        [],
      );
    },
  },
};

/** Who calls: role in the token, the tiers it has, and the status with which it is refused what it may not call. */
export const CALLERS = {
  anon: { role: 'anon', tiers: ['anon'], refusal: 401 },
  tenant: { role: 'authenticated', tiers: ['anon', 'tenant'], refusal: 403 },
  service: { role: 'service_role', tiers: ['anon', 'tenant', 'service'], refusal: 403 },
};
