-- tier: sidecar
CREATE FUNCTION telephony_internal.advance_call(org_id uuid, call_id uuid, token bigint, event text,
                                                data jsonb DEFAULT '{}')
RETURNS telephony_internal.call_standing
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_call telephony_internal.calls;
BEGIN
    -- The code may be in the data: should the call fail, the server's log does not show them.
    PERFORM telephony.hide_statement();
    PERFORM telephony_internal.require_durable_commit();
    PERFORM telephony_internal.require_known_cluster(s) FROM telephony_internal.settings s;
    -- The organization first, then its call: the order in which every function locks them.
    PERFORM FROM telephony_api.organizations o WHERE o.id = advance_call.org_id FOR NO KEY UPDATE;
    SELECT * INTO v_call FROM telephony_internal.calls c
     WHERE c.org_id = advance_call.org_id AND c.id = advance_call.call_id FOR UPDATE;
    IF NOT FOUND OR v_call.token IS DISTINCT FROM advance_call.token OR v_call.lease_until IS NULL THEN
        RAISE EXCEPTION 'the lease of call % is lost', advance_call.call_id
            USING ERRCODE = 'TL001', DETAIL = 'Another sidecar holds a newer token, or the attempt has ended.',
                  HINT = 'Drop the call and do nothing more for it at Twilio.';
    ELSIF advance_call.event = 'send' AND v_call.lease_until <= clock_timestamp() THEN
        -- Another sidecar could claim it while the request is under way.
        RAISE EXCEPTION 'the lease of call % has run out', advance_call.call_id USING ERRCODE = 'TL001';
    END IF;
    RETURN telephony_internal.take_call_step(v_call, advance_call.event, coalesce(advance_call.data, '{}'), 'sidecar');
END
$$;
COMMENT ON FUNCTION telephony_internal.advance_call(uuid, uuid, bigint, text, jsonb) IS
    'Reports what happened to a claimed call, and returns how it stands then. TL001: the lease is lost. TL002: the '
    'event is not legal in this state. TL004: in recovery mode, or not the cluster that ran before.';
