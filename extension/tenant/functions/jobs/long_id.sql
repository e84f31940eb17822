-- tier: owner
CREATE FUNCTION telephony_internal.long_id(id text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE WHEN id ~ '^[A-Za-z0-9_-]{21}[AQgw]$'
             THEN encode(decode(translate(id, '-_', '+/') || '==', 'base64'), 'hex')::uuid END $$;
COMMENT ON FUNCTION telephony_internal.long_id(text) IS 'The uuid that short_id() shortened; NULL for anything else.';
