-- tier: owner
CREATE FUNCTION telephony_internal.claim_number(number telephony.e164, job telephony_internal.jobs, account_sid text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM telephony_internal.number_claims c
     WHERE c.number OPERATOR(telephony.=) claim_number.number AND c.state = 'quarantined' AND c.until < pg_catalog.now();
    INSERT INTO telephony_internal.number_claims AS c (number, state, job_id, org_id, account_sid)
    VALUES (claim_number.number, 'in_doubt', job.id, job.org_id, claim_number.account_sid)
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION telephony_internal.claim_number(telephony.e164, telephony_internal.jobs, text) IS 'Claims a number for a job; false when somebody holds it, this job''s own quarantined numbers included.';
