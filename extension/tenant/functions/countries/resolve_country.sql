-- tier: anon
CREATE FUNCTION telephony_internal.resolve_country(country_code text) RETURNS telephony_api.countries
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_country telephony_api.countries;
BEGIN
    SELECT * INTO v_country FROM telephony_api.countries c
     WHERE c.country_code = upper(btrim(resolve_country.country_code)) AND c.is_active;
    IF NOT FOUND THEN
        PERFORM telephony_internal.refuse('country_not_supported',
            format('country not supported: %s', telephony_internal.shown(resolve_country.country_code)),
            detail => (SELECT 'Supported: ' || coalesce(string_agg(format('%s (%s)', c.country_code,
                c.country_name), ', ' ORDER BY c.country_code), 'none') || '.' FROM telephony_api.countries c
                WHERE c.is_active),
            hint => 'Give one of these two-letter codes; supported_countries() tells what forwarding costs in each.');
    END IF;
    RETURN v_country;
END
$$;
COMMENT ON FUNCTION telephony_internal.resolve_country(text) IS
    'The active country with this code, case-insensitive; PT400 lists those there are.';
