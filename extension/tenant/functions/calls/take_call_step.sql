-- tier: owner
CREATE FUNCTION telephony_internal.take_call_step(call telephony_internal.calls, event text, data jsonb, sender text)
RETURNS telephony_internal.call_standing
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_step  telephony_internal.job_step :=
        telephony_internal.judge_call_step(call, take_call_step.event, take_call_step.data, sender);
    v_after telephony_internal.calls := telephony_internal.apply_call_step(call, v_step, take_call_step.data);
BEGIN
    UPDATE telephony_internal.calls c
       SET state = v_after.state, token = v_after.token, lease_until = v_after.lease_until,
           worker = CASE WHEN v_after.lease_until IS NOT NULL THEN v_after.worker END,
           not_before = v_after.not_before, sent_at = v_after.sent_at, intent_at = v_after.intent_at,
           price = v_after.price, call_sid = v_after.call_sid, call_status = v_after.call_status,
           answered_at = v_after.answered_at, call_ended_at = v_after.call_ended_at,
           absent_seen = v_after.absent_seen, reason = v_after.reason, reason_code = v_after.reason_code,
           updated_at = clock_timestamp()
     WHERE c.org_id = call.org_id AND c.id = call.id;
    -- A look every two seconds that shows nothing new is not worth a row.
    IF v_step.event <> 'look' OR v_after.call_status IS DISTINCT FROM call.call_status THEN
        INSERT INTO telephony_internal.call_events
            (org_id, call_id, from_state, event, to_state, token, worker, detail)
        VALUES (call.org_id, call.id, call.state, v_step.event, v_after.state, v_after.token, v_after.worker,
                -- The code is shown to its organization alone, and only while it counts.
                telephony.mask_numbers(take_call_step.data - 'validation_code'));
    END IF;
    RETURN ROW(v_after.state, v_after.lease_until IS NOT NULL,
               CASE WHEN v_after.lease_until IS NULL AND NOT telephony_internal.is_ended(v_after.state)
                    THEN greatest(0, EXTRACT(epoch FROM v_after.not_before - clock_timestamp())) END
           )::telephony_internal.call_standing;
END
$$;
COMMENT ON FUNCTION telephony_internal.take_call_step(telephony_internal.calls, text, jsonb, text) IS
    'One step of a call whose row is locked: judged, applied, recorded without the code.';
