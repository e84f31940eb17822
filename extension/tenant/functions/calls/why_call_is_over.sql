-- tier: owner
CREATE FUNCTION telephony_internal.why_call_is_over(call telephony_internal.calls, status text,
                                                    settings telephony_internal.settings, OUT reason text,
                                                    OUT reason_code text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now    timestamptz := clock_timestamp();
    v_status text := coalesce(status, call.call_status);
BEGIN
    IF call.state = 'in_doubt' THEN
        -- Nobody has the code: all that is waited for is that the call turns up in the list, to be ended.
        IF v_status = ANY (ARRAY['completed', 'busy', 'failed', 'no-answer', 'canceled'])
           OR v_now >= call.sent_at + settings.request_life + settings.caller_id_grace THEN
            reason_code := 'call_interrupted';
            reason := 'Twilio''s answer with the code was lost, and nobody is called twice by itself: call '
                'verify_caller_id() again';
        END IF;
    ELSIF v_now >= coalesce(call.call_ended_at,
                            -- Where Twilio does not tell how the call stands: rung and answered for as long as may be.
                            call.sent_at + 2 * settings.call_time_limit + settings.request_life)
                   + settings.caller_id_grace THEN
        CASE
        WHEN v_status = 'completed' THEN
            reason_code := 'caller_id_code_not_entered';
            reason := 'the call was answered, but the code was not entered: call verify_caller_id() again, and type '
                'the code that caller_id_status() shows';
        WHEN v_status = 'failed' THEN
            reason_code := 'call_not_connected';
            reason := 'Twilio could not call this number: check that calls to its country are permitted in the Twilio '
                'account (Voice, Geographic permissions), then call verify_caller_id() again';
        WHEN v_status = ANY (ARRAY['busy', 'no-answer']) THEN
            reason_code := 'caller_id_unanswered';
            reason := 'nobody answered the call: call verify_caller_id() again and take it';
        ELSE
            reason_code := 'caller_id_unanswered';
            reason := 'the code was not entered in time: call verify_caller_id() again';
        END CASE;
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_internal.why_call_is_over(telephony_internal.calls, text, telephony_internal.settings) IS
    'Why nothing more comes of a call that was placed, or perhaps placed; NULL: it is waited for.';
