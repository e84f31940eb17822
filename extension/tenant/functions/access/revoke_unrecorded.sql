-- tier: owner
CREATE FUNCTION telephony_internal.revoke_unrecorded(kept jsonb DEFAULT NULL)
RETURNS SETOF telephony_internal.granted_right
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_right telephony_internal.granted_right;
    v_left  text;
BEGIN
    FOR v_right IN
        SELECT u.* FROM telephony_internal.unrecorded_rights() u
         WHERE NOT coalesce(kept @> jsonb_build_array(to_jsonb(u)), false)
           -- What belongs to others is theirs to take back.
           AND EXISTS (SELECT FROM pg_namespace n
                        WHERE n.nspname = split_part(u.object, '.', 1) AND pg_has_role(n.nspowner, 'USAGE'))
    LOOP
        -- A column is named schema.table.column.
        EXECUTE format('REVOKE %s%s ON %s FROM %s CASCADE', v_right.privilege,
            CASE WHEN v_right.object LIKE '%.%.%' AND v_right.object NOT LIKE '%(%'
                 THEN format(' (%I)', split_part(v_right.object, '.', 3)) END,
            CASE WHEN v_right.object LIKE '%(%' THEN 'ROUTINE ' || v_right.object
                 WHEN v_right.object LIKE '%.%.%' THEN 'TABLE ' || substring(v_right.object FROM '^[^.]+[.][^.]+')
                 WHEN v_right.object LIKE '%.%' THEN
                     CASE (SELECT c.relkind FROM pg_class c WHERE c.oid = v_right.object::regclass)
                          WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || v_right.object
                 ELSE 'SCHEMA ' || v_right.object END,
            CASE v_right.role_name WHEN 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(v_right.role_name) END);
        RETURN NEXT v_right;
    END LOOP;
    IF kept IS NOT NULL THEN
        RETURN;
    END IF;
    v_left := (SELECT string_agg(format('%s on %s to %s', u.privilege, u.object, u.role_name), ', ' ORDER BY u.object)
                 FROM telephony_internal.unrecorded_rights() u);
    IF v_left IS NOT NULL THEN
        RAISE EXCEPTION '% cannot take back every right that is not recorded', current_user
            USING ERRCODE = '42501', DETAIL = format('Left would be: %s.', v_left),
                  HINT = 'Run it as a superuser. What a role granted on, that role must revoke. Nothing was changed.';
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_internal.revoke_unrecorded(jsonb) IS
    'Takes back every right in our three schemas that is not recorded, but those that are kept, and returns them. For '
    'whoever ran GRANT ... ON ALL in one of them; migrate() takes back with it what default privileges gave.';
