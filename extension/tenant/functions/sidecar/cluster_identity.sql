-- tier: owner
CREATE FUNCTION telephony_internal.cluster_identity(OUT system_identifier text, OUT timeline text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('%s.%s', c.system_identifier,
                    (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())),
             left(pg_walfile_name(pg_current_wal_lsn()), 8) FROM pg_control_system() c $$;
COMMENT ON FUNCTION telephony_internal.cluster_identity() IS
    'Which database this is: system identifier of the cluster and oid, which a restore elsewhere changes, and the '
    'timeline, which a point-in-time restore or a failover changes.';
