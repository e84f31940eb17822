-- tier: service
CREATE FUNCTION telephony_internal.write_off_number(number text, reason text)
RETURNS SETOF telephony_internal.job_overview
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number telephony.e164 := telephony_internal.number_argument('number', write_off_number.number);
    v_org    uuid;
    v_job    telephony_internal.jobs;
    v_other  telephony_internal.jobs;
    v_life   interval := (SELECT s.request_life FROM telephony_internal.settings s);
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    IF v_number IS NULL THEN
        PERFORM telephony_internal.refuse('number_missing', 'write_off_number() needs the number to write off');
    ELSIF coalesce(btrim(write_off_number.reason), '') = '' THEN
        PERFORM telephony_internal.refuse('reason_missing', 'a number is not written off without a reason');
    END IF;
    SELECT j.* INTO v_job FROM telephony_internal.jobs j
     WHERE j.number OPERATOR(telephony.=) v_number AND NOT j.ended AND j.kind <> 'configure'
       -- A candidate that was never asked for at Twilio is nobody's: its purchase is cancelled.
       AND (j.state <> ALL (ARRAY['queued', 'searching', 'intended'])
            OR j.state = 'intended' AND telephony_internal.intent_at(j.id, j.number) IS NOT NULL)
     ORDER BY j.state = ANY (ARRAY['buying', 'conflict']), j.created_at LIMIT 1;
    IF FOUND THEN
        v_job := telephony_internal.lock_job_at_work(v_job.id);
    ELSE
        SELECT p.org_id INTO v_org FROM telephony_api.phone_numbers p
         WHERE p.number = v_number::text AND p.status = 'live';
        IF NOT FOUND THEN
            PERFORM telephony_internal.refuse('number_not_held',
                format('no organization holds number %s', telephony.mask(v_number)));
        END IF;
        PERFORM FROM telephony_api.organizations o WHERE o.id = v_org FOR NO KEY UPDATE;
        v_job := telephony_internal.begin_release(v_org, 'write_off_number');
    END IF;
    IF v_job.number OPERATOR(telephony.<>) v_number
       OR v_job.state <> ALL (ARRAY['intended', 'in_doubt', 'bought', 'releasing']) THEN
        PERFORM telephony_internal.refuse('job_in_doubt',
            format('job %s is at work on number %s: it is %s', v_job.id, telephony.mask(v_number), v_job.state));
    END IF;
    -- Itself, and a job that only sets what answers the number.
    FOR v_other IN
        SELECT j.* FROM telephony_internal.jobs j
         WHERE NOT j.ended AND (j.id = v_job.id OR j.number_sid = v_job.number_sid AND j.kind = 'configure')
         ORDER BY j.id FOR UPDATE
    LOOP
        -- A request of its last attempt may still be under way, which would touch the number after all.
        IF v_other.lease_until + v_life >= clock_timestamp() THEN
            PERFORM telephony_internal.refuse('job_at_work',
                format('sidecar %s is, or was just, at work on job %s', v_other.worker, v_other.id),
                detail => format('What it has sent may take effect until %s.',
                                 to_char((v_other.lease_until + v_life) AT TIME ZONE 'UTC', 'HH24:MI:SS "UTC"')));
        ELSIF v_other.kind = 'configure' THEN
            PERFORM telephony_internal.take_step(v_other, 'left', '{}', 'database');
        END IF;
    END LOOP;
    PERFORM telephony_internal.take_step(v_job, 'write_off', jsonb_build_object('reason', write_off_number.reason),
                                         'operator');
    PERFORM telephony_internal.audit(v_job.org_id, 'write_off_number', 'jobs/' || v_job.id,
        -- What proves it, where something does: what Twilio answered last, and how the account stood.
        (SELECT jsonb_build_object('state', v_job.state, 'number', v_job.number, 'account', v_job.account_sid,
                                   'waited_for', v_job.reason, 'credentials', c.status, 'problem', c.problem)
           FROM (SELECT) one LEFT JOIN telephony_internal.twilio_credentials c
               ON c.org_id = v_job.org_id AND c.account_sid = v_job.account_sid),
        (SELECT jsonb_build_object('state', j.state, 'number', j.number, 'reason', j.reason)
           FROM telephony_internal.jobs j WHERE j.id = v_job.id));
    PERFORM telephony_internal.hurry_jobs(v_job.org_id);
    RETURN QUERY SELECT * FROM telephony_internal.job_overview o WHERE o.job_id = v_job.id;
END
$$;
COMMENT ON FUNCTION telephony_internal.write_off_number(text, text) IS
    'Gives up a number that nobody can release any more: its account is closed for good, or it was ported away. What '
    'is under way for it ends as written_off, it stays held for the late horizon, and it is never touched at Twilio, '
    'even if the account is opened again: should it still be there, it costs money. PT404 for a number that nobody '
    'holds; PT409 while a sidecar is at work on it, or while it is in conflict: dismiss_conflict() ends that.';
