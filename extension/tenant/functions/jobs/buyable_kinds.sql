-- tier: owner
CREATE FUNCTION telephony_internal.buyable_kinds(org_id uuid, country_code text, wishes jsonb DEFAULT '{}')
RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT jsonb_agg(jsonb_build_object('country_code', p.country, 'number_type', t.type, 'address_sid',
                                            r.address_sid, 'bundle_sid', r.bundle_sid)
                                    ORDER BY p.place, t.place)
          FROM telephony_api.countries c
         CROSS JOIN LATERAL unnest(c.provision_countries) WITH ORDINALITY p (country, place)
         CROSS JOIN LATERAL unnest(c.number_types) WITH ORDINALITY t (type, place)
          LEFT JOIN telephony_internal.regulatory_profiles r ON r.org_id = buyable_kinds.org_id
              AND r.country_code = p.country AND r.number_type = t.type::text
         WHERE c.country_code = buyable_kinds.country_code
           AND p.country = coalesce(wishes -> 'offer' ->> 'country_code',
                   telephony_internal.area_code_region(wishes ->> 'area_code'), p.country)
           AND t.type::text = coalesce(wishes -> 'offer' ->> 'number_type', wishes ->> 'number_type', t.type::text)
           AND (r.org_id IS NOT NULL
                OR NOT EXISTS (SELECT FROM telephony_api.countries n WHERE n.country_code = p.country
                               AND n.needs_regulatory_profile)));
END
$$;
COMMENT ON FUNCTION telephony_internal.buyable_kinds(uuid, text, jsonb) IS
    'Kinds of number to search for an organization in a country, in this order, as an array of {country_code, '
    'number_type, address_sid, bundle_sid}, without those that wishes rule out, and those that need a regulatory '
    'profile the organization does not have. NULL: none is left.';
