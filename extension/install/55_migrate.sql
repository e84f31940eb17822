-- 55_migrate.sql: the tenant schema's way in and out: migrations() tells what there is, migrate() goes there.

CREATE FUNCTION telephony.migrations(OUT version integer, OUT name text, OUT applied_at timestamptz)
RETURNS SETOF record
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regclass('telephony_internal.schema_migrations') IS NULL THEN
        RETURN QUERY
            SELECT m.version, m.name, NULL::timestamptz FROM telephony.embedded_migrations() m ORDER BY m.version;
    ELSE
        RETURN QUERY
            SELECT coalesce(m.version, s.version), coalesce(m.name, s.name), s.applied_at
              FROM telephony.embedded_migrations() m
              FULL JOIN telephony_internal.schema_migrations s ON s.version = m.version
             ORDER BY 1;
    END IF;
END
$$;
COMMENT ON FUNCTION telephony.migrations() IS
    'The versions of the tenant schema there are, each with its release, and when it was applied; NULL: not yet.';

CREATE FUNCTION telephony.applied_version() RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_newest  integer := (SELECT max(m.version) FROM telephony.embedded_migrations() m);
    v_applied record;
    v_lost    text;
BEGIN
    SELECT m.version, m.name INTO v_applied FROM telephony_internal.schema_migrations m WHERE m.version = 1;
    IF v_applied.name = 'countries_and_carriers' THEN
        RAISE EXCEPTION 'the tenant schema of this database was made by a preview of the extension'
            USING ERRCODE = '55000',
                  DETAIL = (SELECT format('Its last step is %s, %s; no release has these steps.', m.version, m.name)
                              FROM telephony_internal.schema_migrations m ORDER BY m.version DESC LIMIT 1),
                  HINT = 'Let its jobs end and stop telephonyd. Keep what SELECT telephony_api.export_org(id) FROM '
                         'telephony_api.organizations returns. In a new database run CREATE EXTENSION telephony, '
                         'SELECT telephony.migrate(), grant_access() for each role and set_voice_settings(), then '
                         'telephony_api.import_org() with what was kept of each organization. Set '
                         'settings.installation to that of this database, so that its numbers at Twilio are known, '
                         'and start telephonyd.';
    END IF;
    SELECT m.version, m.name INTO v_applied FROM telephony_internal.schema_migrations m ORDER BY m.version DESC LIMIT 1;
    IF v_applied.version IS NULL AND to_regclass('telephony_internal.settings') IS NOT NULL THEN
        RAISE EXCEPTION 'the tables of the tenant schema are here, their rows are not'
            USING ERRCODE = '55000', DETAIL = 'So pg_dump --schema-only leaves them.',
                  HINT = 'Load the rows too: pg_restore --data-only. For an empty database load no dump: '
                         'DROP SCHEMA telephony_api, telephony_internal CASCADE; SELECT telephony.migrate();';
    END IF;
    IF to_regprocedure('telephony_internal.lost_with_extension()') IS NOT NULL THEN
        v_lost := telephony_internal.lost_with_extension();
        IF v_lost IS NOT NULL THEN
            RAISE EXCEPTION 'the tenant schema has lost what is of the extension''s types'
                USING ERRCODE = '55000', DETAIL = v_lost,
                      HINT = 'Restore a backup. To begin anew with nothing of what is left: '
                             'DROP SCHEMA telephony_api, telephony_internal CASCADE; SELECT telephony.migrate();';
        END IF;
    END IF;
    IF v_applied.version > v_newest THEN
        RAISE EXCEPTION 'the tenant schema is at version %, this version of the extension knows only %',
            v_applied.version, v_newest
            USING ERRCODE = '55000',
                  HINT = 'Install the newer version of the extension again and run ALTER EXTENSION telephony UPDATE.';
    END IF;
    SELECT s.version, s.name INTO v_applied
      FROM telephony_internal.schema_migrations s JOIN telephony.embedded_migrations() m ON m.version = s.version
     WHERE s.fingerprint <> md5(m.up_sql) ORDER BY s.version LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the tables of version % here were made by another build of it', v_applied.version
            USING ERRCODE = '55000',
                  DETAIL = format('The release is %s; its table files have changed since.', v_applied.name),
                  HINT = 'Before 1.0 only releases are migrated: export the organizations and import them into a new '
                         'database.';
    END IF;
    RETURN coalesce((SELECT max(m.version) FROM telephony_internal.schema_migrations m), 0);
END
$$;
COMMENT ON FUNCTION telephony.applied_version() IS
    'The version that the tables are at; an error where they are not those of a version that this library knows.';

CREATE FUNCTION telephony.require_no_running_job(going_down boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_table  text;
    v_leased record;
    v_locked boolean := NOT going_down;
BEGIN
    LOOP
        SELECT count(*) AS jobs, max(j.lease_until) AS last INTO v_leased
          FROM telephony_internal.jobs j WHERE j.lease_until > clock_timestamp();
        IF v_leased.jobs > 0 THEN
            RAISE EXCEPTION 'a job is running'
                USING ERRCODE = '55006',
                      DETAIL = format('%s jobs are leased, the last until %s.', v_leased.jobs, v_leased.last),
                      HINT = 'Stop telephonyd (it finishes what it has begun) and try again.';
        END IF;
        EXIT WHEN v_locked;
        -- Going down, nobody may write from here on: the organizations first, as every function locks them. Who is
        -- refused above has locked nothing, and so waits for nobody.
        FOR v_table IN
            SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname IN ('telephony_api', 'telephony_internal') AND c.relkind IN ('r', 'p')
               AND pg_has_role(c.relowner, 'USAGE')
             ORDER BY c.relname <> 'organizations', c.relname
        LOOP
            EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', v_table);
        END LOOP;
        v_locked := true;
    END LOOP;
END
$$;
COMMENT ON FUNCTION telephony.require_no_running_job(boolean) IS
    'Raises 55006 while a sidecar is at work on a job; going down, locks every table first.';

CREATE FUNCTION telephony.policies_of_users() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(format('policy %I on %s', p.polname, p.polrelid::regclass),
                      E'\n' ORDER BY p.polrelid::regclass::text, p.polname)
      FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname IN ('telephony_api', 'telephony_internal')
         AND p.polname NOT IN ('own_organization', 'readable_by_all')
$$;
COMMENT ON FUNCTION telephony.policies_of_users() IS
    'Policies on tables of the tenant schema that no migration made: they would go with the table without a word.';

CREATE FUNCTION telephony.step_down(target integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_before jsonb := telephony.rows_of_users();
    v_live   bigint := 0;
    v_lost   text;
    v_step   record;
BEGIN
    IF to_regclass('telephony_internal.number_holds') IS NOT NULL THEN
        SELECT count(*) INTO v_live FROM telephony_internal.number_holds c WHERE c.state IN ('live', 'in_doubt');
    END IF;
    FOR v_step IN
        SELECT m.* FROM telephony.embedded_migrations() m
            JOIN telephony_internal.schema_migrations s ON s.version = m.version
         WHERE m.version > target ORDER BY m.version DESC
    LOOP
        PERFORM telephony.run_step(v_step.down_sql);
        DELETE FROM telephony_internal.schema_migrations m WHERE m.version = v_step.version;
    END LOOP;
    -- What is gone now that held rows of users: the error takes the whole transaction back.
    SELECT string_agg(b.value, ', ' ORDER BY b.value) INTO v_lost
      FROM jsonb_each_text(v_before) b WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = b.key::oid);
    IF v_live > 0 AND to_regclass('telephony_internal.number_holds') IS NULL THEN
        RAISE EXCEPTION 'going down to % would forget % numbers that are live or being bought', target, v_live
            USING ERRCODE = '55000', DETAIL = format('Lost would be rows of: %s.', v_lost),
                  HINT = 'Release the numbers first; telephony_internal.write_off_number() gives up one that nobody '
                         'can release any more. telephony.allow_data_loss does not override this.';
    ELSIF v_lost IS NOT NULL AND NOT current_setting('telephony.allow_data_loss')::boolean THEN
        RAISE EXCEPTION 'going down to % would lose rows', target
            USING ERRCODE = '55000', DETAIL = format('Lost would be rows of: %s.', v_lost),
                  HINT = 'Save them first, then SET telephony.allow_data_loss = on.';
    END IF;
END
$$;
COMMENT ON FUNCTION telephony.step_down(integer) IS
    'Takes the tables down to a version; an error where that would lose a user''s rows.';

CREATE FUNCTION telephony.migrate(target integer DEFAULT NULL, OUT version integer, OUT name text, OUT direction text,
                                  OUT milliseconds numeric)
RETURNS SETOF record
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_newest  integer := (SELECT max(m.version) FROM telephony.embedded_migrations() m);
    v_target  integer := coalesce(migrate.target, v_newest);
    v_role    text := current_setting('role');
    v_started timestamptz := clock_timestamp();
    v_owner   name;
    v_current integer;
    v_step    record;
    v_before  jsonb;
    v_objects jsonb;
    v_rights  jsonb;
    v_defaults boolean;
    v_users   text;
    v_dependents text;
BEGIN
    PERFORM telephony.require_matching_library();
    IF v_target <> 0 AND NOT EXISTS (SELECT FROM telephony.embedded_functions() f WHERE f.version = v_target) THEN
        RAISE EXCEPTION 'there is no version % of the tenant schema', v_target
            USING ERRCODE = '22023',
                  HINT = format('migrate(%s) makes that of this release; migrate(0) removes it. '
                                'telephony.migrations() lists them.', v_newest);
    END IF;
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'migrate() needs a READ COMMITTED transaction'
            USING ERRCODE = '25001', DETAIL = 'It must see what a migrate() before it has done.',
                  HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED; SELECT telephony.migrate(); COMMIT;';
    END IF;
    -- One migrate() at a time. claim_jobs() stays away while it sees the second lock taken.
    PERFORM pg_advisory_xact_lock(7628140, 1);
    v_owner := telephony.ensure_owner_role();
    PERFORM telephony.ensure_schemas(v_owner);
    LOCK TABLE telephony_internal.schema_migrations IN EXCLUSIVE MODE;
    v_current := telephony.applied_version();
    IF v_target <> v_current AND v_current > 0 THEN
        PERFORM telephony.require_no_running_job(v_target < v_current);
    END IF;
    v_users := CASE WHEN v_target < v_current THEN telephony.policies_of_users() END;
    -- What an administrator granted stays; what default privileges will grant on new objects does not.
    v_defaults := EXISTS (SELECT FROM pg_default_acl d WHERE pg_get_userbyid(d.defaclrole) = v_owner);
    IF v_defaults AND to_regprocedure('telephony_internal.unrecorded_rights()') IS NOT NULL THEN
        SELECT jsonb_agg(to_jsonb(u)) INTO v_rights FROM telephony_internal.unrecorded_rights() u;
    END IF;

    BEGIN
        PERFORM telephony.drop_functions(v_target);
        FOR v_step IN
            SELECT m.* FROM telephony.embedded_migrations() m
             WHERE m.version > v_current AND m.version <= v_target ORDER BY m.version
        LOOP
            v_before := telephony.rows_of_users();
            v_objects := (SELECT coalesce(jsonb_agg(to_jsonb(o)), '[]') FROM telephony.tenant_objects() o);
            PERFORM telephony.run_step(v_step.up_sql);
            -- What the step made or made another; a user's own constraint or index is none of ours.
            DELETE FROM telephony_internal.shipped_objects s
             WHERE NOT EXISTS (SELECT FROM telephony.tenant_objects() o WHERE o.kind = s.kind AND o.object = s.object);
            INSERT INTO telephony_internal.shipped_objects AS s (kind, object, definition)
            SELECT o.* FROM telephony.tenant_objects() o WHERE NOT v_objects @> jsonb_build_array(to_jsonb(o))
            ON CONFLICT ON CONSTRAINT shipped_objects_pkey DO UPDATE SET definition = excluded.definition;
            IF NOT EXISTS (SELECT FROM jsonb_each_text(v_before) b
                            WHERE b.value = ANY (telephony.reference_tables())) THEN
                PERFORM telephony.remember_shipped_rows();
            END IF;
            INSERT INTO telephony_internal.schema_migrations (version, name, fingerprint) VALUES
                (v_step.version, v_step.name, md5(v_step.up_sql));
        END LOOP;
        IF v_target < v_current THEN
            PERFORM telephony.step_down(v_target);
            IF v_users IS NOT NULL THEN
                RAISE dependent_objects_still_exist;
            END IF;
        END IF;
        IF v_target > 0 THEN
            PERFORM telephony.set_functions(v_target);
            PERFORM telephony_internal.set_machines();
            PERFORM telephony.set_privileges(v_target);
            IF v_defaults THEN
                PERFORM telephony_internal.revoke_unrecorded(coalesce(v_rights, '[]'));
            END IF;
        ELSE
            DROP TABLE telephony_internal.schema_migrations;
            DROP TABLE telephony_internal.shipped_rows;
            DROP TABLE telephony_internal.shipped_functions;
            DROP TABLE telephony_internal.shipped_objects;
            DROP SCHEMA telephony_internal;
            DROP SCHEMA telephony_api;
        END IF;
    EXCEPTION WHEN dependent_objects_still_exist THEN
        GET STACKED DIAGNOSTICS v_dependents = PG_EXCEPTION_DETAIL;
        RAISE EXCEPTION 'objects that are not of this extension use what migrate(%) would take away', v_target
            USING ERRCODE = '2BP01', DETAIL = concat_ws(E'\n', nullif(v_dependents, ''), v_users),
                  HINT = 'Drop them first, and make them again afterwards. Nothing was changed.';
    END;
    PERFORM set_config('role', v_role, true);
    IF v_target = 0 THEN
        PERFORM telephony.engine_rights_of_owner(v_owner, false);
    END IF;
    NOTIFY pgrst, 'reload schema';

    FOR v_step IN
        SELECT m.* FROM telephony.embedded_migrations() m
         WHERE m.version > least(v_current, v_target) AND m.version <= greatest(v_current, v_target)
         ORDER BY CASE WHEN v_target < v_current THEN -m.version ELSE m.version END
    LOOP
        migrate.version := v_step.version;
        migrate.name := v_step.name;
        migrate.direction := CASE WHEN v_target < v_current THEN 'down' ELSE 'up' END;
        migrate.milliseconds := round(EXTRACT(epoch FROM clock_timestamp() - v_started) * 1000, 1);
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION telephony.migrate(integer) IS
    'Brings the tenant schema to a version (default: the newest; 0: none): steps its tables up or down and sets its '
    'functions, in one transaction. Refuses while a job is running, and when going down would lose rows. Returns the '
    'versions passed.';
