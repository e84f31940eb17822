-- tier: owner
CREATE FUNCTION telephony_internal.apply_grants() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_row record;
BEGIN
    -- Functions are born executable by PUBLIC: take that back, then grant of the list what is not granted yet.
    FOR v_row IN
        SELECT p.oid::regprocedure AS signature
          FROM pg_proc p
         WHERE p.pronamespace IN ('telephony_api'::regnamespace, 'telephony_internal'::regnamespace)
           AND p.proowner = (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)
           AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)
    LOOP
        EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', v_row.signature);
    END LOOP;

    FOR v_row IN
        SELECT t.role_name, p.privilege, p.object
          FROM telephony_internal.access_tiers t
          JOIN pg_roles r ON r.rolname = t.role_name
          JOIN telephony_internal.tier_privileges p
            ON telephony_internal.tier_includes(t.tier, p.tier)
         WHERE NOT EXISTS (
            SELECT FROM aclexplode(CASE p.privilege
                WHEN 'EXECUTE' THEN (SELECT f.proacl FROM pg_proc f WHERE f.oid = p.object::regprocedure)
                WHEN 'SELECT' THEN (SELECT c.relacl FROM pg_class c WHERE c.oid = p.object::regclass)
                ELSE (SELECT n.nspacl FROM pg_namespace n WHERE n.oid = p.object::regnamespace) END) a
             WHERE a.grantee = r.oid AND a.privilege_type = p.privilege)
    LOOP
        EXECUTE format('GRANT %s ON %s %s TO %I', v_row.privilege,
            CASE v_row.privilege WHEN 'USAGE' THEN 'SCHEMA' WHEN 'SELECT' THEN 'TABLE' ELSE 'FUNCTION' END,
            v_row.object, v_row.role_name);
    END LOOP;
END
$$;
COMMENT ON FUNCTION telephony_internal.apply_grants() IS
    'Takes every function back from PUBLIC and grants each recorded role what its tiers allow. Run by migrate() and '
    'grant_access().';
