-- tier: owner
CREATE FUNCTION telephony_internal.searchable_kinds(country_code text, wishes jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object('country_code', p.country, 'number_type', t.type)
                                  ORDER BY p.place, t.place), '[]')
          FROM telephony_api.countries c
         CROSS JOIN LATERAL unnest(c.provision_countries) WITH ORDINALITY p (country, place)
         CROSS JOIN LATERAL unnest(c.number_types) WITH ORDINALITY t (type, place)
         WHERE c.country_code = searchable_kinds.country_code
           AND t.type::text = coalesce(wishes ->> 'number_type', t.type::text)
           AND p.country = coalesce(telephony_internal.area_code_region(wishes ->> 'area_code'), p.country));
END
$$;
COMMENT ON FUNCTION telephony_internal.searchable_kinds(text, jsonb) IS
    'Kinds of number for a country that wishes leave, in this order, as an array of {country_code, number_type}; '
    'those that need a regulatory profile too.';
