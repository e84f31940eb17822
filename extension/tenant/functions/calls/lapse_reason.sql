-- tier: owner
CREATE FUNCTION telephony_internal.lapse_reason(caller_id telephony_api.verified_caller_ids, OUT reason text,
                                                OUT reason_code text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF caller_id.account_sid IS DISTINCT FROM telephony_internal.account_of(caller_id.org_id) THEN
        reason_code := 'caller_id_account_left';
        reason := 'it was verified in another Twilio account than your organization has now: call verify_caller_id() '
            'again';
    ELSIF caller_id.expires_at <= clock_timestamp() THEN
        reason_code := 'caller_id_lapsed';
        reason := format('it was verified on %s, and that counts for %s: call verify_caller_id() again',
            to_char(caller_id.verified_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'),
            (SELECT s.caller_id_life FROM telephony_internal.settings s));
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_internal.lapse_reason(telephony_api.verified_caller_ids) IS
    'Why a verified caller id counts no more, as far as the database knows; NULL: it counts.';
