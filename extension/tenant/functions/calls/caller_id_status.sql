-- tier: tenant
CREATE FUNCTION telephony_internal.caller_id_status(id uuid) RETURNS telephony_api.caller_id
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.shown_caller_id(telephony_internal.own_caller_id(caller_id_status.id));
END
$$;
COMMENT ON FUNCTION telephony_internal.caller_id_status(uuid) IS 'Does the work of telephony_api.caller_id_status().';

CREATE FUNCTION telephony_api.caller_id_status(id uuid) RETURNS telephony_api.caller_id
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.caller_id_status(caller_id_status.id);
END
$$;
COMMENT ON FUNCTION telephony_api.caller_id_status(uuid) IS
    'How the verification of a caller id of yours stands, with the code while Twilio asks for it. '
    'caller_id_not_found (404): not one of yours.';
