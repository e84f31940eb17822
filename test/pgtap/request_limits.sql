-- Request limits as the tiers see them: who may check, report and set; what is refused and what it says.
\ir set_up.psql
\set org '\'33333333-3333-4333-8333-333333333333\''

SELECT is(string_agg(role, ' ' ORDER BY role), roles, signature || ': for ' || roles)
  FROM (VALUES ('telephony.check_request()', 'tap_anon tap_service tap_tenant'),
               ('telephony_api.request_limits()', 'tap_service'),
               ('telephony_internal.request_limits()', 'tap_service'),
               ('telephony_api.set_org_limit(uuid, integer)', 'tap_service'),
               ('telephony_internal.set_org_limit(uuid, integer)', 'tap_service'),
               ('telephony.reset_request_limits()', NULL),
               ('telephony.request_limit_counters()', NULL),
               ('telephony.request_limit_refusals(integer)', NULL),
               ('telephony.org_limits_changed()', NULL)) f (signature, roles)
  LEFT JOIN unnest(ARRAY['tap_anon', 'tap_tenant', 'tap_service', 'tap_sidecar']) role ON has_function_privilege(role,
      signature, 'EXECUTE')
 GROUP BY signature, roles;

-- A request of PostgREST: `headers` and `claims` as it hands them over; the SQLSTATE, or ok.
CREATE FUNCTION tap.request(address text, org text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_state text;
BEGIN
    PERFORM set_config('request.headers', json_build_object('x-forwarded-for', address)::text, true),
            set_config('request.jwt.claims', json_build_object('role', 'tap_tenant', 'app_metadata',
                json_build_object('org_id', org))::text, true);
    PERFORM telephony.check_request();
    RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE;
    RETURN v_state;
END $$;
CREATE FUNCTION tap.requests(times integer, address text, org text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', outcome, n), ', ' ORDER BY outcome) FROM (SELECT outcome, count(*) AS n
        FROM generate_series(1, times),
            LATERAL (SELECT tap.request(address, org) OFFSET 0 * generate_series) r (outcome) GROUP BY outcome) o
$$;
SELECT telephony.reset_request_limits() \gset
SET LOCAL ROLE tap_anon;
SELECT is(requests(150, '203.0.113.1'), 'PGRST 50, ok 100', 'of 150 requests of one address 100 pass');
SELECT is(requests(1, '203.0.113.2'), 'ok 1', 'another address has its own window');
RESET ROLE;
SET LOCAL telephony.org_limit = 20;
SET LOCAL ROLE tap_tenant;
SELECT is(requests(30, '203.0.113.3', :org), 'PGRST 10, ok 20', 'and an organization, from whatever address');
SELECT is(requests(2, '203.0.113.4', :org), 'PGRST 2', 'has one window too');
RESET ROLE;

-- Limits of single organizations.
SET LOCAL ROLE tap_service;
SELECT is((organization, requests_per_hour)::text, '(33333333-3333-4333-8333-333333333333,5)', 'a limit of its own')
    FROM telephony_api.set_org_limit(:org, 5);
SELECT is((organization, requests_per_hour)::text, '(33333333-3333-4333-8333-333333333333,8)', 'is replaced')
    FROM telephony_api.set_org_limit(:org, 8);
SELECT throws_ok($$SELECT telephony_api.set_org_limit(NULL, 5)$$, 'PT400', 'which organization?', 'no organization');
SELECT throws_ok(format('SELECT telephony_api.set_org_limit(%L, %s)', :org, n), 'PT400',
    format('not a number of requests an hour: %s', n), format('not a limit: %s', n))
  FROM (VALUES (-1), (1000000001)) v (n);
RESET ROLE;
SELECT telephony.reset_request_limits() \gset
SET LOCAL ROLE tap_tenant;
SELECT is(requests(10, '203.0.113.5', :org), 'PGRST 2, ok 8', 'a window that begins has the organization''s own limit');
RESET ROLE;
SELECT is((SELECT settings - 'request_limit_entries' FROM telephony_api.request_limits()),
    '{"ip_limit": 100, "ip_window": 900, "site_limit": -1, "org_limit": 20, "org_window": 3600, "trusted_hops": 1, "exempt_networks": "", "client_address_header": "x-forwarded-for"}'::jsonb, 'request_limits() tells the settings');
SET LOCAL ROLE tap_service;
SELECT is((requests, refused, refused_percent, refused_by_address, refused_by_organization, overflowed, unaddressed,
    exempt, addresses, organizations)::text,
          '(10,2,20.00,0,2,0,0,0,1,1)', 'and counts') FROM telephony_api.request_limits();
SELECT is((SELECT jsonb_agg(m - 'ends_in_seconds') FROM telephony_api.request_limits(),
    jsonb_array_elements(most_refused) m),
    jsonb_build_array(jsonb_build_object('kind', 'organization', 'key', :org, 'limit', 8, 'passed', 8, 'refused', 2)),
        'and who was refused');
SELECT is((organization, requests_per_hour, set_at)::text, '(33333333-3333-4333-8333-333333333333,,)',
    'null takes a limit back') FROM telephony_api.set_org_limit(:org, NULL);
SELECT lives_ok(format('SELECT telephony_api.set_org_limit(%L, NULL)', :org), 'also where there is none');
RESET ROLE;
SELECT is_empty('SELECT * FROM telephony_internal.org_limits', 'the row is gone');
SELECT is(string_agg(concat_ws('>', coalesce(old ->> 'per_hour', '-'), coalesce(new ->> 'per_hour', '-')),
    ' ' ORDER BY seq), '->5 5>8 8>-', 'each change is recorded')
  FROM telephony_api.audit_log WHERE action = 'set_org_limit' AND org_id = :org;

-- Down: no tier may call check_request() any more; a limit of an organization is a row that is not lost in silence.
SET LOCAL telephony.allow_data_loss = on;
SELECT count(*) FROM telephony.migrate(0) \gset
SET LOCAL telephony.allow_data_loss = off;
SELECT is_empty($$SELECT r FROM unnest(ARRAY['tap_anon', 'tap_tenant', 'tap_service', 'tap_sidecar']) r
    WHERE has_function_privilege(r, 'telephony.check_request()', 'EXECUTE')$$,
        'a way down takes check_request() from every tier');
SELECT telephony.migrate() \gset
SELECT telephony_internal.grant_access('tap_anon', 'anon'), telephony_internal.grant_access('tap_service',
    'service') \gset
SELECT ok(has_function_privilege('tap_anon', 'telephony.check_request()', 'EXECUTE'),
    'the way up and grant_access() grant it again');
SELECT telephony_api.set_org_limit(:org, 5) \gset
SELECT throws_ok('SELECT telephony.migrate(0)', '55000', 'going down to 0 would lose rows',
    'a limit set by an operator is not dropped in silence');
SELECT matches(tap.detail_of('SELECT telephony.migrate(0)'), 'telephony_internal\.org_limits', 'but named');

SELECT * FROM finish();
ROLLBACK;
