-- The state machine of jobs: its table, a purchase from beginning to end, leases and fencing, what a step answers.
\ir jobs.psql

-- The table itself.
SELECT is_empty($$SELECT state
    FROM unnest(ARRAY['queued','searching','intended','buying','in_doubt','bought','releasing','conflict']) state
                   WHERE NOT EXISTS (SELECT FROM telephony_internal.job_transitions t WHERE t.from_state = state
                       AND t.to_state <> state)$$, 'every running state has a way out');
SELECT is_empty($$SELECT * FROM telephony_internal.job_transitions WHERE from_state IN ('done', 'released',
    'written_off', 'cancelled', 'failed')$$, 'no ended state has one');
-- Which states are ends stands in the column jobs.ended; whatever else knows of it agrees.
CREATE TEMP TABLE known_states AS
SELECT state::text FROM unnest(enum_range(NULL::telephony_api.job_state)) state WHERE state <> 'none';
CREATE TEMP TABLE ends (state text);
DO $$
DECLARE v_expression text := (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d JOIN pg_attribute a
    ON a.attrelid = d.adrelid AND a.attnum = d.adnum
                               WHERE d.adrelid = 'telephony_internal.jobs'::regclass AND a.attname = 'ended');
BEGIN
    EXECUTE 'INSERT INTO ends SELECT state FROM known_states WHERE ' || v_expression;
END $$;
SELECT is((SELECT string_agg(state, ' ' ORDER BY state) FROM ends), 'cancelled done failed released written_off',
    'the column says which states are ends');
SELECT set_eq('SELECT state FROM known_states WHERE telephony_internal.is_ended(state)', 'SELECT state FROM ends',
    'is_ended() says the same');
CREATE TEMP TABLE claimable (state text);
DO $$
BEGIN
    EXECUTE 'INSERT INTO claimable SELECT state FROM known_states WHERE ' || (
        SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d JOIN pg_attribute a
            ON a.attrelid = d.adrelid AND a.attnum = d.adnum
         WHERE d.adrelid = 'telephony_internal.jobs'::regclass AND a.attname = 'claimable');
END $$;
SELECT set_eq('SELECT state FROM claimable', $$SELECT state FROM known_states EXCEPT SELECT state FROM ends
    EXCEPT SELECT 'conflict'$$, 'a sidecar works on all others but a conflict, which is an operator''s');
SELECT set_eq('SELECT state FROM known_states EXCEPT SELECT state FROM telephony_internal.job_states',
    'SELECT state FROM ends', 'what a state waits for is known of all others');
SELECT set_eq('SELECT state FROM known_states EXCEPT SELECT from_state FROM telephony_internal.job_transitions',
    'SELECT state FROM ends', 'and all others have a transition');
SELECT is_empty($$SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i
                 WHERE i.indrelid = 'telephony_internal.jobs'::regclass
                   AND pg_get_expr(i.indpred, i.indrelid) ~ '(done|released|written_off|cancelled|failed)'$$,
                       'no index has a list of its own');
SELECT is_empty($$SELECT conname FROM pg_constraint 
                 WHERE conrelid = 'telephony_internal.jobs'::regclass AND conname <> 'jobs_state_check'
                   AND pg_get_constraintdef(oid) ~ '(cancelled|failed|released|written_off)'$$, 'nor a constraint');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace IN ('telephony_api'::regnamespace,
    'telephony_internal'::regnamespace)
                   AND p.proname <> 'is_ended' AND p.prosrc ~ '''done'', ''(released|cancelled|failed)'', '
                       '''(released|cancelled|failed)'''$$, 'nor a function');
SELECT is_empty($$SELECT t.to_state FROM (SELECT to_state FROM telephony_internal.job_transitions UNION
    SELECT from_state FROM telephony_internal.job_transitions
                        UNION SELECT when_cancelled FROM telephony_internal.job_transitions WHERE when_cancelled
                            IS NOT NULL) t
                   WHERE t.to_state NOT IN (SELECT state FROM known_states)$$,
                'the enum that the CHECK of jobs asks has every state of the table');

-- Tags.
SELECT is(telephony_internal.long_id(telephony_internal.short_id(:'installation')), :'installation',
    'a short id can be read back');
SELECT is(length(telephony_internal.tag_of(gen_random_uuid())), 55, 'a tag fits the 64 characters of a FriendlyName');
SELECT is(telephony_internal.long_id('not an id'), NULL, 'what is no short id is not read as one');

-- A purchase from beginning to end.
SELECT tap.new_job() AS org \gset
SELECT is((tap.job_of(:'org')).state, 'queued', 'a new job is queued');
SELECT is((SELECT (c.state, c.kind, c.token > 0, c.buyable -> 0 ->> 'country_code', c.buyable -> 0 ->> 'number_type',
    c.resumed, c.voice)::text FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds()) c WHERE c.org_id =
        :'org'),
          '(searching,provision,t,US,Local,f,"{""VoiceUrl"": ""https://voice.example.com/incoming""}")',
              'claiming starts it');
SELECT is_empty('SELECT * FROM telephony_internal.claim_jobs(''other'', 100, 60, tap.kinds())',
    'nobody else gets it meanwhile');
SELECT is(tap.advance(:'org', 'candidate', jsonb_build_object('number', '+12025550101', 'account_sid', :'account')),
    'intended', 'a candidate');
SELECT is(tap.hold_state('+12025550101'), 'in_doubt', 'is held');
SELECT is(tap.advance(:'org', 'send', '{"server_date": "2026-11-22T12:00:00Z"}'), 'buying',
    'the intent is written before the purchase');
SELECT is((SELECT (posted, intent_at AT TIME ZONE 'UTC')::text FROM telephony_internal.number_holds
    WHERE number::text = '+12025550101'), '(t,"2026-11-22 12:00:00")', 'with Twilio''s own clock');
SELECT is(tap.advance(:'org', 'purchased', tap.answer(:'org', tap.sid(1))), 'bought',
    'the answer shows our tag and our time');
SELECT is(tap.advance(:'org', 'settle'), 'done', 'settled');
SELECT is((SELECT (number, status, number_sid)::text FROM telephony_api.phone_numbers WHERE org_id = :'org'),
    format('(+12025550101,live,%s)', tap.sid(1)), 'the number is live');
SELECT is((SELECT assigned_twilio_number::text FROM telephony_api.organizations WHERE id = :'org'), '+12025550101',
    'and the organization''s');
SELECT is(tap.hold_state('+12025550101'), 'live', 'and held for good');
SELECT is((SELECT string_agg(event, ' ' ORDER BY seq) FROM telephony_internal.job_events
    WHERE job_id = (tap.job_of(:'org')).id), 'start candidate send purchased settle', 'every step is on record');
SELECT is_empty($$SELECT * FROM telephony_internal.job_events WHERE detail::text ~ '\+12025550101'$$,
    'without the number in the clear');
SELECT throws_ok(format($$SELECT tap.advance(%L, 'settle')$$, :'org'), 'TL001', NULL,
    'an ended job takes no more steps');

-- Fencing.
SELECT tap.new_job() AS org \gset
SELECT tap.claim(:'org') AS token, (tap.job_of(:'org')).id AS job \gset
UPDATE telephony_internal.jobs SET lease_until = clock_timestamp() - interval '1 second' WHERE id = :'job';
-- A claim is not waited for on disk: if a crash takes it back, the next one must have another token all the same.
UPDATE telephony_internal.jobs SET token = token - 1 WHERE id = :'job';
SELECT tap.claim(:'org') AS newer \gset
SELECT cmp_ok(:newer, '>', :token,
    'an expired lease is taken over under a new token, greater than any before, even one that is forgotten');
SELECT throws_ok(format($$SELECT telephony_internal.advance(%L, %s, 'no_number', '{}')$$, :'job', :token), 'TL001',
    NULL, 'the old token is refused');
SELECT throws_ok(format($$SELECT * FROM telephony_internal.renew_lease(%L, %s, 60)$$, :'job', :token), 'TL001', NULL,
    'and renews nothing');
SELECT is((SELECT r.state FROM telephony_internal.renew_lease(:'job', :newer, 60) r), 'searching',
    'the new one does, and reads the state');
SELECT throws_ok(format($$SELECT telephony_internal.advance(%L, %s, 'settle', '{}')$$, :'job', :newer), 'TL002',
    'event ''settle'' is not legal in state searching', 'an illegal event is refused');
SELECT throws_ok(format($$SELECT telephony_internal.advance(%L, %s, 'absent', '{}')$$, :'job', :newer), 'TL002', NULL,
    'absence is not for the sidecar to declare');
SELECT throws_ok($$SELECT telephony_internal.advance(gen_random_uuid(), 1, 'start', '{}')$$, 'TL001', NULL,
    'an unknown job');
SELECT is(tap.advance(:'org', 'no_number', '{"reason": "no Local numbers in US; try again later"}'), 'failed',
    'no number to be had');
SELECT tap.sign_in(:'org') \gset
SELECT is((SELECT reason FROM telephony_api.provisioning_status()), 'no Local numbers in US; try again later',
    'the tenant reads why');

-- A lease that ran out in the middle of a purchase is taken over only after the longest request life.
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550102') \gset
UPDATE telephony_internal.jobs SET lease_until = clock_timestamp() - interval '89 seconds' WHERE org_id = :'org';
SELECT is(tap.claim(:'org'), NULL, 'not before the last request must have ended');
UPDATE telephony_internal.jobs SET lease_until = clock_timestamp() - interval '91 seconds' WHERE org_id = :'org';
SELECT is((SELECT (c.state, c.number, c.resumed, c.posts_sent)::text FROM telephony_internal.claim_jobs('rescuer',
    100, 60, tap.kinds()) c WHERE c.org_id = :'org'), '(buying,+12025550102,t,1)', 'then by a rescuer');
SELECT is(tap.advance(:'org', 'ambiguous'), 'in_doubt', 'who does not know what came of it');
SELECT is(tap.advance(:'org', 'resend', '{"server_date": "2026-11-22T13:00:00Z"}'), 'buying',
    'may send the same purchase again');
SELECT is(tap.advance(:'org', 'unavailable', '{"code": 21422}'), 'in_doubt', 'a refusal of a repeat proves nothing');
SELECT is((tap.job_of(:'org')).repeat_refused, true, 'and is remembered');
SELECT throws_ok(format($$SELECT tap.advance(%L, 'resend', '{}')$$, :'org'), 'TL002',
    'this purchase is not to be sent again', 'after it nothing is sent any more');
SELECT is(tap.advance(:'org', 'not_seen'), 'in_doubt', 'not seen once');
SELECT tap.claim(:'org') \gset
SELECT is(tap.advance(:'org', 'not_seen'), 'in_doubt', 'not seen twice');
SELECT tap.claim(:'org') \gset
SELECT is(tap.advance(:'org', 'not_seen'), 'searching', 'seen absent often enough: not bought');
SELECT is(tap.hold_state('+12025550102'), 'quarantined',
    'the number asked for stays out of reach until the late horizon');
SELECT is(tap.advance(:'org', 'candidate', jsonb_build_object('number', '+12025550102', 'account_sid', :'account')),
    'searching', 'also for the same job');
SELECT is(tap.advance(:'org', 'purchased', jsonb_build_object('sid', tap.sid(2), 'number', '+12025550102',
    'date_created', '2026-11-22T12:00:01Z', 'tag', telephony_internal.tag_of((tap.job_of(:'org')).id))),
          'bought', 'but if the purchase shows up late, it is this job''s');

-- What must be on disk before Twilio is asked, whatever the role or the session has set.
CREATE FUNCTION tap.waits_for_disk(statement text, description text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    EXECUTE statement;
    RETURN is(current_setting('synchronous_commit'), 'on', description);
END $$;
SELECT tap.new_job() AS org \gset
SELECT tap.claim(:'org') AS token, (tap.job_of(:'org')).id AS job \gset
SELECT tap.advance(:'org', 'candidate', jsonb_build_object('number', '+12025550190', 'account_sid', :'account')) \gset
SELECT tap.waits_for_disk(format($$SELECT telephony_internal.renew_lease(%L, %s, 60)$$, :'job', :token),
    'the lease that a rollback relies on');
SELECT tap.waits_for_disk(format($$SELECT tap.advance(%L, 'send', '{"server_date": "2026-11-22T12:00:00Z"}')$$,
    :'org'), 'the intent');
SELECT tap.waits_for_disk(format($$SELECT tap.advance(%L, 'purchased', tap.answer(%L, tap.sid(90)))$$, :'org', :'org'),
    'the SID of what was bought');
SELECT tap.waits_for_disk(format($$SELECT tap.advance(%L, 'settle')$$, :'org'), 'that the number is live');
SELECT tap.sign_in(:'org') \gset
SELECT tap.waits_for_disk('SELECT telephony_api.release_number()', 'a release');
RESET synchronous_commit;

-- What advance() and renew_lease() answer: all that the sidecar needs to know of the job, so that it guesses nothing.
CREATE FUNCTION tap.stands(org uuid, event text, data jsonb DEFAULT '{}') RETURNS telephony_internal.job_standing
    LANGUAGE sql AS
$$ SELECT telephony_internal.advance(j.id, j.token, event, data) FROM tap.job_of(org) j $$;
CREATE FUNCTION tap.number_data(org uuid) RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_object('number', (tap.job_of(org)).number, 'server_date', '2026-11-22T12:00:00Z') $$;
SELECT tap.new_job() AS org \gset
SELECT tap.claim(:'org') \gset
SELECT is((SELECT (s.state, s.lease_kept, s.retry_seconds, s.cancel_requested, s.posts_sent, s.intent_at)::text
             FROM tap.stands(:'org', 'candidate', jsonb_build_object('number', '+12025550191', 'account_sid',
                 :'account')) s), '(intended,t,,f,0,)', 'a step in the middle keeps the lease');
SELECT is((SELECT (s.state, s.lease_kept, s.posts_sent, s.intent_at AT TIME ZONE 'UTC')::text FROM tap.stands(:'org',
    'send', tap.number_data(:'org')) s),
          '(buying,t,1,"2026-11-22 12:00:00")', 'a purchase is counted, and its intent told');
SELECT is((SELECT (s.state, s.lease_kept, s.may_resend)::text FROM tap.stands(:'org', 'ambiguous') s),
    '(in_doubt,t,t)', 'in doubt it may be sent again');
SELECT is((SELECT (r.state, r.lease_kept, r.may_resend, r.posts_sent)::text FROM
    telephony_internal.renew_lease((tap.job_of(:'org')).id, (tap.job_of(:'org')).token, 60) r),
          '(in_doubt,t,t,1)', 'a renewal answers the same');
SELECT is((SELECT (s.lease_kept, round(s.retry_seconds))::text FROM tap.stands(:'org', 'postpone',
    '{"delay_seconds": 30}') s), '(f,30)', 'put back: the lease is gone, and when it can be claimed is said');
UPDATE telephony_internal.jobs SET not_before = now(), posts_sent = 3 WHERE org_id = :'org';
SELECT is((SELECT c.may_resend FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds()) c WHERE c.org_id =
    :'org'), false, 'sent three times it is not sent again');
UPDATE telephony_internal.jobs SET posts_sent = 1 WHERE org_id = :'org';
SELECT throws_ok(format($$SELECT tap.stands(%L, 'resend',
    '{"number": "+12025550192", "server_date": "2026-11-22T12:00:00Z"}')$$, :'org'), 'TL002',
                 'the purchase is of another number than job ' || (tap.job_of(:'org')).id || ' is to buy',
                     'the number of a purchase is compared');
SELECT throws_ok(format($$SELECT tap.stands(%L, 'resend', '{"server_date": "2026-11-22T12:00:00Z"}')$$, :'org'),
    '22023', NULL, 'and must be there');
SELECT throws_ok(format($$SELECT tap.stands(%L, 'repeat_refused')$$, :'org'), 'TL002',
    'event ''repeat_refused'' is not to be sent by the sidecar',
        'what the database concludes is not for the sidecar to say');
SELECT throws_ok(format($$SELECT tap.stands(%L, 'sneeze')$$, :'org'), 'TL002', NULL, 'nor what nobody sends');
SELECT is((SELECT (s.state, s.lease_kept, s.retry_seconds)::text FROM tap.stands(:'org', 'purchased',
    tap.answer(:'org', tap.sid(91), '2026-11-22T11:00:00Z')) s), '(conflict,f,)', 'in conflict nobody is to claim it');
SELECT is((tap.job_of(:'org')).reason, 'the number was in the account before the purchase', 'and why is on record');

-- A sidecar gets the kinds of jobs that it can do, and no others.
SELECT tap.new_job() AS org \gset
SELECT is_empty($$SELECT * FROM telephony_internal.claim_jobs('tap', 100, 60, '{release}')$$,
    'no purchase for one that only releases');
SELECT is((SELECT c.kind FROM telephony_internal.claim_jobs('tap', 100, 60, '{release,provision}') c WHERE c.org_id =
    :'org'), 'provision', 'one that buys gets it');
SELECT throws_ok($$SELECT * FROM telephony_internal.claim_jobs('tap', 100, 60, NULL)$$, '22023', NULL,
    'it must be said');

-- Two tenants, one number.
SELECT tap.new_job() AS org \gset
SELECT tap.claim(:'org') \gset
SELECT is(tap.advance(:'org', 'candidate', jsonb_build_object('number', '+12025550101', 'account_sid', :'account')),
    'searching', 'a number somebody holds is no candidate');
SELECT is(tap.advance(:'org', 'candidate', jsonb_build_object('number', '+12025550103', 'account_sid', :'account')),
    'intended', 'the next one is');
SELECT is(tap.advance(:'org', 'taken'), 'searching', 'found in the account already: never posted');
SELECT is(tap.hold_state('+12025550103'), NULL, 'so it is free at once');
SELECT is(tap.advance(:'org', 'postpone', '{"reason": "Twilio asks for patience", "delay_seconds": 5}'), 'queued',
    'postponed');
SELECT is(tap.claim(:'org'), NULL, 'for a while');
UPDATE telephony_internal.jobs SET not_before = now(), deadline_at = now() WHERE org_id = :'org';
SELECT tap.claim(:'org') \gset
SELECT is(tap.advance(:'org', 'postpone', '{"reason": "Twilio asks for patience"}'), 'failed',
    'not for ever: the deadline is a way out');

-- A claim reads the first jobs from an index: however many are queued, it does not read and sort them all.
WITH o AS (INSERT INTO telephony_api.organizations (id, telephony_country)
               SELECT gen_random_uuid(), 'US' FROM generate_series(1, 2000) RETURNING id)
INSERT INTO telephony_internal.jobs (org_id, kind, state, deadline_at, not_before, country_code)
    SELECT o.id, 'provision', 'queued', now() + interval '1 hour', now() - interval '1 hour', 'US' FROM o;
CREATE FUNCTION tap.jobs_read() RETURNS bigint LANGUAGE sql AS $$
    SELECT pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid)
      FROM pg_class c WHERE c.oid = 'telephony_internal.jobs'::regclass $$;
SELECT tap.jobs_read() AS read_before \gset
SELECT is((SELECT count(*) FROM telephony_internal.claim_jobs('tap', 4, 60, tap.kinds())), 4::bigint, 'four of many');
SELECT cmp_ok(tap.jobs_read() - :read_before, '<', 100::bigint, 'are claimed without reading the others');

SELECT * FROM finish();
ROLLBACK;
