-- tier: owner
CREATE FUNCTION telephony_internal.shown_credentials(credential telephony_internal.twilio_credentials)
RETURNS telephony_api.twilio_account
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT concat('AC******', right(credential.account_sid, 4)), credential.status, credential.account_type,
        credential.key_id,
           credential.problem, credential.verified_at, credential.set_at
$$;
COMMENT ON FUNCTION telephony_internal.shown_credentials(telephony_internal.twilio_credentials) IS
    'Credentials as their organization may see them: the account masked, never the box.';
