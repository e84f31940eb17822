-- tier: owner
CREATE FUNCTION telephony_internal.tenant_tables() RETURNS SETOF regclass
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.oid::regclass
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'erasures'
       AND c.relnamespace IN ('telephony_api'::regnamespace, 'telephony_internal'::regnamespace)
     ORDER BY c.relname = 'twilio_credentials', c.relname = 'audit_log', c.relname
$$;
COMMENT ON FUNCTION telephony_internal.tenant_tables() IS
    'Every table with rows of organizations, by its column org_id (but erasures, which stay), in the order in which '
    'an erasure empties them: the audit log and the credentials last.';
