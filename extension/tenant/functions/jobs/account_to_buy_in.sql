-- tier: owner
CREATE FUNCTION telephony_internal.account_to_buy_in(org_id uuid, purpose text DEFAULT 'buy a number in')
RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_account text := telephony_internal.account_of(account_to_buy_in.org_id);
    v_own     telephony_internal.twilio_credentials;
BEGIN
    IF v_account IS NULL THEN
        PERFORM telephony_internal.refuse('no_twilio_account', 'there is no Twilio account to ' || purpose,
            hint => 'Hand in your organization''s own account with set_twilio_credentials() first.');
    END IF;
    SELECT * INTO v_own FROM telephony_internal.twilio_credentials c WHERE c.org_id = account_to_buy_in.org_id;
    IF v_own.status = 'refused' THEN
        PERFORM telephony_internal.refuse('credentials_refused',
            format('your Twilio credentials do not work: %s', v_own.problem),
            hint => 'twilio_credentials_status() tells how they stand.');
    END IF;
    RETURN v_account;
END
$$;
COMMENT ON FUNCTION telephony_internal.account_to_buy_in(uuid, text) IS
    'As account_of(), but PT409 when there is no account, or Twilio refuses its credentials.';
