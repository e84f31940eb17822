-- 52_tenant_functions.sql: sets the functions and views of the tenant schema to those of a version, and its grants.

CREATE FUNCTION telephony.function_head(function oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT concat_ws(' ',
               format('CREATE FUNCTION %s.%s(%s)', n.nspname, p.proname,
                   -- A default is shown with the type that it was read as.
                   regexp_replace(pg_get_function_arguments(p.oid), '(DEFAULT (NULL|''[^'']*''))::[^,)]+', '\1', 'g')),
               'RETURNS ' || pg_get_function_result(p.oid),
               'LANGUAGE ' || l.lanname,
               CASE p.provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END,
               CASE WHEN p.proisstrict THEN 'STRICT' END,
               CASE p.proparallel WHEN 's' THEN 'PARALLEL SAFE' WHEN 'r' THEN 'PARALLEL RESTRICTED' END,
               CASE WHEN p.prosecdef THEN 'SECURITY DEFINER' END,
               (SELECT string_agg(format(CASE WHEN s.name = 'search_path' THEN 'SET %s = %s' ELSE 'SET %s = %L' END,
                                         s.name, s.value),
                                  ' ' ORDER BY s.place)
                  FROM (SELECT split_part(c.entry, '=', 1), substr(c.entry, strpos(c.entry, '=') + 1), c.place
                          FROM unnest(p.proconfig) WITH ORDINALITY c (entry, place)) s (name, value, place)))
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
     WHERE p.oid = function
$$;
COMMENT ON FUNCTION telephony.function_head(oid) IS
    'The statement that made a function, up to its body, in the one form that is_as_shipped() compares.';

CREATE FUNCTION telephony.is_as_shipped(signature text, definition text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_function oid := to_regprocedure(signature);
    v_there    text := telephony.function_head(v_function);
    v_body     text := (SELECT p.prosrc FROM pg_proc p WHERE p.oid = v_function);
    v_opening  integer := strpos(definition, E'\nAS $$');
    v_head     text := regexp_replace(left(definition, v_opening - 1), '\s+', ' ', 'g');
BEGIN
    v_head := replace(replace(replace(replace(v_head, '( ', '('), ' )', ')'), 'TABLE (', 'TABLE('), 'pg_catalog.', '');
    v_head := replace(v_head, 'timestamptz', 'timestamp with time zone');
    IF v_head NOT LIKE '% RETURNS %' THEN
        v_there := regexp_replace(v_there, ' RETURNS .* LANGUAGE ', ' LANGUAGE ');
    END IF;
    RETURN coalesce(v_head = v_there AND rtrim(substr(definition, v_opening + 6), E'\n') = v_body || '$$;', false);
END
$function$;
COMMENT ON FUNCTION telephony.is_as_shipped(text, text) IS
    'Whether there is a function of this signature that is, but for spaces in its head, what this statement makes.';

CREATE FUNCTION telephony.drop_functions(target integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_kind text;
    v_gone text;
BEGIN
    FOREACH v_kind IN ARRAY ARRAY['VIEW', 'FUNCTION'] LOOP
        -- All of a kind in one statement, as they may use each other.
        SELECT string_agg(s.signature, ', ') INTO v_gone
          FROM telephony_internal.shipped_functions s
         WHERE s.kind = v_kind
           AND NOT EXISTS (SELECT FROM telephony.embedded_functions() e WHERE e.version = target
                           AND e.signature = s.signature);
        IF v_gone IS NOT NULL THEN
            EXECUTE format('DROP %s IF EXISTS %s', v_kind, v_gone);
        END IF;
    END LOOP;
    DELETE FROM telephony_internal.shipped_functions s
     WHERE NOT EXISTS (SELECT FROM telephony.embedded_functions() e WHERE e.version = target
                       AND e.signature = s.signature);
END
$$;
COMMENT ON FUNCTION telephony.drop_functions(integer) IS
    'Takes away the functions and views that migrate() made and that a version does not have.';

CREATE FUNCTION telephony.run_step(sql text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_state text; v_message text; v_detail text; v_hint text;
BEGIN
    EXECUTE run_step.sql;
EXCEPTION WHEN query_canceled OR OTHERS THEN
    GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL,
        v_hint = PG_EXCEPTION_HINT;
    RAISE EXCEPTION USING ERRCODE = v_state, MESSAGE = v_message,
        DETAIL = coalesce(nullif(v_detail, ''), 'It is a step of migrate().'),
        HINT = coalesce(nullif(v_hint, ''), 'Nothing was changed.');
END
$$;
COMMENT ON FUNCTION telephony.run_step(text) IS
    'Runs a step of migrate(). Its error is the step''s, without the whole text of it as context.';

-- Functions call each other whatever the order they are made in: their bodies are not looked into.
CREATE FUNCTION telephony.set_functions(target integer, every_one boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET check_function_bodies = off
AS $$
DECLARE
    v_one record;
BEGIN
    FOR v_one IN SELECT e.* FROM telephony.embedded_functions() e WHERE e.version = target LOOP
        IF v_one.kind = 'VIEW' OR every_one OR NOT telephony.is_as_shipped(v_one.signature, v_one.definition) THEN
            BEGIN
                PERFORM telephony.run_step(regexp_replace(v_one.definition, '^CREATE', 'CREATE OR REPLACE'));
            EXCEPTION WHEN invalid_function_definition OR invalid_table_definition OR wrong_object_type THEN
                -- Its result, its names or its columns are others: PostgreSQL does not replace it in place.
                EXECUTE format('DROP %s %s', v_one.kind, v_one.signature);
                PERFORM telephony.run_step(v_one.definition);
            END;
        END IF;
        IF v_one.kind = 'VIEW' THEN
            EXECUTE v_one.comments;
        ELSIF obj_description(to_regprocedure(v_one.signature)::oid, 'pg_proc') IS DISTINCT FROM v_one.comment THEN
            EXECUTE format('COMMENT ON FUNCTION %s IS %L', v_one.signature, v_one.comment);
        END IF;
        INSERT INTO telephony_internal.shipped_functions (signature, kind) VALUES (v_one.signature, v_one.kind)
        ON CONFLICT DO NOTHING;
    END LOOP;
END
$$;
COMMENT ON FUNCTION telephony.set_functions(integer, boolean) IS
    'Makes the functions and views of a version, in place where PostgreSQL can; functions that are as shipped are left '
    'alone, unless it is to be every one.';

CREATE FUNCTION telephony.set_privileges(target integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_row record;
BEGIN
    FOR v_row IN
        SELECT p.privilege, p.object, t.role_name
          FROM telephony_internal.tier_privileges p
          JOIN telephony_internal.access_tiers t ON t.tier = p.tier JOIN pg_roles r ON r.rolname = t.role_name
         WHERE NOT EXISTS (SELECT FROM telephony.embedded_privileges() e
                            WHERE e.version = target
                                AND (e.tier, e.privilege, e.object) = (p.tier, p.privilege, p.object))
           AND CASE p.privilege WHEN 'EXECUTE' THEN to_regprocedure(p.object)::oid
               WHEN 'SELECT' THEN to_regclass(p.object)::oid
                    ELSE to_regnamespace(p.object)::oid END IS NOT NULL
    LOOP
        EXECUTE format('REVOKE %s ON %s %s FROM %I', v_row.privilege,
            CASE v_row.privilege WHEN 'USAGE' THEN 'SCHEMA' WHEN 'SELECT' THEN 'TABLE' ELSE 'FUNCTION' END,
            v_row.object, v_row.role_name);
    END LOOP;
    DELETE FROM telephony_internal.tier_privileges p
     WHERE NOT EXISTS (SELECT FROM telephony.embedded_privileges() e
                        WHERE e.version = target AND (e.tier, e.privilege, e.object) = (p.tier, p.privilege, p.object));
    INSERT INTO telephony_internal.tier_privileges (tier, privilege, object)
    SELECT e.tier, e.privilege, e.object FROM telephony.embedded_privileges() e WHERE e.version = target
    ON CONFLICT DO NOTHING;
    PERFORM telephony_internal.apply_grants();
END
$$;
COMMENT ON FUNCTION telephony.set_privileges(integer) IS
    'Records what each tier may do in a version, takes back what it may no more, and grants the rest.';
