-- tier: tenant
CREATE FUNCTION telephony_internal.number_argument(argument text, value text) RETURNS telephony.e164
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_reason text;
BEGIN
    IF value IS NULL OR telephony.is_e164(value) THEN
        RETURN value::telephony.e164;
    END IF;
    BEGIN
        RETURN value::telephony.e164;
    EXCEPTION WHEN invalid_text_representation THEN
        GET STACKED DIAGNOSTICS v_reason = PG_EXCEPTION_DETAIL;
    END;
    PERFORM telephony_internal.refuse('malformed_number',
        format('%s is not a number in E.164 form: %s', argument, telephony_internal.shown(value)), detail => v_reason,
        hint => 'Write + and the digits, as in +12025550123; validate_number() gives this form of what people type.');
END
$$;
COMMENT ON FUNCTION telephony_internal.number_argument(text, text) IS
    'The number in E.164 form that an argument of the API holds; PT400 names the argument, the mask of its value, the '
    'reason and validate_number().';
