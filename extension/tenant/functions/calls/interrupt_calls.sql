-- tier: owner
CREATE FUNCTION telephony_internal.interrupt_calls() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_call telephony_internal.calls;
BEGIN
    -- As begin_token_series() of jobs: an attempt from before must not hold a token that is given out again.
    UPDATE telephony_internal.calls c SET token = c.token + 4294967296 WHERE NOT c.ended;
    FOR v_call IN
        SELECT c.* FROM telephony_internal.calls c WHERE c.state IN ('queued', 'preparing') ORDER BY c.org_id, c.id
           FOR UPDATE
    LOOP
        PERFORM telephony_internal.take_call_step(v_call, 'interrupt', '{}', 'database');
    END LOOP;
END
$$;
COMMENT ON FUNCTION telephony_internal.interrupt_calls() IS
    'For a database that was restored or failed over: fences off every attempt from before, and ends the calls that '
    'may have been placed without it knowing.';
