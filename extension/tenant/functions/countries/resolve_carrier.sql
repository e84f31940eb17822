-- tier: anon
CREATE FUNCTION telephony_internal.resolve_carrier(country telephony_api.countries, carrier_name text)
    RETURNS telephony_api.carriers
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_carrier telephony_api.carriers;
BEGIN
    SELECT * INTO v_carrier FROM telephony_api.carriers c
     WHERE c.country_code = country.country_code AND c.carrier_name = lower(btrim(resolve_carrier.carrier_name))
         AND c.is_active;
    -- No carrier has a longer name; to spell one out for each would take its time.
    IF NOT FOUND AND length(resolve_carrier.carrier_name) <= 100 THEN
        SELECT c.* INTO v_carrier
          FROM telephony_api.carriers c
         CROSS JOIN LATERAL (SELECT telephony_internal.carrier_name_rank(c, resolve_carrier.carrier_name)
                             AS rank OFFSET 0) fit
         WHERE c.country_code = country.country_code AND c.is_active AND fit.rank IS NOT NULL
         ORDER BY fit.rank, c.carrier_name LIMIT 1;
    END IF;
    IF NOT FOUND THEN
        PERFORM telephony_internal.refuse('carrier_unknown',
            format('carrier not known in %s: %s', country.country_name,
                telephony_internal.shown(resolve_carrier.carrier_name)),
            detail => (SELECT 'Known there: ' || coalesce(string_agg(c.carrier_name, ', ' ORDER BY c.carrier_name),
                'none') || '.' FROM telephony_api.carriers c WHERE c.country_code = country.country_code
                AND c.is_active),
            hint => 'Give one of these names; carriers_of() describes them.');
    END IF;
    RETURN v_carrier;
END
$$;
COMMENT ON FUNCTION telephony_internal.resolve_carrier(telephony_api.countries, text) IS
    'The active carrier of a country by slug, by a name of its own or of a reseller, however these are spelled; PT400 '
    'lists those there are.';
