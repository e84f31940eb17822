-- tier: owner
CREATE FUNCTION telephony_internal.shown_job(job telephony_internal.jobs) RETURNS telephony_api.job
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_wait  interval := job.not_before - clock_timestamp();
    v_shown telephony_api.job;
BEGIN
    v_shown.job_id := job.id;
    v_shown.kind := job.kind;
    v_shown.state := coalesce(job.state, 'none');
    v_shown.country_code := job.country_code;
    v_shown.number := job.number;
    v_shown.reason := job.reason;
    v_shown.reason_code := job.reason_code;
    v_shown.cancel_requested := job.cancel_requested;
    v_shown.created_at := job.created_at;
    v_shown.updated_at := job.updated_at;
    v_shown.forwarded_lines := telephony_internal.forwarded_lines(job.org_id, to_live := false);
    IF job.id IS NULL OR telephony_internal.is_ended(job.state) THEN
        RETURN v_shown;
    END IF;
    IF job.state = 'erasing' THEN
        -- What it waits for now; what its last look met only where that cannot be seen from here.
        SELECT w.remains, w.remains_code INTO v_shown.reason, v_shown.reason_code
          FROM telephony_internal.what_erasure_waits_for(job) w;
        IF v_shown.reason IS NULL AND job.reason_code = 'rows_refer' THEN
            v_shown.reason := job.reason;
            v_shown.reason_code := job.reason_code;
        END IF;
    END IF;
    IF job.lease_until IS NULL AND v_wait > interval '0' THEN
        v_shown.retry_at := job.not_before;
    END IF;
    v_shown.poll_after_seconds := CASE
        WHEN job.state = 'conflict' THEN 60
        -- Credentials and a cancel end a wait before its time; an erasure nobody hurries.
        WHEN v_shown.retry_at IS NOT NULL
            THEN least(CASE WHEN job.state = 'erasing' THEN 3600 ELSE 60 END,
                       greatest(2, ceil(EXTRACT(epoch FROM v_wait))))
        ELSE 2 END;
    RETURN v_shown;
END
$$;
COMMENT ON FUNCTION telephony_internal.shown_job(telephony_internal.jobs) IS
    'A job as its organization sees it, and when to ask again; of NULL, state none.';
