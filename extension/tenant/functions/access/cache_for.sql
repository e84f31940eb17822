-- tier: anon
CREATE FUNCTION telephony_internal.cache_for(seconds integer) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
    -- A part of the rows (Range) never stands for all of them: some caches know no Vary. Those that do are told every
    -- header upon which PostgREST answers otherwise.
    SELECT set_config('response.headers',
        CASE WHEN current_setting('request.method', true) IN ('GET', 'HEAD')
                  AND NOT coalesce(telephony_internal.request_setting('request.headers') ? 'range', false)
             THEN format('[{"Cache-Control": "public, max-age=%s"}, '
                         '{"Vary": "Accept, Accept-Profile, Range, Origin, Prefer"}]', seconds)
             ELSE '[{"Cache-Control": "no-store"}]' END, true)
$$;
COMMENT ON FUNCTION telephony_internal.cache_for(integer) IS
    'Lets the HTTP answer be cached: only for what is the same for everybody, asked for by GET and whole.';
