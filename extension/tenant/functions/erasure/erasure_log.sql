-- tier: service
CREATE FUNCTION telephony_internal.erasure_log() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(to_jsonb(e) ORDER BY e.requested_at), '[]') FROM telephony_internal.erasures e);
END
$$;
COMMENT ON FUNCTION telephony_internal.erasure_log() IS
    'The erasures so far, to be kept apart from the backups, for replay_erasures().';
