-- tier: sidecar
CREATE FUNCTION telephony_internal.report_credential(org_id uuid, generation uuid, verdict text, account_type text,
                                                     reason text, retry_seconds integer,
                                                     reason_code text DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
BEGIN
    IF report_credential.verdict IS NULL
        OR report_credential.verdict <> ALL (ARRAY['verified', 'refused', 'unreachable']) THEN
        RAISE EXCEPTION 'unknown verdict: %', quote_nullable(report_credential.verdict)
            USING ERRCODE = '22023', HINT = 'A check ends verified, refused or unreachable.';
    ELSIF report_credential.verdict <> 'verified' AND (report_credential.retry_seconds >= 1) IS NOT TRUE THEN
        RAISE EXCEPTION 'retry_seconds must be at least 1 unless the verdict is verified' USING ERRCODE = '22023';
    ELSIF report_credential.account_type <> ALL (ARRAY['Trial', 'Full']) THEN
        RAISE EXCEPTION 'unknown account type: %',
            quote_literal(report_credential.account_type) USING ERRCODE = '22023',
                HINT = 'Twilio''s types are Trial and Full.';
    END IF;
    PERFORM FROM telephony_api.organizations o WHERE o.id = report_credential.org_id FOR NO KEY UPDATE;
    UPDATE telephony_internal.twilio_credentials c
       SET status = CASE report_credential.verdict WHEN 'unreachable' THEN c.status ELSE report_credential.verdict END,
           account_type = CASE WHEN report_credential.verdict = 'verified' THEN report_credential.account_type
               ELSE c.account_type END,
           verified_at = CASE WHEN report_credential.verdict = 'verified' THEN clock_timestamp() ELSE c.verified_at END,
           problem = CASE report_credential.verdict WHEN 'verified' THEN NULL
               WHEN 'refused' THEN coalesce(telephony.mask_numbers(report_credential.reason), 'Twilio refuses them')
                   ELSE c.problem END,
           problem_code = CASE report_credential.verdict WHEN 'verified' THEN NULL
               WHEN 'refused' THEN coalesce(report_credential.reason_code, 'credentials_refused')
                   ELSE c.problem_code END,
           check_after = CASE WHEN report_credential.verdict <> 'verified'
                              THEN clock_timestamp() + make_interval(secs => report_credential.retry_seconds) END
     WHERE c.org_id = report_credential.org_id AND c.generation = report_credential.generation;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF report_credential.verdict = 'verified' THEN
        PERFORM telephony_internal.hurry_jobs(report_credential.org_id);
    END IF;
    RETURN true;
END
$$;
COMMENT ON FUNCTION telephony_internal.report_credential(uuid, uuid, text, text, text, integer, text) IS
    'What Twilio said of an organization''s credentials: verified, refused (the organization is told why) or '
    'unreachable. False: they were replaced meanwhile.';
