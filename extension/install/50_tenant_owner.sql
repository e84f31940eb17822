-- 50_tenant_owner.sql: whose the tenant schema is, and what whoever makes it must be allowed.

CREATE FUNCTION telephony.may_migrate(owner name, OUT role_is_there boolean, OUT missing text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_creates boolean := (SELECT r.rolsuper OR r.rolcreaterole FROM pg_roles r WHERE r.rolname = current_user);
BEGIN
    role_is_there := EXISTS (SELECT FROM pg_roles r WHERE r.rolname = may_migrate.owner);
    missing := concat_ws(' ',
        CASE WHEN NOT role_is_there AND NOT v_creates THEN format('CREATE ROLE %I NOLOGIN;', may_migrate.owner) END,
        -- In two steps: pg_has_role() fails for a role that is not there.
        CASE WHEN role_is_there THEN
            CASE WHEN NOT pg_has_role(current_user, may_migrate.owner, 'MEMBER')
                 THEN format('GRANT %I TO %I;', may_migrate.owner, current_user) END
             WHEN NOT v_creates THEN format('GRANT %I TO %I;', may_migrate.owner, current_user) END,
        CASE WHEN to_regnamespace('telephony_internal') IS NULL
            AND NOT has_database_privilege(current_database(), 'CREATE')
             THEN format('GRANT CREATE ON DATABASE %I TO %I;', current_database(), current_user) END,
        CASE WHEN NOT has_schema_privilege('telephony', 'USAGE WITH GRANT OPTION')
             THEN format('GRANT USAGE ON SCHEMA telephony TO %I WITH GRANT OPTION;', current_user) END,
        CASE WHEN NOT has_function_privilege('telephony.embedded_migrations()', 'EXECUTE WITH GRANT OPTION')
             THEN format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA telephony TO %I WITH GRANT OPTION;', current_user)
                 END);
END
$$;
COMMENT ON FUNCTION telephony.may_migrate(name) IS
    'Whether the owner role exists, and the statements that whoever calls this needs run before migrate(); empty: '
    'none.';

CREATE FUNCTION telephony.ensure_owner_role() RETURNS name
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_owner name;
    v_role  pg_roles;
    v_may   record;
BEGIN
    PERFORM telephony.is_e164('');   -- loads the library, which defines the setting
    v_owner := current_setting('telephony.owner_role');
    SELECT * INTO v_may FROM telephony.may_migrate(v_owner);
    IF v_may.missing <> '' THEN
        RAISE EXCEPTION '% may not set up the tenant schema', current_user
            USING ERRCODE = '42501', DETAIL = format('It belongs to the role %I.', v_owner),
                  HINT = format('A superuser must run: %s', v_may.missing);
    END IF;
    IF NOT v_may.role_is_there THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', v_owner);
        EXECUTE format('GRANT %I TO %I', v_owner, current_user);
    END IF;
    SELECT * INTO v_role FROM pg_roles r WHERE r.rolname = v_owner;
    IF v_role.rolsuper OR v_role.rolbypassrls THEN
        RAISE EXCEPTION 'the role % must not be a superuser or bypass row-level security', v_owner
            USING ERRCODE = '42501',
                  HINT = format('Run ALTER ROLE %I NOSUPERUSER NOBYPASSRLS, or name another role in '
                                'telephony.owner_role.', v_owner);
    END IF;
    RETURN v_owner;
END
$$;
COMMENT ON FUNCTION telephony.ensure_owner_role() IS
    'The role that owns the tenant schema (setting telephony.owner_role), made if it is not there; else an error with '
    'all that its caller lacks.';

CREATE FUNCTION telephony.engine_rights_of_owner(owner name, given boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- What the functions of the tenant schema call, and migrate() while it is the owner.
    v_calls text := concat_ws(', ', 'telephony.embedded_migrations()', 'telephony.embedded_functions()',
        'telephony.embedded_privileges()', 'telephony.reference_tables()', 'telephony.rows_of_users()',
        'telephony.remember_shipped_rows()', 'telephony.tenant_objects()', 'telephony.function_head(oid)',
            'telephony.is_as_shipped(text, text)',
        'telephony.drop_functions(integer)', 'telephony.set_functions(integer, boolean)',
            'telephony.set_privileges(integer)',
        'telephony.applied_version()', 'telephony.require_no_running_job(boolean)', 'telephony.policies_of_users()',
        'telephony.step_down(integer)', 'telephony.run_step(text)',
        'telephony.seal_credential(uuid, text, text)', 'telephony.hide_statement()',
        'telephony.request_limit_counters()', 'telephony.request_limit_refusals(integer)',
            'telephony.org_limits_changed()');
BEGIN
    IF given THEN
        EXECUTE format('GRANT USAGE ON SCHEMA telephony TO %I WITH GRANT OPTION', owner);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', v_calls, owner);
        EXECUTE format('GRANT EXECUTE ON FUNCTION telephony.check_request() TO %I WITH GRANT OPTION', owner);
    ELSE
        EXECUTE format('REVOKE USAGE ON SCHEMA telephony FROM %I CASCADE', owner);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM %I', v_calls, owner);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION telephony.check_request() FROM %I CASCADE', owner);
    END IF;
END
$$;
COMMENT ON FUNCTION telephony.engine_rights_of_owner(name, boolean) IS
    'Gives the owner of the tenant schema what it needs of the engine, or takes it back.';

CREATE FUNCTION telephony.ensure_schemas(owner name) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_schema name;
    v_found  name;
BEGIN
    FOREACH v_schema IN ARRAY ARRAY['telephony_api', 'telephony_internal']::name[] LOOP
        SELECT pg_get_userbyid(n.nspowner) INTO v_found FROM pg_namespace n WHERE n.nspname = v_schema;
        IF NOT FOUND THEN
            EXECUTE format('CREATE SCHEMA %I AUTHORIZATION %I', v_schema, ensure_schemas.owner);
        ELSIF v_found <> ensure_schemas.owner THEN
            RAISE EXCEPTION 'the schema % belongs to %, not to %', v_schema, v_found, ensure_schemas.owner
                USING ERRCODE = '42501',
                      HINT = CASE WHEN to_regclass('telephony_internal.schema_migrations') IS NOT NULL
                                  THEN 'As a superuser: SELECT telephony.take_ownership(); or name its owner in '
                                       'telephony.owner_role.'
                                  ELSE 'Rename or drop that schema.' END;
        END IF;
    END LOOP;
    PERFORM telephony.engine_rights_of_owner(ensure_schemas.owner, true);
    PERFORM set_config('role', ensure_schemas.owner, true);
    COMMENT ON SCHEMA telephony_api IS
        'telephony: the tables and functions that applications use; the only schema to expose.';
    COMMENT ON SCHEMA telephony_internal IS
        'telephony: jobs, claims, settings and what stands behind the exposed functions; never to be exposed.';
    IF to_regclass('telephony_internal.schema_migrations') IS NULL THEN
        CREATE TABLE telephony_internal.schema_migrations (
            version     integer PRIMARY KEY,
            name        text NOT NULL,
            fingerprint text NOT NULL,
            applied_at  timestamptz NOT NULL DEFAULT pg_catalog.now()
        );
        CREATE TABLE telephony_internal.shipped_rows (
            table_name  text NOT NULL,
            fingerprint text NOT NULL,
            PRIMARY KEY (table_name, fingerprint)
        );
        CREATE TABLE telephony_internal.shipped_functions (
            signature text PRIMARY KEY,
            kind      text NOT NULL CHECK (kind IN ('FUNCTION', 'VIEW'))
        );
        CREATE TABLE telephony_internal.shipped_objects (
            kind       text NOT NULL CHECK (kind IN ('CONSTRAINT', 'INDEX')),
            object     text NOT NULL,
            definition text NOT NULL,
            PRIMARY KEY (kind, object)
        );
        COMMENT ON TABLE telephony_internal.schema_migrations IS
            'The versions of the tables applied here. Written by migrate().';
        COMMENT ON COLUMN telephony_internal.schema_migrations.version IS 'Number of the version.';
        COMMENT ON COLUMN telephony_internal.schema_migrations.name IS 'The release that brought it.';
        COMMENT ON COLUMN telephony_internal.schema_migrations.fingerprint IS
            'md5 of the SQL that made it: another build of the same version is told apart by it.';
        COMMENT ON COLUMN telephony_internal.schema_migrations.applied_at IS 'When it was applied.';
        COMMENT ON TABLE telephony_internal.shipped_rows IS
            'Rows of reference tables that migrations wrote, so that migrate() knows which are a user''s. Written by '
            'migrate().';
        COMMENT ON COLUMN telephony_internal.shipped_rows.table_name IS 'The reference table.';
        COMMENT ON COLUMN telephony_internal.shipped_rows.fingerprint IS 'md5 of the row as text.';
        COMMENT ON TABLE telephony_internal.shipped_functions IS
            'The functions and views that migrate() made, so that it takes away its own alone. Written by migrate().';
        COMMENT ON COLUMN telephony_internal.shipped_functions.signature
            IS 'Name with schema and, of a function, argument types.';
        COMMENT ON COLUMN telephony_internal.shipped_functions.kind IS 'FUNCTION or VIEW.';
        COMMENT ON TABLE telephony_internal.shipped_objects IS
            'The constraints and indexes that migrations made, so that self_check() sees one that is gone. Written by '
            'migrate().';
        COMMENT ON COLUMN telephony_internal.shipped_objects.kind IS 'CONSTRAINT (CHECK, foreign key) or INDEX.';
        COMMENT ON COLUMN telephony_internal.shipped_objects.object IS 'Its name, of a constraint with its table.';
        COMMENT ON COLUMN telephony_internal.shipped_objects.definition IS 'What it says.';
    END IF;
END
$$;
COMMENT ON FUNCTION telephony.ensure_schemas(name) IS
    'The two schemas of the tenant side and what migrate() keeps there; goes on as their owner.';
