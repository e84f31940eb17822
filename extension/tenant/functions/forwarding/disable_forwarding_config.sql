-- tier: tenant
CREATE FUNCTION telephony_internal.disable_forwarding_config(id uuid) RETURNS telephony_api.forwarding_config
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.shown_config(telephony_internal.set_forwarding_status(
        telephony_internal.own_forwarding_config(disable_forwarding_config.id), 'disabled',
        'disable_forwarding_config'));
END
$$;
COMMENT ON FUNCTION telephony_internal.disable_forwarding_config(uuid) IS
    'Does the work of telephony_api.disable_forwarding_config().';

CREATE FUNCTION telephony_api.disable_forwarding_config(id uuid) RETURNS telephony_api.forwarding_config
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.disable_forwarding_config(disable_forwarding_config.id);
END
$$;
COMMENT ON FUNCTION telephony_api.disable_forwarding_config(uuid) IS
    'The forwarding is no longer wanted. Returns the row: dial its deactivation codes, which undo exactly what was '
    'dialled.';
