-- tier: owner
CREATE FUNCTION telephony_internal.line_argument(value text, country_code text) RETURNS telephony.e164
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_check telephony_api.number_check :=
        telephony_api.validate_number(line_argument.value, line_argument.country_code);
BEGIN
    IF v_check.problem_code = 'number_missing' THEN
        PERFORM telephony_internal.refuse('number_missing', 'the line to forward was not given',
            hint => format('Give the number of the phone whose calls are to be forwarded, in E.164 form or as it is '
                'dialled in %s.', line_argument.country_code));
    ELSIF v_check.problem_code = 'number_impossible' THEN
        PERFORM telephony_internal.refuse('number_impossible',
            format('the line to forward cannot be a telephone number: %s', telephony.mask(v_check.e164)));
    -- A label that is no part of the number is passed over; an extension is not reached by forwarding.
    ELSIF v_check.e164 IS NULL OR v_check.problem_code = 'extension_apart' THEN
        PERFORM telephony_internal.refuse('malformed_number',
            format('sim_phone_number cannot be read as a number of %s: %s', line_argument.country_code,
                   telephony_internal.shown(line_argument.value)), detail => v_check.problem,
            hint => format('Write it in E.164 form, as in +2348031234567, or as it is dialled in %s; '
                'validate_number() gives the E.164 form of what people type.', line_argument.country_code));
    END IF;
    RETURN v_check.e164;
END
$$;
COMMENT ON FUNCTION telephony_internal.line_argument(text, text) IS
    'The line that sim_phone_number names, read as people of its country write it, by validate_number().';
