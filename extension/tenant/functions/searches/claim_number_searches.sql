-- tier: sidecar
CREATE FUNCTION telephony_internal.claim_number_searches(max_searches integer, lease_seconds integer)
RETURNS SETOF telephony_internal.claimed_search
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
BEGIN
    IF (claim_number_searches.max_searches >= 1 AND claim_number_searches.lease_seconds >= 1) IS NOT TRUE THEN
        RAISE EXCEPTION 'max_searches and lease_seconds must be at least 1' USING ERRCODE = '22023';
    END IF;
    -- A claim that a crash takes back is made again: nothing of it need be on disk.
    PERFORM set_config('synchronous_commit', 'off', true);
    -- migrate() holds this lock alone, as in claim_jobs().
    BEGIN
        LOCK TABLE telephony_internal.schema_migrations IN ROW SHARE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        RETURN;
    END;
    RETURN QUERY
        WITH due AS (
            SELECT s.org_id, s.id FROM telephony_internal.number_searches s
             WHERE s.state IN ('queued', 'searching') AND s.not_before <= v_now
               AND (s.lease_until IS NULL OR s.lease_until < v_now) AND telephony_internal.gives_up_at(s) > v_now
             ORDER BY s.not_before LIMIT claim_number_searches.max_searches
               FOR UPDATE SKIP LOCKED
        ), claimed AS (
            UPDATE telephony_internal.number_searches s
               SET state = 'searching', token = greatest(s.token + 1, (EXTRACT(epoch FROM v_now) * 1000000)::bigint),
                   lease_until = v_now + make_interval(secs => claim_number_searches.lease_seconds), updated_at = v_now
              FROM due WHERE s.org_id = due.org_id AND s.id = due.id
            RETURNING s.*
        )
        SELECT c.org_id, c.id, c.token, c.account_sid, c.wishes,
               telephony_internal.searchable_kinds(c.country_code, c.wishes),
               CASE WHEN o.account_sid = c.account_sid THEN telephony_internal.credential_of(o) END
          FROM claimed c LEFT JOIN telephony_internal.twilio_credentials o ON o.org_id = c.org_id;
END
$$;
COMMENT ON FUNCTION telephony_internal.claim_number_searches(integer, integer) IS
    'Searches to be made at Twilio now, each given to one sidecar for lease_seconds, under a new fencing token; it '
    'tells what it found by finish_number_search(). None while migrate() runs.';
