-- tier: tenant
CREATE FUNCTION telephony_internal.remove_twilio_credentials()
RETURNS SETOF telephony_api.twilio_account
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org    uuid := telephony_internal.require_org();
    v_old    telephony_internal.twilio_credentials;
    v_needed text;
BEGIN
    PERFORM telephony_internal.organization_to_change(v_org);
    SELECT * INTO v_old FROM telephony_internal.twilio_credentials c WHERE c.org_id = v_org FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'your organization has handed in no Twilio credentials'
            USING ERRCODE = 'PT404', HINT = 'set_twilio_credentials() hands them in.';
    END IF;
    v_needed := telephony_internal.what_needs_account(v_org, v_old.account_sid);
    IF v_needed IS NULL AND (telephony_internal.running_number_job(v_org)).id IS NOT NULL THEN
        v_needed := 'a number was asked for: cancel with release_number() first';
    END IF;
    IF v_needed IS NOT NULL THEN
        RAISE EXCEPTION 'the Twilio credentials cannot be removed now'
            USING ERRCODE = 'PT409', DETAIL = format('They are needed: %s.', v_needed),
                  HINT = 'A new token for the same account can be set at any time.';
    END IF;
    DELETE FROM telephony_internal.twilio_credentials c WHERE c.org_id = v_org;
    PERFORM telephony_internal.audit(v_org, 'remove_twilio_credentials', 'twilio_credentials',
                                     telephony_internal.audited(v_old), NULL);
    RETURN QUERY SELECT s.* FROM telephony_internal.shown_credentials(v_old) s;
END
$$;
COMMENT ON FUNCTION telephony_internal.remove_twilio_credentials() IS
    'Does the work of telephony_api.remove_twilio_credentials().';

CREATE FUNCTION telephony_api.remove_twilio_credentials()
RETURNS SETOF telephony_api.twilio_account
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.remove_twilio_credentials();
END
$$;
COMMENT ON FUNCTION telephony_api.remove_twilio_credentials() IS
    'Takes your Twilio credentials back; answers with what was removed. PT409: a number, a job or a purchase given up '
    'lately still needs them.';
