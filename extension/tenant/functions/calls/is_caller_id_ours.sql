-- tier: owner
CREATE FUNCTION telephony_internal.is_caller_id_ours(call telephony_internal.calls, data jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM telephony_internal.calls c
                    WHERE c.org_id = call.org_id AND c.number OPERATOR(telephony.=) call.number AND c.kind = 'caller_id'
                      AND c.sent_at IS NOT NULL AND telephony_internal.tag_of(c.id) = data ->> 'tag')
        OR EXISTS (SELECT FROM telephony_api.verified_caller_ids v
                    WHERE v.org_id = call.org_id AND v.caller_id_sid = data ->> 'sid' AND v.made_here);
END
$$;
COMMENT ON FUNCTION telephony_internal.is_caller_id_ours(telephony_internal.calls, jsonb) IS
    'Whether a caller id at Twilio was made by a call of this organization: it carries the call''s tag, or we have its '
    'SID.';
