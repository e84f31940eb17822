-- tier: owner
CREATE FUNCTION telephony_internal.offers_of(numbers jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'number', o.number,
                   'formatted', telephony.format_number(o.number::telephony.e164),
                   'country_code', o.country_code,
                   'number_type', o.number_type,
                   'locality', o.locality,
                   'region', o.region,
                   'capabilities', o.capabilities,
                   'monthly_price', o.monthly_price,
                   'price_unit', o.price_unit,
                   'needs_regulatory_profile', o.needs_address OR EXISTS (
                       SELECT FROM telephony_api.countries c
                        WHERE c.country_code = o.country_code AND c.needs_regulatory_profile))
               ORDER BY o.place), '[]')
          FROM (SELECT f.*
                  FROM ROWS FROM (jsonb_to_recordset(numbers) AS (number text, country_code text, number_type text,
                           locality text, region text, capabilities jsonb, monthly_price numeric, price_unit text,
                           needs_address boolean)) WITH ORDINALITY
                       AS f (number, country_code, number_type, locality, region, capabilities, monthly_price,
                             price_unit, needs_address, place)
                 -- Who asks for a number that another purchase holds does not get it.
                 WHERE NOT EXISTS (SELECT FROM telephony_internal.number_holds h
                                    WHERE h.number OPERATOR(telephony.=) f.number::telephony.e164
                                      AND telephony_internal.is_held(h))
                 ORDER BY f.place LIMIT 20) o);
END
$$;
COMMENT ON FUNCTION telephony_internal.offers_of(jsonb) IS
    'Numbers that Twilio has for sale as they are offered to an organization: the first 20 that nobody here holds.';
