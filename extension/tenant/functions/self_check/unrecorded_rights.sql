-- tier: owner
CREATE FUNCTION telephony_internal.unrecorded_rights() RETURNS SETOF telephony_internal.granted_right
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT u.*
      FROM (SELECT * FROM telephony_internal.actual_rights()
            EXCEPT SELECT * FROM telephony_internal.recorded_rights()) u
     -- Of the engine: to look into the schema is the administrator's to grant, and who may be the owner may use it all.
     WHERE NOT (u.object = 'telephony' AND u.privilege = 'USAGE')
       AND NOT (u.object ~ '^telephony([.]|$)' AND u.role_name <> 'PUBLIC'
                AND EXISTS (SELECT FROM pg_namespace n JOIN pg_roles r ON r.rolname = u.role_name
                             WHERE n.nspname = 'telephony_internal' AND pg_has_role(r.oid, n.nspowner, 'MEMBER')))
$$;
COMMENT ON FUNCTION telephony_internal.unrecorded_rights() IS
    'The rights in our three schemas that no tier stands for.';
