-- tier: owner
-- A pooler keeps its connections to telephonyd across a failover: no greeting tells of it. So whatever gives out work
-- or takes a step looks itself, at what the server has in memory.
CREATE FUNCTION telephony_internal.require_known_cluster(settings telephony_internal.settings) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- NULL in the settings: nobody has greeted yet.
    IF settings.timeline <> telephony.cluster_timeline()
       OR settings.system_identifier <> telephony.cluster_identity() THEN
        RAISE EXCEPTION 'this is not the cluster that ran before'
            USING ERRCODE = 'TL004',
                  DETAIL = 'It was promoted, or restored elsewhere: it may not know what was bought.',
                  HINT = 'telephonyd greets it, which enters recovery mode. Then run telephonyd reconcile, adopt what '
                         'is missing here, and run telephonyd resume.';
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_internal.require_known_cluster(telephony_internal.settings) IS
    'TL004 where hello() would enter recovery mode: another timeline, cluster or database than that of the settings.';
