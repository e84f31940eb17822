-- tier: anon
CREATE FUNCTION telephony_api.carriers_of(country_code text)
RETURNS SETOF telephony_api.carrier
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_country telephony_api.countries := telephony_internal.resolve_country(carriers_of.country_code);
BEGIN
    PERFORM telephony_internal.cache_for(300);
    RETURN QUERY
        SELECT c.carrier_name, c.display_name, c.ring_time_adjustable, c.verified_on, c.notes
          FROM telephony_api.carriers c WHERE c.country_code = v_country.country_code
              AND c.is_active ORDER BY c.carrier_name;
END
$$;
COMMENT ON FUNCTION telephony_api.carriers_of(text) IS
    'The carriers known in a country. verified_on is empty where no source of the operator itself is known. '
    'country_not_supported (400) lists those that are.';
