-- tier: owner
CREATE FUNCTION telephony_internal.audited(organization telephony_api.organizations) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN to_jsonb(organization) - ARRAY['id', 'original_id', 'created_at', 'updated_at'];
END
$$;
COMMENT ON FUNCTION telephony_internal.audited(telephony_api.organizations) IS
    'What the audit log keeps of an organization.';

CREATE FUNCTION telephony_internal.audited(config telephony_api.hybrid_forwarding_configs) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN config.id IS NOT NULL
        THEN jsonb_build_object('sim_phone_number', config.sim_phone_number, 'forwarding_type', config.forwarding_type,
        'country_code', config.country_code, 'carrier_name', config.carrier_name, 'twilio_forwarding_number',
            config.twilio_forwarding_number,
        'ring_time_seconds', config.ring_time_seconds, 'status', config.status) END
$$;
COMMENT ON FUNCTION telephony_internal.audited(telephony_api.hybrid_forwarding_configs) IS
    'What the audit log keeps of a configuration.';

CREATE FUNCTION telephony_internal.audited(caller_id telephony_api.verified_caller_ids) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN caller_id.id IS NOT NULL
        THEN jsonb_build_object('phone_number', caller_id.phone_number, 'friendly_name', caller_id.friendly_name,
                                'status', caller_id.status) END
$$;
COMMENT ON FUNCTION telephony_internal.audited(telephony_api.verified_caller_ids) IS
    'What the audit log keeps of a caller id: never its code.';

CREATE FUNCTION telephony_internal.audited(credential telephony_internal.twilio_credentials) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE WHEN credential.org_id IS NOT NULL THEN to_jsonb(s) END
    FROM telephony_internal.shown_credentials(credential) s $$;
COMMENT ON FUNCTION telephony_internal.audited(telephony_internal.twilio_credentials) IS
    'What the audit log keeps of credentials: what their organization may see.';
