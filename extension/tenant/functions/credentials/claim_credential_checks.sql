-- tier: sidecar
CREATE FUNCTION telephony_internal.claim_credential_checks(max_checks integer, lease_seconds integer)
    RETURNS SETOF jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
BEGIN
    IF (claim_credential_checks.max_checks >= 1 AND claim_credential_checks.lease_seconds >= 1) IS NOT TRUE THEN
        RAISE EXCEPTION 'max_checks and lease_seconds must be at least 1' USING ERRCODE = '22023';
    END IF;
    RETURN QUERY
        WITH due AS (
            SELECT c.org_id FROM telephony_internal.twilio_credentials c
             WHERE c.check_after <= clock_timestamp()
             ORDER BY c.check_after LIMIT claim_credential_checks.max_checks
               FOR NO KEY UPDATE SKIP LOCKED)
        UPDATE telephony_internal.twilio_credentials c
           SET check_after = clock_timestamp() + make_interval(secs => claim_credential_checks.lease_seconds)
          FROM due WHERE c.org_id = due.org_id
        RETURNING telephony_internal.credential_of(c);
END
$$;
COMMENT ON FUNCTION telephony_internal.claim_credential_checks(integer, integer) IS
    'Credentials to be tried at Twilio now, each given to one sidecar; it tells the result by report_credential().';
