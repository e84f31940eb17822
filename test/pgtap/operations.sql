-- What operators see of jobs, and what they may do: every state has a deadline and a way out, retry and cancel keep to
-- the safe rules.
\ir set_up.psql
SELECT telephony_internal.set_voice_settings(voice_url => 'https://voice.example.com/incoming') \gset
UPDATE telephony_internal.settings SET platform_account_sid = 'AC' || repeat('a', 32);

-- A new organization's queued job.
CREATE FUNCTION tap.new_job() RETURNS uuid LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tap.sign_in(gen_random_uuid()::text);
    RETURN (SELECT p.job_id FROM telephony_api.provision_number('NG') p);
END $$;
CREATE FUNCTION tap.claim(job uuid) RETURNS bigint LANGUAGE sql AS
$$ SELECT c.token FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds()) c WHERE c.job_id = job $$;
CREATE FUNCTION tap.advance(job uuid, event text, data jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS
$$ SELECT (telephony_internal.advance(j.id, j.token, event, CASE WHEN event = 'send' THEN jsonb_build_object('number',
    j.number) || data ELSE data END)).state FROM telephony_internal.jobs j WHERE j.id = job $$;
CREATE FUNCTION tap.candidate(job uuid, number text) RETURNS text LANGUAGE sql AS
$$ SELECT tap.advance(job, 'candidate', jsonb_build_object('number', number, 'account_sid',
    'AC' || repeat('a', 32))) $$;

-- The table of transitions: from every state there is a way to an end, cancelled or not, and every state says what
-- bounds it.
CREATE FUNCTION tap.can_end(from_state text, cancelled boolean) RETURNS boolean LANGUAGE sql AS $$
    WITH RECURSIVE reached AS (
        SELECT from_state AS state
        UNION
        SELECT CASE WHEN cancelled THEN coalesce(t.when_cancelled, t.to_state) ELSE t.to_state END
          FROM reached r JOIN telephony_internal.job_transitions t ON t.from_state = r.state
    )
    SELECT EXISTS (SELECT FROM reached r WHERE NOT EXISTS (SELECT FROM telephony_internal.job_transitions t
        WHERE t.from_state = r.state))
$$;
SELECT is_empty($$SELECT DISTINCT t.from_state FROM telephony_internal.job_transitions t
    WHERE NOT tap.can_end(t.from_state, false)$$, 'from every state there is a way to an end');
SELECT is_empty($$SELECT DISTINCT t.from_state FROM telephony_internal.job_transitions t
    WHERE NOT tap.can_end(t.from_state, true)$$, 'for a cancelled job too');
SELECT set_eq('SELECT s.state FROM telephony_internal.job_states s',
    $$SELECT state::text FROM unnest(enum_range(NULL::telephony_api.job_state)) state
       WHERE state <> 'none' AND NOT telephony_internal.is_ended(state::text)$$,
    'every state that is not an end says what it waits for and what bounds it');
SELECT is_empty($$SELECT DISTINCT t.from_state FROM telephony_internal.job_transitions t WHERE t.from_state NOT
    IN (SELECT state FROM telephony_internal.job_states)$$, 'those and no others are left');

-- The view.
SELECT tap.new_job() AS job \gset
SELECT is((SELECT (o.kind, o.state, o.number, o.waits_for, o.overdue, o.last_event)::text
    FROM telephony_internal.job_overview o WHERE o.job_id = :'job'),
          '(provision,queued,,"a sidecar that takes it",f,)', 'a queued job waits for a sidecar');
SELECT tap.claim(:'job'), tap.candidate(:'job', '+12025550101') \gset
SELECT is((SELECT (o.state, o.number, o.waits_for, o.last_event)::text FROM telephony_internal.job_overview o
    WHERE o.job_id = :'job'),
          '(intended,+1******0101,"sidecar tap, at work on it",candidate)',
              'one that is worked on says by whom; the number is masked');
SELECT throws_ok(format($$SELECT * FROM telephony_internal.retry_job(%L)$$, :'job'), 'PT409', NULL,
    'it is left to that sidecar');
SELECT tap.advance(:'job', 'postpone', '{"reason": "Twilio does not answer", "delay_seconds": 300}') AS state \gset
SELECT is((SELECT (o.waits_for, o.reason, o.until > clock_timestamp() + interval '4 minutes')::text
    FROM telephony_internal.job_overview o WHERE o.job_id = :'job'),
          '("the next attempt to send the purchase","Twilio does not answer",t)',
              'one that was put back says for how long, and why');

-- Retrying.
UPDATE telephony_internal.jobs SET deadline_at = now() - interval '1 second' WHERE id = :'job';
SELECT ok((SELECT o.overdue FROM telephony_internal.job_overview o WHERE o.job_id = :'job'),
    'past its deadline it is overdue');
SELECT ok((SELECT o.until <= clock_timestamp() AND NOT o.overdue FROM telephony_internal.retry_job(:'job') o),
    'a retry waits no longer and has a new deadline');
SELECT isnt(tap.claim(:'job'), NULL, 'a sidecar may take it');
SELECT tap.advance(:'job', 'send', '{"server_date": "2026-11-22T12:00:00Z"}'), tap.advance(:'job', 'ambiguous'),
    tap.advance(:'job', 'not_seen') \gset
SELECT throws_ok(format($$SELECT * FROM telephony_internal.retry_job(%L)$$, :'job'), 'PT409', NULL,
    'a doubt keeps its pauses');

-- Cancelling.
SELECT is((SELECT (o.state, o.cancel_requested)::text FROM telephony_internal.cancel_job(:'job') o), '(in_doubt,t)',
    'a purchase in doubt is cancelled when it is known what came of it');
SELECT tap.new_job() AS job \gset
SELECT is((SELECT o.state FROM telephony_internal.cancel_job(:'job') o), 'cancelled', 'a queued one at once');
SELECT throws_ok(format($$SELECT * FROM telephony_internal.cancel_job(%L)$$, :'job'), 'PT409', NULL, 'not twice');
SELECT throws_ok(format($$SELECT * FROM telephony_internal.retry_job(%L)$$, :'job'), 'PT409', NULL,
    'nor is it retried');
SELECT throws_ok($$SELECT * FROM telephony_internal.cancel_job(gen_random_uuid())$$, 'PT404', NULL, 'an unknown job');
SELECT throws_ok($$SELECT * FROM telephony_internal.retry_job(NULL)$$, 'PT404', NULL, 'none at all');
SELECT tap.new_job() AS job \gset
SELECT tap.claim(:'job'), tap.candidate(:'job', '+12025550102'),
    tap.advance(:'job', 'send', '{"server_date": "2026-11-22T12:00:00Z"}') \gset
SELECT is(tap.advance(:'job', 'purchased', jsonb_build_object('sid', 'PN' || repeat('1', 32), 'number', '+12025550102',
    'date_created', '2026-11-22T11:00:00Z', 'tag', telephony_internal.tag_of(:'job'))), 'conflict', 'a conflict');
SELECT throws_ok(format($$SELECT * FROM telephony_internal.retry_job(%L)$$, :'job'), 'PT409', NULL, 'is not retried');
SELECT throws_ok(format($$SELECT * FROM telephony_internal.cancel_job(%L)$$, :'job'), 'PT409', NULL, 'nor cancelled');
SELECT ok((SELECT o.overdue FROM telephony_internal.job_overview o WHERE o.job_id = :'job'),
    'it waits for an operator');
SET LOCAL synchronous_commit = off;
SELECT is(telephony_internal.dismiss_conflict(:'job', 'looked into it'), 'failed', 'who closes it');
SELECT is(current_setting('synchronous_commit'), 'on', 'on disk before the operator is told');
SELECT is((SELECT (l.action, l.entity, l.old ->> 'state', l.new ->> 'state',
    l.new ->> 'reason')::text FROM telephony_api.audit_log l ORDER BY l.seq DESC LIMIT 1),
    format('(dismiss_conflict,jobs/%s,conflict,failed,"looked into it")', :'job'), 'and in the audit log');
SELECT throws_ok(format($$SELECT telephony_internal.dismiss_conflict(%L, 'again')$$, :'job'), 'PT409', NULL, 'once');
SELECT throws_ok($$SELECT telephony_internal.dismiss_conflict(gen_random_uuid(), 'x')$$, 'PT404', NULL,
    'nor an unknown one');
SELECT tap.new_job() AS job \gset
SELECT throws_ok(format($$SELECT telephony_internal.dismiss_conflict(%L, 'x')$$, :'job'), 'PT409',
    format('job %s is not in conflict but queued', :'job'), 'nor one that is in no conflict');
SELECT telephony_internal.cancel_job(:'job') \gset x_
SELECT tap.new_job() AS job \gset
SELECT tap.claim(:'job'), tap.candidate(:'job', '+12025550103'),
    tap.advance(:'job', 'send', '{"server_date": "2026-11-22T12:00:00Z"}') \gset
SELECT tap.advance(:'job', 'purchased', jsonb_build_object('sid', 'PN' || repeat('3', 32), 'number', '+12025550103',
    'date_created', '2026-11-22T12:00:00Z', 'tag', telephony_internal.tag_of(:'job'))),
        tap.advance(:'job', 'settle') \gset
SELECT job_id AS job FROM telephony_api.release_number() \gset
SELECT throws_ok(format($$SELECT * FROM telephony_internal.cancel_job(%L)$$, :'job'), 'PT409', NULL,
    'a release is not cancelled');
SELECT is((SELECT o.state FROM telephony_internal.retry_job(:'job') o), 'releasing', 'but retried');

SELECT * FROM finish();
ROLLBACK;
