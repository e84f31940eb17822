-- tier: anon
CREATE FUNCTION telephony_internal.shown(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    -- Latin letters may have accents; a digit of another script makes the whole text one that may hide a number.
    SELECT CASE WHEN value IS NULL THEN 'NULL'
                WHEN length(value) <= 40 AND length(regexp_replace(value, '[^0-9]', '', 'g')) <= 4
                     AND CASE getdatabaseencoding()
                              WHEN 'UTF8' THEN regexp_replace(normalize(value, NFD), '[\u0300-\u036f\u0131]', '', 'g')
                              ELSE value END ~ '^[A-Za-z0-9 &_.''*%()+#/,:;!?-]*$'
                THEN quote_literal(value)
                ELSE quote_literal(telephony.mask(left(value, 40))) END
$$;
COMMENT ON FUNCTION telephony_internal.shown(text) IS
    'A refused argument as an error may show it: as it is, unless it could be or hide a telephone number.';
