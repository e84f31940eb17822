-- tier: owner
CREATE FUNCTION telephony_internal.carrier_used(organization telephony_api.organizations, country_code text)
RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF organization.telephony_country = carrier_used.country_code THEN
        RETURN organization.forwarding_carrier;
    END IF;
    RETURN (SELECT u.carrier_name
              FROM telephony_internal.carriers_used u JOIN telephony_api.carriers k USING (country_code, carrier_name)
             WHERE u.org_id = organization.id AND u.country_code = carrier_used.country_code AND k.is_active);
END
$$;
COMMENT ON FUNCTION telephony_internal.carrier_used(telephony_api.organizations, text) IS
    'The carrier that an organization last used in a country; NULL: none, or one that is not offered any more.';
