-- tier: owner
CREATE FUNCTION telephony_internal.use_carrier(organization telephony_api.organizations, country_code text,
                                               carrier_name text, action text) RETURNS telephony_api.organizations
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_after telephony_api.organizations := organization;
BEGIN
    IF organization.telephony_country IS DISTINCT FROM use_carrier.country_code THEN
        PERFORM telephony_internal.remember_carrier(organization.id, use_carrier.country_code,
                                                    use_carrier.carrier_name);
        RETURN organization;
    END IF;
    v_after.forwarding_carrier := use_carrier.carrier_name;
    PERFORM telephony_internal.put_organization(organization, v_after);
    PERFORM telephony_internal.audit(organization.id, use_carrier.action, 'organizations',
        telephony_internal.audited(organization), telephony_internal.audited(v_after));
    SELECT * INTO v_after FROM telephony_api.organizations o WHERE o.id = organization.id;
    RETURN v_after;
END
$$;
COMMENT ON FUNCTION telephony_internal.use_carrier(telephony_api.organizations, text, text, text) IS
    'A locked organization uses a carrier, from now on the one of its country or of another; for an action that the '
    'audit log names.';
