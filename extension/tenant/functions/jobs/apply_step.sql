-- tier: owner
CREATE FUNCTION telephony_internal.apply_step(job telephony_internal.jobs, step telephony_internal.job_step, data jsonb)
RETURNS telephony_internal.jobs
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_from text := job.state;
BEGIN
    job.state := step.to_state;
    CASE
    WHEN step.event = 'candidate' AND job.state = 'intended' THEN
        job.number := (data ->> 'number')::telephony.e164;
        job.number_country := data ->> 'number_country';
        job.number_type := data ->> 'number_type';
        job.account_sid := data ->> 'account_sid';
    WHEN step.event = ANY (ARRAY['send', 'resend']) AND job.state = 'buying' THEN
        job.posts_sent := job.posts_sent + 1;
        job.absent_since := NULL;
        job.absent_seen := 0;
        UPDATE telephony_internal.number_holds c
           SET posted = true, intent_at = coalesce(c.intent_at, (data ->> 'server_date')::timestamptz)
         WHERE c.number OPERATOR(telephony.=) job.number AND c.job_id = job.id;
    WHEN step.event = ANY (ARRAY['throttled', 'throttled_again']) THEN
        job.posts_sent := job.posts_sent - 1;
    WHEN step.event = 'repeat_refused' THEN
        job.repeat_refused := true;
    WHEN step.event = ANY (ARRAY['not_seen', 'absent']) THEN
        job.absent_seen := job.absent_seen + 1;
        job.absent_since := coalesce(job.absent_since, clock_timestamp());
    WHEN step.event = 'purchased' THEN
        job.number := (data ->> 'number')::telephony.e164;
        job.number_sid := data ->> 'sid';
        job.purchased_at := data ->> 'date_created';
        UPDATE telephony_internal.number_holds c SET state = 'in_doubt', until = NULL
         WHERE c.number OPERATOR(telephony.=) job.number AND c.job_id = job.id
        RETURNING c.account_sid INTO job.account_sid;
        PERFORM telephony_internal.free_holds(job.id, but => job.number);
    WHEN step.event = 'settle' AND job.state = 'done' THEN
        PERFORM telephony_internal.make_live(job, data -> 'voice');
    WHEN step.event = 'configured' THEN
        UPDATE telephony_internal.number_holds c SET voice = data -> 'voice'
         WHERE c.number OPERATOR(telephony.=) job.number AND c.org_id = job.org_id AND c.state = 'live';
    WHEN step.event = ANY (ARRAY['released', 'write_off']) THEN
        PERFORM telephony_internal.record_release(job);
    ELSE
        NULL;
    END CASE;

    -- Leaving a number behind.
    IF job.state = ANY (ARRAY['searching', 'failed', 'cancelled', 'released', 'written_off'])
       AND step.event <> 'start' THEN
        PERFORM telephony_internal.free_holds(job.id);
        job.posts_sent := 0;
        job.repeat_refused := false;
        job.absent_since := NULL;
        job.absent_seen := 0;
        IF job.state <> ALL (ARRAY['released', 'written_off']) AND job.number_sid IS NULL THEN
            -- The next candidate may be in another account: the organization can bring its own meanwhile.
            job.number := NULL;
            job.account_sid := NULL;
        END IF;
    END IF;

    IF step.ends_attempt THEN
        job.lease_until := NULL;
        job.not_before := clock_timestamp() + step.delay;
        -- The credentials were replaced during the attempt: what failed with the old ones does not delay the next
        -- attempt, which hurry_jobs() would bring forward as well.
        IF step.event = 'postpone' AND v_from <> ALL (ARRAY['in_doubt', 'erasing']) AND step.delay > interval '0'
           AND job.credential_generation IS DISTINCT FROM
               (SELECT c.generation FROM telephony_internal.twilio_credentials c WHERE c.org_id = job.org_id) THEN
            job.not_before := clock_timestamp();
            PERFORM telephony_internal.wake_sidecars();
        END IF;
    END IF;
    IF step.event = ANY (ARRAY['no_number', 'out_of_reach', 'refused', 'rolled_back', 'gone', 'foreign', 'postpone',
                               'throttled', 'throttled_again', 'dismiss', 'write_off', 'given_up', 'left']) THEN
        job.reason := step.reason;
        job.reason_code := step.reason_code;
    ELSIF step.event = ANY (ARRAY['settle', 'released', 'configured', 'erased', 'cancel']) THEN
        job.reason := NULL;
        job.reason_code := NULL;
    END IF;
    RETURN job;
END
$$;
COMMENT ON FUNCTION telephony_internal.apply_step(telephony_internal.jobs, telephony_internal.job_step, jsonb) IS
    'The effects of a step on numbers and organization; returns the job as it is after it, still to be recorded.';
