-- tier: owner
CREATE FUNCTION telephony_internal.shown_credentials(credential telephony_internal.twilio_credentials)
RETURNS telephony_api.twilio_account
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'AC******' || right(credential.account_sid, 4),
           coalesce(credential.status, 'none')::telephony_api.credential_status,
           credential.account_type::telephony_api.account_type, credential.key_id, credential.problem,
           credential.problem_code, credential.verified_at, credential.set_at,
           CASE WHEN credential.status = 'unverified' THEN 2 END
$$;
COMMENT ON FUNCTION telephony_internal.shown_credentials(telephony_internal.twilio_credentials) IS
    'Credentials as their organization may see them: the account masked, never the box; of NULL, status '
    'none.';
