-- tier: owner
CREATE FUNCTION telephony_internal.end_caller_ids(org_id uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_call telephony_internal.calls;
BEGIN
    FOR v_call IN
        SELECT c.* FROM telephony_internal.calls c
         WHERE c.org_id = end_caller_ids.org_id AND NOT c.ended ORDER BY c.id FOR UPDATE
    LOOP
        IF v_call.state = 'queued' THEN
            PERFORM telephony_internal.take_call_step(v_call, 'cancel', '{}', 'database');
        ELSIF v_call.state = 'checking' THEN
            DELETE FROM telephony_internal.calls c WHERE c.org_id = v_call.org_id AND c.id = v_call.id;
        END IF;
    END LOOP;
    WITH begun AS (
        INSERT INTO telephony_internal.calls
            (org_id, kind, state, deadline_at, caller_id, number, account_sid, caller_id_sid)
        SELECT v.org_id, 'caller_id_removal', 'removing', clock_timestamp() + s.late_horizon, v.id,
               v.phone_number::telephony.e164, v.account_sid, v.caller_id_sid
          FROM telephony_api.verified_caller_ids v, telephony_internal.settings s
         WHERE v.org_id = end_caller_ids.org_id AND v.made_here
           AND NOT EXISTS (SELECT FROM telephony_internal.calls c
                            WHERE c.org_id = v.org_id AND c.caller_id = v.id AND NOT c.ended)
        RETURNING 1)
    SELECT telephony_internal.wake_sidecars('calls') FROM begun LIMIT 1 INTO v_call.reason;
END
$$;
COMMENT ON FUNCTION telephony_internal.end_caller_ids(uuid) IS
    'What an erasure does of the calls of a locked organization: those not placed are cancelled, and the caller ids '
    'that calls of ours have made are to be deleted at Twilio.';
