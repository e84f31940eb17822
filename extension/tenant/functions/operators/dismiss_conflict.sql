-- tier: service
CREATE FUNCTION telephony_internal.dismiss_conflict(job_id uuid, reason text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job telephony_internal.jobs;
BEGIN
    SELECT * INTO v_job FROM telephony_internal.jobs j WHERE j.id = dismiss_conflict.job_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no job %', dismiss_conflict.job_id USING ERRCODE = 'PT404', HINT = 'Look for state conflict in telephony_internal.jobs.';
    END IF;
    RETURN telephony_internal.take_step(v_job, 'dismiss', pg_catalog.jsonb_build_object('reason', dismiss_conflict.reason));
END
$$;
COMMENT ON FUNCTION telephony_internal.dismiss_conflict(uuid, text) IS 'A person has looked into a job in conflict and closes it. The number stays at Twilio untouched.';
