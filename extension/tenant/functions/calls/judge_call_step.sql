-- tier: owner
CREATE FUNCTION telephony_internal.judge_call_step(call telephony_internal.calls, event text, data jsonb, sender text)
RETURNS telephony_internal.job_step
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_settings telephony_internal.settings;
    v_step     telephony_internal.job_step;
    v_rule     record;
    v_now      timestamptz := clock_timestamp();
BEGIN
    SELECT * INTO STRICT v_settings FROM telephony_internal.settings;
    v_step := ROW(judge_call_step.event, NULL, telephony.mask_numbers(data ->> 'reason'), data ->> 'reason_code',
        make_interval(secs => least(3600, greatest(0, coalesce((data ->> 'delay_seconds')::double precision, 0)))),
        NULL);
    SELECT * INTO v_rule FROM telephony_internal.call_event_rules r WHERE r.event = v_step.event;
    IF NOT FOUND OR NOT sender = ANY (v_rule.sent_by) THEN
        RAISE EXCEPTION 'event % is not to be sent by the %', quote_nullable(v_step.event), sender
            USING ERRCODE = 'TL002';
    ELSIF NOT jsonb_strip_nulls(data) ?& v_rule.needs OR data ->> 'sid' !~ '^PN[0-9a-fA-F]{32}$'
          OR data ->> 'call_sid' !~ '^CA[0-9a-fA-F]{32}$' THEN
        RAISE EXCEPTION 'event % does not carry what it must', quote_literal(v_step.event)
            USING ERRCODE = '22023', HINT = format('It must carry: %s.', array_to_string(v_rule.needs, ', '));
    END IF;
    -- Recovery: this cluster may not know whom it has had called.
    IF v_settings.mode = 'recovery' AND v_step.event = 'send' THEN
        RAISE EXCEPTION 'nobody is called in recovery mode'
            USING ERRCODE = 'TL004', HINT = 'Run telephonyd reconcile, then telephonyd resume.';
    END IF;

    CASE
    WHEN v_step.event = 'start' AND v_now >= call.deadline_at THEN
        -- Nobody expects the call any more.
        v_step.event := 'given_up';
        v_step.reason_code := coalesce(call.reason_code, 'call_unattended');
        v_step.reason := coalesce(call.reason, 'the call was not placed in time: the service that asks Twilio did not '
            'take it') || '. Call verify_caller_id() again';
    WHEN v_step.event = 'found' THEN
        IF telephony_internal.is_account_shared(call.org_id, call.account_sid)
           AND NOT telephony_internal.is_caller_id_ours(call, data) THEN
            v_step.event := 'foreign';
            v_step.reason_code := 'caller_id_taken';
            v_step.reason := 'somebody else has verified this number in this Twilio account';
        END IF;
    WHEN v_step.event = 'send' THEN
        SELECT w.reason, w.reason_code INTO v_step.reason, v_step.reason_code
          FROM telephony_internal.why_not_sent(call, data) w;
        IF v_step.reason IS NOT NULL THEN
            v_step.event := 'refused';
        END IF;
    WHEN v_step.event = 'placed' THEN
        v_step.delay := v_settings.call_poll;
        IF coalesce(data ->> 'validation_code', '') !~ '^[0-9A-Za-z*#]{1,32}$' THEN
            v_step.event := 'no_code';
            v_step.reason_code := 'caller_id_no_code';
            v_step.reason := 'Twilio called, but did not tell the code: call verify_caller_id() again';
        END IF;
    WHEN v_step.event = 'ambiguous' THEN
        v_step.delay := v_settings.call_poll;
    WHEN v_step.event = 'look' THEN
        v_step.delay := v_settings.call_poll;
        SELECT e.reason, e.reason_code INTO v_step.reason, v_step.reason_code
          FROM telephony_internal.why_call_is_over(call, data ->> 'call_status', v_settings) e;
        IF v_step.reason IS NOT NULL THEN
            v_step.event := 'end';
        END IF;
    WHEN v_step.event = 'postpone' AND v_now >= call.deadline_at THEN
        v_step.event := CASE WHEN call.state = ANY (ARRAY['in_doubt', 'calling']) THEN 'end' ELSE 'given_up' END;
        v_step.reason := format('gave up: %s', v_step.reason);
    WHEN v_step.event = 'absent' THEN
        -- One list that does not show it is no proof: Twilio's lists may lag.
        v_step.delay := v_settings.absence_poll;
        IF call.absent_seen + 1 >= v_settings.absence_observations THEN
            v_step.event := 'gone';
        END IF;
    WHEN v_step.event = 'interrupt' THEN
        v_step.reason_code := 'call_interrupted';
        v_step.reason := 'the call was interrupted, and is not placed by itself again: call verify_caller_id() again';
    ELSE
        NULL;
    END CASE;

    SELECT t.to_state, t.action, r.ends_attempt INTO v_rule
      FROM telephony_internal.call_transitions t JOIN telephony_internal.call_event_rules r ON r.event = t.event
     WHERE t.from_state = call.state AND t.event = v_step.event;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'event % is not legal in state %', quote_nullable(v_step.event), call.state
            USING ERRCODE = 'TL002',
                  DETAIL = (SELECT format('Legal here: %s.',
                                          coalesce(string_agg(t.event, ', ' ORDER BY t.event), 'nothing'))
                              FROM telephony_internal.call_transitions t WHERE t.from_state = call.state);
    END IF;
    v_step.to_state := v_rule.to_state;
    v_step.ends_attempt := v_rule.ends_attempt OR telephony_internal.is_ended(v_rule.to_state);
    v_step.reason_code := CASE WHEN v_step.reason IS NOT NULL
                               THEN coalesce(v_step.reason_code, CASE WHEN v_rule.to_state = 'failed'
                                                                      THEN 'caller_id_refused' ELSE 'retrying' END) END;
    RETURN v_step;
END
$$;
COMMENT ON FUNCTION telephony_internal.judge_call_step(telephony_internal.calls, text, jsonb, text) IS
    'What an event means for a call whose row is locked: the event as the database sees it, and where it leads by '
    'call_transitions. Changes nothing.';
