-- tier: anon
CREATE FUNCTION telephony_api.supported_countries()
RETURNS TABLE (country_code text, country_name text, recommended_twilio_country text, forwarding_cost_estimate text,
               warning_message text)
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
