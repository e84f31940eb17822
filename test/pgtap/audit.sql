-- The audit log: every change made through the API leaves one line with who, from where, before and after;
-- numbers masked; the owner alone writes.
\ir set_up.psql
SELECT telephony_internal.set_voice_settings(voice_url => 'https://voice.example.com/incoming') \gset
UPDATE telephony_internal.settings SET platform_account_sid = 'AC' || repeat('a', 32);
SELECT set_config('request.headers',
    '{"x-forwarded-for": "203.0.113.7, 198.51.100.9", "user-agent": "Phone +12025550111 (test)"}', true) \gset
CREATE FUNCTION tap.last(OUT line telephony_api.audit_log) LANGUAGE sql AS $$ SELECT a FROM telephony_api.audit_log a
    ORDER BY a.seq DESC LIMIT 1 $$;

SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_a') \gset
SELECT telephony_api.select_country('NG') \gset x_
SELECT is((SELECT (l.actor, l.role, l.action, l.entity)::text FROM tap.last() l),
    '(user-of-0a,tap_tenant,select_country,organizations)', 'who did what, in which role');
SELECT is((SELECT (l.ip, l.user_agent)::text FROM tap.last() l), '(198.51.100.9,"Phone +1******0111 (test)")',
    'from where: the address that the nearest proxy wrote, and no number in the clear');
SELECT is((SELECT (l.old ->> 'telephony_country', l.new ->> 'telephony_country')::text FROM tap.last() l), '(,NG)',
    'before and after');
SELECT telephony_api.select_country('NG') \gset x_
SELECT is((SELECT count(*) FROM telephony_api.audit_log), 1::bigint, 'what changes nothing leaves no line');
SELECT (telephony_api.provision_number(carrier_name => 'mtn')).job_id AS job \gset
SELECT is((SELECT (l.action, l.new ->> 'forwarding_carrier', l.new ->> 'job_id')::text FROM tap.last() l),
    format('(provision_number,mtn,%s)', :'job'), 'a purchase asked for');
SELECT telephony_api.provision_number() \gset x_
SELECT is((SELECT count(*) FROM telephony_api.audit_log), 2::bigint, 'asked again while it runs: no line');
SELECT telephony_api.release_number() \gset x_
SELECT is((SELECT (l.action, l.entity, l.old ->> 'cancel_requested', l.new ->> 'state')::text FROM tap.last() l),
    format('(release_number,jobs/%s,false,cancelled)', :'job'), 'and cancelled');

RESET ROLE;
SELECT (telephony_internal.adopt_number(:'org_a', 'AC' || repeat('a', 32), tap.sid(1), '+12025550123', now())).job_id
    \gset x_
SET LOCAL ROLE tap_tenant;
SELECT (telephony_api.create_forwarding_config('+2348031234567', 'NG', 'mtn', 'total_ai')).id AS config \gset
SELECT is((SELECT (l.action, l.entity, l.new ->> 'sim_phone_number', l.new ->> 'twilio_forwarding_number')::text
    FROM tap.last() l),
          format('(create_forwarding_config,hybrid_forwarding_configs/%s,+234******4567,+1******0123)', :'config'),
              'a forwarding made');
SELECT matches(tap.detail_of('SELECT telephony_api.release_number()'),
    '\+234\*{6}4567 \(if its codes were dialled\): ##21#',
    'codes that were shown may have been dialled: it is asked about');
SELECT telephony_api.confirm_forwarding_config(:'config'), telephony_api.confirm_forwarding_config(:'config') \gset x_
SELECT (telephony_api.create_forwarding_config('+2348031234568', 'NG', 'mtn', 'total_ai')).id AS shown \gset
SELECT (telephony_api.create_forwarding_config('+2348031234569', 'NG', 'mtn', 'total_ai')).id AS undone \gset
SELECT telephony_api.disable_forwarding_config(:'undone') \gset x_
SELECT is((SELECT count(*) FROM telephony_api.audit_log WHERE action = 'confirm_forwarding_config'
            AND (old ->> 'status', new ->> 'status') = ('pending_setup', 'active')), 1::bigint,
    'confirmed, and no line for the second time');
SELECT throws_ok('SELECT telephony_api.release_number()', 'PT409', 'lines are still forwarded to your number',
    'a number with lines is released only when that is meant');
SELECT matches(tap.detail_of('SELECT telephony_api.release_number()'), '\+234\*{6}4567: ##21#',
    'the line that is still forwarded is named, and what to dial');
SELECT set_eq($$SELECT (l.id, l.sim_phone_number, l.status, l.deactivation_codes)::text
                  FROM unnest((telephony_api.release_number(true)).forwarded_lines) l$$,
    ARRAY[format('(%s,+2348031234567,active,{##21#})', :'config'),
          format('(%s,+2348031234568,pending_setup,{##21#})', :'shown')],
    'forced, it is released, and the lines are rows');
SELECT set_eq($$SELECT l.sim_phone_number FROM unnest((telephony_api.provisioning_status()).forwarded_lines) l$$,
    ARRAY['+2348031234567', '+2348031234568'], 'afterwards too');
SELECT is((SELECT (l.action, l.old ->> 'status', l.new ->> 'status')::text FROM tap.last() l),
    '(release_number,live,releasing)', 'released');
SELECT telephony_api.disable_forwarding_config(:'config') \gset x_
SELECT is((SELECT (l.action, l.old ->> 'status', l.new ->> 'status')::text FROM tap.last() l),
    '(disable_forwarding_config,active,disabled)', 'disabled');
SELECT telephony_api.set_regulatory_profile('GB', 'Mobile', 'AD' || repeat('1', 32)) \gset x_
SELECT is((SELECT (l.action, l.entity, l.old IS NULL, l.new ->> 'address_sid')::text FROM tap.last() l),
          format('(set_regulatory_profile,regulatory_profiles/GB/Mobile,t,AD%s)', repeat('1', 32)),
              'a regulatory profile set');
SELECT telephony_api.set_regulatory_profile('GB', 'Mobile') \gset x_
SELECT is((SELECT (l.action, l.old IS NULL, l.new IS NULL)::text FROM tap.last() l), '(set_regulatory_profile,f,t)',
    'and removed');

RESET ROLE;
UPDATE telephony_internal.jobs SET state = 'released' WHERE kind = 'release';
INSERT INTO telephony_internal.twilio_credentials (org_id, account_sid, sealed, key_id) VALUES (:'org_a',
    'AC' || repeat('b', 32), decode(repeat('ab', 120), 'hex'), repeat('1', 16));
SET LOCAL ROLE tap_tenant;
SELECT is((telephony_api.remove_twilio_credentials()).poll_after_seconds, NULL, 'nothing is under way any more');
SELECT is((SELECT (l.action, l.old ->> 'account', l.old ->> 'sealed', l.new IS NULL)::text FROM tap.last() l),
    '(remove_twilio_credentials,AC******bbbb,,t)', 'credentials removed: the account masked, never the box');

SET LOCAL ROLE tap_service;
SELECT set_config('request.jwt.claims', '', true), set_config('request.headers', 'no JSON', true) \gset
SELECT telephony_api.register_org(:'org_b'), telephony_api.register_org(:'org_b') \gset x_
RESET ROLE;
SELECT is((SELECT (l.org_id, l.actor, l.role, l.action, l.ip)::text FROM tap.last() l),
    format('(%s,%s,tap_service,register_org,)', :'org_b', session_user),
        'without a token the login counts; headers that are none do no harm');
SELECT is((SELECT count(*) FROM telephony_api.audit_log WHERE org_id = :'org_b'), 1::bigint, 'registered once');
SELECT is_empty($$SELECT a FROM telephony_api.audit_log a WHERE a::text ~ '[0-9]{7,}'
    AND a::text ~ '(12025550123|2348031234567|12025550111)'$$, 'no number in the clear anywhere in it');
SELECT is(telephony.mask_numbers('{"a": ["+12025550123", {"b": "tel:**21*%2B12025550123%23"}], "id": "01234567-1234-4123-8123-012345678901", "at": "2026-11-22T12:00:00.123456+00:00", "n": 5}'::jsonb),
          '{"a": ["+1******0123", {"b": "tel:**21*%2B*******0123%23"}], "id": "01234567-1234-4123-8123-012345678901", "at": "2026-11-22T12:00:00.123456+00:00", "n": 5}', 'masked wherever it stands; ids and times stay');

-- Append-only, and each sees its own.
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_b') \gset
SELECT results_eq('SELECT DISTINCT org_id::text FROM telephony_api.audit_log', ARRAY[:'org_b'],
    'B sees its own lines only');
SELECT throws_ok(format($$%s$$, s), '42501', NULL, s)
    FROM (VALUES ('UPDATE telephony_api.audit_log SET actor = ''somebody else'''),
        ('DELETE FROM telephony_api.audit_log'), ('TRUNCATE telephony_api.audit_log'),
    ('INSERT INTO telephony_api.audit_log (org_id, actor, role, action, entity) SELECT telephony.current_org_id(), ''a'', ''b'', ''c'', ''d'''),
    ('SELECT telephony_internal.audit(telephony.current_org_id(), ''a'', ''b'', NULL, NULL)')) v (s);
SET LOCAL ROLE tap_service;
SELECT throws_ok('DELETE FROM telephony_api.audit_log', '42501', NULL, 'the service changes none either');
RESET ROLE;
SELECT is_empty($$SELECT grantee, privilege_type FROM information_schema.role_table_grants
    WHERE table_name = 'audit_log' AND grantee <> 'telephony_owner' AND privilege_type <> 'SELECT'$$,
        'nobody but the owner has more than SELECT');
-- Every definer function that changes something and that an API role reaches records it; a search changes nothing of
-- the organization's.
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p JOIN telephony_internal.tier_privileges t
    ON t.privilege = 'EXECUTE' AND t.tier IN ('tenant', 'service') AND t.object::regprocedure = p.oid
                   WHERE p.prosecdef AND p.provolatile = 'v' AND p.prosrc !~
                       '(internal\.audit|begin_release|set_forwarding_status|use_carrier)\('
                       AND p.proname NOT IN ('test_forwarding', 'search_numbers')
                     AND EXISTS (SELECT FROM pg_proc a WHERE a.pronamespace = 'telephony_api'::regnamespace
                         AND a.proname = p.proname)$$,
                'each function of the API that writes calls audit()');

SELECT * FROM finish();
ROLLBACK;
