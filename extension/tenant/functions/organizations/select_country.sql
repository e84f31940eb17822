-- tier: tenant
CREATE FUNCTION telephony_internal.select_country(country_code text)
RETURNS telephony_api.chosen_country
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org     uuid := telephony_internal.require_org();
    v_country telephony_api.countries := telephony_internal.resolve_country(select_country.country_code);
    v_before  telephony_api.organizations;
    v_after   telephony_api.organizations;
    v_number  telephony.e164;
    v_keeps   boolean;
BEGIN
    v_before := telephony_internal.organization_to_change(v_org);
    v_number := v_before.assigned_twilio_number;
    -- Only where another number is to be had by it.
    v_keeps := v_number IS NOT NULL AND telephony.region(v_number) = ANY (v_country.provision_countries) IS NOT TRUE;
    v_after := v_before;
    v_after.telephony_country := v_country.country_code;
    v_after.forwarding_carrier := telephony_internal.carrier_used(v_before, v_country.country_code);
    PERFORM telephony_internal.put_organization(v_before, v_after);
    PERFORM telephony_internal.audit(v_org, 'select_country', 'organizations', telephony_internal.audited(v_before),
                                     telephony_internal.audited(v_after));
    RETURN (v_org, v_country.country_code, v_country.country_name, v_country.recommended_twilio_country,
            nullif(concat_ws(' ', v_country.warning_message,
                CASE WHEN v_keeps THEN format('Your number %s stays as it is; release it first to get one for the new '
                                              'country.', telephony.mask(v_number)) END), ''),
            CASE WHEN v_keeps THEN 'number_kept' END,
            (SELECT coalesce(array_agg((c.carrier_name, c.display_name, c.ring_time_adjustable, c.verified_on,
                                        c.notes)::telephony_api.carrier ORDER BY c.carrier_name), '{}')
               FROM telephony_api.carriers c WHERE c.country_code = v_country.country_code AND c.is_active)
           )::telephony_api.chosen_country;
END
$$;
COMMENT ON FUNCTION telephony_internal.select_country(text) IS 'Does the work of telephony_api.select_country().';

CREATE FUNCTION telephony_api.select_country(country_code text)
RETURNS telephony_api.chosen_country
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.select_country(select_country.country_code);
END
$$;
COMMENT ON FUNCTION telephony_api.select_country(text) IS
    'Chooses the country your organization calls from, creating the organization here the first time. A number '
    'already assigned is not moved; the warning says so. '
    'country_not_supported (400) lists those that are.';
