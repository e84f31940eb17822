-- tier: owner
CREATE FUNCTION telephony_internal.standing_of(job telephony_internal.jobs) RETURNS telephony_internal.job_standing
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_standing telephony_internal.job_standing;
BEGIN
    v_standing.state := job.state;
    v_standing.lease_kept := job.lease_until IS NOT NULL;
    IF NOT v_standing.lease_kept AND NOT (telephony_internal.is_ended(job.state) OR job.state = 'conflict') THEN
        v_standing.retry_seconds := greatest(0, EXTRACT(epoch FROM job.not_before - clock_timestamp()));
    END IF;
    v_standing.cancel_requested := job.cancel_requested;
    v_standing.posts_sent := job.posts_sent;
    v_standing.may_resend := telephony_internal.may_resend(job);
    IF job.posts_sent > 0 THEN
        SELECT c.intent_at INTO v_standing.intent_at FROM telephony_internal.number_holds c
         WHERE c.job_id = job.id AND c.number OPERATOR(telephony.=) job.number;
    END IF;
    RETURN v_standing;
END
$$;
COMMENT ON FUNCTION telephony_internal.standing_of(telephony_internal.jobs) IS
    'How a job stands, for the sidecar that works on it.';
