-- tier: owner
CREATE FUNCTION telephony_internal.apply_call_step(call telephony_internal.calls, step telephony_internal.job_step,
                                                   data jsonb)
RETURNS telephony_internal.calls
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_settings telephony_internal.settings;
    v_row      telephony_api.verified_caller_ids;
    v_now      timestamptz := clock_timestamp();
    v_over     boolean;
BEGIN
    call.state := step.to_state;
    IF step.event = 'start' THEN
        -- The one step that is taken without the organization's lock: nothing of the caller id is touched.
        RETURN call;
    END IF;
    SELECT * INTO STRICT v_settings FROM telephony_internal.settings;
    SELECT * INTO v_row FROM telephony_api.verified_caller_ids v
     WHERE v.org_id = call.org_id AND v.id = call.caller_id FOR UPDATE;
    call.reason := step.reason;
    call.reason_code := step.reason_code;
    IF step.ends_attempt THEN
        call.lease_until := NULL;
        call.not_before := v_now + step.delay;
    END IF;
    CASE
    WHEN step.event = 'send' THEN
        call.sent_at := v_now;
        call.intent_at := (data ->> 'server_date')::timestamptz;
        call.price := (data ->> 'price')::numeric;
    WHEN step.event = 'throttled' THEN
        call.sent_at := NULL;
        call.intent_at := NULL;
    WHEN step.event = ANY (ARRAY['placed', 'no_code']) THEN
        call.call_sid := data ->> 'call_sid';
        v_row.validation_code := CASE WHEN step.event = 'placed' THEN data ->> 'validation_code' END;
    WHEN step.event = ANY (ARRAY['look', 'end']) THEN
        call.call_sid := coalesce(call.call_sid, data ->> 'call_sid');
        call.call_status := coalesce(data ->> 'call_status', call.call_status);
        v_over := call.call_status = ANY (ARRAY['completed', 'busy', 'failed', 'no-answer', 'canceled']);
        IF v_over OR call.call_status = 'in-progress' THEN
            call.answered_at := coalesce(call.answered_at, v_now);
        END IF;
        IF v_over AND call.call_ended_at IS NULL THEN
            call.call_ended_at := v_now;
            v_row.expires_at := v_now + v_settings.caller_id_grace;
        END IF;
    WHEN step.event = 'found' THEN
        v_row.status := 'verified';
        v_row.validation_code := NULL;
        v_row.verified_at := v_now;
        v_row.checked_at := v_now;
        v_row.expires_at := v_now + v_settings.caller_id_life;
        v_row.caller_id_sid := coalesce(data ->> 'sid', v_row.caller_id_sid);
        v_row.made_here := v_row.caller_id_sid IS NOT NULL
            AND (v_row.made_here AND data ->> 'sid' IS NULL OR telephony_internal.is_caller_id_ours(call, data));
        v_row.reason := NULL;
        v_row.reason_code := NULL;
    WHEN step.event = 'present' THEN
        v_row.checked_at := v_now;
    WHEN step.event = 'absent' THEN
        call.absent_seen := call.absent_seen + 1;
    WHEN step.event = 'gone' THEN
        v_row.status := 'expired';
        v_row.verified_at := NULL;
        v_row.made_here := false;
        v_row.caller_id_sid := NULL;
        v_row.reason_code := 'caller_id_gone';
        v_row.reason := 'the caller id was deleted at Twilio: call verify_caller_id() again';
    WHEN call.kind = 'caller_id_removal' AND step.event = ANY (ARRAY['removed', 'given_up']) THEN
        v_row.made_here := false;
        v_row.caller_id_sid := NULL;
    ELSE
        NULL;
    END CASE;
    IF call.kind = 'caller_id' AND call.state = ANY (ARRAY['failed', 'cancelled']) THEN
        v_row.status := CASE WHEN step.reason_code = 'caller_id_unanswered' THEN 'expired' ELSE 'failed' END;
        v_row.validation_code := NULL;
        v_row.expires_at := NULL;
        v_row.reason_code := coalesce(step.reason_code, 'being_erased');
        v_row.reason := coalesce(step.reason, 'the organization is being erased');
    END IF;
    UPDATE telephony_api.verified_caller_ids v
       SET status = v_row.status, validation_code = v_row.validation_code, expires_at = v_row.expires_at,
           verified_at = v_row.verified_at, caller_id_sid = v_row.caller_id_sid, made_here = v_row.made_here,
           checked_at = v_row.checked_at, reason = v_row.reason, reason_code = v_row.reason_code, updated_at = v_now
     WHERE v.org_id = v_row.org_id AND v.id = v_row.id AND v IS DISTINCT FROM v_row;
    RETURN call;
END
$$;
COMMENT ON FUNCTION telephony_internal.apply_call_step(telephony_internal.calls, telephony_internal.job_step, jsonb) IS
    'The effects of a step on the caller id; returns the call as it is after it, still to be recorded.';
