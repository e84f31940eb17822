-- tier: service
CREATE FUNCTION telephony_internal.retry_job(job_id uuid) RETURNS SETOF telephony_internal.job_overview
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job telephony_internal.jobs := telephony_internal.lock_job_at_work(retry_job.job_id);
BEGIN
    IF v_job.lease_until >= clock_timestamp() THEN
        PERFORM telephony_internal.refuse('job_at_work',
            format('sidecar %s is at work on job %s', v_job.worker, v_job.id));
    ELSIF v_job.state = ANY (ARRAY['buying', 'in_doubt']) THEN
        PERFORM telephony_internal.refuse('job_in_doubt', format('job %s is in doubt', v_job.id),
            detail => 'The pauses between its looks at Twilio are part of the proof that nothing was bought.');
    END IF;
    -- A lease that has run out stays: its last request may still be under way.
    UPDATE telephony_internal.jobs j
       SET not_before = least(j.not_before, clock_timestamp()),
           deadline_at = greatest(j.deadline_at, clock_timestamp() + s.job_deadline), updated_at = clock_timestamp()
      FROM telephony_internal.settings s WHERE j.id = v_job.id;
    PERFORM telephony_internal.audit(v_job.org_id, 'retry_job', 'jobs/' || v_job.id,
                                     jsonb_build_object('not_before', v_job.not_before, 'deadline_at',
                                                        v_job.deadline_at),
        (SELECT jsonb_build_object('not_before', j.not_before, 'deadline_at', j.deadline_at)
         FROM telephony_internal.jobs j WHERE j.id = v_job.id));
    PERFORM telephony_internal.wake_sidecars();
    RETURN QUERY SELECT * FROM telephony_internal.job_overview o WHERE o.job_id = v_job.id;
END
$$;
COMMENT ON FUNCTION telephony_internal.retry_job(uuid) IS
    'A waiting job is tried at once, and gets a new deadline. PT409 for one that has ended, is being worked on, is in '
    'doubt or in conflict.';
