-- 47_cluster.sql: which cluster and timeline this is.

CREATE FUNCTION telephony.cluster_identity() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_cluster_identity';
COMMENT ON FUNCTION telephony.cluster_identity() IS
    'which database this is: system identifier of the cluster and oid, which a restore elsewhere changes';

CREATE FUNCTION telephony.cluster_timeline() RETURNS text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_cluster_timeline';
COMMENT ON FUNCTION telephony.cluster_timeline() IS
    'the timeline of the cluster as eight hexadecimal digits, which a point-in-time restore or a failover changes; '
    '55000 on a standby, which has none of its own yet';
