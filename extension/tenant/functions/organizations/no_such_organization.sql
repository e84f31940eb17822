-- tier: owner
CREATE FUNCTION telephony_internal.no_such_organization(org_id uuid) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM telephony_internal.refuse('organization_unknown',
        format('organization %s is not known here', no_such_organization.org_id));
END
$$;
COMMENT ON FUNCTION telephony_internal.no_such_organization(uuid) IS 'Raises PT404.';
