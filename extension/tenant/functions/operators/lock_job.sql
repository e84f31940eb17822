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
        RAISE EXCEPTION 'there is no job %', coalesce(lock_job.job_id::text, 'NULL')
            USING ERRCODE = 'PT404', HINT = 'telephony_internal.job_overview lists the jobs.';
    ELSIF v_job.ended THEN
        RAISE EXCEPTION 'job % has ended: %', v_job.id, v_job.state
            USING ERRCODE = 'PT409', DETAIL = coalesce(v_job.reason, 'No reason is on record.'),
                  HINT = 'The organization may ask again: provision_number() or release_number().';
    END IF;
    RETURN v_job;
END
$$;
COMMENT ON FUNCTION telephony_internal.lock_job(uuid) IS
    'A job that has not ended, locked after its organization; PT404 or PT409 say why not.';
