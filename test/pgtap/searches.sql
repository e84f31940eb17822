-- Searches for numbers: what may be asked for, who shares an answer, what is offered and for how long.
\ir set_up.psql
SELECT 'AC' || repeat('a', 32) AS account \gset
UPDATE telephony_internal.settings SET platform_account_sid = :'account';
CREATE FUNCTION tap.wishes(country text, area_code text DEFAULT NULL, contains text DEFAULT NULL,
    number_type text DEFAULT NULL, locality text DEFAULT NULL) RETURNS jsonb LANGUAGE sql AS $$
    SELECT telephony_internal.number_wishes(c, area_code, contains, number_type, locality)
      FROM telephony_api.countries c WHERE c.country_code = country $$;
CREATE FUNCTION tap.code_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_code text; v_hint text;
BEGIN
    EXECUTE statement;
    RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_code = CONSTRAINT_NAME, v_hint = PG_EXCEPTION_HINT;
    RETURN v_code || CASE WHEN coalesce(v_hint, '') = '' THEN ' without a hint' ELSE '' END;
END $$;

-- Area codes are those of the numbering plan, in countries where the number is bought.
SELECT is(telephony_internal.area_code_region(code), region, format('area code %s', code)) FROM (VALUES
    ('415', 'US'), ('212', 'US'), ('416', 'CA'), ('514', 'CA'), ('800', 'US'), ('999', NULL), ('115', NULL),
    ('41', NULL), ('4155', NULL), ('4x5', NULL), ('', NULL), (NULL, NULL)) v (code, region);
SELECT is(tap.code_of(format('SELECT tap.wishes(%L, area_code => %L)', country, code)), answer,
    format('area code %s for %s', code, country)) FROM (VALUES
    ('US', '415', 'not refused'), ('US', ' 415 ', 'not refused'), ('NG', '415', 'not refused'),
    ('CA', '416', 'not refused'), ('CA', '415', 'not refused'), ('US', '416', 'area_code_unknown'),
    ('US', '4x5', 'area_code_unknown'), ('US', '', 'area_code_unknown'), ('US', '999', 'area_code_unknown'),
    ('GB', '415', 'area_code_unknown'), ('GB', '020', 'area_code_unknown')) v (country, code, answer);
SELECT is(tap.wishes('NG', area_code => ' 415 '), '{"area_code": "415"}', 'an area code of where the number is bought');

-- Patterns as Twilio has them.
SELECT is(tap.code_of(format('SELECT tap.wishes(''US'', contains => %L)', pattern)), answer,
    format('contains %s', left(pattern, 20))) FROM (VALUES
    ('55', 'not refused'), ('TAXI', 'not refused'), ('taxi', 'not refused'), ('5**5', 'not refused'),
    (repeat('5', 16), 'not refused'), ('5', 'contains_malformed'), ('', 'contains_malformed'),
    (repeat('5', 17), 'contains_malformed'), ('5-5', 'contains_malformed'), ('+1415', 'contains_malformed'),
    ('55%', 'contains_malformed'), ('taxí', 'contains_malformed'), (E'55\n55', 'contains_malformed'))
    v (pattern, answer);
SELECT is(tap.wishes('US', contains => 'taxi'), '{"contains": "TAXI"}', 'capital letters or not');

-- Types that the country has, however they are written.
SELECT is(tap.wishes('GB', number_type => spelling), jsonb_build_object('number_type', answer), spelling)
  FROM (VALUES ('Mobile', 'Mobile'), ('mobile', 'Mobile'), ('LOCAL', 'Local')) v (spelling, answer);
UPDATE telephony_api.countries SET number_types = '{Local,TollFree}' WHERE country_code = 'US';
SELECT is(tap.wishes('US', number_type => spelling), '{"number_type": "TollFree"}', spelling)
  FROM unnest(ARRAY['TollFree', 'tollfree', 'toll-free', 'toll_free', 'Toll Free']) spelling;
UPDATE telephony_api.countries SET number_types = '{Local}' WHERE country_code = 'US';
SELECT is(tap.code_of($$SELECT tap.wishes('US', number_type => 'toll-free')$$), 'number_type_not_offered',
    'a type that the row of the country does not allow');
SELECT is(tap.code_of($$SELECT tap.wishes('US', number_type => 'premium')$$), 'number_type_unknown',
    'a type that there is not');
SELECT is(tap.code_of(format('SELECT tap.wishes(''US'', locality => %L)', place)), answer, left(place, 9))
  FROM (VALUES ('San Francisco', 'not refused'), ('São Paulo', 'not refused'), (' ', 'locality_malformed'),
               (repeat('x', 65), 'locality_malformed'), (E'a\nb', 'locality_malformed')) v (place, answer);
SELECT is(telephony_internal.searchable_kinds('GB', '{}'),
    '[{"country_code": "GB", "number_type": "Mobile"}, {"country_code": "GB", "number_type": "Local"}]',
    'all types of a country, with a regulatory profile or not');
SELECT is(telephony_internal.searchable_kinds('CA', '{"area_code": "416"}'),
    '[{"country_code": "CA", "number_type": "Local"}]', 'an area code tells in which country to look');

-- Who may search.
SET LOCAL ROLE tap_tenant;
SELECT set_config('request.jwt.claims', '{}', true) \gset
SELECT is(tap.code_of($$SELECT telephony_api.search_numbers('US')$$), 'no_organization', 'an organization only');
SELECT tap.sign_in(:'org_a') \gset
SELECT is(tap.code_of($$SELECT telephony_api.search_numbers()$$), 'country_missing', 'for a country');
SELECT is(tap.code_of($$SELECT telephony_api.search_numbers('FR')$$), 'country_not_supported', 'that is supported');

-- The same search within a minute is the same job; another is another.
SELECT job_id AS search, kind, state, country_code, poll_after_seconds FROM telephony_api.search_numbers('US', '415')
    \gset first_
SELECT is(array[:'first_kind', :'first_state', :'first_country_code', :'first_poll_after_seconds'],
    ARRAY['search', 'queued', 'US', '1'], 'a job of kind search');
SELECT is((telephony_api.search_numbers('us', ' 415')).job_id, :'first_search'::uuid, 'shared');
SELECT isnt((telephony_api.search_numbers('US', '212')).job_id, :'first_search'::uuid, 'other wishes');
SELECT isnt((telephony_api.search_numbers('NG', '415')).job_id, :'first_search'::uuid, 'another country');
SELECT is((telephony_api.provisioning_status()).state, 'none', 'a search is none of the jobs that are told of');
SELECT tap.sign_in(:'org_b') \gset
SELECT isnt((telephony_api.search_numbers('US', '415')).job_id, :'first_search'::uuid, 'another organization');
SELECT is(tap.code_of(format('SELECT telephony_api.offered_numbers(%L)', :'first_search')), 'search_not_found',
    'which does not see the first one''s');
SELECT is(tap.code_of('SELECT telephony_api.offered_numbers(gen_random_uuid())'), 'search_not_found', 'nor any');
SELECT is(tap.code_of('SELECT telephony_api.offered_numbers(NULL)'), 'search_not_found', 'nor none');
RESET ROLE;
UPDATE telephony_internal.settings SET platform_account_sid = 'AC' || repeat('b', 32);
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_a') \gset
SELECT isnt((telephony_api.search_numbers('US', '415')).job_id, :'first_search'::uuid, 'another account');
RESET ROLE;
UPDATE telephony_internal.settings SET platform_account_sid = :'account';
UPDATE telephony_internal.number_searches SET created_at = created_at - interval '61 seconds'
 WHERE id = :'first_search';
SET LOCAL ROLE tap_tenant;
SELECT isnt((telephony_api.search_numbers('US', '415')).job_id, :'first_search'::uuid, 'a minute later');

-- So many an hour.
RESET ROLE;
UPDATE telephony_internal.settings SET searches_per_hour = 6;
SET LOCAL ROLE tap_tenant;
SELECT is(tap.code_of($$SELECT telephony_api.search_numbers('US', '305')$$), 'not refused', 'the sixth');
SELECT is(tap.code_of($$SELECT telephony_api.search_numbers('US', '312')$$), 'too_many_searches', 'and no seventh');
SELECT is(tap.code_of($$SELECT telephony_api.search_numbers('US', '305')$$), 'not refused', 'one that is shared');
RESET ROLE;
UPDATE telephony_internal.number_searches SET created_at = created_at - interval '1 hour' WHERE id = :'first_search';
SET LOCAL ROLE tap_tenant;
SELECT is(tap.code_of($$SELECT telephony_api.search_numbers('US', '312')$$), 'not refused', 'an hour later');
RESET ROLE;
UPDATE telephony_internal.settings SET searches_per_hour = DEFAULT;

-- A sidecar claims, and reports once.
DELETE FROM telephony_internal.number_searches;
SET LOCAL ROLE tap_tenant;
SELECT job_id AS search FROM telephony_api.search_numbers('US', '415', 'taxi', locality => 'San Francisco') \gset
RESET ROLE;
INSERT INTO telephony_internal.number_holds (number, state, job_id, org_id, account_sid)
VALUES ('+14155550199', 'in_doubt', gen_random_uuid(), :'org_b', :'account');
SET LOCAL ROLE tap_sidecar;
SELECT throws_ok('SELECT telephony_internal.claim_number_searches(0, 60)', '22023', NULL, 'one at least');
SELECT token, wishes, kinds, account_sid, coalesce(credential::text, 'none') AS credential
  FROM telephony_internal.claim_number_searches(10, 60) \gset claim_
SELECT is(:'claim_wishes'::jsonb, '{"area_code": "415", "contains": "TAXI", "locality": "San Francisco"}', 'the wishes');
SELECT is(:'claim_kinds'::jsonb, '[{"country_code": "US", "number_type": "Local"}]', 'the kinds');
SELECT is(:'claim_account_sid'::text, :'account', 'the account');
SELECT is(:'claim_credential'::text, 'none', 'and no credential where the platform''s is meant');
SELECT is_empty('SELECT telephony_internal.claim_number_searches(10, 60)', 'claimed once');
CREATE FUNCTION pg_temp.found(n int) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_agg(jsonb_build_object('number', '+1415555' || lpad((200 - i)::text, 4, '0'), 'country_code', 'US',
        'number_type', 'Local', 'locality', 'San Francisco', 'region', 'CA', 'capabilities', '{"voice": true}'::jsonb,
        'monthly_price', '1.15', 'price_unit', 'USD', 'needs_address', false) ORDER BY i)
      FROM generate_series(0, n) i $$;
SELECT ok(NOT telephony_internal.finish_number_search(:'org_a', :'search', :claim_token - 1, pg_temp.found(1)),
    'who has another token reports nothing');
SELECT ok(telephony_internal.finish_number_search(:'org_a', :'search', :claim_token, NULL, 'Twilio does not answer',
    'twilio_unavailable', 2), 'put off');
SET LOCAL ROLE tap_tenant;
SELECT is((s.state, s.reason_code, s.poll_after_seconds, s.offers)::text, '(queued,twilio_unavailable,1,{})',
    'and why') FROM telephony_api.offered_numbers(:'search') s;
SET LOCAL ROLE tap_sidecar;
SELECT is_empty('SELECT telephony_internal.claim_number_searches(10, 60)', 'not before its time');
RESET ROLE;
UPDATE telephony_internal.number_searches SET not_before = clock_timestamp();
SET LOCAL ROLE tap_sidecar;
SELECT token FROM telephony_internal.claim_number_searches(10, 60) \gset second_
SELECT ok(telephony_internal.finish_number_search(:'org_a', :'search', :second_token, pg_temp.found(24)), 'done');
SELECT ok(NOT telephony_internal.finish_number_search(:'org_a', :'search', :second_token, pg_temp.found(1)), 'once');

-- What is offered: at most twenty, none that is held, in the words of the API.
SET LOCAL ROLE tap_tenant;
SELECT state, coalesce(reason, 'none') AS reason, cardinality(offers) AS count, to_jsonb(offers) -> 0 AS first, to_jsonb(offers) @> '[{"number": "+14155550199"}]'
    AS held, expires_at - now() BETWEEN interval '9 minutes' AND interval '11 minutes' AS lasts
  FROM telephony_api.offered_numbers(:'search') \gset offer_
SELECT is(ARRAY[:'offer_state', :'offer_reason', :'offer_count', :'offer_held', :'offer_lasts'],
    ARRAY['done', 'none', '20', 'f', 't'], 'twenty offers for ten minutes, and none of what a purchase holds');
SELECT is(:'offer_first'::jsonb, '{"number": "+14155550200", "formatted": "+1 415-555-0200", "country_code": "US",
    "number_type": "Local", "locality": "San Francisco", "region": "CA", "capabilities": {"voice": true},
    "monthly_price": 1.15, "price_unit": "USD", "needs_regulatory_profile": false}', 'an offer');
RESET ROLE;
SELECT is(telephony_internal.offers_of('[{"number": "+447400123456", "country_code": "GB", "number_type": "Mobile",
    "needs_address": false}]') -> 0 ->> 'needs_regulatory_profile', 'true', 'where the country needs a profile');
SELECT is(telephony_internal.offers_of('[{"number": "+14155550111", "country_code": "US", "number_type": "Local",
    "needs_address": true}]') -> 0 ->> 'needs_regulatory_profile', 'true', 'or the number an address');

-- What has expired is neither shown nor kept.
UPDATE telephony_internal.number_searches SET expires_at = clock_timestamp() WHERE id = :'search';
SET LOCAL ROLE tap_tenant;
SELECT is((s.state, s.reason_code, s.offers)::text, '(done,offers_expired,{})', 'expired')
  FROM telephony_api.offered_numbers(:'search') s;
SET LOCAL ROLE tap_sidecar;
SELECT is(telephony_internal.forget_searches(), 0::bigint, 'the search is kept');
RESET ROLE;
SELECT is((SELECT offers FROM telephony_internal.number_searches WHERE id = :'search'), '[]', 'its offers are not');
UPDATE telephony_internal.number_searches SET created_at = created_at - interval '1 hour' WHERE id = :'search';
SELECT is(telephony_internal.forget_searches(), 1::bigint, 'for an hour');

-- Nothing found, and what is given up, say what to do.
SET LOCAL ROLE tap_tenant;
SELECT job_id AS search FROM telephony_api.search_numbers('US', '415') \gset
SET LOCAL ROLE tap_sidecar;
SELECT token FROM telephony_internal.claim_number_searches(10, 60) \gset third_
SELECT telephony_internal.finish_number_search(:'org_a', :'search', :third_token, '[]') \gset
SET LOCAL ROLE tap_tenant;
SELECT is((s.state, s.reason_code)::text, '(done,no_number_found)', 'nothing found')
  FROM telephony_api.offered_numbers(:'search') s;
SELECT job_id AS search FROM telephony_api.search_numbers('US', '212') \gset
SET LOCAL ROLE tap_sidecar;
SELECT token FROM telephony_internal.claim_number_searches(10, 60) \gset fourth_
SELECT telephony_internal.finish_number_search(:'org_a', :'search', :fourth_token, NULL, 'Twilio asks to slow down',
    'twilio_busy', 300) \gset
SET LOCAL ROLE tap_tenant;
SELECT is((s.state, s.reason, s.poll_after_seconds)::text, '(failed,"Twilio asks to slow down. Call search_numbers() again later.",)', 'given up')
  FROM telephony_api.offered_numbers(:'search') s;
SELECT isnt((telephony_api.search_numbers('US', '212')).job_id, :'search'::uuid, 'what has failed is not shared');

-- Whose sidecar died: claimed by another when the lease has run out.
RESET ROLE;
DELETE FROM telephony_internal.number_searches;
SET LOCAL ROLE tap_tenant;
SELECT job_id AS search FROM telephony_api.search_numbers('US', '415') \gset
SET LOCAL ROLE tap_sidecar;
SELECT token FROM telephony_internal.claim_number_searches(10, 60) \gset dead_
RESET ROLE;
UPDATE telephony_internal.number_searches SET lease_until = clock_timestamp() - interval '1 second';
SET LOCAL ROLE tap_sidecar;
SELECT ok((SELECT token > :dead_token FROM telephony_internal.claim_number_searches(10, 60)), 'taken over');
SELECT ok(NOT telephony_internal.finish_number_search(:'org_a', :'search', :dead_token, '[]'), 'it is fenced');

-- Nobody is there to search: people are told, and nobody searches for them when they have gone.
RESET ROLE;
UPDATE telephony_internal.number_searches
   SET created_at = clock_timestamp() - interval '2 minutes', lease_until = clock_timestamp() + interval '1 minute';
SET LOCAL ROLE tap_tenant;
SELECT is((s.state, s.poll_after_seconds)::text, '(searching,10)', 'who has it may finish; who waits asks less often')
  FROM telephony_api.offered_numbers(:'search') s;
RESET ROLE;
UPDATE telephony_internal.number_searches SET lease_until = clock_timestamp() - interval '1 second';
SET LOCAL ROLE tap_tenant;
SELECT is((s.state, s.reason_code, s.poll_after_seconds)::text, '(failed,search_unattended,)', 'its sidecar died')
  FROM telephony_api.offered_numbers(:'search') s;
RESET ROLE;
UPDATE telephony_internal.number_searches SET state = 'queued', lease_until = NULL;
SET LOCAL ROLE tap_tenant;
SELECT is((s.state, s.reason_code, s.offers)::text, '(failed,search_unattended,{})', 'nobody took it')
  FROM telephony_api.offered_numbers(:'search') s;
SELECT isnt((telephony_api.search_numbers('US', '415')).job_id, :'search'::uuid, 'and it is not shared');
RESET ROLE;
DELETE FROM telephony_internal.number_searches WHERE id <> :'search';
SET LOCAL ROLE tap_sidecar;
SELECT is_empty('SELECT telephony_internal.claim_number_searches(10, 60)', 'nor claimed');

-- An organization that is being erased searches no more, and none of its searches is left.
RESET ROLE;
SELECT telephony_api.erase_org(:'org_a') \gset
SET LOCAL ROLE tap_tenant;
SELECT is(tap.code_of($$SELECT telephony_api.search_numbers('US', '305')$$), 'being_erased', 'no search any more');
RESET ROLE;
SELECT token AS erase_token, job_id AS erase_job FROM telephony_internal.claim_jobs('tap', 10, 60, ARRAY['erase']) \gset
SELECT is((telephony_internal.advance(:'erase_job', :erase_token, 'look')).state, 'done', 'erased');
SELECT is_empty(format('SELECT FROM telephony_internal.number_searches WHERE org_id = %L', :'org_a'), 'and its searches');

SELECT * FROM finish();
ROLLBACK;
