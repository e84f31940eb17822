-- tier: owner
CREATE FUNCTION telephony_internal.take_step(job telephony_internal.jobs, event text, data jsonb, sender text)
RETURNS telephony_internal.job_standing
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_step  telephony_internal.job_step := telephony_internal.judge_step(job, take_step.event, take_step.data, sender);
    v_after telephony_internal.jobs := telephony_internal.apply_step(job, v_step, take_step.data);
BEGIN
    -- A voice URL may carry a password: it is not kept with the step.
    RETURN telephony_internal.record_step(v_after, job.state, v_step.event, take_step.data - 'voice');
END
$$;
COMMENT ON FUNCTION telephony_internal.take_step(telephony_internal.jobs, text, jsonb, text) IS
    'One step of a job whose row is locked: judged, applied, recorded. '
    'sender: sidecar, database, operator or tenant.';
