-- tier: owner
CREATE FUNCTION telephony_internal.take_step(job telephony_internal.jobs, event text, data jsonb) RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_settings telephony_internal.settings;
    v_event    text := take_step.event;
    v_rule     telephony_internal.job_transitions;
    v_state    text;
    v_number   telephony.e164 := take_step.data ->> 'number';
    v_created  timestamptz := take_step.data ->> 'date_created';
    v_reason   text := telephony_internal.masked(coalesce(take_step.data ->> 'reason', take_step.data ->> 'message',
                                                          take_step.data ->> 'detail'));
    v_delay    interval :=
        make_interval(secs =>
                      least(3600, greatest(0, coalesce((take_step.data ->> 'delay_seconds')::double precision, 0))));
    v_cancelled boolean := job.cancel_requested;
    v_next     timestamptz;
BEGIN
    SELECT * INTO STRICT v_settings FROM telephony_internal.settings;

    IF v_event = 'candidate'
        AND (v_number IS NULL OR coalesce(take_step.data ->> 'account_sid', '') !~ '^AC[0-9a-f]{32}$')
       OR v_event = 'purchased'
           AND (v_number IS NULL OR v_created IS NULL
                OR coalesce(take_step.data ->> 'sid', '') !~ '^PN[0-9a-fA-F]{32}$') THEN
        RAISE EXCEPTION 'event % does not carry what it must', quote_literal(v_event)
            USING ERRCODE = '22023',
                  HINT = 'candidate needs number and account_sid; purchased needs number, sid, tag and date_created.';
    END IF;

    -- Recovery: this cluster may not know what was bought. Nothing is bought from here.
    IF v_settings.mode = 'recovery' AND v_event = ANY (ARRAY['candidate', 'send', 'resend']) THEN
        RAISE EXCEPTION 'nothing is bought in recovery mode'
            USING ERRCODE = 'TL004',
                  HINT = 'Run telephonyd reconcile, adopt what is missing here, then telephonyd resume.';
    END IF;

    IF v_event = 'candidate' AND NOT v_cancelled
        AND take_step.data ->> 'account_sid' IS DISTINCT FROM telephony_internal.account_of(job.org_id) THEN
        RAISE EXCEPTION 'job % is to buy in another account', job.id
            USING ERRCODE = 'TL001', DETAIL = 'The credentials were changed.',
                  HINT = 'Drop the job: it is claimed again with the new ones.';
    END IF;

    IF v_event = 'send' AND NOT v_cancelled THEN
        v_next := telephony_internal.next_purchase_at(job.org_id);
        IF v_next IS NOT NULL THEN
            v_event := 'postpone';
            v_reason :=
                format('your organization has bought %s numbers within the hour, which is the limit '
                       '(settings.purchases_per_hour): the purchase waits until %s',
                v_settings.purchases_per_hour, to_char(v_next AT TIME ZONE 'UTC', 'HH24:MI "UTC"'));
            v_delay := v_next - clock_timestamp();
        END IF;
    END IF;

    -- What the database knows better than the one who reports.
    IF v_event = ANY (ARRAY['start', 'postpone']) AND v_cancelled
        AND job.state = ANY (ARRAY['queued', 'searching', 'intended'])
       AND NOT telephony_internal.may_have_bought(job.id) THEN
        v_event := 'cancel';
    ELSIF v_event = 'cancel'
        AND (NOT v_cancelled OR job.state = 'queued' AND telephony_internal.may_have_bought(job.id)) THEN
        RAISE EXCEPTION 'job % is not to be cancelled', job.id
            USING ERRCODE = 'TL002',
                  HINT = 'Nobody asked for it, or a purchase was sent before and Twilio was not asked what came of it.';
    ELSIF v_event = 'candidate' AND NOT v_cancelled
        AND NOT telephony_internal.hold_number(v_number, job, take_step.data ->> 'account_sid') THEN
        v_event := 'taken';
    ELSIF v_event = 'purchased'
        AND NOT telephony_internal.is_ours(job.id, v_number, take_step.data ->> 'tag', v_created) THEN
        v_event := 'foreign';
        v_reason := 'the number was in the account before, or does not carry the tag of this job';
    ELSIF v_event = ANY (ARRAY['unavailable', 'refused']) AND job.posts_sent > 1 THEN
        v_event := 'repeat_refused';
    ELSIF v_event = 'throttled' AND job.posts_sent > 1 THEN
        v_event := 'throttled_again';
    ELSIF v_event = 'not_seen' THEN
        job.absent_seen := job.absent_seen + 1;
        job.absent_since := coalesce(job.absent_since, clock_timestamp());
        v_delay := v_settings.absence_poll;
        IF job.absent_seen >= v_settings.absence_observations
           AND clock_timestamp() - job.absent_since >= v_settings.absence_window THEN
            v_event := 'absent';
        END IF;
    ELSIF v_event = 'absent' THEN
        RAISE EXCEPTION 'absence is concluded by the database, from not_seen' USING ERRCODE = 'TL002';
    ELSIF v_event = 'look' AND job.state = 'erasing' THEN
        SELECT e.remains, e.wait INTO v_reason, v_delay FROM telephony_internal.erase_what_is_left(job) e;
        v_event := CASE WHEN v_reason IS NULL THEN 'erased' ELSE 'postpone' END;
    ELSIF v_event = 'erased' THEN
        RAISE EXCEPTION 'the end of an erasure is concluded by the database, from look' USING ERRCODE = 'TL002';
    ELSIF v_event = 'resend' AND NOT v_cancelled AND (job.repeat_refused OR job.posts_sent >= 3) THEN
        RAISE EXCEPTION 'this purchase is not to be sent again'
            USING ERRCODE = 'TL002', HINT = 'It was refused when repeated, or sent three times: only looking helps.';
    ELSIF v_event = 'postpone' AND job.state = ANY (ARRAY['searching', 'intended'])
        AND clock_timestamp() >= job.deadline_at AND NOT v_cancelled THEN
        v_event := 'no_number';
        v_reason := format('gave up after %s: %s', v_settings.job_deadline, v_reason);
    END IF;

    SELECT * INTO v_rule FROM telephony_internal.job_transitions t WHERE t.from_state = job.state AND t.event = v_event;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'event % is not legal in state %', quote_nullable(v_event), job.state
            USING ERRCODE = 'TL002',
                  DETAIL = (SELECT 'Legal here: ' || coalesce(string_agg(t.event, ', ' ORDER BY t.event), 'nothing') ||
                            '.'
                                                   FROM telephony_internal.job_transitions t
                                                       WHERE t.from_state = job.state);
    END IF;
    v_state := CASE WHEN v_cancelled THEN coalesce(v_rule.when_cancelled, v_rule.to_state) ELSE v_rule.to_state END;

    -- What the step carries with it.
    IF v_event = 'candidate' AND v_state = 'intended' THEN
        job.number := v_number;
        job.number_country := take_step.data ->> 'number_country';
        job.number_type := take_step.data ->> 'number_type';
        job.account_sid := take_step.data ->> 'account_sid';
    ELSIF v_event = ANY (ARRAY['send', 'resend']) AND v_state = 'buying' THEN
        job.posts_sent := job.posts_sent + 1;
        job.absent_since := NULL;
        job.absent_seen := 0;
        UPDATE telephony_internal.number_holds c
           SET posted = true, intent_at
               = coalesce(c.intent_at, (take_step.data ->> 'server_date')::timestamptz, date_trunc('second', now()))
         WHERE c.number OPERATOR(telephony.=) job.number AND c.job_id = job.id;
    ELSIF v_event = ANY (ARRAY['throttled', 'throttled_again']) THEN
        job.posts_sent := job.posts_sent - 1;
    ELSIF v_event = 'repeat_refused' THEN
        job.repeat_refused := true;
    ELSIF v_event = 'purchased' THEN
        job.number := v_number;
        job.number_sid := take_step.data ->> 'sid';
        job.purchased_at := v_created;
        job.account_sid := (SELECT c.account_sid FROM telephony_internal.number_holds c
                            WHERE c.number OPERATOR(telephony.=) v_number);
        UPDATE telephony_internal.number_holds c SET state = 'in_doubt', until = NULL
         WHERE c.number OPERATOR(telephony.=) v_number AND c.job_id = job.id;
        PERFORM telephony_internal.let_go_of_numbers(job.id, but => v_number);
    ELSIF v_event = 'gone' THEN
        v_reason := 'the number was deleted at Twilio before your organization got it. Ask for a number again.';
    ELSIF v_event = 'settle' AND v_state = 'done' THEN
        PERFORM telephony_internal.make_live(job);
    ELSIF v_event = 'released' THEN
        PERFORM telephony_internal.retire_number(job);
    ELSIF v_event = 'rolled_back' THEN
        v_reason :=
            'the number was bought while the database was out of reach, so the purchase was rolled back: it was '
            'released at Twilio and nothing is held. Ask for a number again.';
    END IF;

    -- Leaving a number behind.
    IF v_state = ANY (ARRAY['searching', 'failed', 'cancelled', 'released']) AND v_event <> 'start' THEN
        PERFORM telephony_internal.let_go_of_numbers(job.id);
        job.posts_sent := 0;
        job.repeat_refused := false;
        job.absent_since := NULL;
        job.absent_seen := 0;
        IF v_state = ANY (ARRAY['searching', 'failed', 'cancelled']) AND job.number_sid IS NULL THEN
            -- The next candidate may be in another account: the organization can bring its own meanwhile.
            job.number := NULL;
            job.account_sid := NULL;
        END IF;
    END IF;

    -- What an attempt met with credentials that were replaced meanwhile holds nothing up, as if they had come after it:
    -- see hurry_jobs().
    IF v_event = 'postpone' AND job.state <> ALL (ARRAY['in_doubt', 'erasing']) AND v_delay > interval '0'
       AND job.credential_generation IS DISTINCT
           FROM (SELECT c.generation FROM telephony_internal.twilio_credentials c WHERE c.org_id = job.org_id) THEN
        v_delay := '0';
        PERFORM telephony_internal.wake_sidecars();
    END IF;

    -- The end of an attempt gives the lease back.
    IF telephony_internal.is_ended(v_state) OR v_state = 'conflict'
       OR v_event = ANY (ARRAY['postpone', 'throttled', 'throttled_again', 'not_seen']) THEN
        job.lease_until := NULL;
        job.not_before := clock_timestamp() + v_delay;
    END IF;
    job.reason := CASE WHEN v_event
        = ANY (ARRAY['no_number', 'refused', 'rolled_back', 'gone', 'foreign', 'postpone', 'throttled',
                     'throttled_again', 'dismiss']) THEN coalesce(v_reason, v_rule.action)
                       WHEN v_event = ANY (ARRAY['settle', 'released', 'erased']) THEN NULL
                       ELSE job.reason END;

    UPDATE telephony_internal.jobs j
       SET state = v_state, token = job.token, lease_until = job.lease_until, not_before = job.not_before,
           worker = CASE WHEN job.lease_until IS NOT NULL THEN job.worker END,
           number = job.number, number_country = job.number_country, number_type = job.number_type,
               account_sid = job.account_sid, credential_generation = job.credential_generation,
           number_sid = job.number_sid, purchased_at = job.purchased_at,
           posts_sent = job.posts_sent, repeat_refused = job.repeat_refused, absent_since = job.absent_since,
               absent_seen = job.absent_seen,
           reason = job.reason, updated_at = clock_timestamp()
     WHERE j.id = job.id;
    INSERT INTO telephony_internal.job_events (job_id, from_state, event, to_state, token, worker, detail)
    VALUES (job.id, job.state, v_event, v_state, job.token, job.worker,
            CASE WHEN take_step.data = '{}' THEN take_step.data ELSE telephony_internal.masked(take_step.data) END);
    RETURN v_state;
END
$$;
COMMENT ON FUNCTION telephony_internal.take_step(telephony_internal.jobs, text, jsonb) IS
    'One step of a job whose row is locked: looks the event up in job_transitions, applies it, records it.';
