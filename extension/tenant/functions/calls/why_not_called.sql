-- tier: owner
CREATE FUNCTION telephony_internal.why_not_called(number telephony.e164) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_type   telephony.phone_number_type := telephony.number_type(number);
    v_region text := telephony.region(number);
BEGIN
    IF v_type IS NULL OR v_region IS NULL THEN
        RETURN 'it is no number that is in use, as far as is known';
    ELSIF v_type <> ALL (ARRAY['fixed_line', 'mobile', 'fixed_line_or_mobile']::telephony.phone_number_type[]) THEN
        RETURN 'it is neither a mobile nor a landline number';
    ELSIF NOT EXISTS (SELECT FROM telephony_api.countries c WHERE c.country_code = v_region AND c.is_active) THEN
        RETURN format('it is a number of %s, which is none of supported_countries()', v_region);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION telephony_internal.why_not_called(telephony.e164) IS
    'Why no call is placed to a number, whoever asks; NULL: it may be called.';
