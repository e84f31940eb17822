-- manifest(): everything that the catalog says about the tenant schema, a line each, so that two states can be
-- compared. Made in the first schema of the search_path.

-- The rows of a table that may not be there.
CREATE FUNCTION rows_of(tab text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass(tab) IS NOT NULL THEN
        RETURN QUERY EXECUTE format('SELECT t::text FROM %s t ORDER BY 1', tab);
    END IF;
END $$;

-- Everything in the catalog that belongs to the tenant schema: definitions, grants, comments, policies, owners.
CREATE FUNCTION manifest() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('table %s owner %s rls %s acl %s', c.oid::regclass, c.relowner::regrole, c.relrowsecurity, c.relacl)
      FROM pg_class c WHERE c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^telephony_')
    UNION ALL
    SELECT format('column %s.%s %s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
        a.attnotnull,
                  pg_get_expr(d.adbin, d.adrelid))
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid
          AND d.adnum = a.attnum
     WHERE c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^telephony_') AND a.attnum > 0
         AND NOT a.attisdropped
    UNION ALL
    SELECT format('constraint %s %s %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
      FROM pg_constraint k WHERE k.connamespace IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^telephony_')
    UNION ALL
    SELECT 'index ' || pg_get_indexdef(i.indexrelid)
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace IN (SELECT oid FROM pg_namespace
          WHERE nspname ~ '^telephony_')
    UNION ALL
    SELECT format('function %s owner %s acl %s %s', p.oid::regprocedure, p.proowner::regrole, p.proacl,
        pg_get_functiondef(p.oid))
      FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^telephony_')
    UNION ALL
    SELECT format('policy %s %s %s %s', p.polrelid::regclass, p.polname, p.polcmd, pg_get_expr(p.polqual, p.polrelid))
        FROM pg_policy p
    UNION ALL
    SELECT format('comment %s', (pg_identify_object(d.classoid, d.objoid, d.objsubid)).identity || ' ' || d.description)
      FROM pg_description d WHERE (pg_identify_object(d.classoid, d.objoid,
          d.objsubid)).identity ~ 'telephony_(api|internal)'
    UNION ALL
    SELECT format('schema %s owner %s acl %s', n.nspname, n.nspowner::regrole, n.nspacl) FROM pg_namespace n
        WHERE n.nspname ~ '^telephony_'
    UNION ALL
    SELECT format('row of job_transitions %s', r::text) FROM rows_of('telephony_internal.job_transitions') r
    UNION ALL
    SELECT format('row of call_transitions %s', r::text) FROM rows_of('telephony_internal.call_transitions') r
    UNION ALL
    SELECT format('row of tier_privileges %s', r::text) FROM rows_of('telephony_internal.tier_privileges') r
    UNION ALL
    SELECT format('engine schema acl %s', n.nspacl) FROM pg_namespace n WHERE n.nspname = 'telephony'
    ORDER BY 1
$$;
