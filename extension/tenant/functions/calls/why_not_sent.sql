-- tier: owner
CREATE FUNCTION telephony_internal.why_not_sent(call telephony_internal.calls, data jsonb, OUT reason text,
                                                OUT reason_code text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_settings telephony_internal.settings;
    v_price    numeric := data ->> 'price';
    v_placed   bigint;
    v_cost     numeric;
BEGIN
    SELECT * INTO STRICT v_settings FROM telephony_internal.settings;
    SELECT count(*), coalesce(sum(2 * c.price), 0) INTO v_placed, v_cost FROM telephony_internal.calls c
     WHERE c.sent_at > clock_timestamp() - interval '1 day';
    IF telephony_internal.is_being_erased(call.org_id) THEN
        reason_code := 'being_erased';
        reason := 'the organization is being erased';
    ELSIF EXISTS (SELECT FROM telephony_internal.call_blocks b WHERE b.org_id = call.org_id) THEN
        reason_code := 'calls_blocked';
        reason := 'no calls are placed for your organization: ask the operator';
    ELSIF call.account_sid IS DISTINCT FROM telephony_internal.account_of(call.org_id) THEN
        reason_code := 'caller_id_account_left';
        reason := 'your organization has another Twilio account now: call verify_caller_id() again';
    ELSIF v_price IS NULL OR data ->> 'price_unit' IS DISTINCT FROM v_settings.call_price_unit THEN
        reason_code := 'call_price_unknown';
        reason := 'Twilio does not tell what a call to this number costs, so none is placed';
    ELSIF v_price > v_settings.call_price_limit THEN
        reason_code := 'call_too_dear';
        reason := format('a call to this number costs %s %s a minute, which is above the limit of %s', v_price,
                         v_settings.call_price_unit, v_settings.call_price_limit);
    ELSIF v_placed >= v_settings.calls_per_day OR v_cost + 2 * v_price > v_settings.call_prices_per_day THEN
        reason_code := 'calls_of_the_day';
        reason := 'as many calls were placed today as may be: call verify_caller_id() again tomorrow';
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_internal.why_not_sent(telephony_internal.calls, jsonb) IS
    'Why a call must not be placed now, at this price; NULL: it may.';
