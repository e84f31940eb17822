-- tier: owner
CREATE FUNCTION telephony_internal.purchase_wishes(country telephony_api.countries, area_code text, contains text,
                                                   number_type text, number text, or_similar boolean)
RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_wishes jsonb := telephony_internal.number_wishes(country, area_code, contains, number_type, NULL);
    v_number telephony.e164 := telephony_internal.number_argument('number', purchase_wishes.number);
BEGIN
    IF v_number IS NULL THEN
        RETURN v_wishes;
    END IF;
    RETURN v_wishes || jsonb_build_object('number', v_number::text)
        || CASE WHEN purchase_wishes.or_similar THEN '{"or_similar": true}'::jsonb ELSE '{}' END;
END
$$;
COMMENT ON FUNCTION telephony_internal.purchase_wishes(telephony_api.countries, text, text, text, text, boolean) IS
    'What the number of a purchase is to be like: as number_wishes(), and number and or_similar where a number was '
    'chosen. PT400 says what is wrong with one.';
