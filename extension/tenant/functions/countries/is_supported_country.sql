-- tier: anon
CREATE FUNCTION telephony_api.is_supported_country(country_code text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM telephony_internal.cache_for(300);
    RETURN EXISTS (SELECT FROM telephony_api.countries c
                    WHERE c.country_code = upper(btrim(is_supported_country.country_code)) AND c.is_active);
END
$$;
COMMENT ON FUNCTION telephony_api.is_supported_country(text) IS
    'Whether a two-letter country code, in either case, can be chosen.';
