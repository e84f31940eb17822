-- Tenants' own Twilio accounts: handing credentials in, what refuses a change, one tenant and another, what telephonyd
-- calls about them, regulatory profiles.
\set ON_ERROR_STOP on
\set QUIET on
BEGIN;
CREATE SCHEMA tap;
CREATE EXTENSION pgtap SCHEMA tap;
SET LOCAL search_path = tap, public;
SET LOCAL client_min_messages = warning;
SELECT no_plan();
SELECT count(*) AS migrations FROM telephony.migrate() \gset
SELECT telephony_internal.set_voice_settings(voice_url => 'https://voice.example.com/incoming') \gset
SELECT telephony_internal.installation_id() AS installation, newest AS contract FROM telephony_internal.contract() \gset
CREATE ROLE tap_anon;
CREATE ROLE tap_tenant;
CREATE ROLE tap_service;
CREATE ROLE tap_sidecar;
GRANT USAGE ON SCHEMA tap TO tap_anon, tap_tenant, tap_service, tap_sidecar;
SELECT telephony_internal.grant_access('tap_anon', 'anon'), telephony_internal.grant_access('tap_tenant', 'tenant'),
       telephony_internal.grant_access('tap_service', 'service'), telephony_internal.grant_access('tap_sidecar',
           'sidecar') \gset

\set org_a '0a000000-0000-4000-8000-000000000001'
\set org_b '0b000000-0000-4000-8000-000000000002'
SELECT 'AC' || repeat('a', 32) AS account_a, 'AC' || repeat('b', 32) AS account_b, 'AC' || repeat('f', 32) AS platform,
    repeat('5', 32) AS token \gset

CREATE FUNCTION tap.sign_in(org text) RETURNS void LANGUAGE sql AS
$$ SELECT set_config('request.jwt.claims', json_build_object('role', 'authenticated', 'app_metadata',
    json_build_object('org_id', org))::text, true) $$;
-- A box as a client would seal one: the database cannot look inside. fill tells boxes apart.
CREATE FUNCTION tap.box(fill int, key text DEFAULT '0102030405060708') RETURNS bytea LANGUAGE sql AS
$$ SELECT decode('01' || key || repeat(lpad(to_hex(fill), 2, '0'), 200), 'hex') $$;
CREATE FUNCTION tap.sealed(fill int, key text DEFAULT '0102030405060708') RETURNS text LANGUAGE sql AS
$$ SELECT 'sealed:' || rtrim(translate(encode(tap.box(fill, key), 'base64'), E'+/\n', '-_'), '=') $$;
CREATE FUNCTION tap.kinds() RETURNS text[] LANGUAGE sql AS $$ SELECT ARRAY['provision', 'release', 'orphan_release',
    'erase'] $$;
CREATE FUNCTION tap.row_of(org uuid) RETURNS telephony_internal.twilio_credentials LANGUAGE sql SECURITY DEFINER AS
$$ SELECT c FROM telephony_internal.twilio_credentials c WHERE c.org_id = org $$;
CREATE FUNCTION tap.job_of(org uuid) RETURNS telephony_internal.jobs LANGUAGE sql SECURITY DEFINER AS
$$ SELECT j FROM telephony_internal.jobs j WHERE j.org_id = org ORDER BY j.state IN ('done', 'released', 'cancelled',
    'failed'), j.created_at DESC LIMIT 1 $$;
CREATE FUNCTION tap.advance(org uuid, event text, data jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_job telephony_internal.jobs := tap.job_of(org);
BEGIN
    IF event IN ('send', 'resend') THEN
        data := jsonb_build_object('number', v_job.number) || data;
    END IF;
    RETURN (telephony_internal.advance(v_job.id, v_job.token, event, data)).state;
END $$;
CREATE FUNCTION tap.candidate(number text, account text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('number', number, 'account_sid', account) $$;
CREATE FUNCTION tap.purchased(org uuid, n int) RETURNS jsonb LANGUAGE sql SECURITY DEFINER AS
$$ SELECT jsonb_build_object('sid', 'PN' || lpad(n::text, 32, '0'), 'number', (tap.job_of(org)).number, 'date_created',
    '2026-11-22T12:00:00Z', 'tag', telephony_internal.tag_of((tap.job_of(org)).id)) $$;
CREATE FUNCTION tap.claim(org uuid) RETURNS SETOF jsonb LANGUAGE sql AS
$$ SELECT coalesce(c.credential, 'null') FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds()) c WHERE
    c.org_id = org $$;
-- What a refusal says, every field of it.
CREATE FUNCTION tap.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_state text; v_message text; v_detail text; v_hint text;
BEGIN
    EXECUTE statement;
    RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL,
        v_hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', v_state, v_message, v_detail, v_hint);
END $$;

-- Who may call what, tried.
CREATE FUNCTION tap.forbidden(role_name text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_state text;
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', role_name);
    EXECUTE statement;
    RESET ROLE;
    RETURN ok(false, format('%s may not: %s', role_name, statement));
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE;
    RETURN is(v_state, '42501', format('%s may not: %s', role_name, statement));
END $$;
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
               ('SELECT telephony.refuse_quietly(NULL, NULL, NULL, NULL)')) AS s (statement),
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
SELECT is_empty('SELECT * FROM telephony_api.twilio_credentials_status()', 'and nothing to see');
SELECT is_empty('SELECT * FROM telephony_api.organizations', 'a refusal makes no organization');

-- Handing in: the answer shows the account masked and never the box.
SELECT is((SELECT s::text FROM telephony_api.set_twilio_credentials(:'account_a', tap.sealed(1)) s(account, status,
    account_type, key_id, problem, verified_at, set_at) WHERE s.set_at = (tap.row_of(:'org_a')).set_at),
          format('(AC******aaaa,unverified,,0102030405060708,,,"%s")', (tap.row_of(:'org_a')).set_at),
              'credentials are handed in');
SELECT is((tap.row_of(:'org_a')).sealed, tap.box(1), 'the box is stored as it is');
SELECT ok((tap.row_of(:'org_a')).check_after <= clock_timestamp(), 'and is to be tried at once');
SELECT tap.sign_in(:'org_b') \gset
SELECT is_empty('SELECT * FROM telephony_api.twilio_credentials_status()', 'another organization does not see them');
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
        '("Twilio says 401, call ******0123",t)',
            'the reason is kept, numbers in it masked, and they are tried after a long pause');
SELECT is((tap.row_of(:'org_b')).status, 'unverified', 'the other organization''s are not touched');
SET LOCAL ROLE tap_tenant;
SELECT is((SELECT (s.status, s.problem)::text FROM telephony_api.twilio_credentials_status() s),
    '(refused,"Twilio says 401, call ******0123")', 'the organization is told why');
SELECT throws_ok($$SELECT telephony_api.provision_number('US')$$, 'PT409',
    'your Twilio credentials do not work: Twilio says 401, call ******0123',
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

-- A search in one account is fenced off by another account, and the next one works with that.
SET LOCAL ROLE tap_tenant;
SELECT (telephony_api.provision_number('US')).job_id AS job \gset
SELECT throws_ok('SELECT telephony_api.remove_twilio_credentials()', 'PT409', NULL,
    'a number was asked for: the credentials stay');
SET LOCAL ROLE tap_sidecar;
SELECT is((SELECT c ->> 'account_sid' FROM tap.claim(:'org_a') c), :'account_a',
    'a job comes with the organization''s own credentials');
SELECT is(tap.advance(:'org_a', 'candidate', tap.candidate('+12025550101', :'account_a')), 'intended',
    'a candidate in that account');
SELECT is(tap.advance(:'org_a', 'taken'), 'searching', 'which is taken');
SELECT throws_ok(format('SELECT tap.advance(%L, ''candidate'', tap.candidate(''+12025550102'', %L))', :'org_a',
    :'account_b'), 'TL001', NULL, 'no candidate in somebody else''s account');
SELECT throws_ok(format('SELECT tap.advance(%L, ''candidate'', tap.candidate(''+12025550102'', %L))', :'org_a',
    :'platform'), 'TL001', NULL, 'nor in the platform''s');
SELECT (tap.job_of(:'org_a')).token AS old_token \gset
SET LOCAL ROLE tap_tenant;
SELECT 'AC' || repeat('c', 32) AS account_c \gset
SELECT is((telephony_api.set_twilio_credentials(:'account_c', tap.sealed(5))).account, 'AC******cccc',
    'while it searches, the account can be changed');
SET LOCAL ROLE tap_sidecar;
SELECT throws_ok(format('SELECT telephony_internal.advance(%L, %s, ''candidate'', tap.candidate(''+12025550103'', %L))', :'job', :'old_token', :'account_a'), 'TL001', NULL, 'the search with the one before is fenced off');
SELECT is((SELECT c ->> 'account_sid' FROM tap.claim(:'org_a') c), :'account_c',
    'the next attempt has the new credentials at once');

-- From the intent on, the account stays until the last claim on it is gone.
SELECT is(tap.advance(:'org_a', 'candidate', tap.candidate('+12025550104', :'account_c')), 'intended',
    'an intent in it');
SET LOCAL ROLE tap_tenant;
SELECT matches(tap.refusal(format('SELECT telephony_api.set_twilio_credentials(%L, %L)', :'account_a', tap.sealed(6))),
    '^PT409 \| the Twilio account cannot be changed now \| It is needed: a number is being bought.*release_number',
        'another account now is refused, with what to do');
SELECT is((telephony_api.set_twilio_credentials(:'account_c', tap.sealed(7))).status, 'unverified',
    'a new token for the same account is not');
SET LOCAL ROLE tap_sidecar;
SELECT is(tap.advance(:'org_a', 'send', '{"server_date": "2026-11-22T12:00:00Z"}'), 'buying', 'the purchase goes on');
SELECT is(tap.advance(:'org_a', 'unavailable'), 'searching', 'and is refused by Twilio');
SET LOCAL ROLE tap_tenant;
SELECT matches(tap.refusal(format('SELECT telephony_api.set_twilio_credentials(%L, %L)', :'account_a', tap.sealed(6))),
    '^PT409 .* wait until 20\d\d-\d\d-\d\d \d\d:\d\d UTC',
        'a purchase that was sent may come late: the account stays until the horizon');
SET LOCAL ROLE tap_sidecar;
SELECT is(tap.advance(:'org_a', 'candidate', tap.candidate('+12025550105', :'account_c')), 'intended',
    'another number');
SELECT is(tap.advance(:'org_a', 'send', '{"server_date": "2026-11-22T12:00:00Z"}'), 'buying', 'is bought');
SELECT is(tap.advance(:'org_a', 'purchased', tap.purchased(:'org_a', 1)), 'bought', 'with success');
SELECT is(tap.advance(:'org_a', 'settle'), 'done', 'and is live');
RESET ROLE;
DELETE FROM telephony_internal.number_holds WHERE state = 'quarantined';
SET LOCAL ROLE tap_tenant;
SELECT matches(tap.refusal(format('SELECT telephony_api.set_twilio_credentials(%L, %L)', :'account_a', tap.sealed(6))),
    '^PT409 .* your organization''s number is in that account: give it back first', 'a live number keeps its account');
SELECT matches(tap.refusal('SELECT telephony_api.remove_twilio_credentials()'), '^PT409 .* give it back first',
    'and its credentials');
SELECT (telephony_api.release_number()).state AS releasing \gset
SELECT matches(tap.refusal('SELECT telephony_api.remove_twilio_credentials()'), '^PT409',
    'so does one that is being released');
SET LOCAL ROLE tap_sidecar;
SELECT is((SELECT c ->> 'account_sid' FROM tap.claim(:'org_a') c), :'account_c',
    'the release has the credentials of the number''s account');
SELECT is(tap.advance(:'org_a', 'released'), 'released', 'and ends');
SET LOCAL ROLE tap_tenant;
SELECT matches(tap.refusal('SELECT telephony_api.remove_twilio_credentials()'), '^PT409 .* wait until 20\d\d',
    'the quarantine of the number is waited out');
RESET ROLE;
UPDATE telephony_internal.number_holds SET until = clock_timestamp() - interval '1 second' WHERE state = 'quarantined';
SET LOCAL ROLE tap_tenant;
SELECT is((SELECT account FROM telephony_api.remove_twilio_credentials()), 'AC******cccc', 'then they can be removed');
SELECT is_empty('SELECT * FROM telephony_api.twilio_credentials_status()', 'and are gone');
SELECT ok((tap.row_of(:'org_b')).sealed = tap.box(2), 'the other organization''s are there still');
SELECT throws_ok('SELECT telephony_api.provision_number()', 'PT409', 'there is no Twilio account to buy a number in',
    'without an account no number is asked for');

-- The platform's account: only once a sidecar has said that it has one, and never in place of a tenant's own.
SET LOCAL ROLE tap_sidecar;
SELECT hello.mode AS mode FROM telephony_internal.hello(:'installation', '0.1.0', :'platform', :contract) hello \gset
SET LOCAL ROLE tap_tenant;
SELECT (telephony_api.provision_number()).job_id AS job \gset
SET LOCAL ROLE tap_sidecar;
SELECT is((SELECT c::text FROM tap.claim(:'org_a') c), 'null',
    'a job of an organization without its own comes without credentials');
SELECT throws_ok(format('SELECT tap.advance(%L, ''candidate'', tap.candidate(''+12025550106'', %L))', :'org_a',
    :'account_b'), 'TL001', NULL, 'it does not buy in another tenant''s account');
SELECT is(tap.advance(:'org_a', 'candidate', tap.candidate('+12025550106', :'platform')), 'intended',
    'but in the platform''s');
SET LOCAL ROLE tap_tenant;
SELECT is((telephony_api.set_twilio_credentials(:'account_a', tap.sealed(8))).status, 'unverified',
    'its own can come meanwhile');
SET LOCAL ROLE tap_sidecar;
SELECT is(tap.advance(:'org_a', 'postpone', '{"reason": "x"}'), 'intended',
    'the intent in the platform''s account waits');
SELECT is((SELECT c::text FROM tap.claim(:'org_a') c), 'null', 'and goes on there');
SELECT is(tap.advance(:'org_a', 'taken'), 'searching', 'until it is given up');
SELECT throws_ok(format('SELECT tap.advance(%L, ''candidate'', tap.candidate(''+12025550107'', %L))', :'org_a',
    :'platform'), 'TL001', NULL, 'nothing new is begun there');
SELECT is(tap.advance(:'org_a', 'postpone', '{"reason": "x"}'), 'queued', 'later');
SELECT is((SELECT c ->> 'account_sid' FROM tap.claim(:'org_a') c), :'account_a', 'the next attempt works in its own');
SELECT hello.mode AS mode FROM telephony_internal.hello(:'installation', '0.1.0', NULL, :contract) hello \gset
RESET ROLE;
SELECT is((SELECT platform_account_sid FROM telephony_internal.settings), :'platform',
    'a command that does not tell leaves the platform''s account as it is');
SET LOCAL ROLE tap_sidecar;
SELECT hello.mode AS mode FROM telephony_internal.hello(:'installation', '0.1.0', '', :contract) hello \gset
RESET ROLE;
SELECT is((SELECT platform_account_sid FROM telephony_internal.settings), NULL, 'a sidecar without one says so');

-- Credentials that begin to work let a waiting job go on; a purchase in doubt keeps its pauses.
SELECT is(tap.advance(:'org_a', 'postpone', '{"delay_seconds": 3000, "reason": "x"}'), 'queued', 'a job waits');
SELECT ok(telephony_internal.report_credential(:'org_a', (tap.row_of(:'org_a')).generation, 'verified', 'Full', NULL,
    NULL), 'its credentials are found to work');
SELECT ok((tap.job_of(:'org_a')).not_before <= clock_timestamp(), 'it waits no longer');
SELECT count(*) AS claimed FROM tap.claim(:'org_a') \gset
SET LOCAL ROLE tap_tenant;
SELECT is((telephony_api.set_twilio_credentials(:'account_a', tap.sealed(9))).status, 'unverified',
    'replaced while an attempt works with the ones before');
RESET ROLE;
SELECT is(tap.advance(:'org_a', 'postpone', '{"delay_seconds": 3000, "reason": "x"}'), 'queued',
    'what it met with those');
SELECT ok((tap.job_of(:'org_a')).not_before <= clock_timestamp(), 'holds nothing up');
SELECT count(*) AS claimed FROM tap.claim(:'org_a') \gset
SELECT is(tap.advance(:'org_a', 'postpone', '{"delay_seconds": 3000, "reason": "x"}'), 'queued',
    'what it meets with these');
SELECT ok((tap.job_of(:'org_a')).not_before > clock_timestamp(), 'is waited for');
UPDATE telephony_internal.jobs SET not_before = now() WHERE id = (tap.job_of(:'org_a')).id;
SELECT count(*) AS claimed FROM tap.claim(:'org_a') \gset
SELECT is(tap.advance(:'org_a', 'candidate', tap.candidate('+12025550108', :'account_a')), 'intended', 'it buys');
SELECT is(tap.advance(:'org_a', 'send', '{"server_date": "2026-11-22T12:00:00Z"}'), 'buying', 'a number');
SELECT is(tap.advance(:'org_a', 'ambiguous'), 'in_doubt', 'and hears nothing');
SET LOCAL ROLE tap_tenant;
SELECT is((telephony_api.set_twilio_credentials(:'account_a', tap.sealed(10))).status, 'unverified',
    'replaced meanwhile');
RESET ROLE;
SELECT is(tap.advance(:'org_a', 'postpone', '{"delay_seconds": 3000, "reason": "x"}'), 'in_doubt',
    'it looks again later');
SELECT ok(telephony_internal.report_credential(:'org_a', (tap.row_of(:'org_a')).generation, 'verified', 'Full', NULL,
    NULL), 'verified again');
SELECT ok((tap.job_of(:'org_a')).not_before > clock_timestamp(),
    'which does not shorten a pause that is part of the proof');
SET LOCAL ROLE tap_tenant;
SELECT matches(tap.refusal(format('SELECT telephony_api.set_twilio_credentials(%L, %L)', :'account_c', tap.sealed(6))),
    '^PT409', 'in doubt, the account stays');
RESET ROLE;
UPDATE telephony_internal.jobs SET state = 'conflict', lease_until = NULL WHERE id = (tap.job_of(:'org_a')).id;
SET LOCAL ROLE tap_tenant;
SELECT matches(tap.refusal('SELECT telephony_api.remove_twilio_credentials()'), '^PT409 .* ask the operator',
    'a conflict is nothing that the organization can end');
RESET ROLE;

-- Regulatory profiles.
SET LOCAL ROLE tap_tenant;
SELECT 'AD' || repeat('1', 32) AS address, 'BU' || repeat('2', 32) AS bundle \gset
SELECT is((SELECT (p.country_code, p.number_type, p.address_sid, p.bundle_sid)::text
    FROM telephony_api.set_regulatory_profile(' gb', 'Local', :'address') p), format('(GB,Local,%s,)', :'address'),
        'an address for numbers in a country');
SELECT is((SELECT (p.address_sid, p.bundle_sid)::text FROM telephony_api.set_regulatory_profile('GB', 'Local',
    :'address', :'bundle') p), format('(%s,%s)', :'address', :'bundle'), 'replaced by address and bundle');
SELECT throws_ok($$SELECT telephony_api.set_regulatory_profile('FR', 'Local', 'AD' || repeat('1', 32))$$, 'PT400',
    'no numbers are bought in country ''FR''', 'a country in which none are bought');
SELECT throws_ok($$SELECT telephony_api.set_regulatory_profile(NULL, 'Local', 'AD' || repeat('1', 32))$$, 'PT400',
    NULL, 'no country');
SELECT throws_ok($$SELECT telephony_api.set_regulatory_profile('GB', 'local', 'AD' || repeat('1', 32))$$, 'PT400',
    'unknown number type: ''local''', 'an unknown type');
SELECT throws_ok($$SELECT telephony_api.set_regulatory_profile('GB', NULL, 'AD' || repeat('1', 32))$$, 'PT400', NULL,
    'no type');
SELECT throws_ok($$SELECT telephony_api.set_regulatory_profile('GB', 'Local', 'AD1')$$, 'PT400', NULL,
    'not an address');
SELECT throws_ok(format('SELECT telephony_api.set_regulatory_profile(''GB'', ''Local'', NULL, %L)', :'address'),
    'PT400', NULL, 'not a bundle');
SELECT tap.sign_in(:'org_b') \gset
SELECT throws_ok($$SELECT telephony_api.set_regulatory_profile('GB', 'Local')$$, 'PT404', NULL,
    'another organization has no such profile to remove');
SELECT throws_ok($$SELECT telephony_api.provision_number('GB')$$, 'PT409', NULL, 'nor buys it with the other one''s');
SELECT (telephony_api.provision_number('US')).job_id AS job \gset
RESET ROLE;
SELECT is((SELECT (c.credential ->> 'account_sid', c.buyable -> 0 ->> 'address_sid')::text FROM
    telephony_internal.claim_jobs('tap', 100, 60, tap.kinds()) c WHERE c.org_id = :'org_b'), format('(%s,)',
        :'account_b'), 'its job in another country gets none');
UPDATE telephony_internal.jobs SET state = 'queued', lease_until = NULL, country_code = 'GB', account_sid = NULL,
    number = NULL WHERE id = (tap.job_of(:'org_a')).id;
UPDATE telephony_internal.jobs SET not_before = now();
SELECT is((SELECT c.buyable FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds()) c WHERE c.org_id =
    :'org_a'),
          jsonb_build_array(jsonb_build_object('country_code', 'GB', 'number_type', 'Local', 'address_sid',
              :'address', 'bundle_sid', :'bundle')), 'the organization''s own job does');
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_a') \gset
SELECT is((SELECT (p.country_code, p.bundle_sid)::text FROM telephony_api.set_regulatory_profile('GB', 'Local') p),
    format('(GB,%s)', :'bundle'), 'neither address nor bundle: removed');
SELECT throws_ok($$SELECT telephony_api.set_regulatory_profile('GB', 'Local')$$, 'PT404', NULL, 'once');
RESET ROLE;

-- Going down takes all of it away, and says what would be lost.
DROP FUNCTION tap.row_of(uuid), tap.job_of(uuid);
DELETE FROM telephony_internal.number_holds;
DELETE FROM telephony_api.phone_numbers;
UPDATE telephony_internal.jobs SET state = 'failed', lease_until = NULL;
SELECT throws_like('SELECT telephony.migrate(0)', 'going down to 0 would lose rows',
    'no way down loses credentials unasked');
DO $$ BEGIN PERFORM telephony.migrate(0); EXCEPTION WHEN OTHERS THEN DECLARE v text;
BEGIN GET STACKED DIAGNOSTICS v = PG_EXCEPTION_DETAIL; PERFORM set_config('tap.detail', v, true); END; END $$;
SELECT matches(current_setting('tap.detail'), 'telephony_internal\.twilio_credentials', 'and it names them');
SELECT * FROM finish();
ROLLBACK;
