-- tier: tenant
CREATE FUNCTION telephony_internal.disable_forwarding_config(id uuid) RETURNS telephony_api.hybrid_forwarding_configs
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_config telephony_api.hybrid_forwarding_configs :=
        telephony_internal.own_forwarding_config(disable_forwarding_config.id);
    v_old    jsonb := telephony_internal.audited(v_config);
BEGIN
    IF v_config.status <> 'disabled' THEN
        UPDATE telephony_api.hybrid_forwarding_configs h SET status = 'disabled', updated_at = now()
         WHERE h.org_id = v_config.org_id AND h.id = v_config.id
        RETURNING * INTO v_config;
    END IF;
    PERFORM telephony_internal.audit(v_config.org_id, 'disable_forwarding_config',
                                     'hybrid_forwarding_configs/' || v_config.id, v_old,
                                         telephony_internal.audited(v_config));
    RETURN v_config;
END
$$;
COMMENT ON FUNCTION telephony_internal.disable_forwarding_config(uuid) IS
    'Does the work of telephony_api.disable_forwarding_config().';

CREATE FUNCTION telephony_api.disable_forwarding_config(id uuid) RETURNS telephony_api.hybrid_forwarding_configs
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.disable_forwarding_config(disable_forwarding_config.id);
END
$$;
COMMENT ON FUNCTION telephony_api.disable_forwarding_config(uuid) IS
    'The forwarding is no longer wanted. Returns the row: dial its deactivation codes, which undo exactly what was '
    'dialled.';
