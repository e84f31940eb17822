-- tier: tenant
CREATE FUNCTION telephony_internal.twilio_credentials_status()
RETURNS SETOF telephony_api.twilio_account
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid := telephony_internal.require_org();
BEGIN
    RETURN QUERY SELECT s.* FROM telephony_internal.twilio_credentials c,
        telephony_internal.shown_credentials(c) s WHERE c.org_id = v_org;
END
$$;
COMMENT ON FUNCTION telephony_internal.twilio_credentials_status() IS
    'Does the work of telephony_api.twilio_credentials_status().';

CREATE FUNCTION telephony_api.twilio_credentials_status()
RETURNS SETOF telephony_api.twilio_account
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.twilio_credentials_status();
END
$$;
COMMENT ON FUNCTION telephony_api.twilio_credentials_status() IS
    'Your own Twilio account: status unverified, verified or refused, and then the problem with what to do. No row: '
    'none was handed in.';
