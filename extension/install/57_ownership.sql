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

CREATE FUNCTION telephony.shipped_manifest(owner name, OUT manifest jsonb, OUT objects jsonb)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_role text := current_setting('role');
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
        objects := (SELECT jsonb_agg(to_jsonb(o)) FROM telephony.tenant_objects() o);
        manifest := (SELECT jsonb_agg(to_jsonb(m)) FROM telephony.tenant_manifest() m);
        RAISE transaction_rollback;
    EXCEPTION WHEN transaction_rollback THEN
        IF manifest IS NULL THEN
            RAISE;
        END IF;
    END;
END
$$;
COMMENT ON FUNCTION telephony.shipped_manifest(name) IS
    'What tenant_manifest() and tenant_objects() return of a schema that this version has just made. Needs a '
    'superuser.';

CREATE FUNCTION telephony.require_nobody_else(owner name) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_strangers text;
    v_sessions  text;
BEGIN
    v_strangers := (
        SELECT string_agg(DISTINCT r.rolname, ', ')
          FROM pg_roles r CROSS JOIN pg_namespace n
         WHERE n.nspname IN ('telephony_api', 'telephony_internal')
           AND NOT r.rolsuper AND NOT pg_has_role(r.oid, require_nobody_else.owner, 'MEMBER')
           AND (has_schema_privilege(r.oid, n.oid, 'CREATE')
                OR EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relowner = r.oid)
                OR EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = n.oid AND p.proowner = r.oid)
                OR EXISTS (SELECT FROM pg_type t WHERE t.typnamespace = n.oid AND t.typowner = r.oid)));
    IF v_strangers IS NULL THEN
        RETURN;
    END IF;
    PERFORM pg_stat_clear_snapshot();
    v_sessions := (
        SELECT string_agg(s.session, ', ')
          FROM (SELECT format('process %s of %s', a.pid, a.usename)
                  FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
                 WHERE a.datid = d.oid AND NOT r.rolsuper
                UNION ALL
                SELECT format('prepared transaction %L of %s', x.gid, x.owner) FROM pg_prepared_xacts x
                 WHERE x.database = d.datname) s (session))
      FROM pg_database d WHERE d.datname = current_database();
    IF v_sessions IS NOT NULL
        OR (SELECT d.datconnlimit FROM pg_database d WHERE d.datname = current_database()) <> 0 THEN
        RAISE EXCEPTION 'others could change the tenant schema while it is taken'
            USING ERRCODE = '55006',
                  DETAIL = concat_ws(' ', format('In it may create: %s.', v_strangers),
                                     'Connected are: ' || v_sessions || '.'),
                  HINT = format('Keep everybody but superusers out: ALTER DATABASE %I CONNECTION LIMIT 0; then SELECT '
                                'pg_terminate_backend(pid) of who is connected. Afterwards CONNECTION LIMIT -1.',
                                current_database());
    END IF;
END
$$;
COMMENT ON FUNCTION telephony.require_nobody_else(name) IS
    'Raises 55006 where somebody who may create in the tenant schema, besides its owner and superusers, is connected '
    'or could be: PostgreSQL asks for rights before it waits, so no lock keeps out who has begun.';

CREATE FUNCTION telephony.take_ownership() RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_role    text := current_setting('role');
    v_newest  integer;
    v_owner   name;
    v_one     record;
    v_taken   integer := 0;
    v_shipped record;
    v_differs text;
    v_trusted text;
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
    PERFORM telephony.require_nobody_else(v_owner);
    -- The owner first: of a table that is an exclusive lock until the end, so that what is compared stays as it is. It
    -- runs nothing, and an error below takes it back.
    FOR v_one IN
        SELECT format('ALTER SCHEMA %I OWNER TO %I', n.nspname, v_owner) AS statement
          FROM pg_namespace n
         WHERE n.nspname IN ('telephony_api', 'telephony_internal') AND pg_get_userbyid(n.nspowner) <> v_owner
        UNION ALL
        SELECT format('ALTER %s %s OWNER TO %I', upper(i.type), i.identity, v_owner)
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
    END LOOP;

    -- What the owner of the meantime granted; apply_grants() grants below what is recorded.
    FOR v_one IN
        SELECT DISTINCT format('REVOKE ALL ON %s FROM %s CASCADE', o.object,
                               CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
                        AS statement
          FROM (SELECT format('SCHEMA %I', n.nspname), n.nspowner, n.nspacl FROM pg_namespace n
                 WHERE n.nspname IN ('telephony_api', 'telephony_internal')
                UNION ALL
                SELECT format('%s %s', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass),
                       c.relowner, acl.acl
                  FROM pg_class c
                 CROSS JOIN LATERAL (SELECT c.relacl UNION ALL
                                     SELECT t.attacl FROM pg_attribute t WHERE t.attrelid = c.oid) acl (acl)
                 WHERE c.relnamespace IN ('telephony_api'::regnamespace, 'telephony_internal'::regnamespace)
                   AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
                UNION ALL
                SELECT format('ROUTINE %s', p.oid::regprocedure), p.proowner, p.proacl FROM pg_proc p
                 WHERE p.pronamespace IN ('telephony_api'::regnamespace, 'telephony_internal'::regnamespace)
                   AND p.prokind <> 'a'
                UNION ALL
                SELECT format('TYPE %s', t.oid::regtype), t.typowner, t.typacl FROM pg_type t
                 WHERE t.typnamespace IN ('telephony_api'::regnamespace, 'telephony_internal'::regnamespace))
               o (object, owner, acl)
         CROSS JOIN LATERAL aclexplode(o.acl) a
         WHERE v_taken > 0 AND a.grantee <> o.owner AND (a.grantee <> 0 OR o.object !~ '^TYPE')
    LOOP
        EXECUTE v_one.statement;
    END LOOP;

    v_shipped := telephony.shipped_manifest(v_owner);
    SELECT string_agg(d.line, E'\n' ORDER BY d.line) INTO v_differs
      FROM (SELECT format('%s %s', t.kind, t.object)
                   || CASE WHEN s.kind IS NOT NULL THEN format(': is %s, should be %s', t.definition, s.definition)
                           ELSE ': is none of ours' END
              FROM telephony.tenant_manifest() t
              LEFT JOIN jsonb_to_recordset(v_shipped.manifest) s (kind text, object text, definition text)
                ON s.kind = t.kind AND s.object = t.object
             WHERE s.kind IS NULL AND NOT t.is_data
                OR s.kind IS NOT NULL AND s.definition IS DISTINCT FROM t.definition
            UNION ALL
            -- Functions and views are made below.
            SELECT format('%s %s: is missing', s.kind, s.object)
              FROM jsonb_to_recordset(v_shipped.manifest) s (kind text, object text)
             WHERE s.kind IN ('table', 'type', 'constraint', 'default', 'index', 'policy', 'column')
               AND NOT EXISTS (SELECT FROM telephony.tenant_manifest() t WHERE t.kind = s.kind AND t.object = s.object)
               AND NOT EXISTS (SELECT FROM jsonb_to_recordset(v_shipped.manifest) v (kind text, object text)
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
    DELETE FROM telephony_internal.shipped_objects;
    INSERT INTO telephony_internal.shipped_objects (kind, object, definition)
    SELECT o.kind, o.object, o.definition
      FROM jsonb_to_recordset(v_shipped.objects) o (kind text, object text, definition text);
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
    RETURN v_taken;
END
$$;
COMMENT ON FUNCTION telephony.take_ownership() IS
    'Gives the tenant schema to its owner (setting telephony.owner_role), whoever has it: after a restore without the '
    'roles, or REASSIGN OWNED. Superusers only. Refuses, naming it, whatever this version did not make and could run, '
    'and while somebody else could change it; sets all functions before it calls one; takes back rights that are not '
    'recorded. Returns how many objects changed their owner.';
