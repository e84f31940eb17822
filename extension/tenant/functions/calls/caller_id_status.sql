-- tier: tenant
CREATE FUNCTION telephony_api.caller_id_status(id uuid) RETURNS telephony_api.caller_id
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid := telephony_internal.require_org();
    v_row telephony_api.verified_caller_ids;
BEGIN
    SELECT * INTO v_row FROM telephony_api.verified_caller_ids v
     WHERE v.org_id = v_org AND v.id = caller_id_status.id;
    IF NOT FOUND THEN
        PERFORM telephony_internal.refuse('caller_id_not_found', 'no such caller id');
    END IF;
    RETURN (v_row.id, v_row.phone_number, v_row.status, v_row.validation_code, v_row.expires_at,
            3 - v_row.attempts, NULL::text, NULL::text,
            CASE WHEN v_row.status = 'pending' THEN 2 END)::telephony_api.caller_id;
END
$$;
COMMENT ON FUNCTION telephony_api.caller_id_status(uuid) IS
    'How the verification of a caller id of yours stands, with the code while Twilio asks for it. '
    'caller_id_not_found (404): not one of yours.';
