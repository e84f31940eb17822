-- tier: service, sidecar
CREATE FUNCTION telephony_internal.run_self_check() RETURNS SETOF telephony_api.check_result
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_part text;
    v_line telephony_api.check_result;
    v_lost text := telephony_internal.lost_with_extension();
BEGIN
    RETURN QUERY SELECT 'the extension is there, with what is of its types', v_lost IS NULL, v_lost;
    FOREACH v_part IN ARRAY ARRAY['check_catalog', 'check_installation', 'check_rows', 'remarks'] LOOP
        -- What keeps one part from being checked must not keep the others from being told.
        BEGIN
            RETURN QUERY EXECUTE
                format('SELECT c."check", c.ok, CASE WHEN NOT c.ok OR %L THEN c.detail END '
                       'FROM telephony_internal.%I() c', v_part = 'remarks', v_part);
        EXCEPTION WHEN insufficient_privilege OR undefined_table OR undefined_function OR undefined_column
                    OR undefined_object OR invalid_schema_name THEN
            v_line."check" := format('%s() can read what it checks', v_part);
            v_line.ok := false;
            v_line.detail := SQLERRM;
            RETURN NEXT v_line;
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION telephony_internal.run_self_check() IS
    'Does the work of telephony_api.self_check(); telephonyd runs it every hour.';

-- tier: service
CREATE FUNCTION telephony_api.self_check() RETURNS SETOF telephony_api.check_result
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.run_self_check();
END
$$;
COMMENT ON FUNCTION telephony_api.self_check() IS
    'Whether row-level security, policies, rights, functions, indexes, logins, versions, settings, carriers, jobs, '
    'holds, numbers and counts are in order; detail says what is not. What is an organization''s or your own business is '
    'only told: it is ok, and has a detail where there is some.';
