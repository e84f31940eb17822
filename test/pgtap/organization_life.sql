-- Organizations as a whole: registered, imported with a number, exported, erased step by step, and erased again after a
-- restore; caller ids; counts by country.
\ir set_up.psql
SELECT telephony_internal.set_voice_settings(voice_url => 'https://voice.example.com/incoming') \gset
UPDATE telephony_internal.settings SET platform_account_sid = 'AC' || repeat('a', 32);
SELECT 'AC' || repeat('a', 32) AS account \gset
CREATE FUNCTION tap.counts() RETURNS text LANGUAGE sql AS
$$ SELECT coalesce(string_agg(format('%s/%s/%s=%s', country_code, coalesce(carrier_name, '-'), provisioned,
    organizations), ' ' ORDER BY country_code, carrier_name NULLS FIRST, provisioned), '')
        FROM telephony_internal.country_counts() $$;
-- A sidecar's look at an erasure; returns the state after it.
CREATE FUNCTION tap.look(org text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_job telephony_internal.jobs;
BEGIN
    UPDATE telephony_internal.jobs SET token = token + 1, lease_until = clock_timestamp() + interval '1 minute'
     WHERE org_id = org::uuid AND kind = 'erase' AND state = 'erasing' RETURNING * INTO v_job;
    RETURN (telephony_internal.advance(v_job.id, v_job.token, 'look')).state;
END $$;
-- The tables in which an organization's id stands anywhere.
CREATE FUNCTION tap.traces(org text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE v_table regclass; v_found boolean;
BEGIN
    FOR v_table IN SELECT c.oid FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace
        IN ('telephony_api'::regnamespace, 'telephony_internal'::regnamespace) ORDER BY c.relname LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s t WHERE strpos(t::text, $1) > 0)', v_table) INTO v_found
            USING org;
        IF v_found THEN RETURN NEXT v_table::text; END IF;
    END LOOP;
END $$;

-- Registering and importing.
SET LOCAL ROLE tap_service;
SELECT throws_ok($$SELECT telephony_api.register_org(NULL)$$, 'PT400', 'no organization given', 'no id');
SELECT throws_ok($$SELECT telephony_api.register_org('00000000-0000-0000-0000-000000000000')$$, 'PT400', NULL,
    'nor all zeros, which stand for everybody');
SELECT is((telephony_api.register_org(:'org_b')).telephony_country, NULL, 'registered, without a country');
SELECT throws_ok(format($$SELECT telephony_api.import_org(%L, 'FR')$$, :'org_a'), 'PT400',
    'country not supported: ''FR''', 'a country that is not supported');
SELECT throws_ok(format($$SELECT telephony_api.import_org(%L, number => '+12025550123')$$, :'org_a'), 'PT400',
    'an organization is imported with its country', 'no country');
SELECT throws_ok(format($$SELECT telephony_api.import_org(%L, 'NG', 'kpn')$$, :'org_a'), 'PT400', NULL,
    'an unknown carrier');
SELECT throws_ok(format($$SELECT telephony_api.import_org(%L, 'NG', 'mtn', '+12025550123')$$, :'org_a'), 'PT400',
    'a number is imported with its SID and its account', 'a number without its SID');
SELECT throws_ok(format($$SELECT telephony_api.import_org(%L, 'NG', 'mtn', '+12025550123', 'PN1', %L)$$, :'org_a',
    :'account'), 'PT400', 'not the SIDs of a number and an account', 'a SID that is none');
SELECT throws_ok(format($$SELECT telephony_api.import_org(%L, 'NG', 'mtn', '202 555 0123', tap.sid(1), %L)$$, :'org_a',
    :'account'), 'PT400', NULL, 'a number that is none');
SELECT is((SELECT (o.telephony_country, o.forwarding_carrier, o.assigned_twilio_number)::text
    FROM telephony_api.import_org(:'org_a', 'ng', 'MTN', '+12025550123', tap.sid(1), :'account',
        '2026-01-02T03:04:05Z') o),
          '(NG,mtn,+12025550123)', 'an organization comes in with its number');
SELECT is((telephony_api.import_org(:'org_a', 'NG', 'mtn', '+12025550123', tap.sid(1), :'account',
    '2026-01-02T03:04:05Z')).assigned_twilio_number::text, '+12025550123', 'twice is once');
SELECT throws_ok(format($$SELECT telephony_api.import_org(%L, 'NG', 'mtn', '+12025550124', tap.sid(2), %L)$$, :'org_a',
    :'account'), 'PT409', NULL, 'a second number is refused');
SELECT throws_ok(format($$SELECT telephony_api.import_org(%L, 'NG', NULL, '+12025550123', tap.sid(3), %L)$$, :'org_b',
    :'account'), 'PT409', 'number +1******0123 is held by another job', 'so is another organization''s');
SELECT throws_ok(format($$SELECT telephony_api.import_org(%L, 'NG', NULL, '+12025550125', tap.sid(1), %L)$$, :'org_b',
    :'account'), 'PT409', 'the SID given for number +1******0125 is that of a number held already',
        'and a number of its own under another organization''s SID, which its release would delete');
SELECT throws_ok(format($$SELECT telephony_internal.adopt_number(%L, %L, tap.sid(3), '+12025550125', now())$$,
    :'org_b', :'account'), '42501', NULL, 'the service imports, the sidecar adopts');
RESET ROLE;
SELECT is((SELECT (p.status, p.number_sid, p.purchased_at)::text FROM telephony_api.phone_numbers p
    WHERE p.org_id = :'org_a'), format('(live,%s,"%s")', tap.sid(1), '2026-01-02T03:04:05Z'::timestamptz),
        'the number is live');
SELECT is((SELECT c.state FROM telephony_internal.number_holds c WHERE c.org_id = :'org_a'), 'live', 'and held');
SELECT is((SELECT r.verdict FROM telephony_internal.reconcile_numbers(:'account',
    jsonb_build_array(jsonb_build_object('sid', tap.sid(1), 'phone_number', '+12025550123', 'friendly_name',
        'Reception', 'date_created', '2026-01-02T03:04:05Z'))) r),
          'retag', 'reconcile --repair will give it its tag');
SELECT is((SELECT string_agg(action, ' ' ORDER BY seq) FROM telephony_api.audit_log WHERE org_id = :'org_a'),
    'import_org', 'on record once');

-- Counting.
SELECT is(tap.counts(), 'NG/mtn/t=1', 'one provisioned organization in Nigeria; one without a country does not count');
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_b') \gset
SELECT telephony_api.select_country('GB') \gset x_
RESET ROLE;
SELECT is(tap.counts(), 'GB/-/f=1 NG/mtn/t=1', 'choosing a country counts');
SET LOCAL ROLE tap_tenant;
SELECT telephony_api.select_country('US') \gset x_
SELECT telephony_api.provision_number(carrier_name => 'att') \gset x_
RESET ROLE;
SELECT is(tap.counts(), 'NG/mtn/t=1 US/att/f=1', 'changing it, and a carrier, moves the count');
SELECT cmp_ok((SELECT count(*) FROM telephony_internal.country_count_deltas), '>', 0::bigint, 'so far by deltas');
SET LOCAL ROLE tap_sidecar;
SELECT cmp_ok(telephony_internal.fold_country_counts(), '>', 0::bigint, 'the sidecar folds them');
SELECT is(telephony_internal.fold_country_counts(), 0::bigint, 'once');
RESET ROLE;
SELECT is((SELECT count(*) FROM telephony_internal.country_count_deltas), 0::bigint, 'none is left');
SELECT is(tap.counts(), 'NG/mtn/t=1 US/att/f=1', 'and the counts are the same');
SET LOCAL ROLE tap_service;
SELECT is((SELECT sum(organizations) FROM telephony_api.country_counts()), 2::numeric, 'the service reads them');
SET LOCAL ROLE tap_tenant;
SELECT throws_ok('SELECT * FROM telephony_api.country_counts()', '42501', NULL, 'a tenant does not');
RESET ROLE;

-- Exporting.
INSERT INTO telephony_internal.twilio_credentials (org_id, account_sid, sealed, key_id) VALUES (:'org_a', :'account',
    decode(repeat('ab', 120), 'hex'), repeat('1', 16));
INSERT INTO telephony_api.verified_caller_ids (org_id, phone_number, status, validation_code, account_sid)
    VALUES (:'org_a', '+2348031234567', 'pending', '123456', :'account');
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_a') \gset
SELECT (telephony_api.create_forwarding_config('+2348031234567', 'NG', 'mtn', 'total_ai')).id AS config \gset
SELECT telephony_api.confirm_forwarding_config(:'config') \gset x_
SET LOCAL ROLE tap_service;
SELECT telephony_api.export_org(:'org_a') AS export \gset
SELECT is((SELECT string_agg(k, ' ' ORDER BY k COLLATE "C") FROM jsonb_object_keys(:'export'::jsonb) k),
    'audit_log call_blocks call_events calls carriers_used exported_at hybrid_forwarding_configs job_events jobs number_holds number_searches org_limits organization phone_numbers regulatory_profiles twilio_credentials verified_caller_ids voice_settings', 'every table with rows of organizations is exported');
SELECT is(:'export'::jsonb #>> '{phone_numbers,0,number}', '+12025550123',
    'numbers in full: they are the organization''s own');
SELECT is(:'export'::jsonb #>> '{twilio_credentials,0,account_sid}', :'account', 'the account too');
SELECT ok(strpos(:'export', repeat('ab', 20)) = 0, 'the box never');
SELECT is(:'export'::jsonb #>> '{verified_caller_ids,0,phone_number}', '+2348031234567', 'caller ids');
SELECT ok(strpos(:'export', '123456"') = 0, 'without the code of one under way');
SELECT ok(strpos(:'export', :'org_b') = 0, 'nothing of another organization');
SELECT throws_ok($$SELECT telephony_api.export_org(gen_random_uuid())$$, 'PT404', NULL, 'an unknown organization');
SET LOCAL ROLE tap_tenant;
SELECT throws_ok(format($$SELECT telephony_api.export_org(%L)$$, :'org_a'), '42501', NULL, 'a tenant exports nothing');

-- Caller ids are read, test calls refused plainly.
SELECT is((SELECT (c.status, c.validation_code, c.attempts_left)::text FROM telephony_api.verified_caller_ids v,
    telephony_api.caller_id_status(v.id) c), '(pending,123456,3)', 'the status is read from what is there');
SELECT throws_ok($$SELECT telephony_api.caller_id_status(gen_random_uuid())$$, 'PT404', 'no such caller id',
    'what is not there is not made up');
SELECT throws_ok(format($$SELECT telephony_api.test_forwarding(%L)$$, :'config'), 'PT501',
    'this version makes no test calls', 'no test call is pretended');
SELECT id AS caller FROM telephony_api.verified_caller_ids \gset
SELECT tap.sign_in(:'org_b') \gset
SELECT throws_ok(format($$SELECT telephony_api.caller_id_status(%L)$$, :'caller'), 'PT404', NULL, 'B does not see it');
SELECT throws_ok(format($$SELECT telephony_api.test_forwarding(%L)$$, :'config'), 'PT404', NULL,
    'nor tests A''s forwarding');
SELECT set_config('request.jwt.claims', '', true) \gset
SELECT throws_ok(format($$SELECT telephony_api.caller_id_status(%L)$$, :'caller'), 'PT401', NULL,
    'nor anybody without an organization');

-- Erasing.
SET LOCAL ROLE tap_service;
SELECT throws_ok($$SELECT * FROM telephony_api.erase_org(gen_random_uuid())$$, 'PT404', NULL,
    'an unknown organization is not erased');
SELECT * FROM telephony_api.erase_org(:'org_a') \gset erase_
SELECT is(:'erase_state'::text, 'erasing', 'a job');
SELECT is((SELECT l.deactivation_codes FROM unnest((telephony_api.erase_org(:'org_a')).forwarded_lines) l), '{##21#}',
    'that names the line still forwarded');
SELECT is((SELECT e.job_id FROM telephony_api.erase_org(:'org_a') e), :'erase_job_id'::uuid,
    'asked twice: the same job');
SELECT throws_ok(format($$SELECT telephony_api.register_org(%L)$$, :'org_a'), 'PT409',
    'the organization is being erased', 'no change any more: by the service');
SELECT throws_ok(format($$SELECT telephony_api.import_org(%L, 'NG')$$, :'org_a'), 'PT409',
    'the organization is being erased', 'by import');
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_a') \gset
SELECT throws_ok(s, 'PT409', 'the organization is being erased', 'by the tenant: ' || left(s, 50)) FROM (VALUES
    ('SELECT telephony_api.select_country(''US'')'), ('SELECT telephony_api.provision_number()'),
        ('SELECT telephony_api.release_number()'),
    ('SELECT telephony_api.create_forwarding_config(''+2348031234568'', ''NG'', ''mtn'', ''total_ai'')'),
        (format('SELECT telephony_api.disable_forwarding_config(%L)', :'config')),
    (format('SELECT telephony_api.confirm_forwarding_config(%L)', :'config')),
        (format('SELECT telephony_api.test_forwarding(%L)', :'config')),
    ('SELECT telephony_api.remove_twilio_credentials()'),
        ('SELECT telephony_api.set_regulatory_profile(''GB'', ''Mobile'', ''AD'' || repeat(''1'', 32))')) v (s);
SELECT is((SELECT s.state FROM telephony_api.provisioning_status() s), 'erasing', 'the tenant can still look');
RESET ROLE;
SELECT throws_ok(format($$SELECT telephony_internal.adopt_number(%L, %L, tap.sid(9), '+12025550199', now())$$,
    :'org_a', :'account'), 'TL005', NULL, 'nor is a number adopted');
SELECT is(tap.look(:'org_a'), 'erasing', 'the number is being released');
SELECT matches((SELECT reason FROM telephony_internal.jobs WHERE id = :'erase_job_id'), 'is still releasing',
    'which it waits for');
SELECT throws_ok(format($$UPDATE telephony_internal.jobs SET lease_until = now() + interval '1 hour' WHERE id = %L;
SELECT telephony_internal.advance(%1$L, (SELECT token FROM telephony_internal.jobs WHERE id = %1$L), 'erased')$$,
    :'erase_job_id'),
    'TL002', NULL, 'the end is not for the sidecar to declare');
UPDATE telephony_internal.jobs SET token = 1, lease_until = clock_timestamp() + interval '1 minute' WHERE org_id =
    :'org_a' AND kind = 'release';
SELECT is((telephony_internal.advance((SELECT id FROM telephony_internal.jobs WHERE org_id = :'org_a' AND kind =
    'release'), 1, 'released')).state, 'released', 'Twilio confirms');
SELECT is(tap.look(:'org_a'), 'erasing', 'the number is quarantined still');
SELECT ok((SELECT not_before - now() BETWEEN interval '23 hours 59 minutes' AND interval '24 hours 1 minute'
    FROM telephony_internal.jobs WHERE id = :'erase_job_id'), 'until then it sleeps');
SELECT ok(EXISTS (SELECT FROM telephony_internal.twilio_credentials WHERE org_id = :'org_a'),
    'and the credentials stay');
UPDATE telephony_internal.number_holds SET until = clock_timestamp() - interval '1 second' WHERE org_id = :'org_a';
CREATE TABLE tap.of_the_application (org_id uuid REFERENCES telephony_api.organizations);
INSERT INTO tap.of_the_application VALUES (:'org_a');
SELECT is(tap.look(:'org_a'), 'erasing', 'a row of the application that refers to it is in the way');
SELECT matches((SELECT reason FROM telephony_internal.jobs WHERE id = :'erase_job_id'), 'of_the_application',
    'and named');
SELECT ok(EXISTS (SELECT FROM telephony_internal.twilio_credentials WHERE org_id = :'org_a'),
    'nothing is deleted by halves');
DROP TABLE tap.of_the_application;
SELECT is(tap.look(:'org_a'), 'done', 'then nothing is left to wait for');
SELECT results_eq(format('SELECT tap.traces(%L)', :'org_a'), ARRAY['telephony_internal.erasures',
    'telephony_internal.jobs'], 'nothing of it is left but the erasure and its job');
SELECT is((SELECT string_agg(kind, ' ') FROM telephony_internal.jobs WHERE org_id = :'org_a'), 'erase', 'that one');
SELECT isnt((SELECT finished_at FROM telephony_internal.erasures WHERE org_id = :'org_a'), NULL, 'and when it ended');
SELECT is(tap.counts(), 'US/att/f=1', 'it is no longer counted');
SELECT is((SELECT o.telephony_country FROM telephony_api.organizations o), 'US',
    'the other organization is still there');

-- In doubt: the purchase is looked for, released, waited out.
SELECT id AS job_b FROM telephony_internal.jobs WHERE org_id = :'org_b' \gset
UPDATE telephony_internal.jobs SET state = 'in_doubt', number = '+12025550150', account_sid = :'account',
    posts_sent = 1 WHERE id = :'job_b';
INSERT INTO telephony_internal.number_holds (number, state, job_id, org_id, account_sid, posted, intent_at)
    VALUES ('+12025550150', 'in_doubt', :'job_b', :'org_b', :'account', true, now());
SELECT telephony_internal.erase_org(:'org_b') \gset x_
SELECT is((SELECT cancel_requested FROM telephony_internal.jobs WHERE id = :'job_b'), true,
    'a purchase in doubt is cancelled');
SELECT is(tap.look(:'org_b'), 'erasing', 'and waited for');
UPDATE telephony_internal.jobs SET state = 'conflict', lease_until = NULL WHERE id = :'job_b';
SELECT is(tap.look(:'org_b'), 'erasing', 'one in conflict too');
SELECT matches((SELECT reason FROM telephony_internal.jobs WHERE org_id = :'org_b' AND kind = 'erase'),
    'an operator must look', 'and an operator asked for');
SELECT is(telephony_internal.dismiss_conflict(:'job_b', 'not there'), 'failed', 'who dismisses it');
SELECT is(tap.look(:'org_b'), 'erasing', 'its hold is quarantined');
UPDATE telephony_internal.number_holds SET until = clock_timestamp() - interval '1 second' WHERE org_id = :'org_b';
SELECT is(tap.look(:'org_b'), 'done', 'and then gone');

-- A backup brings them back.
SELECT telephony_internal.erasure_log() AS log \gset
DELETE FROM telephony_internal.erasures;
INSERT INTO telephony_api.organizations (id, created_at) VALUES (:'org_a', now() - interval '1 day'),
    (:'org_b', now() + interval '1 day');
SELECT results_eq(format('SELECT org_id FROM telephony_internal.replay_erasures(%L)', :'log'), ARRAY[:'org_a'::uuid],
    'what was erased is erased again; what came after is not');
SELECT is((SELECT count(*) FROM telephony_internal.replay_erasures(:'log')), 1::bigint, 'the log can be played twice');
SELECT is(tap.look(:'org_a'), 'done', 'there is nothing to wait for');
SELECT is_empty(format('SELECT org_id FROM telephony_internal.replay_erasures(%L)', :'log'),
    'then nothing is left to erase');
SELECT throws_ok('SELECT telephony.migrate(0)', '55000', 'going down to 0 would lose rows',
    'a step down does not forget what was erased');
SELECT matches(tap.detail_of('SELECT telephony.migrate(0)'), 'telephony_internal\.erasures', 'and names it');

SELECT * FROM finish();
ROLLBACK;
