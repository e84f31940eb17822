-- tier: owner
CREATE FUNCTION telephony_internal.actual_rights() RETURNS SETOF telephony_internal.granted_right
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    WITH ours AS (SELECT n.* FROM pg_namespace n
                   WHERE n.nspname IN ('telephony', 'telephony_api', 'telephony_internal'))
    SELECT coalesce(r.rolname, 'PUBLIC'), a.privilege_type, o.object
      FROM (SELECT n.nspname::text AS object, n.nspowner AS owner,
                   coalesce(n.nspacl, acldefault('n', n.nspowner)) AS acl
              FROM ours n
            UNION ALL
            SELECT c.oid::regclass::text, c.relowner,
                   coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))
              FROM pg_class c
             WHERE c.relnamespace IN (SELECT n.oid FROM ours n)
               AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
            UNION ALL
            SELECT c.oid::regclass::text || '.' || t.attname, c.relowner, t.attacl
              FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
             WHERE c.relnamespace IN (SELECT n.oid FROM ours n)
               AND t.attacl IS NOT NULL
            UNION ALL
            SELECT p.oid::regprocedure::text, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
              FROM pg_proc p
             WHERE p.pronamespace IN (SELECT n.oid FROM ours n)) o
     CROSS JOIN LATERAL aclexplode(o.acl) a
      LEFT JOIN pg_roles r ON r.oid = a.grantee
     WHERE a.grantee <> o.owner
$$;
COMMENT ON FUNCTION telephony_internal.actual_rights() IS
    'Who but the owner has which right on what in our three schemas, as the catalog says.';
