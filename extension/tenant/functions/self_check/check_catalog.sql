-- tier: owner
CREATE FUNCTION telephony_internal.check_catalog() RETURNS SETOF telephony_api.check_result
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_schemas oid[] := ARRAY['telephony_api'::regnamespace, 'telephony_internal'::regnamespace];
BEGIN
    RETURN QUERY
        SELECT 'row-level security on every exposed table', count(*) = 0, string_agg(c.relname, ', ' ORDER BY c.relname)
          FROM pg_class c WHERE c.relnamespace = v_schemas[1] AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity;
    RETURN QUERY
        SELECT 'every exposed table has its policy, as it was made', count(*) = 0,
            string_agg(c.relname, ', ' ORDER BY c.relname)
          FROM pg_class c
         WHERE c.relnamespace = v_schemas[1] AND c.relkind IN ('r', 'p') AND NOT EXISTS (
                SELECT FROM pg_policy p
                 WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd = 'r' AND p.polroles = '{0}'
                     AND p.polwithcheck IS NULL
                   AND p.polname || ' ' || pg_get_expr(p.polqual, p.polrelid) = CASE
                         WHEN c.relname IN ('countries', 'carriers') THEN 'readable_by_all true'
                         WHEN c.relname = 'organizations' THEN 'own_organization (id = telephony.current_org_id())'
                         ELSE 'own_organization (org_id = telephony.current_org_id())' END);
    RETURN QUERY
        SELECT 'no other policy lets more be seen', count(*) = 0,
            string_agg(format('%s on %s', p.polname, c.relname), ', ' ORDER BY c.relname, p.polname)
          FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
         WHERE c.relnamespace = ANY (v_schemas) AND p.polpermissive
             AND p.polname NOT IN ('readable_by_all', 'own_organization')
           AND (0 = ANY (p.polroles)
                OR EXISTS (SELECT FROM telephony_internal.access_tiers t JOIN pg_roles r ON r.rolname = t.role_name
                     JOIN unnest(p.polroles) g (role) ON g.role <> 0 AND pg_has_role(r.oid, g.role, 'USAGE')
                 WHERE t.tier IN ('anon', 'tenant', 'sidecar') AND NOT r.rolsuper));
    RETURN QUERY
        SELECT 'every recorded right is granted', count(*) = 0,
               string_agg(format('%s on %s to %s', m.privilege, m.object, m.role_name), ', ' ORDER BY m.object) ||
                   '; telephony_internal.apply_grants() grants them, those to PUBLIC a superuser'
          FROM (SELECT * FROM telephony_internal.recorded_rights()
                EXCEPT SELECT * FROM telephony_internal.actual_rights()) m
          LEFT JOIN pg_roles r ON r.rolname = m.role_name WHERE NOT r.rolsuper OR m.role_name = 'PUBLIC';
    RETURN QUERY
        SELECT 'nobody has a right that is not recorded', count(*) = 0,
               string_agg(format('%s on %s to %s', m.privilege, m.object, m.role_name), ', ' ORDER BY m.object,
                          m.role_name) || '; telephony_internal.revoke_unrecorded() takes them back'
          FROM telephony_internal.unrecorded_rights() m;
    RETURN QUERY
        SELECT 'every function has a pinned search_path', count(*) = 0, string_agg(p.oid::regprocedure::text, ', ')
          FROM pg_proc p WHERE p.pronamespace = ANY (v_schemas)
              AND NOT coalesce(p.proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false);
    RETURN QUERY
        SELECT 'definer functions are not exposed, and take no organization where tenants reach them', count(*) = 0,
            string_agg(p.oid::regprocedure::text, ', ')
          FROM pg_proc p
         WHERE p.pronamespace = ANY (v_schemas) AND p.prosecdef
           AND (p.pronamespace = v_schemas[1]
                OR EXISTS (SELECT FROM telephony_internal.tier_privileges t WHERE t.tier IN ('anon', 'tenant')
                           AND t.privilege = 'EXECUTE' AND to_regprocedure(t.object) = p.oid)
                   AND ('uuid'::regtype = ANY (p.proargtypes)
                        AND NOT coalesce(p.proargnames[1:p.pronargs] = ARRAY['id'], false)));
    RETURN QUERY
        SELECT 'everything belongs to one owner, who is no superuser and does not bypass row-level security',
            count(*) = 0, string_agg(o.object, ', ')
          FROM (SELECT c.oid::regclass::text AS object, c.relowner AS owner FROM pg_class c
                 WHERE c.relnamespace = ANY (v_schemas) AND c.relkind IN ('r', 'p', 'v')
                UNION ALL
                SELECT p.oid::regprocedure::text, p.proowner FROM pg_proc p WHERE p.pronamespace = ANY (v_schemas)) o
          JOIN pg_roles r ON r.oid = o.owner
         WHERE r.rolsuper OR r.rolbypassrls OR r.rolname <> current_user;
    RETURN QUERY
        -- A trigger on an exposed table is a user's business, and told by remarks().
        SELECT 'no rule on a table, and no trigger on an inner one', count(*) = 0, string_agg(t.object, ', ')
          FROM (SELECT format('%s on %s', g.tgname, g.tgrelid::regclass) AS object FROM pg_trigger g
                JOIN pg_class c ON c.oid = g.tgrelid
                 WHERE c.relnamespace = v_schemas[2] AND NOT g.tgisinternal
                UNION ALL
                SELECT format('%s on %s', w.rulename, w.ev_class::regclass) FROM pg_rewrite w
                    JOIN pg_class c ON c.oid = w.ev_class
                 WHERE c.relnamespace = ANY (v_schemas) AND c.relkind <> 'v') t;
    RETURN QUERY
        SELECT 'every index is there and valid', count(*) = 0, string_agg(i.name, ', ' ORDER BY i.name)
          FROM (SELECT m.object FROM telephony_internal.missing_objects() m WHERE m.kind = 'INDEX'
                UNION
                SELECT x.indexrelid::regclass::text FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
                 WHERE c.relnamespace = ANY (v_schemas) AND NOT (x.indisvalid AND x.indisready)
                UNION
                SELECT format('primary key of %s', c.relname) FROM pg_class c
                 WHERE c.relnamespace = ANY (v_schemas) AND c.relkind IN ('r', 'p')
                   AND NOT EXISTS (SELECT FROM pg_index x WHERE x.indrelid = c.oid AND x.indisprimary)) i (name);
    RETURN QUERY
        SELECT 'every constraint is there and validated', count(*) = 0, string_agg(i.name, ', ' ORDER BY i.name)
          FROM (SELECT m.object FROM telephony_internal.missing_objects() m WHERE m.kind = 'CONSTRAINT'
                UNION
                SELECT format('%s of %s', k.conname, k.conrelid::regclass) FROM pg_constraint k
                 WHERE k.connamespace = ANY (v_schemas) AND NOT k.convalidated) i (name);
    -- PostgREST lets a request follow one to and fro as deep as it likes.
    RETURN QUERY
        SELECT 'no foreign key joins exposed tables', count(*) = 0,
               string_agg(format('%s of %s', k.conname, k.conrelid::regclass), ', ' ORDER BY k.conname)
          FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
         WHERE k.contype = 'f' AND c.relnamespace = v_schemas[1] AND f.relnamespace = v_schemas[1];
    RETURN QUERY
        SELECT 'every function is as it was shipped', count(*) = 0,
               string_agg(e.signature, ', ' ORDER BY e.signature) || '; SELECT telephony.migrate() puts them right'
          FROM telephony.embedded_functions() e
         WHERE e.kind = 'FUNCTION' AND e.version = (SELECT max(m.version) FROM telephony_internal.schema_migrations m)
           AND NOT telephony.is_as_shipped(e.signature, e.definition);
    RETURN QUERY
        SELECT 'views see with the rights of who asks', count(*) = 0, string_agg(c.relname, ', ')
          FROM pg_class c WHERE c.relnamespace = v_schemas[1] AND c.relkind = 'v'
              AND NOT coalesce(c.reloptions && ARRAY['security_invoker=true', 'security_invoker=on'], false);
    -- Who can become a tenant's role can be any tenant: only PostgREST's login may, which inherits nothing.
    RETURN QUERY
        SELECT 'nobody logs in with the rights of an API role', count(*) = 0,
               string_agg(DISTINCT format('%s (%s)', l.rolname, t.role_name), ', ')
          FROM telephony_internal.access_tiers t
          JOIN pg_roles r ON r.rolname = t.role_name
          JOIN pg_roles l ON l.rolcanlogin AND NOT l.rolsuper AND NOT l.rolbypassrls AND NOT l.rolcreaterole
                AND pg_has_role(l.oid, r.oid, 'USAGE') AND NOT pg_has_role(l.oid, current_user, 'USAGE')
         WHERE t.tier IN ('anon', 'tenant', 'service');
    RETURN QUERY
        SELECT 'roles of tenants do not bypass row-level security', count(*) = 0, string_agg(t.role_name, ', ')
          FROM telephony_internal.access_tiers t JOIN pg_roles r ON r.rolname = t.role_name
         WHERE t.tier IN ('anon', 'tenant', 'sidecar') AND (r.rolsuper OR r.rolbypassrls);
    -- Membership is enough: SET ROLE makes a member of the owner the owner.
    RETURN QUERY
        SELECT 'no API role is a member of a more powerful one', count(*) = 0,
            string_agg(DISTINCT format('%s in %s', r.rolname, g.rolname), ', ')
          FROM telephony_internal.access_tiers t
          JOIN pg_roles r ON r.rolname = t.role_name AND NOT r.rolsuper
          JOIN pg_roles g ON g.oid <> r.oid AND pg_has_role(r.oid, g.oid, 'MEMBER')
         WHERE g.rolsuper OR g.rolname = current_user
            OR t.tier IN ('anon', 'tenant', 'sidecar')
                AND NOT EXISTS (SELECT FROM telephony_internal.access_tiers o WHERE o.role_name = t.role_name
                                AND o.tier IN ('service', 'operator'))
               AND (g.rolbypassrls OR EXISTS
                    (SELECT FROM telephony_internal.access_tiers o WHERE o.role_name = g.rolname
                     AND o.tier IN ('service', 'operator')));
END
$$;
COMMENT ON FUNCTION telephony_internal.check_catalog() IS 'The part of self_check() that reads the catalog.';
