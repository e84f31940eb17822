-- tier: owner
CREATE FUNCTION telephony_internal.intent_at(job_id uuid, number telephony.e164) RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT c.intent_at FROM telephony_internal.number_holds c
             WHERE c.job_id = intent_at.job_id AND c.number OPERATOR(telephony.=) intent_at.number);
END
$$;
COMMENT ON FUNCTION telephony_internal.intent_at(uuid, telephony.e164) IS
    'Twilio''s clock just before the first purchase of the number was sent for the job; NULL: none was.';
