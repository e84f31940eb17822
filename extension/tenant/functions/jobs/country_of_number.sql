-- tier: owner
CREATE FUNCTION telephony_internal.country_of_number(organization telephony_api.organizations, country_code text)
RETURNS telephony_api.countries
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_code text := coalesce(country_of_number.country_code, organization.telephony_country);
BEGIN
    IF v_code IS NULL THEN
        PERFORM telephony_internal.refuse('country_missing', 'no country chosen');
    END IF;
    RETURN telephony_internal.resolve_country(v_code);
END
$$;
COMMENT ON FUNCTION telephony_internal.country_of_number(telephony_api.organizations, text) IS
    'The country that a number is asked for: the one given, else the organization''s; PT400 when there is none.';
