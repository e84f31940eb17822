-- tier: owner
CREATE FUNCTION telephony_internal.shown_search(search telephony_internal.number_searches) RETURNS telephony_api.job
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_shown telephony_api.job;
BEGIN
    v_shown.job_id := search.id;
    v_shown.kind := 'search';
    v_shown.state := search.state;
    v_shown.country_code := search.country_code;
    v_shown.reason := search.reason;
    v_shown.reason_code := search.reason_code;
    v_shown.cancel_requested := false;
    v_shown.created_at := search.created_at;
    v_shown.updated_at := search.updated_at;
    v_shown.forwarded_lines := '{}';
    IF search.state = 'queued' AND search.not_before > clock_timestamp() THEN
        v_shown.retry_at := search.not_before;
    END IF;
    IF search.state = ANY (ARRAY['queued', 'searching']) THEN
        -- Mostly it takes a second. Whoever waits for long must not spend the limit of an address on it.
        v_shown.poll_after_seconds :=
            greatest(1, least(10, ceil(EXTRACT(epoch FROM clock_timestamp() - search.created_at) / 5)));
    END IF;
    RETURN v_shown;
END
$$;
COMMENT ON FUNCTION telephony_internal.shown_search(telephony_internal.number_searches) IS
    'A search as its organization sees it, in the shape of jobs.';
