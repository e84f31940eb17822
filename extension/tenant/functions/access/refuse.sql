-- tier: anon
CREATE FUNCTION telephony_internal.refuse(code text, message text, detail text DEFAULT NULL, hint text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_status integer;
    v_advice text;
BEGIN
    SELECT r.status, r.advice INTO v_status, v_advice
      FROM telephony_internal.reason_codes() r WHERE r.code = refuse.code;
    PERFORM telephony.refuse(refuse.code, v_status, refuse.message, refuse.detail, coalesce(refuse.hint, v_advice));
END
$$;
COMMENT ON FUNCTION telephony_internal.refuse(text, text, text, text) IS
    'The one way a request is refused: with a reason code of reason_codes(), whose advice is the hint where none is '
    'given. Over PostgREST the code is the `code` of the answer; in SQL it is the constraint of SQLSTATE PTnnn.';
