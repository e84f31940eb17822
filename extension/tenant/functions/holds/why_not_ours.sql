-- tier: owner
-- What a number at Twilio must show before it counts as a job's own (rule PROVE_OURS): our tag, our hold, a purchase
-- that was sent, and dates that go with it. Intent and date_created are whole seconds of different clocks at Twilio
-- (the Date header of one answer, date_created of another): our own purchase may seem up to two seconds older than its
-- intent, if it was not changed since; a purchase of what somebody else bought just before would be a change of it. A
-- purchase that came late may also have taken effect as an update of a number that somebody bought since: that carries
-- our tag and is not older than the intent, and only a date_updated more than two seconds after date_created tells it
-- from our own. The answer to our own purchase, and what a repeated purchase changed, are not held to that.
CREATE FUNCTION telephony_internal.why_not_ours(job_id uuid, sighting jsonb) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_tolerance CONSTANT interval := '2 seconds';
    v_number  telephony.e164 := sighting ->> 'number';
    v_created timestamptz := sighting ->> 'date_created';
    v_updated timestamptz := sighting ->> 'date_updated';
    v_intent  timestamptz;
    v_posts   integer;
BEGIN
    IF sighting ->> 'tag' IS DISTINCT FROM telephony_internal.tag_of(why_not_ours.job_id) THEN
        RETURN 'the account holds the number under another name than the purchase gave it';
    END IF;
    SELECT c.intent_at, j.posts_sent INTO v_intent, v_posts
      FROM telephony_internal.number_holds c JOIN telephony_internal.jobs j ON j.id = c.job_id
     WHERE c.number OPERATOR(telephony.=) v_number AND c.job_id = why_not_ours.job_id AND c.posted;
    IF NOT FOUND THEN
        RETURN 'carries our tag, but no purchase of the number was sent for this job';
    ELSIF v_created IS NULL THEN
        RETURN 'Twilio does not say when the number was created';
    ELSIF v_created < v_intent AND (v_created < v_intent - v_tolerance OR v_updated > v_created) THEN
        RETURN 'the number was in the account before the purchase';
    ELSIF v_posts <= 1 AND v_updated > v_created + v_tolerance
          AND NOT coalesce((sighting ->> 'own_answer')::boolean, false) THEN
        RETURN 'carries our tag, but was changed after it was bought: '
            'perhaps somebody else''s, on which a late purchase took effect';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION telephony_internal.why_not_ours(uuid, jsonb) IS
    'Why a number at Twilio does not provably come from this job, as one sentence; NULL: it does. sighting: '
    'number, tag, date_created, date_updated as Twilio shows them; own_answer: it is the answer to our own purchase.';
