-- tier: sidecar
CREATE FUNCTION telephony_internal.lapse_caller_ids() RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_row    telephony_api.verified_caller_ids;
    v_lapse  record;
    v_lapsed bigint := 0;
BEGIN
    -- What a crash takes back is done again.
    PERFORM set_config('synchronous_commit', 'off', true);
    FOR v_row IN
        SELECT v.* FROM telephony_api.verified_caller_ids v
         WHERE v.status = 'verified'
           AND (v.checked_at < clock_timestamp() - (SELECT s.caller_id_check FROM telephony_internal.settings s)
                OR v.expires_at <= clock_timestamp())
           AND NOT EXISTS (SELECT FROM telephony_internal.calls c
                            WHERE c.org_id = v.org_id AND c.caller_id = v.id AND NOT c.ended)
         ORDER BY v.checked_at LIMIT 1000 FOR UPDATE SKIP LOCKED
    LOOP
        SELECT l.reason, l.reason_code INTO v_lapse FROM telephony_internal.lapse_reason(v_row) l;
        IF v_lapse.reason IS NOT NULL THEN
            UPDATE telephony_api.verified_caller_ids v
               SET status = 'expired', verified_at = NULL, reason = v_lapse.reason, reason_code = v_lapse.reason_code,
                   updated_at = clock_timestamp()
             WHERE v.org_id = v_row.org_id AND v.id = v_row.id;
            v_lapsed := v_lapsed + 1;
        ELSIF v_row.caller_id_sid IS NOT NULL THEN
            -- Looked at again after the same time, whatever comes of this look.
            UPDATE telephony_api.verified_caller_ids v SET checked_at = clock_timestamp()
             WHERE v.org_id = v_row.org_id AND v.id = v_row.id;
            INSERT INTO telephony_internal.calls
                (org_id, kind, state, deadline_at, caller_id, number, account_sid, caller_id_sid)
            SELECT v_row.org_id, 'caller_id_check', 'checking', clock_timestamp() + s.job_deadline, v_row.id,
                   v_row.phone_number::telephony.e164, v_row.account_sid, v_row.caller_id_sid
              FROM telephony_internal.settings s;
            PERFORM telephony_internal.wake_sidecars('calls');
        END IF;
    END LOOP;
    WITH old AS (
        DELETE FROM telephony_internal.calls c
         WHERE c.kind = 'caller_id_check' AND c.ended AND c.updated_at < clock_timestamp() - interval '1 day'
        RETURNING c.org_id, c.id)
    DELETE FROM telephony_internal.call_events e USING old WHERE e.org_id = old.org_id AND e.call_id = old.id;
    RETURN v_lapsed;
END
$$;
COMMENT ON FUNCTION telephony_internal.lapse_caller_ids() IS
    'Ends verifications whose time is over or whose account was left, and has those looked at that were not seen at '
    'Twilio for long; at most 1,000 a call. Returns how many have lapsed.';
