-- tier: anon
CREATE FUNCTION telephony_api.openapi() RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN json_build_object(
        'openapi', '3.1.0',
        'info', json_build_object('title', 'telephony', 'version', telephony.library_version(),
            'description', 'What the caller may read and call, from the catalog of the database.'),
        'security', json '[{}, {"token": []}]',
        'paths', (SELECT json_object_agg(p.path, p.operations ORDER BY p.path COLLATE "C")
                    FROM (SELECT * FROM telephony_internal.described_tables() UNION ALL
                          SELECT * FROM telephony_internal.described_calls()) p),
        'components', json_build_object(
            'schemas', (SELECT json_object_agg(t.name, t.schema ORDER BY t.name COLLATE "C")
                          FROM telephony_internal.described_types() t),
            'securitySchemes', json '{"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}'));
END
$$;
COMMENT ON FUNCTION telephony_api.openapi() IS
    'This API in the OpenAPI format 3.1: what the caller may read and call, and no verb that would be refused.';
