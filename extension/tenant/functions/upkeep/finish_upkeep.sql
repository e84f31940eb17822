-- tier: sidecar
CREATE FUNCTION telephony_internal.finish_upkeep(task text, token bigint, again_after_seconds double precision) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
BEGIN
    IF (finish_upkeep.again_after_seconds > 0) IS NOT TRUE THEN
        RAISE EXCEPTION 'again_after_seconds must be greater than 0' USING ERRCODE = '22023';
    END IF;
    PERFORM set_config('synchronous_commit', 'off', true);
    UPDATE telephony_internal.upkeep u
       SET due_at = clock_timestamp() + make_interval(secs => finish_upkeep.again_after_seconds), lease_until = NULL
     WHERE u.task = finish_upkeep.task AND u.token = finish_upkeep.token AND u.lease_until IS NOT NULL;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION telephony_internal.finish_upkeep(text, bigint, double precision) IS
    'A task is done, or given up for now: it is due again after this long. False: another sidecar has taken it over meanwhile.';
