-- tier: owner
CREATE FUNCTION telephony_internal.cluster_identity() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN format('%s.%s', (pg_control_system()).system_identifier,
        (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()));
END
$$;
COMMENT ON FUNCTION telephony_internal.cluster_identity() IS
    'Which database this is: system identifier of the cluster and oid, which a restore elsewhere changes.';
