-- tier: tenant
CREATE FUNCTION telephony_internal.remove_twilio_credentials()
RETURNS telephony_api.twilio_account
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org    uuid := telephony_internal.require_org();
    v_old    telephony_internal.twilio_credentials;
    v_shown  telephony_api.twilio_account;
    v_needed text;
BEGIN
    PERFORM telephony_internal.organization_to_change(v_org);
    SELECT * INTO v_old FROM telephony_internal.twilio_credentials c WHERE c.org_id = v_org FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM telephony_internal.refuse('no_credentials', 'your organization has handed in no Twilio credentials');
    END IF;
    v_needed := telephony_internal.what_needs_account(v_org, v_old.account_sid);
    IF v_needed IS NULL AND (telephony_internal.running_number_job(v_org)).id IS NOT NULL THEN
        v_needed := 'a number was asked for: cancel with release_number() first';
    END IF;
    IF v_needed IS NOT NULL THEN
        PERFORM telephony_internal.refuse('credentials_needed', 'the Twilio credentials cannot be removed now',
            detail => format('They are needed: %s.', v_needed));
    END IF;
    DELETE FROM telephony_internal.twilio_credentials c WHERE c.org_id = v_org;
    PERFORM telephony_internal.audit(v_org, 'remove_twilio_credentials', 'twilio_credentials',
                                     telephony_internal.audited(v_old), NULL);
    v_shown := telephony_internal.shown_credentials(v_old);
    v_shown.poll_after_seconds := NULL;   -- nobody tries them any more
    RETURN v_shown;
END
$$;
COMMENT ON FUNCTION telephony_internal.remove_twilio_credentials() IS
    'Does the work of telephony_api.remove_twilio_credentials().';

CREATE FUNCTION telephony_api.remove_twilio_credentials()
RETURNS telephony_api.twilio_account
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.remove_twilio_credentials();
END
$$;
COMMENT ON FUNCTION telephony_api.remove_twilio_credentials() IS
    'Takes your Twilio credentials back; answers with what was removed. credentials_needed (409): a '
    'number, a job or a purchase given up lately still needs them.';
