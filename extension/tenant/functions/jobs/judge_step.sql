-- tier: owner
CREATE FUNCTION telephony_internal.judge_step(job telephony_internal.jobs, event text, data jsonb, sender text)
RETURNS telephony_internal.job_step
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_settings telephony_internal.settings;
    v_step     telephony_internal.job_step;
    v_rule     record;
    v_number   telephony.e164;
    v_next     timestamptz;
    v_state    text;
BEGIN
    SELECT * INTO STRICT v_settings FROM telephony_internal.settings;
    v_step := ROW(judge_step.event, NULL, telephony.mask_numbers(data ->> 'reason'), data ->> 'reason_code',
        make_interval(secs => least(3600, greatest(0, coalesce((data ->> 'delay_seconds')::double precision, 0)))),
        NULL);

    -- Who may say so, and what must come with it.
    SELECT * INTO v_rule FROM telephony_internal.job_event_rules r WHERE r.event = v_step.event;
    IF NOT FOUND OR NOT sender = ANY (v_rule.sent_by) THEN
        RAISE EXCEPTION 'event % is not to be sent by the %', quote_nullable(v_step.event), sender
            USING ERRCODE = 'TL002',
                  DETAIL = CASE WHEN v_rule.event IS NULL THEN 'There is no such event.'
                                ELSE format('It is sent by: %s.', array_to_string(v_rule.sent_by, ', ')) END;
    END IF;
    IF NOT jsonb_strip_nulls(data) ?& v_rule.needs
       OR data ->> 'account_sid' !~ '^AC[0-9a-f]{32}$' OR data ->> 'sid' !~ '^PN[0-9a-fA-F]{32}$' THEN
        RAISE EXCEPTION 'event % does not carry what it must', quote_literal(v_step.event)
            USING ERRCODE = '22023',
                  DETAIL = coalesce((SELECT format('%s is missing.', n) FROM unnest(v_rule.needs) n
                                      WHERE data ->> n IS NULL LIMIT 1), 'A SID is not one.'),
                  HINT = format('It must carry: %s.', array_to_string(v_rule.needs, ', '));
    END IF;
    v_number := data ->> 'number';

    -- Recovery: this cluster may not know what was bought. Nothing is bought from here (rule UNKNOWN_TAG).
    IF v_settings.mode = 'recovery' AND v_step.event = ANY (ARRAY['candidate', 'send', 'resend']) THEN
        RAISE EXCEPTION 'nothing is bought in recovery mode'
            USING ERRCODE = 'TL004',
                  HINT = 'Run telephonyd reconcile, adopt what is missing here, then telephonyd resume.';
    END IF;

    -- What the database knows better than the one who reports.
    CASE
    WHEN v_step.event = ANY (ARRAY['start', 'postpone']) AND job.cancel_requested
         AND job.state = ANY (ARRAY['queued', 'searching', 'intended'])
         AND NOT telephony_internal.may_have_bought(job.id) THEN
        v_step.event := 'cancel';
    WHEN v_step.event = 'cancel' THEN
        IF NOT job.cancel_requested OR job.state = 'queued' AND telephony_internal.may_have_bought(job.id) THEN
            RAISE EXCEPTION 'job % is not to be cancelled', job.id
                USING ERRCODE = 'TL002',
                      HINT = 'Nobody asked for it, or a purchase was sent and Twilio was not asked what came of it.';
        END IF;
    WHEN v_step.event = 'candidate' AND NOT job.cancel_requested THEN
        IF data ->> 'account_sid' IS DISTINCT FROM telephony_internal.account_of(job.org_id) THEN
            RAISE EXCEPTION 'job % is to buy in another account', job.id
                USING ERRCODE = 'TL001', DETAIL = 'The credentials were changed.',
                      HINT = 'Drop the job: it is claimed again with the new ones.';
        END IF;
        IF NOT telephony_internal.meets_wishes(v_number, data ->> 'number_type', job.wishes) THEN
            RAISE EXCEPTION 'job % is to buy another number than this', job.id
                USING ERRCODE = 'TL002', DETAIL = format('%s is not what was wished.', telephony.mask(v_number)),
                      HINT = 'Drop the job: it is claimed again as it stands.';
        END IF;
        IF NOT telephony_internal.hold_number(v_number, job, data ->> 'account_sid') THEN
            v_step.event := 'taken';
        END IF;
    WHEN v_step.event = ANY (ARRAY['send', 'resend']) AND NOT job.cancel_requested THEN
        IF v_number OPERATOR(telephony.<>) job.number THEN
            RAISE EXCEPTION 'the purchase is of another number than job % is to buy', job.id
                USING ERRCODE = 'TL002',
                      DETAIL = format('The job has %s, the purchase is of %s.', telephony.mask(job.number),
                                      telephony.mask(v_number)),
                      HINT = 'Drop the job: it is claimed again as it stands.';
        END IF;
        IF v_step.event = 'resend' AND NOT telephony_internal.may_resend(job) THEN
            RAISE EXCEPTION 'this purchase is not to be sent again'
                USING ERRCODE = 'TL002',
                      HINT = 'It was refused when repeated, or sent often enough: only looking helps.';
        END IF;
        IF v_step.event = 'send' THEN
            v_next := telephony_internal.next_purchase_at(job.org_id);
        END IF;
        IF v_next IS NOT NULL THEN
            v_step.event := 'postpone';
            v_step.reason_code := 'purchase_limit';
            v_step.reason := format('your organization has bought %s numbers within the hour, which is the limit '
                '(settings.purchases_per_hour): the purchase waits until %s',
                v_settings.purchases_per_hour, to_char(v_next AT TIME ZONE 'UTC', 'HH24:MI "UTC"'));
            v_step.delay := v_next - clock_timestamp();
        END IF;
    WHEN v_step.event = 'purchased' THEN
        v_step.reason := telephony_internal.why_not_ours(job.id, data);
        IF v_step.reason IS NOT NULL THEN
            v_step.event := 'foreign';
        END IF;
    WHEN v_step.event = ANY (ARRAY['unavailable', 'refused']) AND job.posts_sent > 1 THEN
        v_step.event := 'repeat_refused';
    WHEN v_step.event = 'throttled' AND job.posts_sent > 1 THEN
        v_step.event := 'throttled_again';
    WHEN v_step.event = 'not_seen' THEN
        v_step.delay := v_settings.absence_poll;
        IF job.absent_seen + 1 >= v_settings.absence_observations
           AND clock_timestamp() - coalesce(job.absent_since, clock_timestamp()) >= v_settings.absence_window THEN
            v_step.event := 'absent';
        END IF;
    WHEN job.state = 'configuring' THEN
        IF NOT EXISTS (SELECT FROM telephony_api.phone_numbers p WHERE p.org_id = job.org_id
                       AND p.number_sid = job.number_sid AND p.status = 'live') THEN
            v_step.event := 'left';
            v_step.reason := NULL;
            v_step.reason_code := NULL;
        ELSIF v_step.event = 'configured'
              AND data -> 'voice' IS DISTINCT FROM telephony_internal.voice_parameters(job.org_id) THEN
            v_step.event := 'postpone';
            v_step.reason := 'the voice settings have changed meanwhile';
        ELSIF v_step.event = 'postpone' AND clock_timestamp() >= job.deadline_at THEN
            v_step.event := 'given_up';
            v_step.reason := format('gave up after %s: %s', v_settings.job_deadline, v_step.reason);
        END IF;
    WHEN v_step.event = 'look' AND job.state = 'erasing' THEN
        SELECT e.remains, e.remains_code, e.wait INTO v_step.reason, v_step.reason_code, v_step.delay
          FROM telephony_internal.erase_what_is_left(job) e;
        v_step.event := CASE WHEN v_step.reason IS NULL THEN 'erased' ELSE 'postpone' END;
    WHEN v_step.event = 'gone' THEN
        v_step.reason := 'the number was deleted at Twilio before your organization got it. Ask for a number again.';
    WHEN v_step.event = 'rolled_back' THEN
        v_step.reason := 'the number was bought while the database was out of reach, so the purchase was rolled back: '
            'it was released at Twilio and nothing is held. Ask for a number again.';
    ELSE
        NULL;
    END CASE;
    IF v_step.event = ANY (ARRAY['taken', 'unavailable', 'absent'])
       AND job.wishes ? 'number' AND NOT job.wishes ? 'or_similar' THEN
        v_step.reason := telephony_internal.why_out_of_reach(job, v_step.event);
        v_step.reason_code := 'wished_number_gone';
        v_step.event := 'out_of_reach';
    END IF;
    IF v_step.event = 'postpone' AND job.state = ANY (ARRAY['searching', 'intended'])
       AND clock_timestamp() >= job.deadline_at AND NOT job.cancel_requested THEN
        v_step.event := 'no_number';
        v_step.reason := format('gave up after %s: %s', v_settings.job_deadline, v_step.reason);
    END IF;

    SELECT t.to_state, t.when_cancelled, t.action, r.ends_attempt INTO v_rule
      FROM telephony_internal.job_transitions t JOIN telephony_internal.job_event_rules r ON r.event = t.event
     WHERE t.from_state = job.state AND t.event = v_step.event;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'event % is not legal in state %', quote_nullable(v_step.event), job.state
            USING ERRCODE = 'TL002',
                  DETAIL = (SELECT format('Legal here: %s.',
                                          coalesce(string_agg(t.event, ', ' ORDER BY t.event), 'nothing'))
                              FROM telephony_internal.job_transitions t WHERE t.from_state = job.state);
    END IF;
    v_state := coalesce(CASE WHEN job.cancel_requested THEN v_rule.when_cancelled END, v_rule.to_state);
    RETURN ROW(
        v_step.event,
        v_state,
        coalesce(v_step.reason, v_rule.action),
        coalesce(v_step.reason_code, CASE v_step.event
            WHEN 'no_number' THEN 'no_number_found' WHEN 'refused' THEN 'purchase_refused'
            WHEN 'rolled_back' THEN 'rolled_back' WHEN 'gone' THEN 'number_gone' WHEN 'foreign' THEN 'number_not_ours'
            WHEN 'throttled' THEN 'twilio_busy' WHEN 'throttled_again' THEN 'twilio_busy'
            WHEN 'dismiss' THEN 'dismissed' WHEN 'write_off' THEN 'written_off'
            WHEN 'left' THEN 'number_left' ELSE 'retrying' END),
        v_step.delay,
        v_rule.ends_attempt OR telephony_internal.is_ended(v_state) OR v_state = 'conflict'
    )::telephony_internal.job_step;
END
$$;
COMMENT ON FUNCTION telephony_internal.judge_step(telephony_internal.jobs, text, jsonb, text) IS
    'What an event means for a job whose row is locked: the event as the database sees it, and where it leads by '
    'job_transitions. Holds a candidate''s number, and has an erasure take its look; changes nothing else.';
