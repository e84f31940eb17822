-- tier: anon
CREATE FUNCTION telephony_internal.described_calls() RETURNS TABLE (path text, operations json)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = 'off'
AS $$
    -- Without jit: the plan does not know how few arguments a function has, and compiling it took a second.
    WITH calls AS (
        SELECT p.oid, p.proname, p.provolatile <> 'v' AS reads, obj_description(p.oid, 'pg_proc') AS description,
               CASE WHEN p.proretset THEN json_build_object('type', 'array', 'items', r.one) ELSE r.one END AS answer
          FROM pg_proc p, LATERAL (
            SELECT CASE WHEN p.prorettype = 'record'::regtype THEN (
                SELECT json_build_object('type', 'object', 'required', json_agg(p.proargnames[i] ORDER BY i),
                           'properties', json_object_agg(p.proargnames[i],
                               telephony_internal.json_schema(p.proallargtypes[i], nullable := true) ORDER BY i))
                  FROM generate_subscripts(p.proargmodes, 1) i WHERE p.proargmodes[i] IN ('t', 'o', 'b'))
                ELSE telephony_internal.json_schema(p.prorettype, nullable := false) END) AS r (one)
         WHERE p.pronamespace = 'telephony_api'::regnamespace AND p.prokind = 'f'
           AND has_function_privilege(p.oid, 'EXECUTE')
    ), arguments AS (
        SELECT p.oid, json_strip_nulls(json_build_object('type', 'object',
                   'required', json_agg(p.proargnames[i] ORDER BY i) FILTER (WHERE i <= p.pronargs - p.pronargdefaults),
                   'properties', json_object_agg(p.proargnames[i], a.posted ORDER BY i),
                   'additionalProperties', false)) AS posted,
               json_agg(json_build_object('name', p.proargnames[i], 'in', 'query', 'required',
                            i <= p.pronargs - p.pronargdefaults, 'schema', q.queried) ORDER BY i) AS queried
          FROM pg_proc p, generate_series(1, p.pronargs) i,
               -- A closed set is taken as text, so that what is not in it is refused with a reason code: its values are
               -- those of the enum that has the argument's name.
               LATERAL (SELECT coalesce((SELECT e.oid FROM pg_type e
                    WHERE e.typnamespace = 'telephony_api'::regnamespace AND e.typtype = 'e'
                      AND e.typname = p.proargnames[i] AND p.proargtypes[i - 1] = 'text'::regtype),
                    p.proargtypes[i - 1])) AS t (type),
               -- OFFSET: worked out once, not wherever it is named.
               LATERAL (SELECT telephony_internal.json_schema(t.type, nullable := false) OFFSET 0) AS q (queried),
               -- What is null by default may be given as null.
               LATERAL (SELECT CASE WHEN pg_get_function_arg_default(p.oid, i) LIKE 'NULL::%'
                    THEN telephony_internal.json_schema(t.type, nullable := true) ELSE q.queried END) AS a (posted)
         WHERE p.pronamespace = 'telephony_api'::regnamespace
         GROUP BY p.oid
    )
    -- A function that changes something answers 405 to GET, so no GET of it is listed.
    SELECT '/rpc/' || c.proname, json_strip_nulls(json_build_object(
        'get', CASE WHEN c.reads THEN json_build_object('description', c.description,
            'parameters', coalesce(a.queried, '[]'), 'responses', telephony_internal.described_answer(c.answer)) END,
        'post', json_build_object('description', c.description,
            'requestBody', json_build_object('required', a.posted -> 'required' IS NOT NULL, 'content',
                json_build_object('application/json', json_build_object('schema',
                    coalesce(a.posted, '{"type": "object", "additionalProperties": false}')))),
            'responses', telephony_internal.described_answer(c.answer))))
      FROM calls c LEFT JOIN arguments a USING (oid)
$$;
COMMENT ON FUNCTION telephony_internal.described_calls() IS
    'For OpenAPI: the calls that the caller may make, with arguments and answers.';
