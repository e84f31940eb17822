-- tier: owner
CREATE FUNCTION telephony_internal.hold_number(number telephony.e164, job telephony_internal.jobs, account_sid text)
    RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM telephony_internal.number_holds c
     WHERE c.number OPERATOR(telephony.=) hold_number.number AND NOT telephony_internal.is_held(c);
    INSERT INTO telephony_internal.number_holds AS c (number, state, job_id, org_id, account_sid)
    VALUES (hold_number.number, 'in_doubt', job.id, job.org_id, hold_number.account_sid)
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION telephony_internal.hold_number(telephony.e164, telephony_internal.jobs, text) IS
    'Holds a number for a job; false when somebody holds it, this job''s own quarantined numbers included.';
