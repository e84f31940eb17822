-- tier: anon
CREATE FUNCTION telephony_api.validate_number(number text, country_code text DEFAULT NULL)
RETURNS telephony_api.number_check
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number telephony.e164 := telephony.try_parse(validate_number.number, validate_number.country_code);
    v_check  telephony_api.number_check;
BEGIN
    v_check.e164 := v_number;
    v_check.is_possible := coalesce(telephony.is_possible(v_number), false);
    v_check.is_valid := coalesce(telephony.is_valid(v_number), false);
    v_check.region := telephony.region(v_number);
    v_check.number_type := telephony.number_type(v_number);
    v_check."national" := telephony.format_number(v_number, 'national');
    v_check.international := telephony.format_number(v_number, 'international');
    v_check.extension := telephony.number_extension(validate_number.number, validate_number.country_code);
    IF coalesce(btrim(validate_number.number), '') = '' THEN
        v_check.problem := 'No number was given.';
        v_check.problem_code := 'number_missing';
    ELSIF v_number IS NOT NULL AND NOT v_check.is_possible THEN
        v_check.problem := 'It cannot be dialled: no number under its calling code has that many digits.';
        v_check.problem_code := 'number_impossible';
    ELSIF v_check.extension IS NOT NULL THEN
        v_check.problem := 'An extension stands behind the number: it is not part of it, and is given apart.';
        v_check.problem_code := 'extension_apart';
    ELSE
        -- The engine calls region what is country_code here.
        v_check.problem := replace(telephony.parse_problem(validate_number.number, validate_number.country_code),
                                   'region', 'country');
        v_check.problem_code := telephony.parse_problem_code(validate_number.number, validate_number.country_code);
    END IF;
    RETURN v_check;
END
$$;
COMMENT ON FUNCTION telephony_api.validate_number(text, text) IS
    'What a number is that people typed, read as they write it in that country: its E.164 form, whether it is '
    'possible and in the numbering plan, its region and type, how it is written, the extension behind it, and the '
    'problem with it or what of the text is no part of it.';
