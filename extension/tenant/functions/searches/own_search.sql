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
    RETURN v_search;
END
$$;
COMMENT ON FUNCTION telephony_internal.own_search(uuid) IS
    'A search of the organization of the request; PT404: not one of its own.';
