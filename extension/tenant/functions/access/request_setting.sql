-- tier: anon
CREATE FUNCTION telephony_internal.request_setting(name text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN nullif(current_setting(request_setting.name, true), '')::jsonb;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;   -- whoever has SQL may put anything there
END
$$;
COMMENT ON FUNCTION telephony_internal.request_setting(text) IS
    'What PostgREST tells of the request (request.jwt.claims, request.headers) as jsonb; NULL where there is none or '
    'it is not JSON.';
