-- tier: anon
CREATE FUNCTION telephony_internal.json_schema(type oid, nullable boolean) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_type   pg_type;
    v_schema json;
BEGIN
    SELECT t.* INTO STRICT v_type FROM pg_type t WHERE t.oid = json_schema.type;
    IF v_type.typtype = 'd' AND v_type.oid <> ALL (ARRAY['telephony_api.phone_number',
                                                         'telephony_api.dial_steps']::regtype[]) THEN
        RETURN telephony_internal.json_schema(v_type.typbasetype, json_schema.nullable);
    END IF;
    v_schema := CASE
        WHEN v_type.typcategory = 'A' THEN json_build_object('type', 'array', 'items',
                                               telephony_internal.json_schema(v_type.typelem, nullable := false))
        WHEN v_type.oid IN ('json'::regtype, 'jsonb'::regtype) THEN '{"$ref": "#/components/schemas/json"}'
        WHEN v_type.typtype IN ('c', 'e') THEN
            json_build_object('$ref', '#/components/schemas/' || v_type.typname)
        WHEN v_type.oid = 'telephony_api.dial_steps'::regtype THEN json_build_object('type', 'array', 'items',
            telephony_internal.json_schema('telephony_api.dial_step'::regtype, nullable := false))
        WHEN v_type.typtype = 'd' THEN '{"type": "string", "pattern": "^\\+[1-9][0-9]{1,14}$"}'
        WHEN v_type.oid = 'bool'::regtype THEN '{"type": "boolean"}'
        WHEN v_type.oid IN ('int2'::regtype, 'int4'::regtype) THEN '{"type": "integer", "format": "int32"}'
        WHEN v_type.oid = 'int8'::regtype THEN '{"type": "integer", "format": "int64"}'
        WHEN v_type.typcategory = 'N' THEN '{"type": "number"}'
        WHEN v_type.oid = 'uuid'::regtype THEN '{"type": "string", "format": "uuid"}'
        WHEN v_type.oid = 'date'::regtype THEN '{"type": "string", "format": "date"}'
        WHEN v_type.oid = 'timestamptz'::regtype THEN '{"type": "string", "format": "date-time"}'
        ELSE '{"type": "string"}' END;
    IF NOT json_schema.nullable THEN
        RETURN v_schema;
    END IF;
    RETURN json_build_object('anyOf', json_build_array(v_schema, json '{"type": "null"}'));
END
$$;
COMMENT ON FUNCTION telephony_internal.json_schema(oid, boolean) IS
    'What a value of a type is in JSON, as a JSON schema; named types by reference.';
