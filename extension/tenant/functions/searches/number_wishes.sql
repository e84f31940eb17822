-- tier: owner
CREATE FUNCTION telephony_internal.number_wishes(country telephony_api.countries, area_code text, contains text,
                                                 number_type text, locality text)
RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_area     text := btrim(area_code);
    v_contains text := upper(btrim(contains));
    v_type     text := number_type;
    v_locality text := btrim(locality);
BEGIN
    IF telephony_internal.area_code_region(v_area) <> ALL (country.provision_countries)
       OR v_area IS NOT NULL AND telephony_internal.area_code_region(v_area) IS NULL THEN
        PERFORM telephony_internal.refuse('area_code_unknown',
            format('not an area code of %s: %s', array_to_string(country.provision_countries, ' or '),
                   telephony_internal.shown(area_code)),
            detail => 'An area code is three digits of the North American plan, and belongs to the United States or '
                'Canada.',
            hint => CASE WHEN country.provision_countries && ARRAY['US', 'CA']
                THEN 'Give one such as ' || CASE WHEN 'US' = ANY (country.provision_countries) THEN '415' ELSE '416' END
                    || ', or leave area_code out.'
                ELSE 'Leave area_code out; contains narrows the choice in this country, and so does the locality of '
                     'search_numbers().' END);
    ELSIF v_contains !~ '^[0-9A-Z*]{2,16}$' THEN
        PERFORM telephony_internal.refuse('contains_malformed',
            format('contains is not a pattern: %s', telephony_internal.shown(contains)));
    ELSIF v_locality !~ '^[^[:cntrl:]]{1,64}$' THEN
        PERFORM telephony_internal.refuse('locality_malformed',
            format('locality is not the name of a place: %s', telephony_internal.shown(locality)));
    END IF;
    IF v_type IS NOT NULL THEN
        v_type := telephony_internal.number_type_named(number_type);
        IF v_type::telephony_api.number_type <> ALL (country.number_types) THEN
            PERFORM telephony_internal.refuse('number_type_not_offered',
                format('no %s numbers are bought for %s', v_type, country.country_name),
                hint => format('Give %s, or leave number_type out.', array_to_string(country.number_types, ' or ')));
        END IF;
    END IF;
    RETURN jsonb_strip_nulls(jsonb_build_object('area_code', v_area, 'contains', v_contains, 'number_type', v_type,
                                                'locality', v_locality));
END
$$;
COMMENT ON FUNCTION telephony_internal.number_wishes(telephony_api.countries, text, text, text, text) IS
    'What a number is to be like, of the arguments that were given: area_code, contains in capitals, number_type as '
    'Twilio''s paths have it, locality. PT400 says what is wrong with one.';
