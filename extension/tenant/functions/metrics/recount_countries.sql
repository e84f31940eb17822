-- tier: owner
CREATE FUNCTION telephony_internal.recount_countries() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    LOCK TABLE telephony_api.organizations IN SHARE MODE;
    LOCK TABLE telephony_internal.country_count_deltas, telephony_internal.country_counts IN EXCLUSIVE MODE;
    DELETE FROM telephony_internal.country_count_deltas;
    DELETE FROM telephony_internal.country_counts;
    INSERT INTO telephony_internal.country_counts (country_code, carrier_name, provisioned, organizations)
    SELECT o.telephony_country, coalesce(o.forwarding_carrier, ''), o.assigned_twilio_number IS NOT NULL, count(*)
      FROM telephony_api.organizations o WHERE o.telephony_country IS NOT NULL GROUP BY 1, 2, 3;
END
$$;
COMMENT ON FUNCTION telephony_internal.recount_countries() IS
    'Counts anew from organizations, which nobody can change meanwhile: after organizations were written by hand. For '
    'the owner.';
