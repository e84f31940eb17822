-- 60_first_use.sql: operators on numbers are found through the search_path, by who may use what is in telephony; where
-- a role does not find them, what to run.

CREATE FUNCTION telephony.operators_remedy(role_name name DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_database oid  := (SELECT d.oid FROM pg_database d WHERE d.datname = current_database());
    v_role     oid  := (SELECT r.oid FROM pg_roles r WHERE r.rolname = operators_remedy.role_name);
    v_session  oid  := (SELECT r.oid FROM pg_roles r WHERE r.rolname = session_user);
    v_object   text := format('DATABASE %I', current_database());
    v_path     text;
    v_setrole  oid;
    v_grant    text;
BEGIN
    -- The most particular setting counts: of the role in this database, of the role, of the database, of all roles.
    SELECT substr(c.setting, length('search_path=') + 1), s.setrole INTO v_path, v_setrole
      FROM pg_db_role_setting s JOIN unnest(s.setconfig) c (setting) ON starts_with(c.setting, 'search_path=')
     WHERE s.setdatabase IN (0, v_database) AND s.setrole IN (0, v_role)
     ORDER BY s.setrole = 0, s.setdatabase = 0 LIMIT 1;
    IF v_setrole <> 0 THEN
        v_object := format('ROLE %I IN DATABASE %I', operators_remedy.role_name, current_database());
    ELSIF v_path IS NULL THEN
        -- That of the server: what this session began with, unless its role has one of its own.
        SELECT CASE WHEN EXISTS (SELECT FROM pg_db_role_setting s
                                   JOIN unnest(s.setconfig) c (setting) ON starts_with(c.setting, 'search_path=')
                                  WHERE s.setdatabase IN (0, v_database) AND s.setrole = v_session)
                    THEN g.boot_val ELSE g.reset_val END INTO v_path
          FROM pg_settings g WHERE g.name = 'search_path';
    END IF;
    IF v_role IS NOT NULL AND NOT has_schema_privilege(v_role, 'telephony', 'USAGE') THEN
        v_grant := format('GRANT USAGE ON SCHEMA telephony TO %I', operators_remedy.role_name);
    END IF;
    IF EXISTS (SELECT FROM regexp_matches(v_path, '"(?:[^"]|"")*"|[^",[:space:]]+', 'g') e (schema)
                WHERE e.schema[1] = '"telephony"' OR lower(e.schema[1]) = 'telephony') THEN
        RETURN v_grant;
    END IF;
    RETURN concat_ws('; ', v_grant, format('ALTER %s SET search_path = %s', v_object,
                                           concat_ws(', ', nullif(btrim(v_path), '""'), 'telephony')));
END
$$;
COMMENT ON FUNCTION telephony.operators_remedy(name) IS
    'what to run so that a role''s new sessions in this database find the operators on numbers: telephony in their '
    'search_path, and the right to use that schema; NULL where they do. Without a role: the search_path of roles that '
    'have none of their own';

DO $$
DECLARE
    v_remedy text := telephony.operators_remedy(session_user);
    v_quiet  text := pg_catalog.current_setting('client_min_messages');
BEGIN
    IF v_remedy IS NOT NULL THEN
        -- CREATE EXTENSION keeps notices from the client; this one is for who wants to see notices otherwise.
        PERFORM pg_catalog.set_config('client_min_messages', g.reset_val, true)
           FROM pg_catalog.pg_settings g WHERE g.name = 'client_min_messages';
        RAISE NOTICE USING
            MESSAGE = 'the search_path of new sessions has no telephony: '
                   || 'WHERE number = ''+12025550123'' finds no operator there',
            HINT = pg_catalog.format('Run %s; and connect anew. ', v_remedy)
                || 'Other roles need GRANT USAGE ON SCHEMA telephony as well.';
        PERFORM pg_catalog.set_config('client_min_messages', v_quiet, true);
    END IF;
END
$$;
