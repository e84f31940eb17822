-- 70_rights.sql: who may do what with the engine. Everybody executes its functions but those named here, whatever
-- ALTER DEFAULT PRIVILEGES says.

DO $$
DECLARE
    v_one record;
BEGIN
    -- New objects have what the default privileges of their maker grant: take that back. Nobody granted anything on
    -- them yet.
    FOR v_one IN
        SELECT o.kind, o.object, a.grantee, r.rolname
          FROM (SELECT 'ROUTINE' AS kind, p.oid::pg_catalog.regprocedure::text AS object, p.proowner AS owner,
                       p.proacl AS acl
                  FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'telephony'::pg_catalog.regnamespace
                UNION ALL
                SELECT 'TABLE', c.oid::pg_catalog.regclass::text, c.relowner, c.relacl FROM pg_catalog.pg_class c
                 WHERE c.relnamespace = 'telephony'::pg_catalog.regnamespace AND c.relkind IN ('r', 'v', 'S')) o
         CROSS JOIN LATERAL pg_catalog.aclexplode(o.acl) a
          LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
         WHERE a.grantee <> o.owner
    LOOP
        EXECUTE pg_catalog.format('REVOKE ALL ON %s %s FROM %s', v_one.kind, v_one.object,
            CASE WHEN v_one.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(v_one.rolname) END);
    END LOOP;
    -- A schema that was there before has its administrator's grants of USAGE, which are left as they are.
    FOR v_one IN
        SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(r.rolname) END AS role_name,
               a.privilege_type
          FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_extension e ON e.extname = 'telephony'
         CROSS JOIN LATERAL pg_catalog.aclexplode(n.nspacl) a
          LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
         WHERE n.nspname = 'telephony' AND a.grantee <> n.nspowner
           AND (a.privilege_type = 'CREATE' OR n.xmin::text = e.xmin::text)
    LOOP
        EXECUTE pg_catalog.format('REVOKE %s ON SCHEMA telephony FROM %s', v_one.privilege_type, v_one.role_name);
    END LOOP;

    -- Default privileges may also have taken from everybody what everybody needs.
    FOR v_one IN
        SELECT 'ROUTINE' AS kind, p.oid::pg_catalog.regprocedure::text AS object, 'EXECUTE' AS privilege
          FROM pg_catalog.pg_proc p
         WHERE p.pronamespace = 'telephony'::pg_catalog.regnamespace AND p.proacl IS NOT NULL
        UNION ALL
        SELECT 'TYPE', t.oid::pg_catalog.regtype::text, 'USAGE' FROM pg_catalog.pg_type t
         WHERE t.typnamespace = 'telephony'::pg_catalog.regnamespace AND t.typacl IS NOT NULL
           AND t.typelem = 0 AND t.typtype IN ('b', 'e', 'd', 'r')
    LOOP
        EXECUTE pg_catalog.format('GRANT %s ON %s %s TO PUBLIC', v_one.privilege, v_one.kind, v_one.object);
    END LOOP;
END
$$;

REVOKE ALL ON FUNCTION telephony.accept_numbering_plan(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.seal_credential(uuid, text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.hide_statement() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.check_request() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.request_limit_counters() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.request_limit_refusals(integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.reset_request_limits() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.org_limits_changed() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.may_migrate(name) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.ensure_owner_role() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.engine_rights_of_owner(name, boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.ensure_schemas(name) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.tenant_objects() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.reference_tables() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.rows_of_users() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.remember_shipped_rows() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.function_head(oid) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.is_as_shipped(text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.drop_functions(integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.set_functions(integer, boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.set_privileges(integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.migrations() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.applied_version() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.require_no_running_job(boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.policies_of_users() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.step_down(integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.run_step(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.migrate(integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.tenant_manifest() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.shipped_manifest(name) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.require_nobody_else(name) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.take_ownership() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.embedded_migrations() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.embedded_functions() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.embedded_privileges() FROM PUBLIC;
