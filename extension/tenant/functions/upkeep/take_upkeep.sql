-- tier: sidecar
CREATE FUNCTION telephony_internal.take_upkeep(tasks text[], lease_seconds integer)
RETURNS telephony_internal.upkeep_task
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_taken    telephony_internal.upkeep_task;
    v_now      timestamptz := clock_timestamp();
    v_recovery boolean;
BEGIN
    IF (take_upkeep.lease_seconds >= 1) IS NOT TRUE THEN
        RAISE EXCEPTION 'lease_seconds must be at least 1' USING ERRCODE = '22023';
    END IF;
    -- A taking that a crash takes back is taken again: nothing of it need be on disk.
    PERFORM set_config('synchronous_commit', 'off', true);
    v_taken.wait_seconds := 1;
    -- migrate() holds this lock alone, as in claim_jobs().
    BEGIN
        LOCK TABLE telephony_internal.schema_migrations IN ROW SHARE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        RETURN v_taken;
    END;
    v_recovery := (SELECT s.mode = 'recovery' FROM telephony_internal.settings s);
    SELECT u.task INTO v_taken.task FROM telephony_internal.upkeep u
     WHERE u.task = ANY (take_upkeep.tasks) AND (u.in_recovery OR NOT v_recovery)
       AND greatest(u.due_at, u.lease_until) <= v_now
     ORDER BY greatest(u.due_at, u.lease_until) LIMIT 1
       FOR UPDATE SKIP LOCKED;
    UPDATE telephony_internal.upkeep u
       SET lease_until = v_now + make_interval(secs => take_upkeep.lease_seconds),
           token = greatest(u.token + 1, (EXTRACT(epoch FROM v_now) * 1000000)::bigint)
     WHERE u.task = v_taken.task
    RETURNING u.token INTO v_taken.token;
    SELECT least(60, greatest(0, EXTRACT(epoch FROM min(greatest(u.due_at, u.lease_until)) - v_now)))
      INTO v_taken.wait_seconds
      FROM telephony_internal.upkeep u
     WHERE u.task = ANY (take_upkeep.tasks) AND u.task IS DISTINCT FROM v_taken.task
       AND (u.in_recovery OR NOT v_recovery);
    v_taken.wait_seconds := coalesce(v_taken.wait_seconds, 60);
    RETURN v_taken;
END
$$;
COMMENT ON FUNCTION telephony_internal.take_upkeep(text[], integer) IS
    'Gives one of these tasks that is due and that no sidecar holds to the caller, for lease_seconds. None in the way of migrate(); in recovery mode only those that act on nothing.';
