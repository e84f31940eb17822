-- tier: owner
CREATE FUNCTION telephony_internal.tag_of(job_id uuid) RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.tag_prefix() || telephony_internal.short_id(job_id);
END
$$;
COMMENT ON FUNCTION telephony_internal.tag_of(uuid) IS 'FriendlyName of the numbers that this job buys.';
