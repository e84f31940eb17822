-- tier: anon
CREATE FUNCTION telephony_internal.described_tables() RETURNS TABLE (path text, operations json)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    -- Nobody may write a table, so GET alone is listed.
    SELECT '/' || c.relname, json_build_object('get', json_strip_nulls(json_build_object(
        'description', obj_description(c.oid, 'pg_class'),
        'parameters', json_build_array(
            json '{"name": "select", "in": "query", "schema": {"type": "string"},
                   "description": "The columns that are wanted, such as a,b; all by default."}',
            json '{"name": "order", "in": "query", "schema": {"type": "string"},
                   "description": "Columns to sort by, such as a.desc,b."}',
            json '{"name": "limit", "in": "query", "schema": {"type": "integer"}, "description": "At most so many."}',
            json '{"name": "offset", "in": "query", "schema": {"type": "integer"},
                   "description": "Without the first."}',
            json '{"name": "filters", "in": "query", "schema": {"type": "object", "additionalProperties":
                   {"type": "string"}}, "style": "form", "explode": true,
                   "description": "By column an operator and a value, such as eq.US."}'),
        'responses', telephony_internal.described_answer(json_build_object('type', 'array', 'items',
            json_build_object('$ref', '#/components/schemas/' || c.relname))))))
      FROM pg_class c
     WHERE c.relnamespace = 'telephony_api'::regnamespace AND c.relkind IN ('r', 'p', 'v')
       AND has_any_column_privilege(c.oid, 'SELECT')
$$;
COMMENT ON FUNCTION telephony_internal.described_tables() IS
    'For OpenAPI: the tables and views that the caller may read.';
