-- What the catalog must show: owners, row-level security, pinned search paths, no definer function exposed, nothing for
-- PUBLIC, a comment on everything.
\ir set_up.psql
CREATE ROLE tap_plain;

CREATE TEMP VIEW our_functions AS
    SELECT p.*, p.oid::regprocedure::text AS signature FROM pg_proc p WHERE p.pronamespace
        IN ('telephony_api'::regnamespace, 'telephony_internal'::regnamespace);
CREATE TEMP VIEW our_tables AS
    SELECT c.*, c.oid::regclass::text AS name FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v') AND c.relnamespace
        IN ('telephony_api'::regnamespace, 'telephony_internal'::regnamespace);

SELECT is_empty($$SELECT signature FROM our_functions WHERE proowner <> 'telephony_owner'::regrole$$,
    'every function belongs to telephony_owner');
SELECT is_empty($$SELECT name FROM our_tables WHERE relowner <> 'telephony_owner'::regrole$$,
    'every table belongs to telephony_owner');
SELECT is((SELECT (rolsuper, rolbypassrls, rolcanlogin)::text FROM pg_roles WHERE rolname = 'telephony_owner'),
    '(f,f,f)', 'the owner is no superuser, does not bypass RLS and cannot log in');
SELECT is_empty($$SELECT name FROM our_tables WHERE relnamespace = 'telephony_api'::regnamespace AND relkind <> 'v'
    AND NOT relrowsecurity$$, 'row-level security on every exposed table');
SELECT is_empty($$SELECT name FROM our_tables t WHERE relrowsecurity AND NOT EXISTS (SELECT FROM pg_policy p
    WHERE p.polrelid = t.oid)$$, 'and a policy');
SELECT is_empty($$SELECT name FROM our_tables WHERE relforcerowsecurity$$,
    'not forced: the owner''s functions are the tenant check');
SELECT is_empty($$SELECT p.polrelid::regclass FROM pg_policy p JOIN our_tables t ON t.oid = p.polrelid
                   WHERE pg_get_expr(p.polqual,
                       p.polrelid) !~ '^(true|\((id|org_id) = telephony\.current_org_id\(\)\))$'$$,
                           'policies are flat');
SELECT is_empty($$SELECT signature FROM our_functions WHERE pronamespace = 'telephony_api'::regnamespace
    AND prosecdef$$, 'no definer function in the exposed schema');
SELECT is_empty($$SELECT signature FROM our_functions
    WHERE NOT coalesce(proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false)$$, 'every search_path is pinned');
SELECT is_empty($$SELECT signature FROM our_functions WHERE has_function_privilege('tap_tenant', oid, 'EXECUTE')
    AND prosecdef
                   AND (proargnames[1:pronargs] && ARRAY['org', 'org_id', 'organization']
                       OR 'uuid'::regtype = ANY (proargtypes) AND proargnames[1:pronargs] <> ARRAY['id'])$$,
                'a definer function that tenants reach takes no organization');
SELECT is_empty($$SELECT signature FROM our_functions WHERE has_function_privilege('tap_tenant', oid, 'EXECUTE')
    AND prosecdef AND proargnames[1:pronargs] = ARRAY['id']
    AND prosrc !~ 'own_(caller_id|forwarding_config|search)\(\w+\.id\)'$$,
                'and one that takes an id looks only among the organization''s own rows');
SELECT is_empty($$SELECT tgname, tgrelid::regclass FROM pg_trigger g JOIN our_tables t ON t.oid = g.tgrelid
    WHERE NOT tgisinternal AND t.relkind <> 'v'$$, 'no triggers: the rules stand in the functions');
SELECT is_empty($$SELECT name FROM our_tables t WHERE relkind = 'v' AND relnamespace = 'telephony_api'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = t.oid
        AND g.tgfoid = 'telephony_internal.refuse_write()'::regprocedure)$$,
    'an exposed view says that it is not written');
SELECT is_empty($$SELECT k.conname, k.conrelid::regclass FROM pg_constraint k JOIN our_tables t ON t.oid = k.conrelid
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attname = 'org_id' AND NOT a.attisdropped
                   WHERE t.relnamespace = 'telephony_api'::regnamespace AND k.contype IN ('p', 'u')
                       AND a.attnum <> k.conkey[1]$$, 'the tenant comes first in every key of its tables');
SELECT is_empty($$SELECT signature FROM our_functions WHERE pronamespace = 'telephony_api'::regnamespace
    AND prolang <> (SELECT oid FROM pg_language WHERE lanname = 'plpgsql')$$, 'exposed functions are plpgsql');
SELECT is_empty($$SELECT signature FROM our_functions WHERE has_function_privilege('tap_plain', oid, 'EXECUTE')$$,
    'PUBLIC may execute nothing');
SELECT is_empty($$SELECT name FROM our_tables WHERE has_table_privilege('tap_plain', oid,
    'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')$$, 'PUBLIC has no right on any table');
SELECT is_empty($$SELECT name FROM our_tables WHERE has_table_privilege('tap_tenant', oid,
    'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')$$, 'a tenant writes no table');
SELECT results_eq($$SELECT name FROM our_tables WHERE has_table_privilege('tap_tenant', oid, 'SELECT') ORDER BY 1$$,
    ARRAY['telephony_api.audit_log', 'telephony_api.carrier_forwarding_rules', 'telephony_api.carriers',
        'telephony_api.countries', 'telephony_api.hybrid_forwarding_configs', 'telephony_api.organizations',
            'telephony_api.phone_numbers', 'telephony_api.verified_caller_ids'], 'a tenant reads these tables only');
SELECT is_empty($$SELECT name FROM our_tables WHERE has_table_privilege('tap_sidecar', oid,
    'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')$$, 'the sidecar has no right on any table');
SELECT ok(NOT has_schema_privilege('tap_plain', 'telephony', 'USAGE'), 'PUBLIC cannot look into the engine''s schema');
SELECT ok(NOT has_function_privilege('tap_tenant', 'telephony.migrate(integer)', 'EXECUTE'),
    'a tenant may not migrate');

-- Tried, not only read from the catalog.
SELECT tap.forbidden('tap_tenant', format('SELECT * FROM %s', name)) FROM our_tables
    WHERE relnamespace = 'telephony_internal'::regnamespace ORDER BY name;
SELECT tap.forbidden('tap_sidecar', format('SELECT * FROM %s', name)) FROM our_tables ORDER BY name;
SELECT tap.forbidden('tap_plain', format('SELECT * FROM %s', name)) FROM our_tables ORDER BY name;
SELECT tap.forbidden('tap_tenant', $$SELECT telephony_internal.grant_access('tap_tenant', 'service')$$);
SELECT tap.forbidden('tap_tenant', $$SELECT * FROM telephony_internal.claim_jobs('me', 1, 60, tap.kinds())$$);
SELECT tap.forbidden('tap_tenant', $$SELECT telephony_internal.advance(gen_random_uuid(), 1, 'settle', '{}')$$);
SELECT tap.forbidden('tap_tenant', $$SELECT * FROM telephony_internal.take_upkeep('me', ARRAY['fold_counts'], 60)$$);
SELECT tap.forbidden('tap_sidecar', $$SELECT telephony_internal.take_step(NULL, 'settle', '{}', 'sidecar')$$);
SELECT tap.forbidden('tap_sidecar', $$SELECT * FROM telephony_api.provision_number()$$);
SELECT tap.forbidden('tap_plain', $$SELECT * FROM telephony_api.supported_countries()$$);

SELECT throws_ok($$SELECT telephony_internal.grant_access('tap_plain', 'admin')$$, '22023', NULL, 'an unknown tier');
SELECT throws_ok($$SELECT telephony_internal.grant_access('no_such_role', 'anon')$$, '42704', NULL, 'an unknown role');
SELECT lives_ok($$SELECT telephony_internal.revoke_access('tap_tenant', 'tenant')$$, 'a tier can be taken back');
SELECT is_empty($$SELECT signature FROM our_functions WHERE has_function_privilege('tap_tenant', oid, 'EXECUTE')$$,
    'with everything it gave');
SELECT is_empty($$SELECT name FROM our_tables WHERE has_table_privilege('tap_tenant', oid, 'SELECT')$$,
    'the tables too');

-- A comment on everything.
SELECT is_empty($$SELECT signature FROM our_functions WHERE obj_description(oid, 'pg_proc') IS NULL$$,
    'every function has a comment');
SELECT is_empty($$SELECT name FROM our_tables WHERE obj_description(oid, 'pg_class') IS NULL$$,
    'every table has a comment');
SELECT is_empty($$SELECT t.name, a.attname FROM our_tables t JOIN pg_attribute a ON a.attrelid = t.oid
                   WHERE a.attnum > 0 AND NOT a.attisdropped AND col_description(t.oid, a.attnum) IS NULL$$,
                       'every column has a comment');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class c WHERE c.relkind = 'S' AND c.relnamespace
    IN ('telephony_api'::regnamespace, 'telephony_internal'::regnamespace)
                     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass
                         AND d.deptype = 'i')$$,
                             'no sequence but those of identity columns, which their column explains');
SELECT is_empty($$SELECT p.polname, p.polrelid::regclass FROM pg_policy p JOIN our_tables t ON t.oid = p.polrelid
    WHERE obj_description(p.oid, 'pg_policy') IS NULL$$, 'every policy has a comment');
SELECT is_empty($$SELECT (pg_identify_object(d.classid, d.objid, d.objsubid)).identity FROM pg_depend d
                   WHERE d.refclassid = 'pg_extension'::regclass AND d.refobjid = (SELECT oid FROM pg_extension
                       WHERE extname = 'telephony') AND d.deptype = 'e'
                     AND d.classid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass,
                         'pg_type'::regclass)
                     AND obj_description(d.objid, d.classid::regclass::name) IS NULL
                     AND NOT (d.classid = 'pg_type'::regclass AND EXISTS (SELECT FROM pg_type t LEFT JOIN pg_class c
                         ON c.oid = t.typrelid
                                     WHERE t.oid = d.objid AND (t.typelem <> 0 OR c.relkind <> 'c')))$$,
                                         'every object of the extension has a comment');

SELECT * FROM finish();
ROLLBACK;
