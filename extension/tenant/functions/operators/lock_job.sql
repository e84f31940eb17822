-- tier: owner
CREATE FUNCTION telephony_internal.lock_job(job_id uuid) RETURNS telephony_internal.jobs
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job telephony_internal.jobs;
BEGIN
    -- The organization first, then its job: the order in which every function locks them.
    PERFORM FROM telephony_api.organizations o
      WHERE o.id = (SELECT j.org_id FROM telephony_internal.jobs j WHERE j.id = lock_job.job_id) FOR NO KEY UPDATE;
    SELECT * INTO v_job FROM telephony_internal.jobs j WHERE j.id = lock_job.job_id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM telephony_internal.refuse('job_not_found',
            format('there is no job %s', coalesce(lock_job.job_id::text, 'NULL')));
    ELSIF v_job.ended THEN
        PERFORM telephony_internal.refuse('job_ended', format('job %s has ended: %s', v_job.id, v_job.state),
            detail => coalesce(v_job.reason, 'No reason is on record.'));
    END IF;
    RETURN v_job;
END
$$;
COMMENT ON FUNCTION telephony_internal.lock_job(uuid) IS
    'A job that has not ended, locked after its organization; PT404 or PT409 say why not.';
