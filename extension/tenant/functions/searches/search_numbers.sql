-- tier: tenant
CREATE FUNCTION telephony_internal.search_numbers(country_code text, area_code text, contains text, number_type text,
                                                  locality text)
RETURNS telephony_api.job
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org     uuid := telephony_internal.require_org();
    v_row     telephony_api.organizations;
    v_country telephony_api.countries;
    v_wishes  jsonb;
    v_account text;
    v_limit   integer;
    v_oldest  timestamptz;
    v_search  telephony_internal.number_searches;
BEGIN
    -- The row lock makes concurrent requests of one organization wait for each other.
    v_row := telephony_internal.organization_to_change(v_org);
    v_country := telephony_internal.country_of_number(v_row, search_numbers.country_code);
    v_wishes := telephony_internal.number_wishes(v_country, search_numbers.area_code, search_numbers.contains,
                                                 search_numbers.number_type, search_numbers.locality);
    v_account := telephony_internal.account_to_buy_in(v_org);
    SELECT * INTO v_search FROM telephony_internal.number_searches s
     WHERE s.org_id = v_org AND s.created_at > clock_timestamp() - interval '1 minute'
       AND s.country_code = v_country.country_code AND s.account_sid = v_account AND s.wishes = v_wishes
       AND s.state <> 'failed'
     ORDER BY s.created_at DESC LIMIT 1;
    IF NOT FOUND THEN
        SELECT s.searches_per_hour INTO v_limit FROM telephony_internal.settings s;
        SELECT s.created_at INTO v_oldest FROM telephony_internal.number_searches s
         WHERE s.org_id = v_org AND s.created_at > clock_timestamp() - interval '1 hour'
         ORDER BY s.created_at DESC OFFSET v_limit - 1 LIMIT 1;
        IF FOUND THEN
            PERFORM telephony_internal.refuse('too_many_searches',
                format('your organization has searched %s times within the hour, which is the limit', v_limit),
                hint => format('Ask again after %s; the offers of a search you have can be bought meanwhile.',
                    to_char((v_oldest + interval '1 hour') AT TIME ZONE 'UTC', 'HH24:MI "UTC"')));
        END IF;
        INSERT INTO telephony_internal.number_searches AS s (org_id, country_code, account_sid, wishes)
        VALUES (v_org, v_country.country_code, v_account, v_wishes) RETURNING * INTO v_search;
        PERFORM telephony_internal.wake_sidecars('searches');
    END IF;
    RETURN telephony_internal.shown_search(v_search);
END
$$;
COMMENT ON FUNCTION telephony_internal.search_numbers(text, text, text, text, text) IS
    'Does the work of telephony_api.search_numbers().';

CREATE FUNCTION telephony_api.search_numbers(country_code text DEFAULT NULL, area_code text DEFAULT NULL,
    contains text DEFAULT NULL, number_type text DEFAULT NULL, locality text DEFAULT NULL)
RETURNS telephony_api.job
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.search_numbers(search_numbers.country_code, search_numbers.area_code,
        search_numbers.contains, search_numbers.number_type, search_numbers.locality);
END
$$;
COMMENT ON FUNCTION telephony_api.search_numbers(text, text, text, text, text) IS
    'Looks for numbers that your organization could buy, and buys none. Returns at once with a job of kind search; '
    'offered_numbers() with its job_id tells what was found. area_code: three digits, where numbers of the United '
    'States or Canada are bought. contains: 2 to 16 digits, letters of a keypad, and * for any digit. number_type: '
    'one of those of the country. locality: a town. The same search within a minute is the same job; '
    'too_many_searches (409) after 30 an hour.';
