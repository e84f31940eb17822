-- tier: owner
-- What a job must prove before Twilio's number counts as its own (rule PROVE_OURS): our tag, our hold, not older than
-- the intent. Both times are whole seconds of
-- different clocks at Twilio (the Date header of one answer, date_created of another), so the intent may seem up to two
-- seconds the later of them.
CREATE FUNCTION telephony_internal.is_ours(job_id uuid, number telephony.e164, tag text, date_created timestamptz)
    RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce(is_ours.tag = telephony_internal.tag_of(is_ours.job_id), false) AND EXISTS (
        SELECT FROM telephony_internal.number_holds c
         WHERE c.number OPERATOR(telephony.=) is_ours.number AND c.job_id = is_ours.job_id AND c.posted
             AND is_ours.date_created >= c.intent_at - interval '2 seconds');
END
$$;
COMMENT ON FUNCTION telephony_internal.is_ours(uuid, telephony.e164, text, timestamptz) IS
    'True when a number at Twilio provably comes from this job: its tag, a purchase we sent, and not older than the '
    'intent.';
