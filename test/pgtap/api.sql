-- The exposed functions as tenants see them: answers, refusals with their SQLSTATE, and nothing of another tenant.
\ir set_up.psql

-- Reference data, for anybody.
SET LOCAL ROLE tap_anon;
SELECT results_eq('SELECT country_code, country_name FROM telephony_api.supported_countries()',
    'SELECT country_code, country_name FROM tap.shipped ORDER BY country_name', 'the active countries, by name');
SELECT ok(telephony_api.is_supported_country('ng'), 'lower case is understood');
SELECT ok(NOT telephony_api.is_supported_country('IN'), 'an inactive country is not supported');
SELECT ok(NOT telephony_api.is_supported_country(NULL), 'NULL is not a supported country');
SELECT results_eq(
    $$SELECT s.country_code, c.carrier_name FROM tap.shipped s CROSS JOIN telephony_api.carriers_of(s.country_code) c
        ORDER BY 1, 2$$,
    $$SELECT s.country_code, c.carrier_name FROM tap.shipped s CROSS JOIN unnest(s.carriers) c (carrier_name)
        ORDER BY 1, 2$$,
    'the carriers of each');
SELECT throws_ok($$SELECT * FROM telephony_api.carriers_of('FR')$$, 'PT400', 'country not supported: ''FR''',
    'an unsupported country');
SELECT is(tap.detail_of($$SELECT * FROM telephony_api.carriers_of('FR')$$),
          (SELECT format('Supported: %s.', string_agg(format('%s (%s)', country_code, country_name),
              ', ' ORDER BY country_code)) FROM tap.shipped),
          'lists those which are');
SELECT is((SELECT (v.e164, v.is_valid, v.region)::text FROM telephony_api.validate_number('020 7946 0018', 'GB') v),
    '(+442079460018,t,GB)', 'a number as people type it');
SELECT isnt((SELECT v.problem FROM telephony_api.validate_number('hello') v), NULL, 'nonsense has a problem');
SELECT throws_ok('SELECT * FROM telephony_api.select_country(''NG'')', '42501', NULL, 'anon selects no country');
SELECT throws_ok('SELECT * FROM telephony_api.organizations', '42501', NULL, 'anon reads no organizations');

-- A tenant without an organization.
SET LOCAL ROLE tap_tenant;
SELECT set_config('request.jwt.claims', '{"role":"authenticated"}', true) \gset
SELECT throws_ok('SELECT * FROM telephony_api.select_country(''NG'')', 'PT401', 'no organization in the token',
    'no claim');
SELECT set_config('request.jwt.claims', '{"app_metadata":{"org_id":["0a000000-0000-4000-8000-000000000001"]}}',
    true) \gset
SELECT throws_ok('SELECT * FROM telephony_api.provision_number()', 'PT401', NULL, 'a claim that is an array');
SELECT set_config('request.jwt.claims', 'not json', true) \gset
SELECT throws_ok('SELECT * FROM telephony_api.provisioning_status()', 'PT401', NULL, 'claims that are not JSON');

-- Choosing a country.
SELECT tap.sign_in(:'org_a') \gset
SELECT throws_ok('SELECT * FROM telephony_api.provision_number()', 'PT400', 'no country chosen',
    'no number without a country');
SELECT is((SELECT state FROM telephony_api.provisioning_status()), 'none', 'nothing was ever asked for');
SELECT is((SELECT (s.telephony_country, s.recommended_twilio_country, cardinality(s.carriers))::text
    FROM telephony_api.select_country('ng') s), '(NG,US,4)', 'Nigeria is served from the United States');
SELECT matches((SELECT s.warning_message FROM telephony_api.select_country('NG') s), 'international rate',
    'with its warning');
SELECT results_eq('SELECT id::text FROM telephony_api.organizations', ARRAY[:'org_a'], 'the organization is there');

-- Codes.
SELECT results_eq($$SELECT activation_code, deactivation_code FROM telephony_api.forwarding_codes('NG', 'MTN',
    'total_ai', '+12025550123')$$,
                  $$VALUES ('**21*+12025550123#'::text, '##21#'::text)$$, 'all calls of an MTN line');
SELECT results_eq($$SELECT activation_code FROM telephony_api.forwarding_codes('NG', 'mtn', 'safety_net',
    '+12025550123', 20)$$,
                  ARRAY['**61*+12025550123**20#', '**62*+12025550123#', '**67*+12025550123#'],
                      'the missed calls of an MTN line');
SELECT results_eq($$SELECT activation_code, deactivation_code FROM telephony_api.forwarding_codes('US', 'Verizon',
    'total_ai', '+12025550123')$$,
                  $$VALUES ('*722025550123'::text, '*73'::text)$$, 'a star-code carrier takes ten digits');
SELECT results_eq($$SELECT activation_code FROM telephony_api.forwarding_codes('TR', 'turkcell', 'total_ai',
    '+12025550123')$$,
                  ARRAY['**21*+12025550123#'], 'a number abroad is never written in national form');
SELECT results_eq($$SELECT activation_code FROM telephony_api.forwarding_codes('TR', 'turkcell', 'total_ai',
    '+902122345678')$$,
                  ARRAY['**21*02122345678#'], 'a domestic one is, where the carrier wants it');
SELECT throws_ok($$SELECT * FROM telephony_api.forwarding_codes('US', 'verizon', 'total_ai', '+442079460018')$$,
    'PT400', 'Verizon forwards only to numbers of the United States', 'star codes reach no number abroad');
SELECT throws_ok($$SELECT * FROM telephony_api.forwarding_codes('US', 'verizon', 'total_ai', '+18765551234')$$,
    'PT400', 'Verizon forwards only to numbers of the United States', 'nor one in Jamaica, though it begins with +1');
SELECT throws_ok($$SELECT * FROM telephony_api.forwarding_codes('NG', 'mtn', 'total_ai', '+23408031234567')$$, 'PT400',
    'destination +234*******4567 is not in canonical form', 'a number that holds its trunk prefix is another number');
SELECT matches((SELECT note FROM telephony_api.forwarding_codes('TR', 'turkcell', 'total_ai', '+905992345678')),
    'not in the numbering plan', 'a number the plan does not know is warned of');
SELECT is((SELECT activation_code FROM telephony_api.forwarding_codes('TR', 'turkcell', 'total_ai', '+905992345678')),
    '**21*05992345678#', 'and written all the same as the carrier wants it');
SELECT matches((SELECT note FROM telephony_api.forwarding_codes('US', 'mint', 'total_ai', '+12025550123')),
    'codes of T-Mobile', 'a reseller is named as one');
SELECT throws_ok($$SELECT * FROM telephony_api.carriers_of('+2348031234567')$$, 'PT400',
    'country not supported: ''+234******4567''', 'a number in the wrong place is masked');
SELECT throws_ok($$SELECT * FROM telephony_api.forwarding_codes('NG', 'mtn', '+2348031234567', '+12025550123')$$,
    'PT400', 'unknown forwarding type: ''+234******4567''', 'wherever it stands');
SELECT throws_ok($$SELECT * FROM telephony_api.forwarding_codes('US', 'verizon', 'safety_net', '+12025550123', 20)$$,
    'PT400', 'Verizon has no code for the ring time', 'a timer asked of a carrier that has none');
SELECT throws_ok($$SELECT * FROM telephony_api.forwarding_codes('NG', 'mtn', 'safety_net', '+12025550123', 17)$$,
    'PT400', 'ring time not allowed: 17 seconds', 'a ring time out of step');
SELECT throws_ok($$SELECT * FROM telephony_api.forwarding_codes('NG', 'mtn', 'busy', '+12025550123')$$, 'PT400',
    'unknown forwarding type: ''busy''', 'an unknown forwarding type');
SELECT throws_ok($$SELECT * FROM telephony_api.forwarding_codes('NG', 'kpn', 'total_ai', '+12025550123')$$, 'PT400',
    'carrier not known in Nigeria: ''kpn''', 'an unknown carrier');
SELECT throws_ok($$SELECT * FROM telephony_api.forwarding_codes('NG', 'mtn', 'total_ai', '0801 234 5678')$$, 'PT400',
    NULL, 'a malformed destination');
SELECT throws_ok($$SELECT * FROM telephony_api.forwarding_codes('NG', 'mtn', 'total_ai', NULL)$$, 'PT400',
    'no destination given', 'no destination');

-- Asking for a number.
SELECT throws_ok('SELECT * FROM telephony_api.provision_number()', 'PT409',
    'there is no Twilio account to buy a number in', 'no purchase without an account');
RESET ROLE;
UPDATE telephony_internal.settings SET platform_account_sid = 'AC' || repeat('a', 32);
SET LOCAL ROLE tap_tenant;
SELECT throws_ok('SELECT * FROM telephony_api.provision_number()', 'PT409',
    'numbers cannot be bought yet: nothing is configured to answer their calls',
        'nor while nothing would answer the calls');
SET LOCAL ROLE tap_service;
SELECT telephony_internal.set_voice_settings(voice_url => 'https://voice.example.com/incoming') \gset
SELECT throws_ok(format('SELECT telephony_internal.set_voice_settings(%s)', bad), '22023',
    'not a URL or SID that Twilio takes', format('voice settings refuse %s', bad))
  FROM unnest(ARRAY['voice_url => ''ftp://user:secret@example.com''', 'voice_url => ''https://a b''',
      'voice_url => ''https://a'', sms_url => ''x''', 'trunk_sid => ''TK1''', 'voice_application_sid => ''AP1''']) bad;
SELECT isnt(telephony_internal.installation_id(), NULL, 'the service learns the id to give telephonyd');
SELECT throws_ok($$SELECT telephony_internal.set_voice_settings()$$, '22023', NULL,
    'voice settings need a way to answer');
SET LOCAL ROLE tap_tenant;
SELECT throws_ok($$SELECT telephony_internal.set_voice_settings(voice_url => 'https://evil.example.com/')$$, '42501',
    NULL, 'a tenant sets no voice settings');
SELECT (telephony_api.provision_number(carrier_name => 'mtn')).job_id AS job \gset
SELECT is((SELECT (p.job_id, p.state)::text FROM telephony_api.provision_number() p), format('(%s,queued)', :'job'),
    'a second call while the job runs: the same job');
SELECT is((SELECT (s.state, s.job_id)::text FROM telephony_api.provisioning_status() s), format('(queued,%s)', :'job'),
    'the status is that job');
SELECT is((SELECT forwarding_carrier FROM telephony_api.organizations), 'mtn', 'the carrier is remembered');

-- Another organization.
SELECT tap.sign_in(:'org_b') \gset
SELECT is_empty('SELECT * FROM telephony_api.organizations', 'B sees no organization of A');
SELECT is((SELECT state FROM telephony_api.provisioning_status()), 'none', 'nor its job');
SELECT throws_ok('SELECT * FROM telephony_api.release_number()', 'PT404', NULL, 'nor can it release anything of A');
SELECT throws_ok('SELECT * FROM telephony_internal.jobs', '42501', NULL, 'nor read the jobs');

-- Cancelling.
SELECT tap.sign_in(:'org_a') \gset
SELECT is((SELECT state FROM telephony_api.release_number()), 'cancelled',
    'a job nobody works on is cancelled at once');
SELECT throws_ok('SELECT * FROM telephony_api.release_number()', 'PT404', NULL, 'then there is nothing to release');
SELECT isnt((SELECT job_id FROM telephony_api.provision_number())::text, :'job',
    'after that a new job can be asked for');

-- A live number.
RESET ROLE;
UPDATE telephony_internal.jobs SET state = 'failed' WHERE state = 'queued';
INSERT INTO telephony_api.phone_numbers (org_id, number, number_sid, account_sid, country_code, status, job_id,
    purchased_at)
VALUES (:'org_a', '+12025550123', 'PN' || repeat('a', 32), 'AC' || repeat('a', 32), 'NG', 'live', :'job', now());
UPDATE telephony_api.organizations SET assigned_twilio_number = '+12025550123' WHERE id = :'org_a';
SET LOCAL ROLE tap_tenant;
SELECT throws_ok('SELECT * FROM telephony_api.provision_number()', 'PT409',
    'your organization has a number already: +1******0123', 'a live number');
SELECT matches((SELECT warning_message FROM telephony_api.select_country('GB')),
    'Your number \+1\*{6}0123 stays as it is', 'another country does not move the number, and says so');
SELECT is((SELECT state FROM telephony_api.release_number()), 'releasing', 'a live number is released by a job');
SELECT is((SELECT state FROM telephony_api.release_number()), 'releasing', 'asked twice, the same job');
SELECT tap.sign_in(:'org_b') \gset
SELECT is_empty('SELECT * FROM telephony_api.phone_numbers', 'B sees no number of A');

-- Writing is for functions only.
SELECT tap.sign_in(:'org_a') \gset
SELECT throws_ok('INSERT INTO telephony_api.organizations (id) VALUES (gen_random_uuid())', '42501', NULL, 'no insert');
SELECT throws_ok('UPDATE telephony_api.organizations SET telephony_country = ''US''', '42501', NULL, 'no update');
SELECT throws_ok('DELETE FROM telephony_api.phone_numbers', '42501', NULL, 'no delete');
SELECT throws_ok('UPDATE telephony_api.countries SET is_active = true', '42501', NULL, 'no update of reference data');

SELECT * FROM finish();
ROLLBACK;
