-- tier: owner
CREATE FUNCTION telephony_internal.set_forwarding_status(config telephony_api.hybrid_forwarding_configs,
    status telephony_api.forwarding_status, action text) RETURNS telephony_api.hybrid_forwarding_configs
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_config telephony_api.hybrid_forwarding_configs := set_forwarding_status.config;
BEGIN
    IF v_config.status <> set_forwarding_status.status THEN
        UPDATE telephony_api.hybrid_forwarding_configs h
           SET status = set_forwarding_status.status, updated_at = now(),
               user_confirmed_setup = h.user_confirmed_setup OR set_forwarding_status.status = 'active',
               confirmed_at = CASE WHEN set_forwarding_status.status = 'active' THEN now() ELSE h.confirmed_at END
         WHERE h.org_id = v_config.org_id AND h.id = v_config.id
        RETURNING * INTO v_config;
    END IF;
    PERFORM telephony_internal.audit(v_config.org_id, set_forwarding_status.action,
        'hybrid_forwarding_configs/' || v_config.id, telephony_internal.audited(set_forwarding_status.config),
        telephony_internal.audited(v_config));
    RETURN v_config;
END
$$;
COMMENT ON FUNCTION telephony_internal.set_forwarding_status(telephony_api.hybrid_forwarding_configs,
    telephony_api.forwarding_status, text) IS
    'Brings a configuration that its caller has locked into a status, for an action that the audit log names.';
