-- tier: owner
-- The tag that names a purchase at Twilio (FriendlyName, at most 64 characters): telephony:<installation>:<job>, ids as
-- base64url.
-- In plpgsql, as other functions that every step calls: its plans are kept for the session, while a function in SQL
-- that cannot be inlined is planned each time.
CREATE FUNCTION telephony_internal.short_id(id uuid) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN translate(rtrim(encode(uuid_send(short_id.id), 'base64'), '='), '+/', '-_');
END
$$;
COMMENT ON FUNCTION telephony_internal.short_id(uuid) IS 'A uuid as 22 characters of base64url.';
