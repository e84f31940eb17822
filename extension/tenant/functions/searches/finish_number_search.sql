-- tier: sidecar
CREATE FUNCTION telephony_internal.finish_number_search(org_id uuid, search_id uuid, token bigint, offered jsonb,
    reason text DEFAULT NULL, reason_code text DEFAULT NULL, retry_seconds double precision DEFAULT NULL)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_now    timestamptz := clock_timestamp();
    v_search telephony_internal.number_searches;
    v_retry  timestamptz;
BEGIN
    -- What a crash takes back is searched for again when the lease has run out.
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT * INTO v_search FROM telephony_internal.number_searches s
     WHERE s.org_id = finish_number_search.org_id AND s.id = finish_number_search.search_id
       AND s.token = finish_number_search.token AND s.state = 'searching'
       FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    v_search.reason := telephony.mask_numbers(finish_number_search.reason);
    v_search.reason_code := finish_number_search.reason_code;
    IF finish_number_search.offered IS NOT NULL THEN
        v_search.state := 'done';
        v_search.expires_at := v_now + interval '10 minutes';
        v_search.offers := telephony_internal.offers_of(finish_number_search.offered);
        IF v_search.offers = '[]' AND v_search.reason IS NULL THEN
            v_search.reason := 'Twilio has no such number at the moment. Search with fewer wishes, or try again later.';
            v_search.reason_code := 'no_number_found';
        END IF;
    ELSE
        v_search.state := 'failed';
        v_search.lease_until := NULL;
        v_retry := v_now + make_interval(secs => finish_number_search.retry_seconds);
        IF v_retry < telephony_internal.gives_up_at(v_search) THEN
            v_search.state := 'queued';
            v_search.not_before := v_retry;
        ELSIF v_retry IS NOT NULL THEN
            v_search.reason := v_search.reason || '. Call search_numbers() again later.';
        END IF;
    END IF;
    UPDATE telephony_internal.number_searches s
       SET state = v_search.state, lease_until = NULL, not_before = v_search.not_before, reason = v_search.reason,
           reason_code = v_search.reason_code, offers = v_search.offers, expires_at = v_search.expires_at,
           updated_at = v_now
     WHERE s.org_id = v_search.org_id AND s.id = v_search.id;
    RETURN true;
END
$$;
COMMENT ON FUNCTION telephony_internal.finish_number_search(uuid, uuid, bigint, jsonb, text, text, double precision) IS
    'Ends an attempt at a search: with what is offered, an array of numbers as Twilio shows them; or, offered NULL, with '
    'the reason why not, to be tried again after retry_seconds (NULL: not) unless it gives up before. False: it was '
    'claimed by another, or is gone.';
