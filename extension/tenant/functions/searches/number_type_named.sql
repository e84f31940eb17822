-- tier: owner
CREATE FUNCTION telephony_internal.number_type_named(name text) RETURNS telephony_api.number_type
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_type telephony_api.number_type;
BEGIN
    -- As people write it: toll-free, toll_free, TollFree.
    SELECT e INTO v_type FROM unnest(enum_range(NULL::telephony_api.number_type)) e
     WHERE lower(e::text) = lower(regexp_replace(number_type_named.name, '[ _-]', '', 'g'));
    IF NOT FOUND THEN
        PERFORM telephony_internal.refuse('number_type_unknown',
            format('unknown number type: %s', telephony_internal.shown(number_type_named.name)));
    END IF;
    RETURN v_type;
END
$$;
COMMENT ON FUNCTION telephony_internal.number_type_named(text) IS
    'A type of number by its name, in whatever case, with blanks, hyphens and underscores or without; PT400: none.';
