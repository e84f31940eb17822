-- tier: owner
CREATE FUNCTION telephony_internal.shown_caller_id(caller_id telephony_api.verified_caller_ids)
RETURNS telephony_api.caller_id
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_call   telephony_internal.calls;
    v_config telephony_api.hybrid_forwarding_configs;
    v_shown  telephony_api.caller_id;
BEGIN
    v_shown.id := caller_id.id;
    v_shown.phone_number := caller_id.phone_number;
    v_shown.status := caller_id.status;
    v_shown.validation_code := caller_id.validation_code;
    v_shown.expires_at := caller_id.expires_at;
    v_shown.reason := caller_id.reason;
    v_shown.reason_code := caller_id.reason_code;
    SELECT greatest(0, s.caller_id_calls_per_day
                        - telephony_internal.calls_asking_for_code(caller_id.phone_number::telephony.e164))
      INTO v_shown.attempts_left FROM telephony_internal.settings s;
    IF caller_id.status = 'verified' AND caller_id.expires_at <= clock_timestamp() THEN
        -- The upkeep writes it down a little later.
        v_shown.status := 'expired';
        SELECT l.reason, l.reason_code INTO v_shown.reason, v_shown.reason_code
          FROM telephony_internal.lapse_reason(caller_id) l;
    ELSIF caller_id.status = 'pending' THEN
        SELECT * INTO v_call FROM telephony_internal.calls c
         WHERE c.org_id = caller_id.org_id AND c.caller_id = shown_caller_id.caller_id.id AND NOT c.ended;
        v_shown.poll_after_seconds := 2;
        IF v_call.state = 'queued' THEN
            v_shown.reason := v_call.reason;
            v_shown.reason_code := v_call.reason_code;
            v_shown.poll_after_seconds := greatest(2, least(60,
                ceil(EXTRACT(epoch FROM v_call.not_before - clock_timestamp()))));
        END IF;
    END IF;
    IF v_shown.status = ANY (ARRAY['pending', 'failed', 'expired']::telephony_api.verification_status[])
       AND coalesce(v_shown.reason_code, 'caller_id_unanswered') = ANY (ARRAY['caller_id_unanswered',
           'caller_id_code_not_entered']) THEN
        SELECT * INTO v_config FROM telephony_api.hybrid_forwarding_configs h
         WHERE h.org_id = caller_id.org_id AND h.sim_phone_number = caller_id.phone_number
           AND h.status = 'active';
        IF FOUND THEN
            v_shown.reason_code := 'forwarding_in_the_way';
            v_shown.reason := format(CASE v_config.forwarding_type
                WHEN 'total_ai' THEN 'all calls of this line are forwarded, so the one that asks for the code does not '
                    'ring there: dial %s on it first, and its codes again once it is verified'
                ELSE 'calls of this line that nobody takes are forwarded: answer the call that asks for the code, or '
                    'dial %s first' END, array_to_string(telephony_internal.off_codes(v_config), ', '));
        END IF;
    END IF;
    RETURN v_shown;
END
$$;
COMMENT ON FUNCTION telephony_internal.shown_caller_id(telephony_api.verified_caller_ids) IS
    'A caller id as its organization sees it, what stands in the way of its call, and when to ask again.';
