-- tier: anon
CREATE FUNCTION telephony_internal.cache_for(seconds integer) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A part of the rows (Range) never stands for all of them: some caches know no Vary. Those that do are told every
    -- header upon which PostgREST answers otherwise. The name is looked for in the text of the headers, as reading them
    -- as JSON costs more than all the rest; a value that is just this word is taken for it too, and does no harm.
    PERFORM set_config('response.headers',
        CASE WHEN current_setting('request.method', true) IN ('GET', 'HEAD')
                  AND strpos(coalesce(current_setting('request.headers', true), ''), '"range"') = 0
             THEN format('[{"Cache-Control": "public, max-age=%s"}, '
                         '{"Vary": "Accept, Accept-Profile, Range, Origin, Prefer"}]', seconds)
             ELSE '[{"Cache-Control": "no-store"}]' END, true);
END
$$;
COMMENT ON FUNCTION telephony_internal.cache_for(integer) IS
    'Lets the HTTP answer be cached: only for what is the same for everybody, asked for by GET and whole.';
