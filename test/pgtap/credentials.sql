-- Tenants' own Twilio accounts: handing credentials in, one tenant and another, what telephonyd calls about them.
\ir credentials.psql

-- Who may call what, tried.
SELECT tap.sign_in(:'org_a') \gset
SELECT tap.forbidden(role_name, statement)
  FROM (VALUES ('SELECT * FROM telephony_internal.claim_credential_checks(1, 60)'),
      ('SELECT telephony_internal.report_credential(NULL, NULL, ''verified'', NULL, NULL, NULL)'),
               ('SELECT * FROM telephony_internal.list_credentials()'),
                   ('SELECT telephony_internal.reseal_credential(NULL, NULL, NULL, NULL)'),
               ('SELECT telephony_internal.hurry_jobs(NULL)'),
                   ('SELECT telephony_internal.what_needs_account(NULL, NULL)'),
               ('SELECT telephony_internal.account_of(NULL)'), ('SELECT * FROM telephony_internal.twilio_credentials'),
               ('SELECT * FROM telephony_internal.regulatory_profiles'),
                   ('SELECT telephony.seal_credential(NULL, NULL, NULL)'),
               ('SELECT telephony.hide_statement()')) AS s (statement),
       unnest(ARRAY['tap_anon', 'tap_tenant', 'tap_service']) role_name;
SELECT tap.forbidden(role_name, statement)
  FROM (VALUES ('SELECT telephony_api.set_twilio_credentials(NULL, NULL)'),
      ('SELECT telephony_api.twilio_credentials_status()'), ('SELECT telephony_api.remove_twilio_credentials()'),
               ('SELECT telephony_api.set_regulatory_profile(NULL, NULL)'),
                   ('SELECT telephony_internal.set_twilio_credentials(NULL, NULL)')) AS s (statement),
       unnest(ARRAY['tap_anon', 'tap_sidecar']) role_name;
SELECT tap.forbidden('tap_sidecar', 'SELECT * FROM telephony_internal.twilio_credentials');

-- Nothing without an organization.
SET LOCAL ROLE tap_tenant;
SELECT set_config('request.jwt.claims', '{}', true) \gset
SELECT throws_ok(format('SELECT telephony_api.set_twilio_credentials(%L, %L)', :'account_a', tap.sealed(1)), 'PT401',
    'no organization in the token', 'no organization sets no credentials');
SELECT throws_ok('SELECT telephony_api.twilio_credentials_status()', 'PT401', NULL, 'sees none');
SELECT throws_ok('SELECT telephony_api.remove_twilio_credentials()', 'PT401', NULL, 'removes none');
SELECT throws_ok($$SELECT telephony_api.set_regulatory_profile('US', 'Local')$$, 'PT401', NULL, 'and has no profile');

-- Shapes: PT400, and no field of the refusal holds the token.
SELECT tap.sign_in(:'org_a') \gset
SELECT is(left(r, 8) || CASE WHEN strpos(r, given.token) > 0 OR given.account <> '' AND strpos(r, given.account) > 0
    THEN ' and shows it' ELSE '' END, 'PT400 | ', what)
  FROM (VALUES ('a token in place of the account', :'token', :'token'), ('an account in place of the token',
      :'account_a', :'account_a'), ('an upper-case account', upper(:'account_a'), :'token'),
               ('a token with a line end', :'account_a', :'token' || E'\n'), ('a password', :'account_a',
                   'correct horse battery staple'), ('half a key', :'account_a', 'SK' || repeat('5', 32)),
               ('a box cut short', :'account_a', left(tap.sealed(1), 100)), ('a box of another version', :'account_a',
                   overlay(tap.sealed(1) PLACING 'Ag' FROM 8))) AS given (what, account, token),
       tap.refusal(format('SELECT telephony_api.set_twilio_credentials(%L, %L)', account, given.token)) r;
SELECT throws_ok('SELECT telephony_api.set_twilio_credentials(NULL, NULL)', 'PT400', NULL, 'NULL is no credentials');
SELECT throws_ok('SELECT telephony_api.remove_twilio_credentials()', 'PT404', NULL, 'there is nothing to remove yet');
SELECT is((telephony_api.twilio_credentials_status()).status, 'none', 'and nothing to see');
SELECT is_empty('SELECT * FROM telephony_api.organizations', 'a refusal makes no organization');

-- Handing in: the answer shows the account masked and never the box.
SELECT is((SELECT s::text FROM telephony_api.set_twilio_credentials(:'account_a', tap.sealed(1)) s(account, status,
    account_type, key_id, problem, problem_code, verified_at, set_at, poll)
    WHERE s.set_at = (tap.row_of(:'org_a')).set_at),
          format('(AC******aaaa,unverified,,0102030405060708,,,,"%s",2)', (tap.row_of(:'org_a')).set_at),
              'credentials are handed in');
SELECT is((tap.row_of(:'org_a')).sealed, tap.box(1), 'the box is stored as it is');
SELECT ok((tap.row_of(:'org_a')).check_after <= clock_timestamp(), 'and is to be tried at once');
SELECT tap.sign_in(:'org_b') \gset
SELECT is((telephony_api.twilio_credentials_status()).status, 'none', 'another organization does not see them');
SELECT throws_ok('SELECT telephony_api.remove_twilio_credentials()', 'PT404', NULL, 'and does not remove them');
SELECT (telephony_api.set_twilio_credentials(:'account_b', tap.sealed(2))).account AS of_b \gset
SELECT is((SELECT account FROM telephony_api.twilio_credentials_status()), 'AC******bbbb', 'it has its own');
SELECT tap.sign_in(:'org_a') \gset
SELECT is((SELECT account FROM telephony_api.twilio_credentials_status()), 'AC******aaaa',
    'and leaves the first one''s alone');
SELECT is((tap.row_of(:'org_a')).sealed, tap.box(1), 'box and all');

-- Checks by telephonyd: each credential goes to one sidecar, with what opens and binds it.
SET LOCAL ROLE tap_sidecar;
SELECT throws_ok('SELECT telephony_internal.claim_credential_checks(NULL, 60)', '22023', NULL, 'how many must be said');
SELECT throws_ok('SELECT telephony_internal.claim_credential_checks(1, NULL)', '22023', NULL, 'and for how long');
SELECT is((SELECT jsonb_agg(c - 'set_at' - 'generation') FROM telephony_internal.claim_credential_checks(1, 60) c),
          jsonb_build_array(jsonb_build_object('org_id', :'org_a', 'account_sid', :'account_a', 'key_id',
              '0102030405060708', 'sealed', replace(encode(tap.box(1), 'base64'), E'\n', ''), 'status', 'unverified')),
                  'the first to be tried');
SELECT results_eq('SELECT c ->> ''org_id'' FROM telephony_internal.claim_credential_checks(10, 60) c', ARRAY[:'org_b'],
    'then the other, not the first again');
SELECT is_empty('SELECT telephony_internal.claim_credential_checks(10, 60)', 'then none');
RESET ROLE;
UPDATE telephony_internal.twilio_credentials SET check_after = now() WHERE org_id = :'org_a';
SELECT (tap.row_of(:'org_a')).generation AS gen_a, (tap.row_of(:'org_b')).generation AS gen_b \gset
SET LOCAL ROLE tap_sidecar;
SELECT results_eq('SELECT c ->> ''generation'' FROM telephony_internal.claim_credential_checks(10, 60) c',
    ARRAY[:'gen_a'], 'one whose sidecar died is tried again');

-- Verdicts.
SELECT throws_ok(format('SELECT telephony_internal.report_credential(%L, %L, ''perhaps'', NULL, NULL, 60)', :'org_a',
    :'gen_a'), '22023', NULL, 'an unknown verdict');
SELECT throws_ok(format('SELECT telephony_internal.report_credential(%L, %L, ''refused'', NULL, ''x'', NULL)',
    :'org_a', :'gen_a'), '22023', NULL, 'a refusal says when to try again');
SELECT throws_ok(format('SELECT telephony_internal.report_credential(%L, %L, ''verified'', ''Gold'', NULL, NULL)',
    :'org_a', :'gen_a'), '22023', NULL, 'an unknown type of account');
SELECT ok(NOT telephony_internal.report_credential(:'org_a', :'gen_b', 'verified', 'Full', NULL, NULL),
    'a report on another organization''s generation changes nothing');
SELECT ok(telephony_internal.report_credential(:'org_a', :'gen_a', 'unreachable', NULL, 'no answer', 60),
    'Twilio could not be reached');
SELECT is(((tap.row_of(:'org_a')).status, (tap.row_of(:'org_a')).problem,
    (tap.row_of(:'org_a')).check_after > clock_timestamp())::text, '(unverified,,t)',
        'says nothing about them: later again');
SELECT ok(telephony_internal.report_credential(:'org_a', :'gen_a', 'verified', 'Trial', NULL, NULL), 'they work');
SELECT is(((tap.row_of(:'org_a')).status, (tap.row_of(:'org_a')).account_type, (tap.row_of(:'org_a')).check_after,
    (tap.row_of(:'org_a')).verified_at IS NOT NULL)::text, '(verified,Trial,,t)', 'and need not be tried again');
SELECT ok(telephony_internal.report_credential(:'org_a', :'gen_a', 'unreachable', NULL, NULL, 60), 'unreachable later');
SELECT is((tap.row_of(:'org_a')).status, 'verified', 'they stay verified');
SELECT ok(telephony_internal.report_credential(:'org_a', :'gen_a', 'refused', NULL,
    'Twilio says 401, call +12025550123', 3600), 'refused');
SELECT is(((tap.row_of(:'org_a')).problem,
    (tap.row_of(:'org_a')).check_after > clock_timestamp() + interval '59 minutes')::text,
        '("Twilio says 401, call +1******0123",t)',
            'the reason is kept, numbers in it masked, and they are tried after a long pause');
SELECT is((tap.row_of(:'org_b')).status, 'unverified', 'the other organization''s are not touched');
SET LOCAL ROLE tap_tenant;
SELECT is((SELECT (s.status, s.problem)::text FROM telephony_api.twilio_credentials_status() s),
    '(refused,"Twilio says 401, call +1******0123")', 'the organization is told why');
SELECT throws_ok($$SELECT telephony_api.provision_number('US')$$, 'PT409',
    'your Twilio credentials do not work: Twilio says 401, call +1******0123',
        'no number is asked for with refused credentials');

-- A new token for the same account: a new generation, to which earlier verdicts do not apply.
SELECT is((SELECT (s.status, s.problem, s.account_type, s.verified_at)::text
    FROM telephony_api.set_twilio_credentials(:'account_a', tap.sealed(3)) s), '(unverified,,,)',
        'handed in again, nothing is known of them');
SELECT isnt((tap.row_of(:'org_a')).generation, :'gen_a'::uuid, 'they are another generation');
SET LOCAL ROLE tap_sidecar;
SELECT ok(NOT telephony_internal.report_credential(:'org_a', :'gen_a', 'verified', 'Full', NULL, NULL),
    'a late verdict on the ones before is not taken');
SELECT is((tap.row_of(:'org_a')).status, 'unverified', 'and changes nothing');
SELECT (tap.row_of(:'org_a')).generation AS gen_a \gset
SELECT ok(telephony_internal.report_credential(:'org_a', :'gen_a', 'verified', 'Full', NULL, NULL), 'one on these is');

-- A reseal is the same credentials in another box.
SELECT throws_ok(format('SELECT telephony_internal.reseal_credential(%L, %L, %L, %L)', :'org_a', :'gen_a',
    '0102030405060708', tap.box(4, '1112131415161718')), '22023', NULL, 'the key id must be that of the box');
SELECT throws_ok(format('SELECT telephony_internal.reseal_credential(%L, %L, %L, %L)', :'org_a', :'gen_a',
    '0102030405060708', substr(tap.box(4), 1, 99)), '22023', NULL, 'and the box a box');
SELECT ok(NOT telephony_internal.reseal_credential(:'org_a', :'gen_b', '1112131415161718',
    tap.box(4, '1112131415161718')), 'not of a generation that is gone');
SELECT ok(telephony_internal.reseal_credential(:'org_a', :'gen_a', '1112131415161718', tap.box(4, '1112131415161718')),
    'resealed');
SELECT is(((tap.row_of(:'org_a')).sealed = tap.box(4, '1112131415161718'), (tap.row_of(:'org_a')).key_id,
    (tap.row_of(:'org_a')).status, (tap.row_of(:'org_a')).generation)::text,
          format('(t,1112131415161718,verified,%s)', :'gen_a'), 'they stay verified, and the same generation');
SELECT results_eq('SELECT c ->> ''org_id'' FROM telephony_internal.list_credentials() c', ARRAY[:'org_a', :'org_b'],
    'the list has all of them');

SELECT * FROM finish();
ROLLBACK;
