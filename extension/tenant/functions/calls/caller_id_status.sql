-- tier: tenant
CREATE FUNCTION telephony_api.caller_id_status(INOUT id uuid, OUT status text, OUT validation_code text,
                                               OUT expires_at timestamptz, OUT attempts_left integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid := telephony_internal.require_org();
BEGIN
    SELECT v.status, v.validation_code, v.expires_at, 3 - v.attempts
      INTO caller_id_status.status, caller_id_status.validation_code, caller_id_status.expires_at,
          caller_id_status.attempts_left
      FROM telephony_api.verified_caller_ids v WHERE v.org_id = v_org AND v.id = caller_id_status.id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such caller id' USING ERRCODE = 'PT404',
            HINT = 'Read verified_caller_ids for those of your organization.';
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_api.caller_id_status(uuid) IS
    'How the verification of a caller id of yours stands, with the code while Twilio asks for it. PT404: not one of '
    'yours.';
