-- tier: tenant
CREATE FUNCTION telephony_internal.set_regulatory_profile(country_code text, number_type text, address_sid text,
                                                          bundle_sid text)
RETURNS telephony_api.regulatory_profile
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org     uuid := telephony_internal.require_org();
    v_country text := upper(btrim(set_regulatory_profile.country_code));
    v_type    text;
    v_key     text;
    v_old     telephony_internal.regulatory_profiles;
    v_row     telephony_internal.regulatory_profiles;
BEGIN
    IF v_country IS NULL OR NOT EXISTS
        (SELECT FROM telephony_api.countries c WHERE v_country = ANY (c.provision_countries)) THEN
        PERFORM telephony_internal.refuse('country_without_numbers',
            format('no numbers are bought in country %s',
                telephony_internal.shown(set_regulatory_profile.country_code)),
            detail => (SELECT format('Numbers are bought in: %s.', string_agg(DISTINCT p.country, ', '))
                FROM telephony_api.countries c, unnest(c.provision_countries) p (country) WHERE c.is_active));
    ELSIF coalesce(set_regulatory_profile.address_sid !~ '^AD[0-9a-fA-F]{32}$', false) THEN
        PERFORM telephony_internal.refuse('malformed_sid',
            format('not the SID of an address: %s', telephony_internal.shown(set_regulatory_profile.address_sid)),
            hint => 'It is AD and 32 hexadecimal digits; the Twilio console shows it under Addresses.');
    ELSIF coalesce(set_regulatory_profile.bundle_sid !~ '^BU[0-9a-fA-F]{32}$', false) THEN
        PERFORM telephony_internal.refuse('malformed_sid',
            format('not the SID of a regulatory bundle: %s',
                telephony_internal.shown(set_regulatory_profile.bundle_sid)),
            hint => 'It is BU and 32 hexadecimal digits; the Twilio console shows it under Regulatory Compliance.');
    END IF;
    v_type := telephony_internal.number_type_named(set_regulatory_profile.number_type);
    v_key := format('regulatory_profiles/%s/%s', v_country, v_type);
    PERFORM telephony_internal.organization_to_change(v_org);
    SELECT * INTO v_old FROM telephony_internal.regulatory_profiles r
     WHERE r.org_id = v_org AND r.country_code = v_country AND r.number_type = v_type;
    IF num_nonnulls(set_regulatory_profile.address_sid, set_regulatory_profile.bundle_sid) = 0 THEN
        DELETE FROM telephony_internal.regulatory_profiles r
         WHERE r.org_id = v_org AND r.country_code = v_country AND r.number_type = v_type;
        IF NOT FOUND THEN
            PERFORM telephony_internal.refuse('profile_not_found',
                format('there is no regulatory profile for %s numbers in %s', v_type, v_country));
        END IF;
        PERFORM telephony_internal.audit(v_org, 'set_regulatory_profile', v_key, to_jsonb(v_old) - 'org_id', NULL);
        RETURN (v_old.org_id, v_old.country_code, v_old.number_type, v_old.address_sid, v_old.bundle_sid,
                v_old.set_at)::telephony_api.regulatory_profile;
    END IF;
    INSERT INTO telephony_internal.regulatory_profiles AS r (org_id, country_code, number_type, address_sid, bundle_sid)
    VALUES (v_org, v_country, v_type, set_regulatory_profile.address_sid,
            set_regulatory_profile.bundle_sid)
    ON CONFLICT ON CONSTRAINT regulatory_profiles_pkey DO UPDATE
       SET address_sid = excluded.address_sid, bundle_sid = excluded.bundle_sid, set_at = excluded.set_at
    RETURNING * INTO v_row;
    PERFORM telephony_internal.audit(v_org, 'set_regulatory_profile', v_key,
                                     CASE WHEN v_old.org_id IS NOT NULL THEN to_jsonb(v_old) - 'org_id' END,
                                         to_jsonb(v_row) - 'org_id');
    RETURN (v_row.org_id, v_row.country_code, v_row.number_type, v_row.address_sid, v_row.bundle_sid,
            v_row.set_at)::telephony_api.regulatory_profile;
END
$$;
COMMENT ON FUNCTION telephony_internal.set_regulatory_profile(text, text, text, text) IS
    'Does the work of telephony_api.set_regulatory_profile().';

CREATE FUNCTION telephony_api.set_regulatory_profile(country_code text, number_type text,
    address_sid text DEFAULT NULL, bundle_sid text DEFAULT NULL) RETURNS telephony_api.regulatory_profile
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.set_regulatory_profile(set_regulatory_profile.country_code,
        set_regulatory_profile.number_type, set_regulatory_profile.address_sid, set_regulatory_profile.bundle_sid);
END
$$;
COMMENT ON FUNCTION telephony_api.set_regulatory_profile(text, text, text, text) IS
    'Address (AD...) and regulatory bundle (BU...) of your Twilio account to buy a kind of number in a country with; '
    'neither: removes the profile. Only purchases from now on use it.';
