-- tier: owner
CREATE FUNCTION telephony_internal.tag_prefix() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT 'telephony:' || telephony_internal.short_id(s.installation) || ':'
            FROM telephony_internal.settings s);
END
$$;
COMMENT ON FUNCTION telephony_internal.tag_prefix() IS 'What every tag of this installation begins with.';
