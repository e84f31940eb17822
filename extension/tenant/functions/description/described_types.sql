-- tier: anon
CREATE FUNCTION telephony_internal.described_types() RETURNS TABLE (name text, schema json)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    -- Rows of tables and views, and composite types: their columns in order.
    SELECT c.relname, json_strip_nulls(json_build_object(
        'type', 'object', 'description', CASE c.relkind WHEN 'c' THEN obj_description(c.reltype, 'pg_type')
                                              ELSE obj_description(c.oid, 'pg_class') END,
        'required', json_agg(a.attname ORDER BY a.attnum),
        'properties', json_object_agg(a.attname, telephony_internal.described_value(a.atttypid, NOT a.attnotnull,
                                          col_description(c.oid, a.attnum)) ORDER BY a.attnum)))
      FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'telephony_api'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'c')
     GROUP BY c.oid, c.relname
    UNION ALL
    SELECT t.typname, json_strip_nulls(json_build_object(
        'type', 'string', 'description', obj_description(t.oid, 'pg_type'),
        'enum', json_agg(e.enumlabel ORDER BY e.enumsortorder)))
      FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
     WHERE t.typnamespace IN ('telephony'::regnamespace, 'telephony_api'::regnamespace)
     GROUP BY t.oid, t.typname
    UNION ALL
    -- As a list does not hold lists here, it is written so that programs can resolve it.
    SELECT 'json', format(
        '{"description": "Any value.", "anyOf": [%1$s, {"type": "array", "items": {"anyOf": [%1$s]}}]}',
        '{"type": "string"}, {"type": "number"}, {"type": "boolean"}, {"type": "null"}, '
        '{"type": "object", "additionalProperties": {"$ref": "#/components/schemas/json"}}')::json
    UNION ALL
    SELECT 'error', json '{"type": "object", "description": "Why a request is refused.",
                "required": ["code", "message", "details", "hint"],
                "properties": {"code": {"type": "string", "description": "Stable: to be compared with."},
                "message": {"type": "string"},
                "details": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "hint": {"anyOf": [{"type": "string"}, {"type": "null"}],
                    "description": "What to do about it; null where there is nothing to say."}}}'
$$;
COMMENT ON FUNCTION telephony_internal.described_types() IS
    'The named types of the API as JSON schemas: rows, composite types, enums, any JSON, and the body of an error.';
