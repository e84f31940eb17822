-- tier: owner
CREATE FUNCTION telephony_internal.missing_objects() RETURNS SETOF telephony_internal.shipped_objects
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.*
      FROM telephony_internal.shipped_objects s
      LEFT JOIN telephony.tenant_objects() t ON t.kind = s.kind AND t.object = s.object
     WHERE t.definition IS DISTINCT FROM s.definition
$$;
COMMENT ON FUNCTION telephony_internal.missing_objects() IS
    'The constraints and indexes that migrations made and that are gone or others by now.';
