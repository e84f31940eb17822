-- tier: owner
CREATE FUNCTION telephony_internal.record_step(job telephony_internal.jobs, from_state text, event text, data jsonb)
RETURNS telephony_internal.job_standing
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE telephony_internal.jobs j
       SET state = job.state, token = job.token, lease_until = job.lease_until, not_before = job.not_before,
           worker = CASE WHEN job.lease_until IS NOT NULL THEN job.worker END,
           number = job.number, number_country = job.number_country, number_type = job.number_type,
           account_sid = job.account_sid,
           credential_generation = job.credential_generation, number_sid = job.number_sid,
           purchased_at = job.purchased_at,
           posts_sent = job.posts_sent, repeat_refused = job.repeat_refused, absent_since = job.absent_since,
           absent_seen = job.absent_seen,
           reason = job.reason, reason_code = job.reason_code, updated_at = clock_timestamp()
     WHERE j.id = job.id;
    INSERT INTO telephony_internal.job_events (job_id, from_state, event, to_state, token, worker, detail)
    VALUES (job.id, record_step.from_state, record_step.event, job.state, job.token, job.worker,
            CASE WHEN data = '{}' THEN data ELSE telephony.mask_numbers(data) END);
    RETURN telephony_internal.standing_of(job);
END
$$;
COMMENT ON FUNCTION telephony_internal.record_step(telephony_internal.jobs, text, text, jsonb) IS
    'Writes a job as a step left it, and the step itself into job_events.';
