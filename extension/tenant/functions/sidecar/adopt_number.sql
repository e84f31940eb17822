-- tier: sidecar
CREATE FUNCTION telephony_internal.adopt_number(org uuid, account_sid text, number_sid text, number text,
    date_created timestamptz, OUT job_id uuid, OUT tag text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_org     telephony_api.organizations;
    v_number  telephony.e164 := adopt_number.number::telephony.e164;
    v_job     telephony_internal.jobs;
    v_until   timestamptz;
    v_other   telephony_api.phone_numbers;
    v_at_work telephony_internal.jobs;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    IF v_number IS NULL OR adopt_number.date_created IS NULL
        OR coalesce(adopt_number.number_sid, '') !~ '^PN[0-9a-fA-F]{32}$'
       OR coalesce(adopt_number.account_sid, '') !~ '^AC[0-9a-f]{32}$' THEN
        RAISE EXCEPTION 'adopting needs a number, its SID, its account and its date' USING ERRCODE = 'TL005',
            HINT = 'Give them as Twilio lists the number.';
    END IF;
    PERFORM FROM telephony_internal.settings s FOR UPDATE;
    IF EXISTS (SELECT FROM telephony_internal.jobs j WHERE j.number_sid = adopt_number.number_sid AND NOT j.ended) THEN
        RAISE EXCEPTION 'a job is at work on number %', telephony.mask(v_number)
            USING ERRCODE = 'TL005',
                  HINT = 'Wait until it has ended; telephonyd reconcile calls the number pending until then.';
    END IF;
    -- The SID is the authority to release: two organizations with the same one could release each other's number.
    SELECT * INTO v_other FROM telephony_api.phone_numbers p
     WHERE p.number_sid = adopt_number.number_sid AND p.released_at IS NULL;
    IF v_other.org_id = adopt_number.org AND v_other.account_sid = adopt_number.account_sid
       AND v_other.number = v_number::text THEN
        -- Who was killed after the COMMIT asks again: the same answer, so that the number gets its tag.
        adopt_number.job_id := v_other.job_id;
        adopt_number.tag := telephony_internal.tag_of(v_other.job_id);
        RETURN;
    ELSIF v_other.id IS NOT NULL THEN
        RAISE EXCEPTION 'the SID given for number % is that of a number held already', telephony.mask(v_number)
            USING ERRCODE = 'TL005',
                  HINT = 'Give number and SID as Twilio lists them; telephonyd reconcile tells whose it is.';
    END IF;
    SELECT * INTO v_org FROM telephony_api.organizations o WHERE o.id = adopt_number.org FOR NO KEY UPDATE;
    IF NOT FOUND OR v_org.telephony_country IS NULL THEN
        RAISE EXCEPTION 'organization % has not chosen a country yet', adopt_number.org
            USING ERRCODE = 'TL005', HINT = 'It must call select_country() first.';
    END IF;
    IF EXISTS (SELECT FROM telephony_internal.jobs j WHERE j.org_id = adopt_number.org AND j.kind = 'erase'
               AND j.state = 'erasing') THEN
        RAISE EXCEPTION 'organization % is being erased', adopt_number.org USING ERRCODE = 'TL005',
            HINT = 'Adopt for another organization.';
    END IF;
    SELECT * INTO v_other FROM telephony_api.phone_numbers p
     WHERE p.org_id = adopt_number.org AND p.released_at IS NULL;
    IF v_other.id IS NOT NULL THEN
        RAISE EXCEPTION 'organization % has number %', adopt_number.org,
            telephony.mask(v_other.number::telephony.e164)
            USING ERRCODE = 'TL005',
                  HINT = format('If Twilio does not have that number any more: telephonyd reconcile --gone=%s '
                                '--org=%s. Else it is released first, outside of recovery mode, or another '
                                'organization adopts.',
                                v_other.number_sid, adopt_number.org);
    END IF;
    v_at_work := telephony_internal.running_number_job(adopt_number.org);
    IF v_at_work.id IS NOT NULL THEN
        RAISE EXCEPTION 'job % is at work for organization %: it is %', v_at_work.id, adopt_number.org, v_at_work.state
            USING ERRCODE = 'TL005',
                  HINT = CASE
                      WHEN v_at_work.state = 'conflict' THEN
                          format('telephony_internal.dismiss_conflict(%L, reason) ends it.', v_at_work.id)
                      WHEN v_at_work.kind = 'release' OR v_at_work.cancel_requested THEN
                          'telephonyd ends it, outside of recovery mode: adopt then.'
                      ELSE format('telephony_internal.cancel_job(%L) cancels it: at once if it is queued and never '
                                  'sent a purchase, else by telephonyd, outside of recovery mode.',
                                  v_at_work.id) END;
    END IF;
    INSERT INTO telephony_internal.jobs
        AS j (org_id, kind, state, deadline_at, country_code, number, account_sid, number_sid, purchased_at)
    SELECT v_org.id, 'adopt', 'done', now() + s.job_deadline, v_org.telephony_country, v_number,
        adopt_number.account_sid, adopt_number.number_sid, adopt_number.date_created
      FROM telephony_internal.settings s
    RETURNING * INTO v_job;
    PERFORM telephony_internal.hold_number(v_number, v_job, adopt_number.account_sid);
    -- The hold is this job's now. It may have been the quarantine of a number that the same organization released.
    UPDATE telephony_internal.number_holds c
       SET job_id = v_job.id, account_sid = adopt_number.account_sid, posted = true,
           intent_at = coalesce(c.intent_at, adopt_number.date_created)
     WHERE c.number OPERATOR(telephony.=) v_number AND c.org_id = v_org.id
         AND (c.job_id = v_job.id OR c.state = 'quarantined');
    IF NOT FOUND THEN
        SELECT c.until INTO v_until FROM telephony_internal.number_holds c
            WHERE c.number OPERATOR(telephony.=) v_number;
        RAISE EXCEPTION 'number % is held by another job', telephony.mask(v_number)
            USING ERRCODE = 'TL005', HINT = CASE WHEN v_until IS NULL THEN 'Run telephonyd reconcile to see by which.'
                ELSE format('That job gave it up, but a late purchase may still take effect: wait until %s.',
                    to_char(v_until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')) END;
    END IF;
    PERFORM telephony_internal.make_live(v_job, NULL);
    INSERT INTO telephony_internal.job_events (job_id, from_state, event, to_state, token, detail)
    VALUES (v_job.id, 'done', 'adopt', 'done', 0,
            jsonb_build_object('sid', adopt_number.number_sid, 'number', telephony.mask(v_number)));
    adopt_number.job_id := v_job.id;
    adopt_number.tag := telephony_internal.tag_of(v_job.id);
END
$$;
COMMENT ON FUNCTION telephony_internal.adopt_number(uuid, text, text, text, timestamptz) IS 'Takes a number that the '
    'account already holds in as an organization''s live number. Returns a job that has ended, and the tag that the '
    'number is to carry; the same again for a number that it has already. TL005 says why not.';
