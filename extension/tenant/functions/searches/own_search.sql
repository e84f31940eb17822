-- tier: owner
CREATE FUNCTION telephony_internal.own_search(id uuid) RETURNS telephony_internal.number_searches
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org    uuid := telephony_internal.require_org();
    v_search telephony_internal.number_searches;
BEGIN
    SELECT * INTO v_search FROM telephony_internal.number_searches s WHERE s.org_id = v_org AND s.id = own_search.id;
    IF NOT FOUND THEN
        PERFORM telephony_internal.refuse('search_not_found', 'no such search');
    END IF;
    IF v_search.state = ANY (ARRAY['queued', 'searching'])
       AND telephony_internal.gives_up_at(v_search) < clock_timestamp() THEN
        v_search.state := 'failed';
        IF v_search.reason IS NULL THEN
            v_search.reason := 'the search was not carried out in time: the service that asks Twilio did not take it. '
                'Call search_numbers() again later; provision_number() needs no search, and waits.';
            v_search.reason_code := 'search_unattended';
        END IF;
    END IF;
    RETURN v_search;
END
$$;
COMMENT ON FUNCTION telephony_internal.own_search(uuid) IS
    'A search of the organization of the request, failed if nobody has carried it out in time; PT404: not one of its '
    'own.';
