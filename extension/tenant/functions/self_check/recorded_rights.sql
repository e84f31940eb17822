-- tier: owner
CREATE FUNCTION telephony_internal.recorded_rights() RETURNS SETOF telephony_internal.granted_right
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.role_name, p.privilege,
           CASE p.privilege WHEN 'USAGE' THEN p.object
                WHEN 'SELECT' THEN coalesce(to_regclass(p.object)::text, p.object || ' (missing)')
                ELSE coalesce(to_regprocedure(p.object)::text, p.object || ' (missing)') END
      FROM telephony_internal.access_tiers t
      JOIN telephony_internal.tier_privileges p
        ON telephony_internal.tier_includes(t.tier, p.tier)
    UNION
    -- Of the engine, what its script left to everybody.
    SELECT 'PUBLIC', a.privilege_type, p.oid::regprocedure::text
      FROM pg_proc p
      LEFT JOIN pg_init_privs i ON i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid AND i.objsubid = 0
     CROSS JOIN LATERAL aclexplode(coalesce(i.initprivs, acldefault('f', p.proowner))) a
     WHERE p.pronamespace = 'telephony'::regnamespace AND a.grantee = 0
$$;
COMMENT ON FUNCTION telephony_internal.recorded_rights() IS
    'What apply_grants() grants, to whom, and what everybody may execute of the engine.';
