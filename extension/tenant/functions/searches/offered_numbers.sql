-- tier: tenant
CREATE FUNCTION telephony_internal.offered_numbers(id uuid) RETURNS telephony_api.number_offers
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_search telephony_internal.number_searches := telephony_internal.own_search(offered_numbers.id);
    v_shown  telephony_api.number_offers;
BEGIN
    v_shown.search_id := v_search.id;
    v_shown.state := v_search.state;
    v_shown.reason := v_search.reason;
    v_shown.reason_code := v_search.reason_code;
    v_shown.expires_at := v_search.expires_at;
    v_shown.poll_after_seconds := (telephony_internal.shown_search(v_search)).poll_after_seconds;
    v_shown.offers := ARRAY(SELECT jsonb_populate_recordset(NULL::telephony_api.number_offer, v_search.offers));
    IF v_search.expires_at <= clock_timestamp() THEN
        v_shown.offers := '{}';
        v_shown.reason := 'these offers have expired: others may have bought the numbers. Call search_numbers() again.';
        v_shown.reason_code := 'offers_expired';
    END IF;
    RETURN v_shown;
END
$$;
COMMENT ON FUNCTION telephony_internal.offered_numbers(uuid) IS 'Does the work of telephony_api.offered_numbers().';

CREATE FUNCTION telephony_api.offered_numbers(search_id uuid) RETURNS telephony_api.number_offers
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.offered_numbers(offered_numbers.search_id);
END
$$;
COMMENT ON FUNCTION telephony_api.offered_numbers(uuid) IS
    'What a search of your organization has found: at most 20 numbers that can be called, for ten minutes. They are '
    'reserved for nobody. search_not_found (404): not one of yours, or older than an hour.';
