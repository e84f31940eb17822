-- tier: owner
CREATE FUNCTION telephony_internal.tier_includes(tier text, other text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_ladder text[] := ARRAY['anon', 'tenant', 'service', 'operator'];
BEGIN
    RETURN tier = other OR coalesce(array_position(v_ladder, other) < array_position(v_ladder, tier), false);
END
$$;
COMMENT ON FUNCTION telephony_internal.tier_includes(text, text) IS
    'Whether who has a tier may do what another one allows: operator includes service, service tenant, tenant anon; '
    'sidecar is by itself.';
