-- tier: owner
CREATE FUNCTION telephony_internal.begin_token_series() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Tokens have gone back with the database: without a new series, an attempt from before would hold one that is
    -- given out again. Nobody holds a token of a job that has ended.
    UPDATE telephony_internal.jobs j SET token = j.token + 4294967296 WHERE NOT j.ended;
END
$$;
COMMENT ON FUNCTION telephony_internal.begin_token_series() IS
    'Fences off every attempt that was begun before the database was restored or failed over.';
