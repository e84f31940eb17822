-- tier: anon
CREATE FUNCTION telephony_api.validate_number(number text, INOUT region text DEFAULT NULL,
    OUT e164 telephony.e164, OUT is_possible boolean, OUT is_valid boolean, OUT number_type telephony.phone_number_type,
    OUT "national" text, OUT international text, OUT extension text, OUT problem text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    validate_number.e164 := telephony.try_parse(validate_number.number, validate_number.region);
    validate_number.is_possible := coalesce(telephony.is_possible(validate_number.e164), false);
    validate_number.is_valid := coalesce(telephony.is_valid(validate_number.e164), false);
    validate_number.extension := telephony.number_extension(validate_number.number, validate_number.region);
    validate_number.problem := CASE
        WHEN coalesce(btrim(validate_number.number), '') = '' THEN 'No number was given.'
        WHEN validate_number.e164 IS NOT NULL AND NOT validate_number.is_possible
            THEN 'It cannot be dialled: no number under its calling code has that many digits.'
        WHEN validate_number.extension IS NOT NULL
            THEN 'An extension stands behind the number: it is not part of it, and is given apart.'
        ELSE telephony.parse_problem(validate_number.number, validate_number.region) END;
    validate_number.region := telephony.region(validate_number.e164);
    validate_number.number_type := telephony.number_type(validate_number.e164);
    validate_number."national" := telephony.format_number(validate_number.e164, 'national');
    validate_number.international := telephony.format_number(validate_number.e164, 'international');
END
$$;
COMMENT ON FUNCTION telephony_api.validate_number(text, text) IS
    'What a typed number is: its E.164 form, whether it is possible and in the numbering plan, its region and type, '
    'how it is written, the extension behind it, and the problem with it or what of the text is no part of it.';
