-- tier: owner
CREATE FUNCTION telephony_internal.own_forwarding_config(id uuid) RETURNS telephony_api.hybrid_forwarding_configs
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org    uuid := telephony_internal.require_org();
    v_config telephony_api.hybrid_forwarding_configs;
BEGIN
    PERFORM telephony_internal.organization_to_change(v_org);
    SELECT * INTO v_config FROM telephony_api.hybrid_forwarding_configs h WHERE h.org_id = v_org
        AND h.id = own_forwarding_config.id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM telephony_internal.refuse('config_not_found', 'no such forwarding configuration');
    END IF;
    RETURN v_config;
END
$$;
COMMENT ON FUNCTION telephony_internal.own_forwarding_config(uuid) IS
    'A configuration of the organization of the request, locked after the organization; PT404 otherwise.';
