-- tier: anon
CREATE FUNCTION telephony_internal.described_answer(schema json) RETURNS json
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT json_build_object(
        '200', json_build_object('description', 'OK', 'content',
                   json_build_object('application/json', json_build_object('schema', schema))),
        'default', json '{"description": "Refused.", "content": {"application/json": {"schema":
                   {"$ref": "#/components/schemas/error"}}}}')
$$;
COMMENT ON FUNCTION telephony_internal.described_answer(json) IS
    'The answers of a call, for OpenAPI: what it gives, by its schema, and the error.';
