-- tier: service
CREATE FUNCTION telephony_internal.dismiss_conflict(job_id uuid, reason text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job   telephony_internal.jobs;
    v_state text;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    v_job := telephony_internal.lock_job(dismiss_conflict.job_id);
    IF v_job.state <> 'conflict' THEN
        PERFORM telephony_internal.refuse('job_not_in_conflict',
            format('job %s is not in conflict but %s', v_job.id, v_job.state));
    END IF;
    v_state := (telephony_internal.take_step(v_job, 'dismiss',
        jsonb_build_object('reason', dismiss_conflict.reason), 'operator')).state;
    PERFORM telephony_internal.audit(v_job.org_id, 'dismiss_conflict', 'jobs/' || v_job.id,
        jsonb_build_object('state', v_job.state, 'reason', v_job.reason),
        (SELECT jsonb_build_object('state', j.state, 'reason', j.reason)
           FROM telephony_internal.jobs j WHERE j.id = v_job.id));
    RETURN v_state;
END
$$;
COMMENT ON FUNCTION telephony_internal.dismiss_conflict(uuid, text) IS
    'An operator has looked into a job in conflict and closes it. The number stays at Twilio untouched. PT409 for a '
    'job that is not in conflict.';
