-- tier: tenant
CREATE FUNCTION telephony_internal.set_forwarding_carrier(carrier_name text) RETURNS telephony_api.organization
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_row     telephony_api.organizations :=
        telephony_internal.organization_to_change(telephony_internal.require_org());
    v_carrier telephony_api.carriers;
BEGIN
    IF v_row.telephony_country IS NULL THEN
        PERFORM telephony_internal.refuse('country_missing', 'no country chosen',
            hint => 'Call select_country() first: a carrier is one of a country.');
    END IF;
    v_carrier := telephony_internal.resolve_carrier(telephony_internal.resolve_country(v_row.telephony_country),
                                                    set_forwarding_carrier.carrier_name);
    RETURN telephony_internal.shown_organization(telephony_internal.use_carrier(
        v_row, v_carrier.country_code, v_carrier.carrier_name, 'set_forwarding_carrier'));
END
$$;
COMMENT ON FUNCTION telephony_internal.set_forwarding_carrier(text) IS
    'Does the work of telephony_api.set_forwarding_carrier().';

CREATE FUNCTION telephony_api.set_forwarding_carrier(carrier_name text) RETURNS telephony_api.organization
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.set_forwarding_carrier(set_forwarding_carrier.carrier_name);
END
$$;
COMMENT ON FUNCTION telephony_api.set_forwarding_carrier(text) IS
    'Chooses the carrier of your organization''s people in its country, by any of its names; create_forwarding_config() '
    'and provision_number() do so too. It is kept when another country is chosen, and there again with the country. '
    'country_missing (400) before a country is chosen; carrier_unknown (400) lists those that are known.';
