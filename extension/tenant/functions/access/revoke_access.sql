-- tier: owner
CREATE FUNCTION telephony_internal.revoke_access(role_name text, tier text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_object record;
BEGIN
    DELETE FROM telephony_internal.access_tiers a
     WHERE a.role_name = revoke_access.role_name AND a.tier = revoke_access.tier;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'role % does not have the tier %', quote_nullable(revoke_access.role_name),
            quote_nullable(revoke_access.tier)
            USING ERRCODE = '42704', HINT = 'SELECT * FROM telephony_internal.access_tiers shows who has what.';
    END IF;
    -- Take all back, then apply_grants() gives again what the remaining tiers of the role allow.
    FOR v_object IN SELECT DISTINCT p.privilege, p.object FROM telephony_internal.tier_privileges p LOOP
        EXECUTE format('REVOKE %s ON %s %s FROM %I', v_object.privilege,
            CASE v_object.privilege WHEN 'USAGE' THEN 'SCHEMA' WHEN 'SELECT' THEN 'TABLE' ELSE 'FUNCTION' END,
            v_object.object, revoke_access.role_name);
    END LOOP;
    PERFORM telephony_internal.apply_grants();
END
$$;
COMMENT ON FUNCTION telephony_internal.revoke_access(text, text) IS 'Takes a tier from a role again.';
