-- tier: owner
CREATE FUNCTION telephony_internal.cluster_timeline() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN left(pg_walfile_name(pg_current_wal_lsn()), 8);
END
$$;
COMMENT ON FUNCTION telephony_internal.cluster_timeline() IS
    'The timeline of the cluster, which a point-in-time restore or a failover changes.';
