-- tier: owner
CREATE FUNCTION telephony_internal.count_organization(before telephony_api.organizations,
                                                      after telephony_api.organizations) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (before.telephony_country, before.forwarding_carrier, before.assigned_twilio_number IS NULL)
       IS DISTINCT FROM (after.telephony_country, after.forwarding_carrier, after.assigned_twilio_number IS NULL) THEN
        INSERT INTO telephony_internal.country_count_deltas (country_code, carrier_name, provisioned, change)
        SELECT c.country, coalesce(c.carrier, ''), c.provisioned, c.change
          FROM (VALUES (before.telephony_country, before.forwarding_carrier, before.assigned_twilio_number IS NOT NULL,
                        -1),
                       (after.telephony_country, after.forwarding_carrier, after.assigned_twilio_number IS NOT NULL, 1))
                           c (country, carrier, provisioned, change)
         WHERE c.country IS NOT NULL;
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_internal.count_organization(telephony_api.organizations, telephony_api.organizations) IS
    'Counts a change of an organization; NULL after it: the organization is gone.';
