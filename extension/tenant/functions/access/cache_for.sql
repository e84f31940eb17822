-- tier: anon
CREATE FUNCTION telephony_internal.cache_for(seconds integer) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$ SELECT set_config('response.headers', format('[{"Cache-Control": "public, max-age=%s"}]', seconds), true) $$;
COMMENT ON FUNCTION telephony_internal.cache_for(integer) IS
    'Lets the HTTP answer be cached: only for what is the same for everybody.';
