-- The tenant schema's way in and out: migrations() tells what there is, migrate() goes there.

CREATE FUNCTION telephony.migrations(OUT version integer, OUT name text, OUT applied_at timestamptz)
RETURNS SETOF record
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF pg_catalog.to_regclass('telephony_internal.schema_migrations') IS NULL THEN
        RETURN QUERY SELECT m.version, m.name, NULL::timestamptz FROM telephony.embedded_migrations() m ORDER BY m.version;
    ELSE
        RETURN QUERY
            SELECT coalesce(m.version, s.version), coalesce(m.name, s.name), s.applied_at
              FROM telephony.embedded_migrations() m
              FULL JOIN telephony_internal.schema_migrations s ON s.version = m.version
             ORDER BY 1;
    END IF;
END
$$;
COMMENT ON FUNCTION telephony.migrations() IS 'The migrations there are, and when each was applied; NULL: not yet.';

CREATE FUNCTION telephony.ensure_owner_role() RETURNS name
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_owner name;
    v_role  pg_catalog.pg_roles;
BEGIN
    PERFORM telephony.is_e164('');   -- loads the library, which defines the setting
    v_owner := pg_catalog.current_setting('telephony.owner_role');
    SELECT * INTO v_role FROM pg_catalog.pg_roles r WHERE r.rolname = v_owner;
    IF NOT FOUND THEN
        BEGIN
            EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', v_owner);
            EXECUTE pg_catalog.format('GRANT %I TO %I', v_owner, current_user);
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE EXCEPTION 'the role % does not exist and % may not create it', v_owner, current_user
                USING ERRCODE = '42501', DETAIL = 'It owns the tenant schema.',
                      HINT = pg_catalog.format('A superuser must run: CREATE ROLE %1$I NOLOGIN; GRANT %1$I TO %2$I;', v_owner, current_user);
        END;
    ELSIF v_role.rolsuper OR v_role.rolbypassrls THEN
        RAISE EXCEPTION 'the role % must not be a superuser or bypass row-level security', v_owner
            USING ERRCODE = '42501', HINT = pg_catalog.format('Run ALTER ROLE %I NOSUPERUSER NOBYPASSRLS, or name another role in telephony.owner_role.', v_owner);
    END IF;
    IF NOT pg_catalog.pg_has_role(current_user, v_owner, 'MEMBER') THEN
        RAISE EXCEPTION '% is not a member of the role %', current_user, v_owner
            USING ERRCODE = '42501', DETAIL = 'The tenant schema belongs to that role.',
                  HINT = pg_catalog.format('A superuser must run: GRANT %I TO %I;', v_owner, current_user);
    END IF;
    RETURN v_owner;
END
$$;
COMMENT ON FUNCTION telephony.ensure_owner_role() IS 'The role that owns the tenant schema (setting telephony.owner_role), created where the caller may; else an error that says which statements to run.';

CREATE FUNCTION telephony.ensure_schemas(owner name) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_schema  name;
    v_found   name;
    v_missing text := pg_catalog.concat_ws(' ',
        CASE WHEN pg_catalog.to_regnamespace('telephony_internal') IS NULL AND NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
             THEN pg_catalog.format('GRANT CREATE ON DATABASE %I TO %I;', pg_catalog.current_database(), current_user) END,
        CASE WHEN NOT pg_catalog.has_schema_privilege('telephony', 'USAGE WITH GRANT OPTION')
             THEN pg_catalog.format('GRANT USAGE ON SCHEMA telephony TO %I WITH GRANT OPTION;', current_user) END,
        CASE WHEN NOT pg_catalog.has_function_privilege('telephony.embedded_migrations()', 'EXECUTE WITH GRANT OPTION')
             THEN pg_catalog.format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA telephony TO %I WITH GRANT OPTION;', current_user) END);
BEGIN
    IF v_missing <> '' THEN
        RAISE EXCEPTION '% may not set up the tenant schema', current_user
            USING ERRCODE = '42501', HINT = pg_catalog.format('A superuser must run: %s', v_missing);
    END IF;
    FOREACH v_schema IN ARRAY ARRAY['telephony_api', 'telephony_internal']::name[] LOOP
        SELECT pg_catalog.pg_get_userbyid(n.nspowner) INTO v_found FROM pg_catalog.pg_namespace n WHERE n.nspname = v_schema;
        IF NOT FOUND THEN
            EXECUTE pg_catalog.format('CREATE SCHEMA %I AUTHORIZATION %I', v_schema, ensure_schemas.owner);
        ELSIF v_found <> ensure_schemas.owner THEN
            RAISE EXCEPTION 'the schema % belongs to %, not to %', v_schema, v_found, ensure_schemas.owner
                USING ERRCODE = '42501', HINT = 'Rename or drop that schema, or name its owner in telephony.owner_role.';
        END IF;
    END LOOP;
    EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA telephony TO %I WITH GRANT OPTION', ensure_schemas.owner);
    EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION telephony.embedded_migrations(), telephony.reference_tables(), telephony.rows_of_users(), telephony.remember_shipped_rows(), telephony.seal_credential(uuid, text, text), telephony.refuse_quietly(text, text, text, text) TO %I', ensure_schemas.owner);
    EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION telephony.request_limit_counters(), telephony.request_limit_refusals(integer), telephony.org_limits_changed() TO %I', ensure_schemas.owner);
    EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION telephony.check_request() TO %I WITH GRANT OPTION', ensure_schemas.owner);
    PERFORM pg_catalog.set_config('role', ensure_schemas.owner, true);
    COMMENT ON SCHEMA telephony_api IS 'telephony: the tables and functions that applications use; the only schema to expose.';
    COMMENT ON SCHEMA telephony_internal IS 'telephony: jobs, claims, settings and what stands behind the exposed functions; never to be exposed.';
    IF pg_catalog.to_regclass('telephony_internal.schema_migrations') IS NULL THEN
        CREATE TABLE telephony_internal.schema_migrations (
            version    integer PRIMARY KEY,
            name       text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT pg_catalog.now()
        );
        CREATE TABLE telephony_internal.shipped_rows (
            table_name  text NOT NULL,
            fingerprint text NOT NULL,
            PRIMARY KEY (table_name, fingerprint)
        );
        COMMENT ON TABLE telephony_internal.schema_migrations IS 'The migrations applied here. Written by migrate().';
        COMMENT ON COLUMN telephony_internal.schema_migrations.version IS 'Number of the migration.';
        COMMENT ON COLUMN telephony_internal.schema_migrations.name IS 'Its name.';
        COMMENT ON COLUMN telephony_internal.schema_migrations.applied_at IS 'When it was applied.';
        COMMENT ON TABLE telephony_internal.shipped_rows IS 'Rows of reference tables that migrations wrote, so that migrate() knows which are a user''s. Written by migrate().';
        COMMENT ON COLUMN telephony_internal.shipped_rows.table_name IS 'The reference table.';
        COMMENT ON COLUMN telephony_internal.shipped_rows.fingerprint IS 'md5 of the row as text.';
    END IF;
END
$$;
COMMENT ON FUNCTION telephony.ensure_schemas(name) IS 'The two schemas of the tenant side and the list of applied migrations; goes on as their owner.';

-- Reference tables ship rows; a user may change or add some. All rows of all other tables are users' rows.

CREATE FUNCTION telephony.reference_tables() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY['telephony_api.countries', 'telephony_api.carriers', 'telephony_internal.settings', 'telephony_internal.job_transitions', 'telephony_internal.job_states', 'telephony_internal.tier_privileges']
$$;
COMMENT ON FUNCTION telephony.reference_tables() IS 'The tables of the tenant schema into which migrations write rows.';

CREATE FUNCTION telephony.rows_of_users() RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_table  record;
    v_count  bigint;
    v_counts jsonb := '{}';
BEGIN
    FOR v_table IN
        SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
          FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname IN ('telephony_api', 'telephony_internal') AND c.relkind IN ('r', 'p')
           AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
           -- What migrate() writes, and what recount_countries() can make again.
           AND c.relname <> ALL (ARRAY['schema_migrations', 'shipped_rows', 'country_counts', 'country_count_deltas'])
    LOOP
        EXECUTE pg_catalog.format('SELECT pg_catalog.count(*) FROM %s r', v_table.name)
            || CASE WHEN v_table.name = ANY (telephony.reference_tables())
                    THEN ' WHERE NOT EXISTS (SELECT FROM telephony_internal.shipped_rows s WHERE s.table_name = $1 AND s.fingerprint = pg_catalog.md5(r::text))'
                    ELSE '' END
           INTO v_count USING v_table.name;
        v_counts := v_counts || pg_catalog.jsonb_build_object(v_table.oid::text, pg_catalog.jsonb_build_object('name', v_table.name, 'rows', v_count));
    END LOOP;
    RETURN v_counts;
END
$$;
COMMENT ON FUNCTION telephony.rows_of_users() IS 'How many rows each table of the tenant schema holds that no migration wrote, by table oid.';

CREATE FUNCTION telephony.remember_shipped_rows() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_table text;
BEGIN
    -- Called after a step, for tables that held no user's rows before it: all they hold now is shipped.
    FOREACH v_table IN ARRAY telephony.reference_tables() LOOP
        CONTINUE WHEN pg_catalog.to_regclass(v_table) IS NULL;
        EXECUTE pg_catalog.format('INSERT INTO telephony_internal.shipped_rows (table_name, fingerprint)
            SELECT $1, pg_catalog.md5(r::text) FROM %s r ON CONFLICT DO NOTHING', v_table) USING v_table;
    END LOOP;
END
$$;
COMMENT ON FUNCTION telephony.remember_shipped_rows() IS 'Takes what reference tables hold as shipped. migrate() calls it after a step up, when no user had changed them before.';

CREATE FUNCTION telephony.migrate(target integer DEFAULT NULL, OUT version integer, OUT name text, OUT direction text, OUT milliseconds numeric)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_newest  integer := (SELECT pg_catalog.max(m.version) FROM telephony.embedded_migrations() m);
    v_target  integer := coalesce(migrate.target, v_newest);
    v_role    text := pg_catalog.current_setting('role');
    v_owner   name;
    v_current integer;
    v_step    record;
    v_before  jsonb;
    v_table   text;
    v_lost    text;
    v_live    bigint := 0;
    v_started timestamptz;
BEGIN
    PERFORM telephony.require_matching_library();
    IF v_target < 0 OR v_target > v_newest THEN
        RAISE EXCEPTION 'there is no migration %', v_target
            USING ERRCODE = '22023', HINT = pg_catalog.format('This version carries migrations 1 to %s; 0 removes the tenant schema. telephony.migrations() lists them.', v_newest);
    END IF;
    IF pg_catalog.current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'migrate() needs a READ COMMITTED transaction'
            USING ERRCODE = '25001', DETAIL = 'It must see what a migrate() before it has done.', HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED, or call it outside of a transaction block.';
    END IF;
    -- One migrate() at a time. claim_jobs() stays away while it sees the second lock taken.
    PERFORM pg_catalog.pg_advisory_xact_lock(7628140, 1);
    v_owner := telephony.ensure_owner_role();
    PERFORM telephony.ensure_schemas(v_owner);
    LOCK TABLE telephony_internal.schema_migrations IN EXCLUSIVE MODE;
    SELECT coalesce(pg_catalog.max(m.version), 0) INTO v_current FROM telephony_internal.schema_migrations m;
    IF v_current > v_newest THEN
        RAISE EXCEPTION 'the tenant schema is at migration %, this version of the extension knows only %', v_current, v_newest
            USING ERRCODE = '55000', HINT = 'Install the newer version of the extension again and run ALTER EXTENSION telephony UPDATE.';
    END IF;
    IF v_target <> v_current AND pg_catalog.to_regclass('telephony_internal.jobs') IS NOT NULL THEN
        -- Going down, nobody may write from here on: the organizations first, as every function locks them.
        FOR v_table IN
            SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE v_target < v_current AND n.nspname IN ('telephony_api', 'telephony_internal') AND c.relkind IN ('r', 'p')
               AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
             ORDER BY c.relname <> 'organizations', c.relname
        LOOP
            EXECUTE pg_catalog.format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', v_table);
        END LOOP;
        PERFORM FROM telephony_internal.jobs j WHERE j.lease_until > pg_catalog.clock_timestamp();
        IF FOUND THEN
            RAISE EXCEPTION 'a job is running'
                USING ERRCODE = '55006', DETAIL = (SELECT pg_catalog.format('%s jobs are leased, the last until %s.', pg_catalog.count(*), pg_catalog.max(j.lease_until))
                                                     FROM telephony_internal.jobs j WHERE j.lease_until > pg_catalog.clock_timestamp()),
                      HINT = 'Stop telephonyd (it finishes what it has begun) and try again.';
        END IF;
    END IF;

    FOR v_step IN SELECT m.* FROM telephony.embedded_migrations() m WHERE m.version > v_current AND m.version <= v_target ORDER BY m.version LOOP
        v_started := pg_catalog.clock_timestamp();
        v_before := telephony.rows_of_users();
        EXECUTE v_step.up_sql;
        IF NOT EXISTS (SELECT FROM pg_catalog.jsonb_each(v_before) b
                        WHERE b.value ->> 'name' = ANY (telephony.reference_tables()) AND (b.value ->> 'rows')::bigint > 0) THEN
            PERFORM telephony.remember_shipped_rows();
        END IF;
        INSERT INTO telephony_internal.schema_migrations (version, name) VALUES (v_step.version, v_step.name);
        migrate.version := v_step.version;
        migrate.name := v_step.name;
        migrate.direction := 'up';
        migrate.milliseconds := pg_catalog.round(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - v_started) * 1000, 1);
        RETURN NEXT;
    END LOOP;

    IF v_target < v_current THEN
        v_before := telephony.rows_of_users();
        IF pg_catalog.to_regclass('telephony_internal.number_claims') IS NOT NULL THEN
            SELECT pg_catalog.count(*) INTO v_live FROM telephony_internal.number_claims c WHERE c.state IN ('live', 'in_doubt');
        END IF;
        FOR v_step IN SELECT m.* FROM telephony.embedded_migrations() m WHERE m.version <= v_current AND m.version > v_target ORDER BY m.version DESC LOOP
            v_started := pg_catalog.clock_timestamp();
            EXECUTE v_step.down_sql;
            DELETE FROM telephony_internal.schema_migrations m WHERE m.version = v_step.version;
            migrate.version := v_step.version;
            migrate.name := v_step.name;
            migrate.direction := 'down';
            migrate.milliseconds := pg_catalog.round(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - v_started) * 1000, 1);
            RETURN NEXT;
        END LOOP;
        -- What is gone now that held rows of users: the error takes the whole transaction back.
        SELECT pg_catalog.string_agg(pg_catalog.format('%s (%s rows)', b.value ->> 'name', b.value ->> 'rows'), ', ' ORDER BY b.value ->> 'name') INTO v_lost
          FROM pg_catalog.jsonb_each(v_before) b
         WHERE (b.value ->> 'rows')::bigint > 0
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = b.key::oid);
        IF v_live > 0 AND pg_catalog.to_regclass('telephony_internal.number_claims') IS NULL THEN
            RAISE EXCEPTION 'going down to % would forget % numbers that are live or being bought', v_target, v_live
                USING ERRCODE = '55000', DETAIL = pg_catalog.format('Lost would be: %s.', v_lost),
                      HINT = 'Release the numbers first; telephony.allow_data_loss does not override this.';
        ELSIF v_lost IS NOT NULL AND NOT pg_catalog.current_setting('telephony.allow_data_loss')::boolean THEN
            RAISE EXCEPTION 'going down to % would lose rows', v_target
                USING ERRCODE = '55000', DETAIL = pg_catalog.format('Lost would be: %s.', v_lost),
                      HINT = 'Save them first, then SET telephony.allow_data_loss = on.';
        END IF;
    END IF;

    IF v_target > 0 THEN
        PERFORM telephony_internal.apply_grants();
    ELSE
        DROP TABLE telephony_internal.schema_migrations;
        DROP TABLE telephony_internal.shipped_rows;
        DROP SCHEMA telephony_internal;
        DROP SCHEMA telephony_api;
    END IF;
    PERFORM pg_catalog.set_config('role', v_role, true);
    IF v_target = 0 THEN
        EXECUTE pg_catalog.format('REVOKE USAGE ON SCHEMA telephony FROM %I CASCADE', v_owner);
        EXECUTE pg_catalog.format('REVOKE EXECUTE ON FUNCTION telephony.embedded_migrations(), telephony.reference_tables(), telephony.rows_of_users(), telephony.remember_shipped_rows(), telephony.seal_credential(uuid, text, text), telephony.refuse_quietly(text, text, text, text) FROM %I', v_owner);
        EXECUTE pg_catalog.format('REVOKE EXECUTE ON FUNCTION telephony.request_limit_counters(), telephony.request_limit_refusals(integer), telephony.org_limits_changed() FROM %I', v_owner);
        EXECUTE pg_catalog.format('REVOKE EXECUTE ON FUNCTION telephony.check_request() FROM %I CASCADE', v_owner);
    END IF;
    NOTIFY pgrst, 'reload schema';
END
$$;
COMMENT ON FUNCTION telephony.migrate(integer) IS 'Brings the tenant schema to a migration (default: the newest; 0: none), up or down, in one transaction. Refuses while a job is running, and when going down would lose rows. Returns what was done.';

REVOKE ALL ON FUNCTION telephony.migrations() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.ensure_owner_role() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.ensure_schemas(name) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.reference_tables() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.rows_of_users() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.remember_shipped_rows() FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.migrate(integer) FROM PUBLIC;
