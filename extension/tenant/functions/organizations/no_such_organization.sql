-- tier: owner
CREATE FUNCTION telephony_internal.no_such_organization(org_id uuid) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'organization % is not known here', no_such_organization.org_id
        USING ERRCODE = 'PT404', HINT = 'Organizations appear by select_country(), register_org() or import_org().';
END
$$;
COMMENT ON FUNCTION telephony_internal.no_such_organization(uuid) IS 'Raises PT404.';
