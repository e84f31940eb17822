-- tier: owner
CREATE FUNCTION telephony_internal.lock_job_at_work(job_id uuid) RETURNS telephony_internal.jobs
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job telephony_internal.jobs := telephony_internal.lock_job(lock_job_at_work.job_id);
BEGIN
    IF v_job.state = 'conflict' THEN
        PERFORM telephony_internal.refuse('job_in_conflict', format('job %s is in conflict', v_job.id),
            detail => coalesce(v_job.reason, 'No reason is on record.'),
            hint => 'Look at the number at Twilio, then close the job with '
                'telephony_internal.dismiss_conflict(job_id, reason).');
    END IF;
    RETURN v_job;
END
$$;
COMMENT ON FUNCTION telephony_internal.lock_job_at_work(uuid) IS
    'As lock_job(), but PT409 for a job in conflict, which waits for an operator alone.';
