-- tier: owner
CREATE FUNCTION telephony_internal.check_catalog() RETURNS TABLE ("check" text, ok boolean, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_schemas oid[] := ARRAY['telephony_api'::pg_catalog.regnamespace, 'telephony_internal'::pg_catalog.regnamespace];
BEGIN
    RETURN QUERY
        SELECT 'row-level security on every exposed table', pg_catalog.count(*) = 0, pg_catalog.string_agg(c.relname, ', ' ORDER BY c.relname)
          FROM pg_catalog.pg_class c WHERE c.relnamespace = v_schemas[1] AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity;
    RETURN QUERY
        SELECT 'every exposed table has its policy, as it was made', pg_catalog.count(*) = 0, pg_catalog.string_agg(c.relname, ', ' ORDER BY c.relname)
          FROM pg_catalog.pg_class c
         WHERE c.relnamespace = v_schemas[1] AND c.relkind IN ('r', 'p') AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_policy p
                 WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd = 'r' AND p.polroles = '{0}' AND p.polwithcheck IS NULL
                   AND p.polname || ' ' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) = CASE
                         WHEN c.relname IN ('countries', 'carriers') THEN 'readable_by_all true'
                         WHEN c.relname = 'organizations' THEN 'own_organization (id = telephony.current_org_id())'
                         ELSE 'own_organization (org_id = telephony.current_org_id())' END);
    RETURN QUERY
        SELECT 'no other policy lets more be seen', pg_catalog.count(*) = 0, pg_catalog.string_agg(pg_catalog.format('%s on %s', p.polname, c.relname), ', ' ORDER BY c.relname, p.polname)
          FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
         WHERE c.relnamespace = ANY (v_schemas) AND p.polpermissive AND p.polname NOT IN ('readable_by_all', 'own_organization')
           AND (0 = ANY (p.polroles) OR EXISTS (SELECT FROM telephony_internal.access_tiers t JOIN pg_catalog.pg_roles r ON r.rolname = t.role_name
                     JOIN pg_catalog.unnest(p.polroles) g (role) ON g.role <> 0 AND pg_catalog.pg_has_role(r.oid, g.role, 'USAGE')
                 WHERE t.tier IN ('anon', 'tenant', 'sidecar') AND NOT r.rolsuper));
    RETURN QUERY
        SELECT 'every recorded right is granted', pg_catalog.count(*) = 0,
               pg_catalog.string_agg(pg_catalog.format('%s on %s to %s', m.privilege, m.object, m.role_name), ', ' ORDER BY m.object) || '; telephony_internal.apply_grants() grants them'
          FROM (SELECT * FROM telephony_internal.recorded_rights() EXCEPT SELECT * FROM telephony_internal.actual_rights()) m
          JOIN pg_catalog.pg_roles r ON r.rolname = m.role_name WHERE NOT r.rolsuper;
    RETURN QUERY
        SELECT 'nobody has a right that is not recorded', pg_catalog.count(*) = 0,
               pg_catalog.string_agg(pg_catalog.format('%s on %s to %s', m.privilege, m.object, m.role_name), ', ' ORDER BY m.object, m.role_name)
          FROM (SELECT * FROM telephony_internal.actual_rights() EXCEPT SELECT * FROM telephony_internal.recorded_rights()) m;
    RETURN QUERY
        SELECT 'every function has a pinned search_path', pg_catalog.count(*) = 0, pg_catalog.string_agg(p.oid::pg_catalog.regprocedure::text, ', ')
          FROM pg_catalog.pg_proc p WHERE p.pronamespace = ANY (v_schemas) AND NOT coalesce(p.proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false);
    RETURN QUERY
        SELECT 'definer functions are not exposed, and take no organization where tenants reach them', pg_catalog.count(*) = 0, pg_catalog.string_agg(p.oid::pg_catalog.regprocedure::text, ', ')
          FROM pg_catalog.pg_proc p
         WHERE p.pronamespace = ANY (v_schemas) AND p.prosecdef
           AND (p.pronamespace = v_schemas[1]
                OR EXISTS (SELECT FROM telephony_internal.tier_privileges t WHERE t.tier IN ('anon', 'tenant') AND t.privilege = 'EXECUTE' AND pg_catalog.to_regprocedure(t.object) = p.oid)
                   AND ('uuid'::pg_catalog.regtype = ANY (p.proargtypes) AND NOT coalesce(p.proargnames[1:p.pronargs] = ARRAY['id'], false)));
    RETURN QUERY
        SELECT 'everything belongs to one owner, who is no superuser and does not bypass row-level security', pg_catalog.count(*) = 0, pg_catalog.string_agg(o.object, ', ')
          FROM (SELECT c.oid::pg_catalog.regclass::text AS object, c.relowner AS owner FROM pg_catalog.pg_class c WHERE c.relnamespace = ANY (v_schemas) AND c.relkind IN ('r', 'p', 'v')
                UNION ALL
                SELECT p.oid::pg_catalog.regprocedure::text, p.proowner FROM pg_catalog.pg_proc p WHERE p.pronamespace = ANY (v_schemas)) o
          JOIN pg_catalog.pg_roles r ON r.oid = o.owner
         WHERE r.rolsuper OR r.rolbypassrls OR r.rolname <> current_user;
    RETURN QUERY
        SELECT 'no trigger or rule on a table', pg_catalog.count(*) = 0, pg_catalog.string_agg(t.object, ', ')
          FROM (SELECT pg_catalog.format('%s on %s', g.tgname, g.tgrelid::pg_catalog.regclass) AS object FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid
                 WHERE c.relnamespace = ANY (v_schemas) AND NOT g.tgisinternal
                UNION ALL
                SELECT pg_catalog.format('%s on %s', w.rulename, w.ev_class::pg_catalog.regclass) FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_class c ON c.oid = w.ev_class
                 WHERE c.relnamespace = ANY (v_schemas) AND c.relkind <> 'v') t;
    RETURN QUERY
        SELECT 'every index is there and valid', pg_catalog.count(*) = 0, pg_catalog.string_agg(i.name, ', ' ORDER BY i.name)
          FROM (SELECT e.name FROM pg_catalog.unnest(telephony_internal.expected_indexes()) e (name)
                 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = ANY (v_schemas) AND c.relkind IN ('i', 'I') AND c.relname = e.name)
                UNION
                SELECT x.indexrelid::pg_catalog.regclass::text FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid
                 WHERE c.relnamespace = ANY (v_schemas)
                   AND NOT (x.indisvalid AND x.indisready AND (x.indisunique OR c.relname !~ '_one_|^hybrid_forwarding_configs_sim$|^verified_caller_ids_number$'))
                UNION
                SELECT pg_catalog.format('primary key of %s', c.relname) FROM pg_catalog.pg_class c
                 WHERE c.relnamespace = ANY (v_schemas) AND c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT FROM pg_catalog.pg_index x WHERE x.indrelid = c.oid AND x.indisprimary)) i;
    RETURN QUERY
        SELECT 'every constraint is there and validated', pg_catalog.count(*) = 0, pg_catalog.string_agg(i.name, ', ' ORDER BY i.name)
          FROM (SELECT pg_catalog.format('%s of %s', k.conname, k.conrelid::pg_catalog.regclass) FROM pg_catalog.pg_constraint k
                 WHERE k.connamespace = ANY (v_schemas) AND NOT k.convalidated
                UNION ALL
                -- A tenant's row belongs to an organization; what is kept without one is a record, or the default of all.
                SELECT pg_catalog.format('foreign key of %s', a.attrelid::pg_catalog.regclass) FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
                 WHERE c.relnamespace = ANY (v_schemas) AND c.relkind IN ('r', 'p') AND a.attname = 'org_id' AND NOT a.attisdropped
                   AND c.relname = ANY (ARRAY['phone_numbers', 'hybrid_forwarding_configs', 'verified_caller_ids', 'twilio_credentials', 'regulatory_profiles'])
                   AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conkey[1] = a.attnum)) i (name);
    RETURN QUERY
        SELECT 'views see with the rights of who asks', pg_catalog.count(*) = 0, pg_catalog.string_agg(c.relname, ', ')
          FROM pg_catalog.pg_class c WHERE c.relnamespace = v_schemas[1] AND c.relkind = 'v' AND NOT coalesce(c.reloptions && ARRAY['security_invoker=true', 'security_invoker=on'], false);
    RETURN QUERY
        SELECT 'what the engine keeps from everybody is kept', pg_catalog.count(*) = 0, pg_catalog.string_agg(p.oid::pg_catalog.regprocedure::text, ', ')
          FROM pg_catalog.pg_proc p
         WHERE p.pronamespace = 'telephony'::pg_catalog.regnamespace AND p.proname = ANY (ARRAY['seal_credential', 'refuse_quietly', 'migrate', 'embedded_migrations', 'ensure_owner_role', 'ensure_schemas'])
           AND EXISTS (SELECT FROM pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a WHERE a.grantee = 0);
    -- Who can become a tenant's role can be any tenant: only PostgREST's login may, which inherits nothing.
    RETURN QUERY
        SELECT 'nobody logs in with the rights of an API role', pg_catalog.count(*) = 0,
               pg_catalog.string_agg(DISTINCT pg_catalog.format('%s (%s)', l.rolname, t.role_name), ', ')
          FROM telephony_internal.access_tiers t
          JOIN pg_catalog.pg_roles r ON r.rolname = t.role_name
          JOIN pg_catalog.pg_roles l ON l.rolcanlogin AND NOT l.rolsuper AND NOT l.rolbypassrls AND NOT l.rolcreaterole
                AND pg_catalog.pg_has_role(l.oid, r.oid, 'USAGE') AND NOT pg_catalog.pg_has_role(l.oid, current_user, 'USAGE')
         WHERE t.tier IN ('anon', 'tenant', 'service');
    RETURN QUERY
        SELECT 'roles of tenants do not bypass row-level security', pg_catalog.count(*) = 0, pg_catalog.string_agg(t.role_name, ', ')
          FROM telephony_internal.access_tiers t JOIN pg_catalog.pg_roles r ON r.rolname = t.role_name
         WHERE t.tier IN ('anon', 'tenant', 'sidecar') AND (r.rolsuper OR r.rolbypassrls);
    -- Membership is enough: SET ROLE makes a member of the owner the owner.
    RETURN QUERY
        SELECT 'no API role is a member of a more powerful one', pg_catalog.count(*) = 0, pg_catalog.string_agg(DISTINCT pg_catalog.format('%s in %s', r.rolname, g.rolname), ', ')
          FROM telephony_internal.access_tiers t
          JOIN pg_catalog.pg_roles r ON r.rolname = t.role_name AND NOT r.rolsuper
          JOIN pg_catalog.pg_roles g ON g.oid <> r.oid AND pg_catalog.pg_has_role(r.oid, g.oid, 'MEMBER')
         WHERE g.rolsuper OR g.rolname = current_user
            OR t.tier IN ('anon', 'tenant', 'sidecar') AND NOT EXISTS (SELECT FROM telephony_internal.access_tiers o WHERE o.role_name = t.role_name AND o.tier = 'service')
               AND (g.rolbypassrls OR EXISTS (SELECT FROM telephony_internal.access_tiers o WHERE o.role_name = g.rolname AND o.tier = 'service'));
END
$$;
COMMENT ON FUNCTION telephony_internal.check_catalog() IS 'The part of self_check() that reads the catalog.';
