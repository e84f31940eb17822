-- tier: anon
CREATE FUNCTION telephony_internal.described_value(type oid, nullable boolean, description text) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (CASE WHEN description IS NULL THEN s.schema::text
                 ELSE regexp_replace(s.schema::text, '\}$', format(', "description": %s}', to_json(description))) END
           )::json
      FROM telephony_internal.json_schema(type, nullable) AS s (schema)
$$;
COMMENT ON FUNCTION telephony_internal.described_value(oid, boolean, text) IS
    'A JSON schema with a description, where there is one.';
