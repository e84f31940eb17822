-- 51_tenant_rows.sql: which rows of the tenant schema are users'.
-- Reference tables ship rows; a user may change or add some. All rows of all other tables are users' rows.

CREATE FUNCTION telephony.reference_tables() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY['telephony_api.countries', 'telephony_api.carriers', 'telephony_internal.settings']
$$;
COMMENT ON FUNCTION telephony.reference_tables() IS 'The tables of the tenant schema into which migrations write rows.';

CREATE FUNCTION telephony.rows_of_users() RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_table record;
    v_there boolean;
    v_found jsonb := '{}';
BEGIN
    FOR v_table IN
        SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname IN ('telephony_api', 'telephony_internal') AND c.relkind IN ('r', 'p')
           AND pg_has_role(c.relowner, 'USAGE')
           -- What migrate() writes, and what recount_countries() and the sidecars make again.
           AND c.relname <> ALL (ARRAY['schema_migrations', 'shipped_rows', 'shipped_functions', 'shipped_objects',
                                       'tier_privileges',
                                       'job_transitions', 'job_states', 'job_event_rules', 'call_transitions',
                                       'call_states', 'call_event_rules', 'country_counts',
                                       'country_count_deltas', 'upkeep'])
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s r%s)', v_table.name,
                CASE WHEN v_table.name = ANY (telephony.reference_tables())
                     THEN ' WHERE NOT EXISTS (SELECT FROM telephony_internal.shipped_rows s
                                               WHERE s.table_name = $1 AND s.fingerprint = pg_catalog.md5(r::text))'
                     ELSE '' END)
           INTO v_there USING v_table.name;
        IF v_there THEN
            v_found := v_found || jsonb_build_object(v_table.oid::text, v_table.name);
        END IF;
    END LOOP;
    RETURN v_found;
END
$$;
COMMENT ON FUNCTION telephony.rows_of_users() IS
    'The tables of the tenant schema, name by oid, that hold a row which no migration wrote.';

CREATE FUNCTION telephony.remember_shipped_rows() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_table text;
BEGIN
    -- Called after a step, for tables that held no user's rows before it: all they hold now is shipped.
    FOREACH v_table IN ARRAY telephony.reference_tables() LOOP
        CONTINUE WHEN to_regclass(v_table) IS NULL;
        EXECUTE format('INSERT INTO telephony_internal.shipped_rows (table_name, fingerprint)
            SELECT $1, pg_catalog.md5(r::text) FROM %s r ON CONFLICT DO NOTHING', v_table) USING v_table;
    END LOOP;
END
$$;
COMMENT ON FUNCTION telephony.remember_shipped_rows() IS
    'Takes what reference tables hold as shipped. migrate() calls it after a step up, when no user had changed them '
    'before.';

CREATE FUNCTION telephony.tenant_objects(OUT kind text, OUT object text, OUT definition text) RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'CONSTRAINT', format('%s of %s', k.conname, CASE k.conrelid WHEN 0 THEN k.contypid::regtype::text
                                ELSE k.conrelid::regclass::text END), pg_get_constraintdef(k.oid)
      FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
     WHERE n.nspname IN ('telephony_api', 'telephony_internal') AND k.contype IN ('c', 'f')
    UNION ALL
    SELECT 'INDEX', x.indexrelid::regclass::text, pg_get_indexdef(x.indexrelid)
      FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname IN ('telephony_api', 'telephony_internal') AND NOT x.indisprimary
$$;
COMMENT ON FUNCTION telephony.tenant_objects() IS
    'The constraints and indexes of the tenant schema, besides primary keys, as the catalog has them.';
