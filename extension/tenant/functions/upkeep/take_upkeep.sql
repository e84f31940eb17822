-- tier: sidecar
CREATE FUNCTION telephony_internal.take_upkeep(worker text, tasks text[], lease_seconds integer)
RETURNS SETOF telephony_internal.upkeep_task
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_now      timestamptz := clock_timestamp();
    v_recovery boolean;
    v_taken    text[];
BEGIN
    IF (take_upkeep.lease_seconds >= 1) IS NOT TRUE THEN
        RAISE EXCEPTION 'lease_seconds must be at least 1' USING ERRCODE = '22023';
    END IF;
    -- A taking that a crash takes back is taken again: nothing of it need be on disk.
    PERFORM set_config('synchronous_commit', 'off', true);
    -- migrate() holds this lock alone, as in claim_jobs().
    BEGIN
        LOCK TABLE telephony_internal.schema_migrations IN ROW SHARE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        RETURN;
    END;
    v_recovery := (SELECT s.mode = 'recovery' FROM telephony_internal.settings s);
    WITH free AS (
        SELECT u.task FROM telephony_internal.upkeep u
         WHERE u.task = ANY (take_upkeep.tasks) AND u.every IS NOT NULL AND (u.in_recovery OR NOT v_recovery)
           AND greatest(u.due_at, u.lease_until) <= v_now
           FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE telephony_internal.upkeep u
           SET token = greatest(u.token + 1, (EXTRACT(epoch FROM v_now) * 1000000)::bigint),
               worker = take_upkeep.worker,
               lease_until = v_now + make_interval(secs => take_upkeep.lease_seconds)
          FROM free f WHERE u.task = f.task
        RETURNING u.task
    )
    SELECT array_agg(t.task) INTO v_taken FROM taken t;
    RETURN QUERY
        SELECT u.task, CASE WHEN u.task = ANY (v_taken) THEN u.token END,
               greatest(0, EXTRACT(epoch FROM CASE
                   WHEN u.due_at > v_now THEN u.due_at - v_now
                   -- It is due, and not to be had: held, just failed, switched off, or not for recovery mode. Who holds
                   -- it will be done soon, or dies: asked for again when it would come round, at the latest.
                   ELSE least(CASE WHEN u.lease_until > v_now THEN u.lease_until - v_now END,
                              coalesce(u.every, interval '1 hour')) END))::double precision,
               l.late, u.failures,
               (u.in_recovery OR NOT v_recovery) AND l.late > greatest(EXTRACT(epoch FROM u.every), 300),
               u.result
          FROM telephony_internal.upkeep u
         CROSS JOIN LATERAL (
               SELECT CASE WHEN u.every IS NULL THEN 0
                           ELSE greatest(0, EXTRACT(epoch FROM v_now - u.due_at)) END::double precision AS late) l
         WHERE u.task = ANY (take_upkeep.tasks);
END
$$;
COMMENT ON FUNCTION telephony_internal.take_upkeep(text, text[], integer) IS
    'Gives those of the tasks that are due and that nobody holds to the caller, for lease_seconds; one row for each '
    'of the tasks says how it stands. None while migrate() runs.';
