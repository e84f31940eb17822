-- The shapes of the API: one thing is one object of a named type, several are a list of them, a closed set is an enum,
-- a number is text, and the one shape of jobs.
\ir set_up.psql
SELECT is(p.proargmodes, NULL, format('%s() answers by its type, not by arguments', p.proname))
  FROM pg_proc p WHERE p.pronamespace = 'telephony_api'::regnamespace;
SELECT ok(t.typnamespace = 'telephony_api'::regnamespace AND t.typtype = 'c'
          AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c')
          OR t.typname IN ('bool', 'json', 'jsonb'), format('%s() answers with a named type', p.proname))
  FROM pg_proc p JOIN pg_type t ON t.oid = p.prorettype WHERE p.pronamespace = 'telephony_api'::regnamespace;
SELECT is_empty($$
    SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'telephony_api'::regnamespace AND c.relkind = 'c'
       AND a.atttypid IN ('telephony.e164'::regtype, 'telephony.e164[]'::regtype)$$, 'numbers are text');
SELECT is_empty($$
    SELECT p.proname FROM pg_proc p, unnest(p.proargnames) a
     WHERE p.pronamespace = 'telephony_api'::regnamespace AND a IN ('country', 'region')$$,
    'a country is given as country_code');
SELECT results_eq($$SELECT e::text FROM unnest(enum_range(NULL::telephony_api.job_state)) e WHERE e <> 'none' ORDER BY 1$$,
    $$SELECT t.s FROM (SELECT from_state AS s FROM telephony_internal.job_transitions
                       UNION SELECT to_state FROM telephony_internal.job_transitions
                       UNION SELECT when_cancelled FROM telephony_internal.job_transitions
                        WHERE when_cancelled IS NOT NULL) t ORDER BY 1$$, 'every state of jobs is one of the enum');
SELECT is((SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
            WHERE a.attrelid = 'telephony_api.job'::regclass),
    ARRAY['job_id', 'kind', 'state', 'country_code', 'number', 'reason', 'reason_code', 'retry_at', 'cancel_requested',
          'created_at', 'updated_at', 'poll_after_seconds', 'forwarded_lines'], 'the shape of jobs');

-- What generators of types cannot know stands in no exposed table: types of the extension, and closed sets as text.
SELECT is_empty($$SELECT c.relname, a.attname, t.typname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
    WHERE c.relnamespace = 'telephony_api'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.attnum > 0
      AND NOT a.attisdropped
      AND coalesce(e.typnamespace, t.typnamespace) NOT IN ('pg_catalog'::regnamespace, 'telephony_api'::regnamespace)$$,
    'exposed tables have no type of the extension');
SELECT is_empty($$SELECT k.conrelid::regclass, pg_get_constraintdef(k.oid) FROM pg_constraint k
    WHERE k.connamespace = 'telephony_api'::regnamespace AND k.contype = 'c'
      AND pg_get_constraintdef(k.oid) ~ '^CHECK \(\(\w+ (= ANY|<@) \(?ARRAY\['$$,
    'and no list of texts that are allowed');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_type t ON t.oid = p.prorettype
    WHERE p.pronamespace = 'telephony_api'::regnamespace AND (p.proargmodes IS NOT NULL OR t.typtype = 'p')$$,
    'every call answers with a named type');

-- Every earlier way of calling: without arguments, by position, by name, with any of those that need not be given.
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_a') \gset
SELECT lives_ok(call, call) FROM unnest(ARRAY[
    'SELECT telephony_api.validate_number(''+12025550123'')',
    'SELECT telephony_api.validate_number(''020 7946 0018'', ''GB'')',
    'SELECT telephony_api.validate_number(country_code => ''GB'', number => ''020 7946 0018'')',
    'SELECT * FROM telephony_api.provisioning_status()',
    'SELECT * FROM telephony_api.select_country(''NG'')',
    'SELECT * FROM telephony_api.forwarding_codes(''NG'', ''mtn'', ''total_ai'', ''+12025550123'')',
    'SELECT * FROM telephony_api.forwarding_codes(''NG'', ''mtn'', ''safety_net'', ''+12025550123'', 20)',
    'SELECT * FROM telephony_api.set_regulatory_profile(''GB'', ''Local'', ''AD'' || repeat(''1'', 32))',
    'SELECT * FROM telephony_api.set_regulatory_profile(''GB'', ''Local'', bundle_sid => ''BU'' || repeat(''1'', 32))',
    'SELECT * FROM telephony_api.twilio_credentials_status()']) call;
SELECT throws_ok(call, 'PT409', 'there is no Twilio account to buy a number in', call) FROM unnest(ARRAY[
    'SELECT telephony_api.provision_number()', 'SELECT telephony_api.provision_number(''NG'')',
    'SELECT telephony_api.provision_number(''NG'', ''mtn'')',
    'SELECT telephony_api.provision_number(carrier_name => ''mtn'')',
    'SELECT telephony_api.provision_number(country_code => ''NG'', carrier_name => ''mtn'')',
    'SELECT telephony_api.provision_number(area_code => ''415'', contains => ''55'', number_type => ''local'')',
    'SELECT telephony_api.provision_number(''NG'', ''mtn'', ''415'', ''55'', ''Local'', NULL, true)']) call;
SELECT throws_ok(call, 'PT404', NULL, call) FROM unnest(ARRAY[
    'SELECT * FROM telephony_api.release_number()', 'SELECT telephony_api.release_number(true)',
    'SELECT telephony_api.release_number(force => false)']) call;

-- Every code is a link too; what a subscriber reads is not where it was learnt.
SELECT is_empty($$
    SELECT f FROM (SELECT k.* FROM telephony_api.carriers k JOIN telephony_api.countries n USING (country_code)
                    WHERE k.is_active AND n.is_active) c
     CROSS JOIN (VALUES ('total_ai'), ('safety_net')) t (forwarding),
           telephony_api.forwarding_codes(c.country_code, c.carrier_name, t.forwarding, '+12025550123') f
     WHERE (f.activation_uri, f.deactivation_uri, f.status_uri) IS DISTINCT FROM
           ('tel:' || replace(f.activation_code, '#', '%23'), 'tel:' || replace(f.deactivation_code, '#', '%23'),
            'tel:' || replace(f.status_code, '#', '%23'))
        OR f.source IS DISTINCT FROM c.source OR position(c.source IN f.note) > 0$$, 'links, note and source');

-- Nothing there is state none.
SELECT is((telephony_api.provisioning_status()).state, 'none', 'no job');
SELECT is((telephony_api.provisioning_status()).country_code, NULL, 'for no country');
SELECT is((telephony_api.twilio_credentials_status()).status, 'none', 'no credentials');

-- When to ask again.
RESET ROLE;
CREATE FUNCTION tap.shown(job_state text, waits interval, leased boolean DEFAULT false) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', coalesce(s.poll_after_seconds::text, '-'), CASE WHEN s.retry_at IS NOT NULL THEN 'waits' END)
      FROM (SELECT (telephony_internal.shown_job(j)).*
              FROM jsonb_populate_record(NULL::telephony_internal.jobs, jsonb_build_object('id', gen_random_uuid(),
                       'kind', 'provision', 'state', job_state, 'not_before', clock_timestamp() + waits,
                       'lease_until', CASE WHEN leased THEN clock_timestamp() END)) j) s $$;
SELECT is(tap.shown(state, waits, leased), answer, concat_ws(' ', state, waits, leased)) FROM (VALUES
    ('queued', interval '0', false, '2'), ('queued', interval '20.5 s', false, '21 waits'),
    ('queued', interval '1 h', false, '60 waits'), ('searching', interval '1 h', true, '2'),
    ('buying', interval '0', true, '2'), ('conflict', interval '0', false, '60'), ('erasing', interval '0', true, '2'),
    ('erasing', interval '20.5 s', false, '21 waits'), ('erasing', interval '1 day', false, '3600 waits'),
    ('done', interval '0', false, '-'), ('failed', interval '0', false, '-'))
    v (state, waits, leased, answer);

SELECT * FROM finish();
ROLLBACK;
