-- tier: sidecar
CREATE FUNCTION telephony_internal.finish_upkeep(
    task text, token bigint, outcome text, problem text DEFAULT NULL, result jsonb DEFAULT NULL)
RETURNS double precision
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_row telephony_internal.upkeep;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT * INTO v_row FROM telephony_internal.upkeep u
     WHERE u.task = finish_upkeep.task AND u.token = finish_upkeep.token AND u.worker IS NOT NULL
       FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    v_row.worker := NULL;
    v_row.lease_until := NULL;
    CASE finish_upkeep.outcome
        WHEN 'done' THEN
            v_row.due_at := v_now + coalesce(v_row.every, '0');
            v_row.failures := 0;
            v_row.problem := NULL;
            v_row.result := finish_upkeep.result;
        WHEN 'failed' THEN
            -- Again after a minute, two, four and so on, and never later than it would come round anyway.
            v_row.lease_until := v_now + least(v_row.every, interval '1 minute' * 2 ^ least(v_row.failures, 12));
            v_row.failures := v_row.failures + 1;
            v_row.problem := left(finish_upkeep.problem, 1000);
        WHEN 'interrupted' THEN
            NULL;   -- the next may take it at once
        ELSE
            RAISE EXCEPTION 'outcome must be done, failed or interrupted' USING ERRCODE = '22023';
    END CASE;
    UPDATE telephony_internal.upkeep u
       SET due_at = v_row.due_at, lease_until = v_row.lease_until, worker = v_row.worker, failures = v_row.failures,
           problem = v_row.problem, result = v_row.result
     WHERE u.task = v_row.task;
    RETURN greatest(0, EXTRACT(epoch FROM greatest(v_row.due_at, v_row.lease_until) - v_now));
END
$$;
COMMENT ON FUNCTION telephony_internal.finish_upkeep(text, bigint, text, text, jsonb) IS
    'Ends a run: done (and what it found), failed (with what), or interrupted, which gives it to the next at once. '
    'Returns in how many seconds it is due again; NULL: another sidecar has taken it over meanwhile.';
