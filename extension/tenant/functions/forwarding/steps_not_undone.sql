-- tier: owner
CREATE FUNCTION telephony_internal.steps_not_undone(earlier jsonb, present jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(jsonb_agg(e.step ORDER BY e.off), '[]')
      FROM (SELECT DISTINCT ON (s.step ->> 'deactivation_code') s.step, s.step ->> 'deactivation_code' AS off
              FROM jsonb_array_elements(earlier) WITH ORDINALITY s (step, n)
             ORDER BY s.step ->> 'deactivation_code', s.n DESC) e
     WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(present) p (step) WHERE p.step ->> 'deactivation_code' = e.off)
$$;
COMMENT ON FUNCTION telephony_internal.steps_not_undone(jsonb, jsonb) IS
    'The earlier steps whose deactivation code is not among the present ones; of those with the same code the latest.';
