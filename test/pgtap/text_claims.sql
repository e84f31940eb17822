-- Organizations that tokens name by a text: they get an id of it and keep the text, see their own rows only, and
-- whoever reads tokens in another way than the first organization came in is refused.
\ir set_up.psql
SELECT telephony_internal.set_voice_settings(voice_url => 'https://voice.example.com/incoming') \gset
CREATE FUNCTION tap.recorded() RETURNS text LANGUAGE sql AS
$$ SELECT org_claim_type FROM telephony_internal.settings $$;
SELECT telephony.org_uuid('org_2abc') AS clerk, telephony.org_uuid('acme') AS acme,
       telephony.org_uuid('33333333-3333-4333-8333-333333333333') AS like_a_uuid \gset
SET LOCAL telephony.org_claim_type = 'text';
SELECT is(tap.recorded(), NULL, 'nothing is recorded before there is an organization');

-- The first organization, by a call of a member.
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in('org_2abc'::text) \gset
SELECT is((telephony_api.provisioning_status()).state::text, 'none', 'a look records nothing');
RESET ROLE;
SELECT is(tap.recorded(), NULL, 'as there is no organization yet');
SET LOCAL ROLE tap_tenant;
SELECT is((telephony_api.select_country('NG')).org_id, :'clerk'::uuid, 'the id is made of the text');
SELECT results_eq('SELECT id, original_id FROM telephony_api.organizations',
    format($$VALUES (%L::uuid, 'org_2abc')$$, :'clerk'), 'which is kept with it');
RESET ROLE;
SELECT is(tap.recorded(), 'text', 'the first organization records the type');

-- Another one, whose text looks like a uuid; both see their own rows.
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in('33333333-3333-4333-8333-333333333333'::text) \gset
SELECT is((telephony_api.select_country('GB')).org_id, :'like_a_uuid'::uuid, 'every text is hashed');
SELECT results_eq('SELECT original_id, telephony_country FROM telephony_api.organizations',
    $$VALUES ('33333333-3333-4333-8333-333333333333', 'GB')$$, 'and each sees itself alone');
SELECT is((SELECT count(DISTINCT org_id) FROM telephony_api.audit_log), 1::bigint, 'in the audit log too');
SELECT tap.sign_in(:'clerk'::text) \gset
SELECT is((SELECT count(*) FROM telephony_api.organizations), 0::bigint,
    'the id of another, as a text, is not the other');
SELECT tap.sign_in(''::text) \gset
SELECT throws_ok('SELECT telephony_api.provisioning_status()', 'PT401', 'no organization in the token', 'no text');
SELECT is(tap.detail_of('SELECT telephony_api.provisioning_status()'),
    'The claim app_metadata.org_id is missing or not a text of 1 to 255 bytes.', 'and why');

-- Registered and imported by the text, or by the id alone.
SET LOCAL ROLE tap_service;
SELECT set_config('request.jwt.claims', '{"role": "tap_service"}', true) \gset
SELECT is((SELECT (r.id, r.original_id)::text FROM telephony_api.register_org(original_id => 'acme') r),
    format('(%s,acme)', :'acme'), 'registered by its text');
SELECT is((telephony_api.register_org(telephony.org_uuid('later'))).original_id, NULL, 'or by its id');
SELECT is((telephony_api.register_org(telephony.org_uuid('later'), 'later')).original_id, 'later',
    'and told the text later');
SELECT throws_ok(format($$SELECT telephony_api.register_org(%L, 'other')$$, :'acme'), 'PT400',
    'not what the organization''s id is made of', 'another''s text');
SELECT throws_ok($$SELECT telephony_api.register_org(original_id => '')$$, 'PT400',
    'not what the organization''s id is made of', 'a text that names nobody');
SELECT throws_ok($$SELECT telephony_api.import_org(country_code => 'NG', original_id => repeat('x', 256))$$, 'PT400',
    'not what the organization''s id is made of', 'a text that is too long');
SELECT throws_ok($$SELECT telephony_api.register_org()$$, 'PT400', 'no organization given', 'nobody at all');
SELECT is((SELECT (r.id, r.telephony_country, r.original_id)::text
    FROM telephony_api.import_org(country_code => 'NG', original_id => 'imported') r),
    format('(%s,NG,imported)', telephony.org_uuid('imported')), 'imported by its text');
SELECT telephony_api.export_org(telephony.org_uuid('imported')) -> 'organization' AS exported \gset
SELECT is(:'exported'::jsonb ->> 'original_id', 'imported', 'what is exported has the text');

-- From there to another installation, as a service carries it.
RESET ROLE;
SAVEPOINT elsewhere;
SET LOCAL telephony.allow_data_loss = on;
DELETE FROM telephony_api.organizations WHERE original_id = 'imported';
SET LOCAL ROLE tap_service;
SELECT is((telephony_api.import_org(
    (:'exported'::jsonb ->> 'id')::uuid, :'exported'::jsonb ->> 'telephony_country',
    original_id => :'exported'::jsonb ->> 'original_id')).original_id, 'imported',
    'what was exported comes in with it');
RESET ROLE;
ROLLBACK TO elsewhere;

-- A member's call tells the text of an organization that came in by its id.
SELECT telephony_internal.register_org(telephony.org_uuid('org_late'), NULL) \gset x_
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in('org_late'::text) \gset
SELECT telephony_api.select_country('US') \gset x_
SELECT is((SELECT original_id FROM telephony_api.organizations), 'org_late', 'learned from the token');
RESET ROLE;
SELECT throws_ok(format('UPDATE telephony_api.organizations SET original_id = ''x'' WHERE id = %L', :'acme'),
    '23514', NULL, 'no row has a text that its id is not made of');

-- An erasure takes the text away with the rest.
SELECT telephony_internal.erase_org(:'like_a_uuid') \gset x_
UPDATE telephony_internal.jobs SET token = token + 1, lease_until = clock_timestamp() + interval '1 minute'
 WHERE kind = 'erase' RETURNING id, token \gset erase_
SELECT (telephony_internal.advance(:'erase_id', :erase_token, 'look')).state AS after_the_look \gset
SELECT is((SELECT count(*) FROM telephony_api.organizations WHERE original_id LIKE '3333%'), 0::bigint,
    'erased with its text');

-- Another type than recorded.
SELECT is_empty($$SELECT * FROM telephony_internal.run_self_check()
    WHERE "check" = 'organizations are read from tokens as they came in' AND NOT ok$$, 'in order as it is');
SELECT lives_ok($$SELECT telephony_internal.hello(telephony_internal.installation_id(), '1', NULL, 1)$$,
    'telephonyd is greeted');
SET LOCAL telephony.org_claim_type = 'uuid';
SELECT matches((SELECT detail FROM telephony_internal.run_self_check()
    WHERE "check" = 'organizations are read from tokens as they came in' AND NOT ok),
    '^the first .* as text, and telephony.org_claim_type is uuid; ALTER DATABASE \S+ SET \S+ = ''text''',
    'self_check() tells what is wrong and what mends it');
SELECT throws_ok($$SELECT telephony_internal.hello(telephony_internal.installation_id(), '1', NULL, 1)$$,
    'TL006', 'organizations are read from tokens in another way than before', 'the greeting refuses');
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'clerk'::text) \gset
SELECT throws_ok('SELECT telephony_api.' || call, 'PT409',
    'the server reads organizations from tokens in another way than before', call || ' is refused') FROM (VALUES ('provisioning_status()'), ('select_country(''NG'')'), ('release_number()'),
        ('twilio_credentials_status()'), ('verify_caller_id(''+12025550123'')')) c (call);
RESET ROLE;
SELECT throws_ok('SELECT telephony_api.register_org(gen_random_uuid())', 'PT409', NULL,
    'no organization comes in in another way');
SELECT throws_ok(format('SELECT telephony_api.register_org(%L, ''acme'')', :'acme'), 'PT400', NULL,
    'a text is none of a uuid');
SELECT lives_ok(format('SELECT telephony_api.export_org(%L)', :'acme'), 'what is here can still be exported');

-- Whoever hands an organization's id to a function learns where it comes from.
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_proc p
     WHERE p.pronamespace IN ('telephony'::regnamespace, 'telephony_api'::regnamespace,
                              'telephony_internal'::regnamespace)
       AND p.proargnames[1:p.pronargs] && ARRAY['org', 'org_id', 'organization']
       AND 'uuid'::regtype = ANY (p.proargtypes)
       AND (p.pronamespace <> 'telephony_internal'::regnamespace
            OR EXISTS (SELECT FROM telephony_internal.tier_privileges t WHERE t.privilege = 'EXECUTE'
                       AND to_regprocedure(t.object) = p.oid AND t.tier IN ('anon', 'tenant', 'service', 'operator'))
               AND obj_description(p.oid, 'pg_proc') NOT LIKE 'Does the work of %')
       AND obj_description(p.oid, 'pg_proc') NOT LIKE '%telephony.org_uuid()%'$$, 'the comment names org_uuid()');

SELECT * FROM finish();
ROLLBACK;
