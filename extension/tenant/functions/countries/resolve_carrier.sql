-- tier: anon
CREATE FUNCTION telephony_internal.resolve_carrier(country telephony_api.countries, carrier_name text) RETURNS telephony_api.carriers
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_name    text := pg_catalog.lower(pg_catalog.btrim(resolve_carrier.carrier_name));
    v_carrier telephony_api.carriers;
BEGIN
    SELECT * INTO v_carrier FROM telephony_api.carriers c
     WHERE c.country_code = country.country_code AND c.carrier_name = v_name AND c.is_active;
    IF NOT FOUND THEN
        SELECT * INTO v_carrier FROM telephony_api.carriers c
         WHERE c.country_code = country.country_code AND c.aliases @> ARRAY[v_name] AND c.is_active
         ORDER BY c.carrier_name LIMIT 1;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'carrier not known in %: %', country.country_name, telephony_internal.shown(resolve_carrier.carrier_name)
            USING ERRCODE = 'PT400',
                  DETAIL = (SELECT 'Known there: ' || coalesce(pg_catalog.string_agg(c.carrier_name, ', ' ORDER BY c.carrier_name), 'none') || '.'
                              FROM telephony_api.carriers c WHERE c.country_code = country.country_code AND c.is_active),
                  HINT = 'Give one of these names; carriers_of() describes them.';
    END IF;
    RETURN v_carrier;
END
$$;
COMMENT ON FUNCTION telephony_internal.resolve_carrier(telephony_api.countries, text) IS 'The active carrier of a country by slug or alias, case-insensitive; PT400 lists those there are.';
