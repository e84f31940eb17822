-- tier: owner
CREATE FUNCTION telephony_internal.shown_organization(organization telephony_api.organizations)
RETURNS telephony_api.organization
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (organization.id, organization.telephony_country, organization.assigned_twilio_number,
            organization.forwarding_carrier, organization.created_at,
            organization.updated_at, organization.original_id)::telephony_api.organization;
END
$$;
COMMENT ON FUNCTION telephony_internal.shown_organization(telephony_api.organizations) IS
    'An organization as calls answer with it.';
