-- tier: sidecar
CREATE FUNCTION telephony_internal.claim_jobs(worker text, max_jobs integer, lease_seconds integer, kinds text[])
RETURNS SETOF telephony_internal.claimed_job
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_settings telephony_internal.settings;
    v_job      telephony_internal.jobs;
    v_own      telephony_internal.twilio_credentials;
    v_before   text;
    v_prefix   text := telephony_internal.tag_prefix();
    v_now      timestamptz := clock_timestamp();
BEGIN
    IF (claim_jobs.max_jobs >= 1 AND claim_jobs.lease_seconds >= 1 AND claim_jobs.kinds IS NOT NULL) IS NOT TRUE THEN
        RAISE EXCEPTION 'max_jobs and lease_seconds must be at least 1, and kinds say which jobs'
            USING ERRCODE = '22023';
    END IF;
    -- A claim that a crash takes back does no harm, so the sidecar need not wait for the disk: until its first
    -- advance(), which does wait and makes the claim durable too, it only reads at Twilio, or deletes and updates by
    -- the SID of a state that was durable before.
    PERFORM set_config('synchronous_commit', 'off', true);
    -- migrate() holds this lock alone: no job starts while the schema changes.
    BEGIN
        LOCK TABLE telephony_internal.schema_migrations IN ROW SHARE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        RETURN;
    END;
    SELECT * INTO STRICT v_settings FROM telephony_internal.settings;
    PERFORM telephony_internal.require_known_cluster(v_settings);
    IF v_settings.mode = 'recovery' THEN
        RAISE EXCEPTION 'no job is handed out in recovery mode'
            USING ERRCODE = 'TL004',
                  HINT = 'Run telephonyd reconcile, adopt what is missing here, then telephonyd resume.';
    END IF;
    FOR v_job IN
        SELECT j.* FROM telephony_internal.jobs j
         WHERE j.claimable
           -- Not = ANY: the planner would take it for a narrow choice, and sort all that can be claimed.
           AND array_position(claim_jobs.kinds, j.kind) IS NOT NULL
           AND j.not_before <= v_now
           AND (j.lease_until IS NULL
                -- A request of the worker before may still be under way: wait out its life as well.
                OR j.lease_until + CASE WHEN j.state IN ('buying', 'in_doubt', 'bought', 'configuring')
                                            THEN v_settings.request_life
                    ELSE '0' END < v_now)
         ORDER BY j.not_before, j.created_at
         LIMIT claim_jobs.max_jobs
           FOR UPDATE SKIP LOCKED
    LOOP
        v_before := v_job.state;
        -- By the clock, so that a token is not given twice even if a crash takes this claim back.
        v_job.token := greatest(v_job.token + 1, (EXTRACT(epoch FROM v_now) * 1000000)::bigint);
        v_job.worker := claim_jobs.worker;
        v_job.lease_until := v_now + make_interval(secs => claim_jobs.lease_seconds);
        SELECT * INTO v_own FROM telephony_internal.twilio_credentials c WHERE c.org_id = v_job.org_id;
        v_job.credential_generation := v_own.generation;
        IF v_job.state = 'queued' THEN
            v_job.state := (telephony_internal.take_step(v_job, 'start', '{}', 'database')).state;
            CONTINUE WHEN v_job.state = 'cancelled';
        ELSE
            UPDATE telephony_internal.jobs j
               SET token = v_job.token, worker = v_job.worker, lease_until = v_job.lease_until,
                   credential_generation = v_job.credential_generation, updated_at = v_now
             WHERE j.id = v_job.id;
        END IF;
        RETURN QUERY SELECT v_job.id AS job_id, v_job.org_id, v_job.kind, v_job.state, v_job.token,
            v_prefix || telephony_internal.short_id(v_job.id) AS tag, v_job.country_code,
            CASE WHEN v_job.kind = 'provision'
                 THEN telephony_internal.buyable_kinds(v_job.org_id, v_job.country_code, v_job.wishes) END AS buyable,
            v_job.wishes,
            v_job.number::text, v_job.number_country, v_job.number_type, v_job.account_sid, v_job.number_sid,
            telephony_internal.intent_at(v_job.id, v_job.number),
            v_job.cancel_requested, v_before <> ALL (ARRAY['queued', 'searching']) AS resumed, v_job.posts_sent,
            telephony_internal.may_resend(v_job), telephony_internal.voice_parameters(v_job.org_id) AS voice,
            CASE WHEN v_own.account_sid = coalesce(v_job.account_sid, v_own.account_sid)
                 THEN telephony_internal.credential_of(v_own) END AS credential;
    END LOOP;
END
$$;
COMMENT ON FUNCTION telephony_internal.claim_jobs(text, integer, integer, text[]) IS 'Leases jobs of these kinds that '
    'nobody holds, at most max_jobs, for lease_seconds, each under a new fencing token. Nothing while migrate() runs. '
    'TL004: in recovery mode, or not the cluster that ran before.';
