-- tier: tenant
CREATE FUNCTION telephony_internal.twilio_credentials_status()
RETURNS telephony_api.twilio_account
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid := telephony_internal.require_org();
    v_own telephony_internal.twilio_credentials;
BEGIN
    SELECT * INTO v_own FROM telephony_internal.twilio_credentials c WHERE c.org_id = v_org;
    RETURN telephony_internal.shown_credentials(v_own);
END
$$;
COMMENT ON FUNCTION telephony_internal.twilio_credentials_status() IS
    'Does the work of telephony_api.twilio_credentials_status().';

CREATE FUNCTION telephony_api.twilio_credentials_status()
RETURNS telephony_api.twilio_account
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.twilio_credentials_status();
END
$$;
COMMENT ON FUNCTION telephony_api.twilio_credentials_status() IS
    'Your own Twilio account: status unverified, verified or refused, and then the problem with what to do; none: none '
    'was handed in.';
