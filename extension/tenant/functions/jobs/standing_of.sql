-- tier: owner
CREATE FUNCTION telephony_internal.standing_of(job telephony_internal.jobs) RETURNS telephony_internal.job_standing
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN ROW(
        job.state,
        job.lease_until IS NOT NULL,
        -- By the state: the generated columns are those of the row before the step.
        CASE WHEN job.lease_until IS NULL AND NOT telephony_internal.is_ended(job.state) AND job.state <> 'conflict'
             THEN greatest(0, EXTRACT(epoch FROM job.not_before - clock_timestamp())) END,
        job.cancel_requested,
        job.posts_sent,
        telephony_internal.may_resend(job),
        CASE WHEN job.posts_sent > 0 THEN telephony_internal.intent_at(job.id, job.number) END
    )::telephony_internal.job_standing;
END
$$;
COMMENT ON FUNCTION telephony_internal.standing_of(telephony_internal.jobs) IS
    'How a job stands, for the sidecar that works on it.';
