-- Credentials in the middle of work: what refuses a change of account, the platform's account, waiting jobs, regulatory
-- profiles.
\ir credentials.psql

-- Two organizations have handed theirs in; the first one's are verified.
SELECT tap.sign_in(:'org_b') \gset
SELECT (telephony_api.set_twilio_credentials(:'account_b', tap.sealed(2))).account AS of_b \gset
SELECT tap.sign_in(:'org_a') \gset
SELECT (telephony_api.set_twilio_credentials(:'account_a', tap.sealed(1))).account AS of_a \gset
SELECT telephony_internal.report_credential(:'org_a', (tap.row_of(:'org_a')).generation, 'verified', 'Full', NULL,
    NULL) AS known \gset

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
    '^PT409 .* your organization''s number is in that account: release it first', 'a live number keeps its account');
SELECT matches(tap.refusal('SELECT telephony_api.remove_twilio_credentials()'), '^PT409 .* release it first',
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
SELECT is((telephony_api.twilio_credentials_status()).status, 'none', 'and are gone');
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
SELECT is((SELECT (p.address_sid, p.bundle_sid)::text FROM telephony_api.set_regulatory_profile('GB', 'LOCAL',
    :'address', :'bundle') p), format('(%s,%s)', :'address', :'bundle'),
    'replaced by address and bundle, its type as people write it');
SELECT throws_ok($$SELECT telephony_api.set_regulatory_profile('FR', 'Local', 'AD' || repeat('1', 32))$$, 'PT400',
    'no numbers are bought in country ''FR''', 'a country in which none are bought');
SELECT throws_ok($$SELECT telephony_api.set_regulatory_profile(NULL, 'Local', 'AD' || repeat('1', 32))$$, 'PT400',
    NULL, 'no country');
SELECT throws_ok($$SELECT telephony_api.set_regulatory_profile('GB', 'landline', 'AD' || repeat('1', 32))$$, 'PT400',
    'unknown number type: ''landline''', 'an unknown type');
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
