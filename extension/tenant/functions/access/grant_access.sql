-- tier: owner
CREATE FUNCTION telephony_internal.grant_access(role_name text, tier text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF grant_access.tier IS NULL
        OR grant_access.tier <> ALL (ARRAY['anon', 'tenant', 'service', 'operator', 'sidecar']) THEN
        RAISE EXCEPTION 'unknown access tier: %', quote_nullable(grant_access.tier)
            USING ERRCODE = '22023', HINT = 'The tiers are anon, tenant, service, operator and sidecar.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = grant_access.role_name) THEN
        RAISE EXCEPTION 'role % does not exist', quote_nullable(grant_access.role_name)
            USING ERRCODE = '42704',
                  HINT = 'Create the role first; PostgREST set-ups call it anon, authenticated or service_role.';
    END IF;
    INSERT INTO telephony_internal.access_tiers (role_name, tier)
    VALUES (grant_access.role_name, grant_access.tier)
    ON CONFLICT DO NOTHING;
    PERFORM telephony_internal.apply_grants();
END
$$;
COMMENT ON FUNCTION telephony_internal.grant_access(text, text) IS
    'Gives a role a tier: anon, tenant (includes anon), service (includes tenant), operator (includes service) or '
    'sidecar. Recorded, and applied again by every migrate().';
