-- tier: owner
CREATE FUNCTION telephony_internal.area_code_region(area_code text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number telephony.e164;
BEGIN
    IF area_code !~ '^[2-9][0-9]{2}$' THEN
        RETURN NULL;
    END IF;
    v_number := ('+1' || area_code || '2345678')::telephony.e164;
    RETURN CASE WHEN telephony.is_valid(v_number) THEN telephony.region(v_number) END;
END
$$;
COMMENT ON FUNCTION telephony_internal.area_code_region(text) IS
    'The country of the North American plan whose numbers begin with this area code; NULL: none.';
