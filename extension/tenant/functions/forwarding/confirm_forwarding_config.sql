-- tier: tenant
CREATE FUNCTION telephony_internal.confirm_forwarding_config(id uuid) RETURNS telephony_api.forwarding_config
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_config telephony_api.hybrid_forwarding_configs :=
        telephony_internal.own_forwarding_config(confirm_forwarding_config.id);
BEGIN
    IF v_config.status = 'disabled' THEN
        PERFORM telephony_internal.refuse('config_disabled', 'this forwarding was disabled');
    ELSIF NOT EXISTS (SELECT FROM telephony_api.phone_numbers p
                       WHERE p.org_id = v_config.org_id
                           AND p.number = v_config.twilio_forwarding_number AND p.status = 'live') THEN
        PERFORM telephony_internal.refuse('config_outdated',
            'the number these codes forward to is no longer your organization''s',
            detail => format('To undo the forwarding, dial: %s.',
                array_to_string(telephony_internal.off_codes(v_config), ', ')),
            hint => 'Then call disable_forwarding_config() for it, and create_forwarding_config() again: it shows the '
                'codes for the number of today.');
    END IF;
    RETURN telephony_internal.shown_config(
        telephony_internal.set_forwarding_status(v_config, 'active', 'confirm_forwarding_config'));
END
$$;
COMMENT ON FUNCTION telephony_internal.confirm_forwarding_config(uuid) IS
    'Does the work of telephony_api.confirm_forwarding_config().';

CREATE FUNCTION telephony_api.confirm_forwarding_config(id uuid) RETURNS telephony_api.forwarding_config
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.confirm_forwarding_config(confirm_forwarding_config.id);
END
$$;
COMMENT ON FUNCTION telephony_api.confirm_forwarding_config(uuid) IS
    'The codes were dialled and the phone confirmed them. config_disabled (409) when the configuration was '
    'disabled meanwhile.';
