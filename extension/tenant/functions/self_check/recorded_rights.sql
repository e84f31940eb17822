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
     WHERE p.object !~ '^telephony(\.|$)'
$$;
COMMENT ON FUNCTION telephony_internal.recorded_rights() IS
    'What apply_grants() grants in the tenant schemas, to whom.';
