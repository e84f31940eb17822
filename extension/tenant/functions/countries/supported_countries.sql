-- tier: anon
CREATE FUNCTION telephony_api.supported_countries()
RETURNS SETOF telephony_api.country
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM telephony_internal.cache_for(300);
    RETURN QUERY
        SELECT c.country_code, c.country_name, c.recommended_twilio_country, c.forwarding_cost_estimate,
            c.warning_message
          FROM telephony_api.countries c WHERE c.is_active ORDER BY c.country_name;
END
$$;
COMMENT ON FUNCTION telephony_api.supported_countries() IS
    'The countries an organization can choose, where its number would come from and what forwarding costs there.';
