-- tier: owner
CREATE FUNCTION telephony_internal.meets_wishes(number telephony.e164, number_type text, wishes jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF wishes ? 'number' AND (number::text = wishes ->> 'number' OR NOT wishes ? 'or_similar') THEN
        RETURN number::text = wishes ->> 'number';
    END IF;
    RETURN (NOT wishes ? 'number_type' OR meets_wishes.number_type IS NOT DISTINCT FROM wishes ->> 'number_type')
       AND (NOT wishes ? 'area_code' OR starts_with(number::text, '+1' || (wishes ->> 'area_code')))
       -- Letters are those of a keypad, and * is any digit.
       AND (NOT wishes ? 'contains' OR number::text ~ replace(translate(wishes ->> 'contains',
               'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '22233344455566677778889999'), '*', '[0-9]'));
END
$$;
COMMENT ON FUNCTION telephony_internal.meets_wishes(telephony.e164, text, jsonb) IS
    'Whether a number is what was wished: the one that was chosen, or, if none was or a similar one will do, one that '
    'meets the other wishes.';
