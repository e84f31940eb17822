-- tier: sidecar
CREATE FUNCTION telephony_internal.forget_searches() RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_forgotten bigint;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    WITH old AS (
        SELECT s.org_id, s.id FROM telephony_internal.number_searches s
         WHERE s.created_at < clock_timestamp() - interval '1 hour'
         ORDER BY s.created_at LIMIT 10000 FOR UPDATE SKIP LOCKED)
    DELETE FROM telephony_internal.number_searches s USING old WHERE s.org_id = old.org_id AND s.id = old.id;
    GET DIAGNOSTICS v_forgotten = ROW_COUNT;
    UPDATE telephony_internal.number_searches s SET offers = '[]'
     WHERE s.expires_at < clock_timestamp() AND s.offers <> '[]';
    RETURN v_forgotten;
END
$$;
COMMENT ON FUNCTION telephony_internal.forget_searches() IS
    'Deletes offers that have expired, and searches of more than an hour ago, at most 10,000 a call; returns how many '
    'searches those were.';
