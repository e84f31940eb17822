-- tier: tenant
CREATE FUNCTION telephony_internal.set_regulatory_profile(country_code text, number_type text, address_sid text,
                                                          bundle_sid text)
RETURNS telephony_internal.regulatory_profiles
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org     uuid := telephony_internal.require_org();
    v_country text := upper(btrim(set_regulatory_profile.country_code));
    v_key     text;
    v_old     telephony_internal.regulatory_profiles;
    v_row     telephony_internal.regulatory_profiles;
BEGIN
    IF v_country IS NULL OR NOT EXISTS
        (SELECT FROM telephony_api.countries c WHERE v_country = ANY (c.provision_countries)) THEN
        RAISE EXCEPTION 'no numbers are bought in country %',
            telephony_internal.shown(set_regulatory_profile.country_code)
            USING ERRCODE = 'PT400',
                  DETAIL = (SELECT format('Numbers are bought in: %s.', string_agg(DISTINCT p.country, ', '))
                              FROM telephony_api.countries c,
                                  unnest(c.provision_countries) p (country) WHERE c.is_active),
                  HINT = 'Give the country of the number, as a two-letter code.';
    ELSIF set_regulatory_profile.number_type IS NULL
        OR set_regulatory_profile.number_type <> ALL (ARRAY['Local', 'Mobile', 'TollFree', 'National']) THEN
        RAISE EXCEPTION 'unknown number type: %', telephony_internal.shown(set_regulatory_profile.number_type)
            USING ERRCODE = 'PT400', HINT = 'The types are Local, Mobile, TollFree and National.';
    ELSIF coalesce(set_regulatory_profile.address_sid !~ '^AD[0-9a-fA-F]{32}$', false) THEN
        RAISE EXCEPTION 'not the SID of an address: %', telephony_internal.shown(set_regulatory_profile.address_sid)
            USING ERRCODE = 'PT400',
                  HINT = 'It is AD and 32 hexadecimal digits; the Twilio console shows it under Addresses.';
    ELSIF coalesce(set_regulatory_profile.bundle_sid !~ '^BU[0-9a-fA-F]{32}$', false) THEN
        RAISE EXCEPTION 'not the SID of a regulatory bundle: %',
            telephony_internal.shown(set_regulatory_profile.bundle_sid)
            USING ERRCODE = 'PT400',
                  HINT = 'It is BU and 32 hexadecimal digits; the Twilio console shows it under Regulatory Compliance.';
    END IF;
    v_key := format('regulatory_profiles/%s/%s', v_country, set_regulatory_profile.number_type);
    PERFORM telephony_internal.organization_to_change(v_org);
    SELECT * INTO v_old FROM telephony_internal.regulatory_profiles r
     WHERE r.org_id = v_org AND r.country_code = v_country AND r.number_type = set_regulatory_profile.number_type;
    IF num_nonnulls(set_regulatory_profile.address_sid, set_regulatory_profile.bundle_sid) = 0 THEN
        DELETE FROM telephony_internal.regulatory_profiles r
         WHERE r.org_id = v_org AND r.country_code = v_country AND r.number_type = set_regulatory_profile.number_type;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no regulatory profile for % numbers in %', set_regulatory_profile.number_type,
                v_country
                USING ERRCODE = 'PT404', HINT = 'Give address_sid, bundle_sid or both to set one.';
        END IF;
        PERFORM telephony_internal.audit(v_org, 'set_regulatory_profile', v_key, to_jsonb(v_old) - 'org_id', NULL);
        RETURN v_old;
    END IF;
    INSERT INTO telephony_internal.regulatory_profiles AS r (org_id, country_code, number_type, address_sid, bundle_sid)
    VALUES (v_org, v_country, set_regulatory_profile.number_type, set_regulatory_profile.address_sid,
            set_regulatory_profile.bundle_sid)
    ON CONFLICT ON CONSTRAINT regulatory_profiles_pkey DO UPDATE
       SET address_sid = excluded.address_sid, bundle_sid = excluded.bundle_sid, set_at = excluded.set_at
    RETURNING * INTO v_row;
    PERFORM telephony_internal.audit(v_org, 'set_regulatory_profile', v_key,
                                     CASE WHEN v_old.org_id IS NOT NULL THEN to_jsonb(v_old) - 'org_id' END,
                                         to_jsonb(v_row) - 'org_id');
    RETURN v_row;
END
$$;
COMMENT ON FUNCTION telephony_internal.set_regulatory_profile(text, text, text, text) IS
    'Does the work of telephony_api.set_regulatory_profile().';

CREATE FUNCTION telephony_api.set_regulatory_profile(INOUT country_code text, INOUT number_type text,
                                                     INOUT address_sid text DEFAULT NULL,
                                                         INOUT bundle_sid text DEFAULT NULL,
    OUT org_id uuid, OUT set_at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT r.country_code, r.number_type, r.address_sid, r.bundle_sid, r.org_id, r.set_at
      INTO country_code, number_type, address_sid, bundle_sid, org_id, set_at
      FROM telephony_internal.set_regulatory_profile($1, $2, $3, $4) r;
END
$$;
COMMENT ON FUNCTION telephony_api.set_regulatory_profile(text, text, text, text) IS
    'Address (AD...) and regulatory bundle (BU...) of your Twilio account to buy a kind of number in a country with; '
    'neither: removes the profile. Only purchases from now on use it.';
