-- 0012: for operators: what each state waits for and what bounds it, the jobs in a readable view, and retrying and cancelling by safe rules.

CREATE TABLE telephony_internal.job_states (
    state      text PRIMARY KEY,
    waits_for  text NOT NULL,
    bounded_by text NOT NULL
);
COMMENT ON TABLE telephony_internal.job_states IS 'The states of a job that has not ended: whom they wait for, and what ends the wait when nothing else happens.';
COMMENT ON COLUMN telephony_internal.job_states.state IS 'State, as in job_transitions.';
COMMENT ON COLUMN telephony_internal.job_states.waits_for IS 'What a job in it waits for when no sidecar works on it.';
COMMENT ON COLUMN telephony_internal.job_states.bounded_by IS 'The deadline of the state, and what happens then.';

INSERT INTO telephony_internal.job_states (state, waits_for, bounded_by) VALUES
    ('queued',    'a sidecar that takes it',                  'settings.job_deadline: put back after it, the purchase fails with its last reason'),
    ('searching', 'the next attempt, after its lease',        'lease_until: then another sidecar takes over; settings.job_deadline as above'),
    ('intended',  'the next attempt to send the purchase',    'lease_until and settings.job_deadline, as above'),
    ('buying',    'a sidecar that looks what came of it',     'lease_until plus settings.request_life: then another sidecar takes over, in doubt'),
    ('in_doubt',  'the next look at Twilio',                  'settings.absence_window and absence_observations: seen absent for that long, it was not bought'),
    ('bought',    'the next attempt to settle it',            'lease_until: then another sidecar takes over; tried at least every 5 minutes; overdue after settings.job_deadline'),
    ('releasing', 'the next attempt to release it',           'lease_until: then another sidecar takes over; tried at least every hour; overdue after settings.job_deadline'),
    ('erasing',   'everything that must end before',          'lease_until: then another sidecar takes over; settings.late_horizon for numbers that may still show up'),
    ('conflict',  'a person: telephony_internal.dismiss_conflict()', 'nobody else may touch the number: overdue at once, alerted when it happens');

CREATE VIEW telephony_internal.job_overview AS
SELECT j.id AS job_id, j.org_id, j.kind, j.state, j.cancel_requested,
       telephony.mask(j.number) AS number,
       pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - j.created_at) AS age,
       CASE WHEN s.state IS NULL THEN NULL
            WHEN j.lease_until >= pg_catalog.clock_timestamp() THEN pg_catalog.format('sidecar %s, at work on it', j.worker)
            ELSE s.waits_for END AS waits_for,
       CASE WHEN s.state IS NULL OR j.state = 'conflict' THEN NULL ELSE greatest(j.not_before, j.lease_until) END AS until,
       s.state IS NOT NULL AND (j.state = 'conflict' OR pg_catalog.clock_timestamp() > j.deadline_at) AS overdue,
       j.reason, e.event AS last_event, e.at AS last_event_at, s.bounded_by
  FROM telephony_internal.jobs j
  LEFT JOIN telephony_internal.job_states s ON s.state = j.state
  LEFT JOIN LATERAL (SELECT e.event, e.at FROM telephony_internal.job_events e WHERE e.job_id = j.id ORDER BY e.seq DESC LIMIT 1) e ON true;
COMMENT ON VIEW telephony_internal.job_overview IS 'Every job for people; those that have not ended: WHERE waits_for IS NOT NULL. retry_job(), cancel_job() and dismiss_conflict() act on them.';
COMMENT ON COLUMN telephony_internal.job_overview.job_id IS 'The job.';
COMMENT ON COLUMN telephony_internal.job_overview.org_id IS 'Its organization.';
COMMENT ON COLUMN telephony_internal.job_overview.kind IS 'provision, release, orphan_release, adopt or erase.';
COMMENT ON COLUMN telephony_internal.job_overview.state IS 'See job_transitions.';
COMMENT ON COLUMN telephony_internal.job_overview.cancel_requested IS 'The number is no longer wanted.';
COMMENT ON COLUMN telephony_internal.job_overview.number IS 'Candidate or number, masked.';
COMMENT ON COLUMN telephony_internal.job_overview.age IS 'Since it was asked for.';
COMMENT ON COLUMN telephony_internal.job_overview.waits_for IS 'Whom or what it waits for; NULL: it has ended.';
COMMENT ON COLUMN telephony_internal.job_overview.until IS 'Until when at least.';
COMMENT ON COLUMN telephony_internal.job_overview.overdue IS 'A person should look: in conflict, or not ended by its deadline.';
COMMENT ON COLUMN telephony_internal.job_overview.reason IS 'Why it waits or failed, and what to do.';
COMMENT ON COLUMN telephony_internal.job_overview.last_event IS 'The last step on record in job_events.';
COMMENT ON COLUMN telephony_internal.job_overview.last_event_at IS 'When it was taken.';
COMMENT ON COLUMN telephony_internal.job_overview.bounded_by IS 'What ends the wait when nothing else happens.';

CREATE FUNCTION telephony_internal.lock_job(job_id uuid) RETURNS telephony_internal.jobs
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job telephony_internal.jobs;
BEGIN
    -- The organization first, then its job: the order in which every function locks them.
    PERFORM FROM telephony_api.organizations o
      WHERE o.id = (SELECT j.org_id FROM telephony_internal.jobs j WHERE j.id = lock_job.job_id) FOR NO KEY UPDATE;
    SELECT * INTO v_job FROM telephony_internal.jobs j WHERE j.id = lock_job.job_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no job %', coalesce(lock_job.job_id::text, 'NULL')
            USING ERRCODE = 'PT404', HINT = 'telephony_internal.job_overview lists the jobs.';
    ELSIF NOT EXISTS (SELECT FROM telephony_internal.job_states s WHERE s.state = v_job.state) THEN
        RAISE EXCEPTION 'job % has ended: %', v_job.id, v_job.state
            USING ERRCODE = 'PT409', DETAIL = coalesce(v_job.reason, 'No reason is on record.'), HINT = 'The organization may ask again: provision_number() or release_number().';
    ELSIF v_job.state = 'conflict' THEN
        RAISE EXCEPTION 'job % is in conflict', v_job.id
            USING ERRCODE = 'PT409', DETAIL = coalesce(v_job.reason, 'No reason is on record.'), HINT = 'Look at the number at Twilio, then close the job with telephony_internal.dismiss_conflict(job_id, reason).';
    END IF;
    RETURN v_job;
END
$$;
COMMENT ON FUNCTION telephony_internal.lock_job(uuid) IS 'A job that a person may act on, locked; PT404 or PT409 say why not.';

CREATE FUNCTION telephony_internal.retry_job(job_id uuid) RETURNS SETOF telephony_internal.job_overview
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job telephony_internal.jobs := telephony_internal.lock_job(retry_job.job_id);
BEGIN
    IF v_job.lease_until >= pg_catalog.clock_timestamp() THEN
        RAISE EXCEPTION 'sidecar % is at work on job %', v_job.worker, v_job.id
            USING ERRCODE = 'PT409', HINT = 'Wait for what comes of it; a lease that is not renewed ends by itself.';
    ELSIF v_job.state = ANY (ARRAY['buying', 'in_doubt']) THEN
        RAISE EXCEPTION 'job % is in doubt', v_job.id
            USING ERRCODE = 'PT409', DETAIL = 'The pauses between its looks at Twilio are part of the proof that nothing was bought.',
                  HINT = 'It is looked after by itself; telephonyd reconcile shows what the account holds.';
    END IF;
    -- A lease that has run out stays: its last request may still be under way.
    UPDATE telephony_internal.jobs j
       SET not_before = least(j.not_before, pg_catalog.clock_timestamp()),
           deadline_at = greatest(j.deadline_at, pg_catalog.clock_timestamp() + s.job_deadline), updated_at = pg_catalog.clock_timestamp()
      FROM telephony_internal.settings s WHERE j.id = v_job.id;
    PERFORM telephony_internal.audit(v_job.org_id, 'retry_job', 'jobs/' || v_job.id, pg_catalog.jsonb_build_object('not_before', v_job.not_before, 'deadline_at', v_job.deadline_at),
        (SELECT pg_catalog.jsonb_build_object('not_before', j.not_before, 'deadline_at', j.deadline_at) FROM telephony_internal.jobs j WHERE j.id = v_job.id));
    PERFORM telephony_internal.wake_sidecars();
    RETURN QUERY SELECT * FROM telephony_internal.job_overview o WHERE o.job_id = v_job.id;
END
$$;
COMMENT ON FUNCTION telephony_internal.retry_job(uuid) IS 'A waiting job is tried at once, and gets a new deadline. PT409 for one that has ended, is being worked on, is in doubt or in conflict.';

CREATE FUNCTION telephony_internal.cancel_job(job_id uuid) RETURNS SETOF telephony_internal.job_overview
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job telephony_internal.jobs;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    v_job := telephony_internal.lock_job(cancel_job.job_id);
    IF v_job.kind <> 'provision' THEN
        RAISE EXCEPTION 'a job of kind % is not cancelled', v_job.kind
            USING ERRCODE = 'PT409', DETAIL = 'Twilio may have been told already; what was given back cannot be had again.',
                  HINT = 'retry_job() has it tried at once; only purchases are cancelled.';
    END IF;
    PERFORM telephony_internal.request_cancel(v_job);
    PERFORM telephony_internal.audit(v_job.org_id, 'cancel_job', 'jobs/' || v_job.id,
        pg_catalog.jsonb_build_object('state', v_job.state, 'cancel_requested', v_job.cancel_requested),
        (SELECT pg_catalog.jsonb_build_object('state', j.state, 'cancel_requested', j.cancel_requested) FROM telephony_internal.jobs j WHERE j.id = v_job.id));
    RETURN QUERY SELECT * FROM telephony_internal.job_overview o WHERE o.job_id = v_job.id;
END
$$;
COMMENT ON FUNCTION telephony_internal.cancel_job(uuid) IS 'Cancels a purchase, as release_number() of its organization would: at once if none was ever sent, else when Twilio was asked and what was bought is given back. PT409 for other jobs.';

INSERT INTO telephony_internal.tier_privileges (tier, privilege, object) VALUES
    ('service', 'SELECT', 'telephony_internal.job_overview'),
    ('service', 'EXECUTE', 'telephony_internal.retry_job(uuid)'),
    ('service', 'EXECUTE', 'telephony_internal.cancel_job(uuid)');
