-- tier: sidecar
CREATE FUNCTION telephony_internal.renew_upkeep(task text, token bigint, lease_seconds integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
BEGIN
    IF (renew_upkeep.lease_seconds >= 1) IS NOT TRUE THEN
        RAISE EXCEPTION 'lease_seconds must be at least 1' USING ERRCODE = '22023';
    END IF;
    PERFORM set_config('synchronous_commit', 'off', true);
    UPDATE telephony_internal.upkeep u
       SET lease_until = clock_timestamp() + make_interval(secs => renew_upkeep.lease_seconds)
     WHERE u.task = renew_upkeep.task AND u.token = renew_upkeep.token AND u.worker IS NOT NULL;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION telephony_internal.renew_upkeep(text, bigint, integer) IS
    'Keeps a task that takes long. False: another sidecar has taken it over; stop.';
