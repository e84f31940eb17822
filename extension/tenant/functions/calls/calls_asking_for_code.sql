-- tier: owner
CREATE FUNCTION telephony_internal.calls_asking_for_code(number telephony.e164) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT count(*) FROM telephony_internal.calls c
             WHERE c.number OPERATOR(telephony.=) calls_asking_for_code.number AND c.kind = 'caller_id'
               AND c.sent_at > clock_timestamp() - interval '1 day');
END
$$;
COMMENT ON FUNCTION telephony_internal.calls_asking_for_code(telephony.e164) IS
    'How often a number was asked for a code within a day, for whatever organizations.';
