-- tier: sidecar
CREATE FUNCTION telephony_internal.claim_calls(worker text, max_calls integer, lease_seconds integer, kinds text[])
RETURNS SETOF telephony_internal.claimed_call
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_settings telephony_internal.settings;
    v_call     telephony_internal.calls;
    v_own      telephony_internal.twilio_credentials;
    v_now      timestamptz := clock_timestamp();
BEGIN
    IF (claim_calls.max_calls >= 1 AND claim_calls.lease_seconds >= 1
        AND claim_calls.kinds IS NOT NULL) IS NOT TRUE THEN
        RAISE EXCEPTION 'max_calls and lease_seconds must be at least 1, and kinds say which calls'
            USING ERRCODE = '22023';
    END IF;
    -- A claim that a crash takes back does no harm: the step that a call is placed by waits for the disk.
    PERFORM set_config('synchronous_commit', 'off', true);
    -- migrate() holds this lock alone, as in claim_jobs().
    BEGIN
        LOCK TABLE telephony_internal.schema_migrations IN ROW SHARE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        RETURN;
    END;
    SELECT * INTO STRICT v_settings FROM telephony_internal.settings;
    PERFORM telephony_internal.require_known_cluster(v_settings);
    IF v_settings.mode = 'recovery' THEN
        RAISE EXCEPTION 'no call is handed out in recovery mode' USING ERRCODE = 'TL004';
    END IF;
    FOR v_call IN
        SELECT c.* FROM telephony_internal.calls c
         WHERE c.state <> ALL ('{done,cancelled,failed}') AND c.not_before <= v_now
           AND array_position(claim_calls.kinds, c.kind) IS NOT NULL
           -- A request of the worker before may still be under way: wait out its life as well.
           AND (c.lease_until IS NULL
                OR c.lease_until + CASE WHEN c.state IN ('placing', 'removing') THEN v_settings.request_life
                                        ELSE '0' END < v_now)
         ORDER BY c.not_before, c.created_at LIMIT claim_calls.max_calls
           FOR UPDATE SKIP LOCKED
    LOOP
        v_call.token := greatest(v_call.token + 1, (EXTRACT(epoch FROM v_now) * 1000000)::bigint);
        v_call.worker := claim_calls.worker;
        v_call.lease_until := v_now + make_interval(secs => claim_calls.lease_seconds);
        IF v_call.state = 'queued' THEN
            v_call.state := (telephony_internal.take_call_step(v_call, 'start', '{}', 'database')).state;
            CONTINUE WHEN v_call.state = 'failed';
        ELSE
            UPDATE telephony_internal.calls c
               SET token = v_call.token, worker = v_call.worker, lease_until = v_call.lease_until, updated_at = v_now
             WHERE c.org_id = v_call.org_id AND c.id = v_call.id;
        END IF;
        SELECT * INTO v_own FROM telephony_internal.twilio_credentials c
         WHERE c.org_id = v_call.org_id AND c.account_sid = v_call.account_sid;
        RETURN NEXT ROW(v_call.org_id, v_call.id, v_call.kind, v_call.state, v_call.token,
            telephony_internal.tag_of(v_call.id), v_call.number::text, v_call.account_sid, v_call.caller_id_sid,
            v_call.call_sid, v_call.intent_at, v_call.call_status,
            v_call.state = 'calling' AND v_call.call_ended_at IS NULL
                AND v_now > coalesce(v_call.answered_at, v_call.sent_at) + v_settings.call_time_limit,
            CASE WHEN v_own.org_id IS NOT NULL THEN telephony_internal.credential_of(v_own) END
        )::telephony_internal.claimed_call;
    END LOOP;
END
$$;
COMMENT ON FUNCTION telephony_internal.claim_calls(text, integer, integer, text[]) IS
    'Leases calls of these kinds that nobody holds, at most max_calls, for lease_seconds, each under a new '
    'fencing token. None while migrate() runs. TL004: in recovery mode, or not the cluster that ran before.';
