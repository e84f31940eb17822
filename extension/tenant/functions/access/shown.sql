-- tier: anon
CREATE FUNCTION telephony_internal.shown(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN value IS NULL THEN 'NULL'
                WHEN value ~ '^[A-Za-z0-9 &_.-]{0,40}$' AND pg_catalog.length(pg_catalog.regexp_replace(value, '[^0-9]', '', 'g')) <= 4 THEN pg_catalog.quote_literal(value)
                ELSE pg_catalog.quote_literal(telephony.mask(pg_catalog.left(value, 40))) END
$$;
COMMENT ON FUNCTION telephony_internal.shown(text) IS 'A refused argument as an error may show it: as it is, unless it could be or hide a telephone number.';
