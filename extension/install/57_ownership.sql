-- 57_ownership.sql: gives a tenant schema that was restored without its roles, or reassigned, back to its owner.
-- Whoever had it meanwhile may have put code into it, which must not run as a superuser or as the owner.

CREATE FUNCTION telephony.tenant_manifest(OUT kind text, OUT object text, OUT definition text, OUT is_data boolean)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    WITH ours AS (SELECT n.oid FROM pg_namespace n WHERE n.nspname IN ('telephony_api', 'telephony_internal')),
        relations AS (SELECT c.* FROM pg_class c WHERE c.relnamespace IN (SELECT o.oid FROM ours o)),
        types AS (SELECT t.* FROM pg_type t WHERE t.typnamespace IN (SELECT o.oid FROM ours o))
    -- Whatever has its place in a schema depends on it.
    SELECT i.type, i.identity,
           CASE d.classid
                WHEN 'pg_proc'::regclass THEN
                    (SELECT concat_ws(' ', p.prokind, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid))
                       FROM pg_proc p WHERE p.oid = d.objid)
                WHEN 'pg_class'::regclass THEN
                    (SELECT concat_ws(' ', r.relkind, r.relpersistence, r.relrowsecurity, r.relforcerowsecurity,
                                      r.reloftype::regtype) FROM relations r WHERE r.oid = d.objid)
                WHEN 'pg_type'::regclass THEN
                    (SELECT concat_ws(' ', t.typtype, t.typnotnull, t.typdefault, nullif(t.typbasetype, 0)::regtype,
                                      (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e
                                        WHERE e.enumtypid = t.oid)) FROM types t WHERE t.oid = d.objid)
           END, false
      FROM pg_depend d CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) i
     WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid IN (SELECT o.oid FROM ours o) AND d.objsubid = 0
       -- Neither holds code.
       AND d.classid NOT IN ('pg_publication_namespace'::regclass, 'pg_default_acl'::regclass)
    UNION ALL
    -- A column of a built-in type is data alone.
    SELECT 'column', format('%s.%I', r.oid::regclass, a.attname),
           concat_ws(' ', format_type(a.atttypid, a.atttypmod), nullif(a.attcollation, 0)::regcollation,
                     nullif(a.attidentity, ''), nullif(a.attgenerated, '')),
           r.relkind = 'r' AND t.typnamespace = 'pg_catalog'::regnamespace AND a.attgenerated = ''
      FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_type t ON t.oid = a.atttypid
     WHERE r.relkind NOT IN ('i', 'I', 'S')
    UNION ALL
    SELECT 'default', format('%s.%I', r.oid::regclass, a.attname), pg_get_expr(f.adbin, f.adrelid), false
      FROM relations r JOIN pg_attrdef f ON f.adrelid = r.oid
      JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = f.adnum
    UNION ALL
    -- That a column is not null is no constraint before 18.
    SELECT 'constraint', format('%I on %s', k.conname, coalesce(nullif(k.conrelid, 0)::regclass::text,
                                                               k.contypid::regtype::text)),
           pg_get_constraintdef(k.oid), false
      FROM pg_constraint k
     WHERE k.connamespace IN (SELECT o.oid FROM ours o) AND k.contype <> 'n'
    UNION ALL
    -- An index of columns is PostgreSQL's own code.
    SELECT 'index', x.indexrelid::regclass::text, pg_get_indexdef(x.indexrelid), false
      FROM relations r JOIN pg_index x ON x.indrelid = r.oid
     WHERE x.indexprs IS NOT NULL OR x.indpred IS NOT NULL
    UNION ALL
    SELECT 'policy', format('%I on %s', p.polname, r.oid::regclass),
           concat_ws(' ', p.polpermissive, p.polcmd, p.polroles::regrole[], pg_get_expr(p.polqual, r.oid),
                     'CHECK', pg_get_expr(p.polwithcheck, r.oid)), false
      FROM relations r JOIN pg_policy p ON p.polrelid = r.oid
    UNION ALL
    SELECT 'trigger', format('%I on %s', g.tgname, r.oid::regclass),
           concat_ws(' ', g.tgenabled, pg_get_triggerdef(g.oid)), false
      FROM relations r JOIN pg_trigger g ON g.tgrelid = r.oid
     WHERE NOT g.tgisinternal
    UNION ALL
    SELECT 'rule', format('%I on %s', w.rulename, r.oid::regclass), concat_ws(' ', w.ev_enabled, pg_get_ruledef(w.oid)),
           false
      FROM relations r JOIN pg_rewrite w ON w.ev_class = r.oid
     WHERE r.relkind <> 'v' OR w.rulename <> '_RETURN'
    UNION ALL
    SELECT 'inheritance', format('%s of %s', h.inhrelid::regclass, h.inhparent::regclass), NULL, false
      FROM pg_inherits h
     WHERE h.inhrelid IN (SELECT r.oid FROM relations r WHERE r.relkind <> 'i')
        OR h.inhparent IN (SELECT r.oid FROM relations r WHERE r.relkind <> 'i')
    UNION ALL
    SELECT 'statistics', format('%s.%I on %s', s.stxnamespace::regnamespace, s.stxname, s.stxrelid::regclass),
           pg_get_statisticsobjdef(s.oid), false
      FROM pg_statistic_ext s WHERE s.stxrelid IN (SELECT r.oid FROM relations r)
    UNION ALL
    SELECT 'cast', format('%s AS %s', c.castsource::regtype, c.casttarget::regtype), c.castfunc::regprocedure::text,
           false
      FROM pg_cast c
     WHERE c.castsource IN (SELECT t.oid FROM types t) OR c.casttarget IN (SELECT t.oid FROM types t)
$$;
COMMENT ON FUNCTION telephony.tenant_manifest() IS
    'Whatever in the tenant schema has a name or can hold code, as the catalog has it, read without running any of it; '
    'but for the text of functions and views, which migrate() sets. is_data: holds no code.';

CREATE FUNCTION telephony.shipped_manifest(owner name) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_role     text := current_setting('role');
    v_manifest jsonb;
BEGIN
    -- Made beside the schemas that are there, read, and undone.
    BEGIN
        ALTER SCHEMA telephony_api RENAME TO telephony_api_there;
        ALTER SCHEMA telephony_internal RENAME TO telephony_internal_there;
        PERFORM telephony.ensure_schemas(shipped_manifest.owner);
        PERFORM telephony.run_step(m.up_sql)
           FROM (SELECT e.up_sql FROM telephony.embedded_migrations() e ORDER BY e.version) m;
        PERFORM telephony.set_functions((SELECT max(m.version) FROM telephony.embedded_migrations() m));
        PERFORM set_config('role', v_role, true);
        v_manifest := (SELECT jsonb_agg(to_jsonb(m)) FROM telephony.tenant_manifest() m);
        RAISE transaction_rollback;
    EXCEPTION WHEN transaction_rollback THEN
        IF v_manifest IS NULL THEN
            RAISE;
        END IF;
    END;
    RETURN v_manifest;
END
$$;
COMMENT ON FUNCTION telephony.shipped_manifest(name) IS
    'What tenant_manifest() returns of a schema that this version has just made. Needs a superuser.';

CREATE FUNCTION telephony.require_absent(strangers oid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_there text;
BEGIN
    SELECT string_agg(format('%s (process %s)', a.usename, a.pid), ', ' ORDER BY a.pid) INTO v_there
      FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
     WHERE a.datname = current_database() AND NOT r.rolsuper
       AND EXISTS (SELECT FROM unnest(strangers) s WHERE pg_has_role(a.usesysid, s, 'MEMBER'));
    IF v_there IS NOT NULL THEN
        RAISE EXCEPTION 'whoever has the tenant schema is connected' USING ERRCODE = '55006',
            DETAIL = format('Sessions: %s.', v_there),
            HINT = 'What they make meanwhile would not be looked at. Keep them out, by ALTER ROLE ... NOLOGIN, and end '
                   'their sessions, by pg_terminate_backend(). Nothing was changed.';
    END IF;
END
$$;
COMMENT ON FUNCTION telephony.require_absent(oid[]) IS
    '55006 if a role that may use what one of these roles owns is connected to this database. Superusers are trusted.';

CREATE FUNCTION telephony.take_ownership() RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_role      text := current_setting('role');
    v_newest    integer;
    v_owner     name;
    v_one       record;
    v_strangers oid[] := '{}';
    v_taken     integer := 0;
    v_shipped   jsonb;
    v_differs   text;
    v_trusted   text;
BEGIN
    IF NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user) THEN
        RAISE EXCEPTION 'only a superuser may take the tenant schema' USING ERRCODE = '42501',
            DETAIL = format('%s is none.', current_user),
            HINT = 'Its tables and functions change their owner, whoever has them.';
    END IF;
    PERFORM telephony.require_matching_library();
    v_newest := (SELECT max(m.version) FROM telephony.embedded_migrations() m);
    PERFORM pg_advisory_xact_lock(7628140, 1);
    IF to_regclass('telephony_internal.schema_migrations') IS NULL THEN
        RAISE EXCEPTION 'there is no tenant schema to take' USING ERRCODE = '55000',
            HINT = 'SELECT telephony.migrate() makes one.';
    END IF;
    v_owner := telephony.ensure_owner_role();
    -- The owner first: of a table that is an exclusive lock until the end, so that what is compared stays as it is. It
    -- runs nothing, and an error below takes it back.
    FOR v_one IN
        SELECT format('ALTER SCHEMA %I OWNER TO %I', n.nspname, v_owner) AS statement, n.nspowner AS stranger
          FROM pg_namespace n
         WHERE n.nspname IN ('telephony_api', 'telephony_internal') AND pg_get_userbyid(n.nspowner) <> v_owner
        UNION ALL
        SELECT format('ALTER %s %s OWNER TO %I', upper(i.type), i.identity, v_owner), o.owner
          FROM pg_depend d JOIN pg_namespace n ON d.refclassid = 'pg_namespace'::regclass AND n.oid = d.refobjid
         CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) i
          LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
          LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
          LEFT JOIN pg_type t ON d.classid = 'pg_type'::regclass AND t.oid = d.objid
         CROSS JOIN LATERAL coalesce(c.relowner, p.proowner, t.typowner) o (owner)
         WHERE n.nspname IN ('telephony_api', 'telephony_internal')
           AND i.type IN ('table', 'view', 'type', 'function') AND pg_get_userbyid(o.owner) <> v_owner
    LOOP
        EXECUTE v_one.statement;
        v_taken := v_taken + 1;
        v_strangers := v_strangers || v_one.stranger;
    END LOOP;
    PERFORM telephony.require_absent(v_strangers);

    v_shipped := telephony.shipped_manifest(v_owner);
    SELECT string_agg(d.line, E'\n' ORDER BY d.line) INTO v_differs
      FROM (SELECT format('%s %s', t.kind, t.object)
                   || CASE WHEN s.kind IS NOT NULL THEN format(': is %s, should be %s', t.definition, s.definition)
                           ELSE ': is none of ours' END
              FROM telephony.tenant_manifest() t
              LEFT JOIN jsonb_to_recordset(v_shipped) s (kind text, object text, definition text)
                ON s.kind = t.kind AND s.object = t.object
             WHERE s.kind IS NULL AND NOT t.is_data
                OR s.kind IS NOT NULL AND s.definition IS DISTINCT FROM t.definition
            UNION ALL
            -- Functions and views are made below.
            SELECT format('%s %s: is missing', s.kind, s.object)
              FROM jsonb_to_recordset(v_shipped) s (kind text, object text)
             WHERE s.kind IN ('table', 'type', 'constraint', 'default', 'policy', 'column')
               AND NOT EXISTS (SELECT FROM telephony.tenant_manifest() t WHERE t.kind = s.kind AND t.object = s.object)
               AND NOT EXISTS (SELECT FROM jsonb_to_recordset(v_shipped) v (kind text, object text)
                                WHERE v.kind = 'view' AND starts_with(s.object, v.object || '.'))) d (line);
    IF v_differs IS NOT NULL THEN
        RAISE EXCEPTION 'the tenant schema is not as this version makes it' USING ERRCODE = '55000',
            DETAIL = v_differs,
            HINT = 'What is none of ours would run with the rights of the owner: drop it, and make it again '
                   'afterwards if it is yours. What is missing or another comes with the whole dump. Nothing was '
                   'changed.';
    END IF;

    -- As the owner from here on. Of the texts that migrate() would execute, none is read from these tables; every
    -- function is replaced before any is called.
    PERFORM telephony.ensure_schemas(v_owner);
    DELETE FROM telephony_internal.shipped_functions;
    DELETE FROM telephony_internal.tier_privileges;
    PERFORM telephony.set_functions(v_newest, true);
    PERFORM set_config('role', v_role, true);
    PERFORM telephony.migrate(v_newest);
    IF v_taken > 0 THEN
        PERFORM telephony_internal.revoke_unrecorded();
        v_trusted := (SELECT string_agg(format('%s: %s', a.role_name, a.tier), ', ' ORDER BY a.role_name, a.tier)
                        FROM telephony_internal.access_tiers a);
        RAISE NOTICE 'roles that have access as the rows say: %', coalesce(v_trusted, 'none')
            USING HINT = 'Whoever had the tenant schema could write these rows. '
                         'telephony_internal.revoke_access() takes a tier from a role.';
    END IF;
    -- Once more: whoever came meanwhile still passed for its owner.
    PERFORM telephony.require_absent(v_strangers);
    RETURN v_taken;
END
$$;
COMMENT ON FUNCTION telephony.take_ownership() IS
    'Gives the tenant schema to its owner (setting telephony.owner_role), whoever has it: after a restore without the '
    'roles, or REASSIGN OWNED. Superusers only. Refuses, naming it, whatever this version did not make and could run, '
    'and while whoever has it is connected; sets all functions before it calls one; takes back rights that are not '
    'recorded. Returns how many objects changed their owner.';
