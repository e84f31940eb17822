-- tier: owner
CREATE FUNCTION telephony_internal.buyable_kinds(org_id uuid, country_code text, wishes jsonb DEFAULT '{}')
RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_only_country text := coalesce(wishes -> 'offer' ->> 'country_code',
                                    telephony_internal.area_code_region(wishes ->> 'area_code'));
    v_only_type    text := coalesce(wishes -> 'offer' ->> 'number_type', wishes ->> 'number_type');
    v_searched     telephony_api.countries;
    v_needs        boolean;
    v_profile      telephony_internal.regulatory_profiles;
    v_country      text;
    v_type         text;
    v_kinds        jsonb;
BEGIN
    SELECT * INTO v_searched FROM telephony_api.countries c WHERE c.country_code = buyable_kinds.country_code;
    FOREACH v_country IN ARRAY coalesce(v_searched.provision_countries, '{}') LOOP
        CONTINUE WHEN v_country <> v_only_country;
        SELECT c.needs_regulatory_profile INTO v_needs FROM telephony_api.countries c
         WHERE c.country_code = v_country;
        FOREACH v_type IN ARRAY v_searched.number_types::text[] LOOP
            CONTINUE WHEN v_type <> v_only_type;
            SELECT * INTO v_profile FROM telephony_internal.regulatory_profiles r
             WHERE r.org_id = buyable_kinds.org_id AND r.country_code = v_country AND r.number_type = v_type;
            CONTINUE WHEN v_needs AND NOT FOUND;
            v_kinds := coalesce(v_kinds, '[]') || jsonb_build_object('country_code', v_country, 'number_type', v_type,
                'address_sid', v_profile.address_sid, 'bundle_sid', v_profile.bundle_sid);
        END LOOP;
    END LOOP;
    RETURN v_kinds;
END
$$;
COMMENT ON FUNCTION telephony_internal.buyable_kinds(uuid, text, jsonb) IS
    'Kinds of number to search for an organization in a country, in this order, as an array of {country_code, '
    'number_type, address_sid, bundle_sid}, without those that wishes rule out, and those that need a regulatory '
    'profile the organization does not have. NULL: none is left.';
