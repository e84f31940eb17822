-- The job state machine as a sidecar drives it: transitions, leases and fencing, claims, proof of ownership,
-- cancelling, recovery, reconciliation.
\ir set_up.psql
SELECT telephony_internal.set_voice_settings(voice_url => 'https://voice.example.com/incoming') \gset
SELECT telephony_internal.installation_id() AS installation, 'AC' || repeat('a', 32) AS account \gset
UPDATE telephony_internal.settings SET absence_window = '0', absence_poll = '0', platform_account_sid = :'account';

-- A new organization with a queued job; returns the organization.
CREATE FUNCTION tap.new_job(country text DEFAULT 'NG') RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE v_org uuid := gen_random_uuid();
BEGIN
    PERFORM tap.sign_in(v_org);
    PERFORM telephony_api.provision_number(country);
    RETURN v_org;
END $$;
CREATE FUNCTION tap.job_of(org uuid) RETURNS telephony_internal.jobs LANGUAGE sql AS
$$ SELECT j FROM telephony_internal.jobs j WHERE j.org_id = org ORDER BY j.state IN ('done', 'released', 'cancelled',
    'failed'), j.created_at DESC, j.kind DESC LIMIT 1 $$;
CREATE FUNCTION tap.claim(org uuid) RETURNS bigint LANGUAGE sql AS
$$ SELECT c.token FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds()) c WHERE c.org_id = org $$;
CREATE FUNCTION tap.advance(org uuid, event text, data jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_job telephony_internal.jobs := tap.job_of(org);
BEGIN
    IF event IN ('send', 'resend') THEN
        data := jsonb_build_object('number', v_job.number, 'server_date', '2026-11-22T12:00:00Z') || data;
    END IF;
    RETURN (telephony_internal.advance(v_job.id, v_job.token, event, data)).state;
END $$;
-- A purchase up to the sent POST; the answer is the test's business.
CREATE FUNCTION tap.buy(org uuid, number text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tap.claim(org);
    PERFORM tap.advance(org, 'candidate', jsonb_build_object('number', number, 'account_sid', 'AC' || repeat('a', 32)));
    RETURN tap.advance(org, 'send', '{"server_date": "2026-11-22T12:00:00Z"}');
END $$;
CREATE FUNCTION tap.answer(org uuid, sid text, created text DEFAULT '2026-11-22T12:00:00Z', tag text DEFAULT NULL)
    RETURNS jsonb LANGUAGE sql AS
$$ SELECT jsonb_build_object('sid', sid, 'number', (tap.job_of(org)).number, 'date_created', created, 'tag',
    coalesce(tag, telephony_internal.tag_of((tap.job_of(org)).id))) $$;
CREATE FUNCTION tap.hint_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN SQLSTATE 'TL005' THEN
    GET STACKED DIAGNOSTICS v_hint = PG_EXCEPTION_HINT;
    RETURN v_hint;
END $$;
CREATE FUNCTION tap.hold_state(number text) RETURNS text LANGUAGE sql AS
$$ SELECT c.state FROM telephony_internal.number_holds c WHERE c.number::text = hold_state.number $$;

-- The table itself.
SELECT is_empty($$SELECT state
    FROM unnest(ARRAY['queued','searching','intended','buying','in_doubt','bought','releasing','conflict']) state
                   WHERE NOT EXISTS (SELECT FROM telephony_internal.job_transitions t WHERE t.from_state = state
                       AND t.to_state <> state)$$, 'every running state has a way out');
SELECT is_empty($$SELECT * FROM telephony_internal.job_transitions WHERE from_state IN ('done', 'released',
    'cancelled', 'failed')$$, 'no ended state has one');
-- Which states are ends stands in the column jobs.ended; whatever else knows of it agrees.
CREATE TEMP TABLE known_states AS
SELECT m[1] AS state FROM pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''', 'g') m
 WHERE c.conrelid = 'telephony_internal.jobs'::regclass AND c.conname = 'jobs_state_check';
CREATE TEMP TABLE ends (state text);
DO $$
DECLARE v_expression text := (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d JOIN pg_attribute a
    ON a.attrelid = d.adrelid AND a.attnum = d.adnum
                               WHERE d.adrelid = 'telephony_internal.jobs'::regclass AND a.attname = 'ended');
BEGIN
    EXECUTE 'INSERT INTO ends SELECT state FROM known_states WHERE ' || v_expression;
END $$;
SELECT is((SELECT string_agg(state, ' ' ORDER BY state) FROM ends), 'cancelled done failed released',
    'the column says which states are ends');
SELECT set_eq('SELECT state FROM known_states WHERE telephony_internal.is_ended(state)', 'SELECT state FROM ends',
    'is_ended() says the same');
SELECT set_eq('SELECT state FROM known_states EXCEPT SELECT state FROM telephony_internal.job_states',
    'SELECT state FROM ends', 'what a state waits for is known of all others');
SELECT set_eq('SELECT state FROM known_states EXCEPT SELECT from_state FROM telephony_internal.job_transitions',
    'SELECT state FROM ends', 'and all others have a transition');
SELECT is_empty($$SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i
                 WHERE i.indrelid = 'telephony_internal.jobs'::regclass
                   AND pg_get_expr(i.indpred, i.indrelid) ~ '(done|released|cancelled|failed)'$$,
                       'no index has a list of its own');
SELECT is_empty($$SELECT conname FROM pg_constraint 
                 WHERE conrelid = 'telephony_internal.jobs'::regclass AND conname <> 'jobs_state_check'
                   AND pg_get_constraintdef(oid) ~ '(cancelled|failed|released)'$$, 'nor a constraint');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace IN ('telephony_api'::regnamespace,
    'telephony_internal'::regnamespace)
                   AND p.proname <> 'is_ended' AND p.prosrc ~ '''done'', ''(released|cancelled|failed)'', '
                       '''(released|cancelled|failed)'''$$, 'nor a function');
SELECT is_empty($$SELECT t.to_state FROM (SELECT to_state FROM telephony_internal.job_transitions UNION
    SELECT from_state FROM telephony_internal.job_transitions
                        UNION SELECT when_cancelled FROM telephony_internal.job_transitions WHERE when_cancelled
                            IS NOT NULL) t
                   WHERE (SELECT pg_get_constraintdef(c.oid) FROM pg_constraint c
                       WHERE c.conrelid = 'telephony_internal.jobs'::regclass
                           AND c.conname = 'jobs_state_check') !~ format('''%s''', t.to_state)$$,
                'the CHECK of jobs allows every state of the table');

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

-- A purchase is sent only under a lease that still runs; looks from before it prove nothing.
SELECT tap.new_job() AS org \gset
SELECT tap.claim(:'org') \gset
SELECT tap.advance(:'org', 'candidate', jsonb_build_object('number', '+12025550130', 'account_sid', :'account'))
    AS state \gset
UPDATE telephony_internal.jobs SET lease_until = clock_timestamp() WHERE org_id = :'org';
SELECT throws_ok(format($$SELECT tap.advance(%L, 'send', '{}')$$, :'org'), 'TL001', NULL,
    'no purchase under a lease that has run out');
UPDATE telephony_internal.jobs SET lease_until = clock_timestamp() + interval '1 minute' WHERE org_id = :'org';
SELECT tap.advance(:'org', 'send', '{"server_date": "2026-11-22T12:00:00Z"}'), tap.advance(:'org', 'ambiguous'),
    tap.advance(:'org', 'not_seen') \gset
SELECT tap.claim(:'org') \gset
SELECT tap.advance(:'org', 'not_seen') AS state \gset
SELECT tap.claim(:'org') \gset
SELECT is(tap.advance(:'org', 'resend'), 'buying', 'sent again');
SELECT is((tap.job_of(:'org')).absent_seen, 0, 'then looking begins anew');
SELECT throws_ok(format($$SELECT tap.advance(%L, 'purchased', '{"number": "+12025550130"}')$$, :'org'), '22023', NULL,
    'a purchase is reported with its SID and date');
SELECT tap.advance(:'org', 'ambiguous', '{"detail": "no answer for +12025550130 in account AC123, 2025550130"}')
    AS state \gset
SELECT is((SELECT detail ->> 'detail' FROM telephony_internal.job_events WHERE job_id = (tap.job_of(:'org')).id
    ORDER BY seq DESC LIMIT 1), 'no answer for ******0130 in account AC123, ******0130',
        'numbers are masked wherever they stand');

-- Found late: an earlier number of the job; what it was buying since is let go.
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550131') \gset
SELECT tap.advance(:'org', 'unavailable') AS state \gset
SELECT tap.advance(:'org', 'candidate', jsonb_build_object('number', '+12025550132', 'account_sid', :'account'))
    AS state \gset
SELECT is(tap.advance(:'org', 'purchased', jsonb_build_object('sid', tap.sid(31), 'number', '+12025550131',
    'date_created', '2026-11-22T12:00:01Z', 'tag', telephony_internal.tag_of((tap.job_of(:'org')).id))), 'bought',
        'the first was bought after all');
SELECT is(tap.hold_state('+12025550132'), NULL, 'the second is free again');
SELECT is(tap.advance(:'org', 'gone'), 'failed', 'deleted by a person before it was settled');
SELECT is(tap.hold_state('+12025550131'), 'quarantined', 'its number stays out of reach');

-- Clocks at Twilio differ: the Date header that the intent was taken from may be ahead of date_created.
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550141') \gset
SELECT is(tap.advance(:'org', 'purchased', tap.answer(:'org', tap.sid(41), '2026-11-22T11:59:58Z')), 'bought',
    'two seconds older than the intent is still ours');

-- What is not provably ours.
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550104') \gset
SELECT is(tap.advance(:'org', 'purchased', tap.answer(:'org', tap.sid(4), '2026-11-22T11:59:57Z')), 'conflict',
    'a number older than the intent is not ours');
SELECT is((tap.job_of(:'org')).number_sid, NULL, 'its SID gives us no authority');
SELECT is(tap.hold_state('+12025550104'), 'in_doubt', 'the hold stays');
SELECT is(tap.claim(:'org'), NULL, 'no sidecar touches it');
SELECT is(telephony_internal.dismiss_conflict((tap.job_of(:'org')).id, 'looked into it'), 'failed',
    'a person closes it');
SELECT is((SELECT r.verdict FROM telephony_internal.reconcile_numbers(:'account',
    jsonb_build_array(jsonb_build_object('sid', tap.sid(4), 'phone_number', '+12025550104',
               'friendly_name', telephony_internal.tag_of(j.id), 'date_created', '2026-11-22T12:00:01Z'))) r
                   WHERE r.number_sid = tap.sid(4)),
          'conflict', 'and the number stays, even if a late purchase of the job puts its tag on it')
  FROM telephony_internal.jobs j WHERE j.id = (tap.job_of(:'org')).id;
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550105') \gset
SELECT is(tap.advance(:'org', 'purchased', tap.answer(:'org', tap.sid(5), '2026-11-22T12:00:00Z', 'telephony:else')),
    'conflict', 'nor one with another tag');

-- Seen in a list, a number that was changed since it was made may be somebody else's, on which a late purchase took
-- effect.
CREATE FUNCTION tap.seen(org uuid, sid int, updated text, own boolean) RETURNS text LANGUAGE sql AS
$$ SELECT tap.advance(org, 'purchased', tap.answer(org, tap.sid(sid)) || jsonb_build_object('date_updated', updated,
    'own_answer', own)) $$;
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550161'), tap.advance(:'org', 'ambiguous') \gset
SELECT is(tap.seen(:'org', 61, '2026-11-22T12:00:09Z', false), 'conflict',
    'changed nine seconds after it was made: not provably ours');
SELECT matches((tap.job_of(:'org')).reason, 'was changed after it was bought', 'and says why');
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550162') \gset
SELECT is(tap.seen(:'org', 62, '2026-11-22T12:00:09Z', true), 'bought', 'in the answer to our own purchase it is');
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550163'), tap.advance(:'org', 'ambiguous'), tap.advance(:'org', 'resend'),
    tap.advance(:'org', 'ambiguous') \gset
SELECT is(tap.seen(:'org', 63, '2026-11-22T12:00:09Z', false), 'bought',
    'and a repeated purchase of ours changes what the first one made');
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550164') \gset
SELECT is(tap.advance(:'org', 'purchased', tap.answer(:'org', tap.sid(64), '2026-11-22T11:59:59Z') ||
    '{"date_updated": "2026-11-22T12:00:00Z", "own_answer": true}'), 'conflict',
          'a second older than the intent and changed since: a purchase of somebody else''s number');
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550165') \gset
SELECT is(tap.advance(:'org', 'purchased', tap.answer(:'org', tap.sid(65)) || '{"date_created": null}'), 'conflict',
    'without a date nothing is proven');
SELECT is(telephony_internal.report_orphan(:'account', tap.sid(66), '+12025550166',
    telephony_internal.tag_of((tap.job_of(:'org')).id), '2026-11-22T12:00:01Z', NULL), NULL,
        'and nothing released that may have been changed');

-- What regulations want: a number of Great Britain is bought with a profile only, and with that of its kind.
SELECT tap.sign_in(gen_random_uuid()::text) \gset
SELECT throws_like($$SELECT * FROM telephony_api.provision_number('GB')$$, '%regulatory profile%',
    'no British number without a profile');
SELECT throws_ok($$SELECT * FROM telephony_api.provision_number('GB')$$, 'PT409', NULL,
    'refused before anything is asked of Twilio');
SELECT telephony_api.set_regulatory_profile('GB', 'Local', 'AD' || repeat('1', 32),
    'BU' || repeat('2', 32)) \gset profile_
SELECT is((SELECT state FROM telephony_api.provision_number('GB')), 'queued', 'with one it is asked for');
SELECT is((SELECT c.buyable FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds()) c WHERE c.org_id =
    telephony.current_org_id()),
          jsonb_build_array(jsonb_build_object('country_code', 'GB', 'number_type', 'Local', 'address_sid', 'AD' ||
              repeat('1', 32), 'bundle_sid', 'BU' || repeat('2', 32))),
          'only the kind it has a profile for is searched');
SELECT telephony.current_org_id() AS org \gset
SELECT tap.advance(:'org', 'candidate', jsonb_build_object('number', '+442079460001', 'account_sid', :'account',
    'number_country', 'GB', 'number_type', 'Local')) AS state \gset
SELECT tap.advance(:'org', 'postpone', '{"delay_seconds": 0}') AS state \gset
SELECT is((SELECT (c.number_country, c.number_type)::text FROM telephony_internal.claim_jobs('tap', 100, 60,
    tap.kinds()) c WHERE c.org_id = :'org'), '(GB,Local)', 'the candidate''s kind is kept');
SELECT is(telephony_internal.buyable_kinds(:'org', 'US'),
    '[{"country_code": "US", "number_type": "Local", "address_sid": null, "bundle_sid": null}]',
        'where no profile is needed none is asked for');

-- The spend guard.
UPDATE telephony_internal.settings SET purchases_per_hour = 2;
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550150') \gset
SELECT tap.advance(:'org', 'unavailable'), tap.advance(:'org', 'candidate', jsonb_build_object('number',
    '+12025550151', 'account_sid', :'account')) \gset
SELECT tap.advance(:'org', 'send', '{"server_date": "2026-11-22T12:00:00Z"}'), tap.advance(:'org', 'purchased',
    tap.answer(:'org', tap.sid(51))), tap.advance(:'org', 'gone') \gset
SELECT telephony_api.provision_number() \gset again_
SELECT is(tap.buy(:'org', '+12025550152'), 'buying', 'a refused purchase is not counted: the second one is sent');
SELECT tap.advance(:'org', 'purchased', tap.answer(:'org', tap.sid(52))), tap.advance(:'org', 'gone') \gset
SELECT telephony_api.provision_number() \gset again_
SELECT is(tap.buy(:'org', '+12025550153'), 'intended', 'the third waits');
SELECT matches((SELECT reason FROM telephony_api.provisioning_status()), '2 numbers within the hour.*waits until',
    'and says until when');
SELECT is((SELECT count(*) FROM telephony_internal.job_events e WHERE e.job_id = (tap.job_of(:'org')).id
    AND e.event = 'send'), 0::bigint, 'nothing was sent');
SELECT cmp_ok((tap.job_of(:'org')).not_before, '>', clock_timestamp() + interval '59 minutes',
    'until the hour is over');
UPDATE telephony_internal.jobs SET not_before = now(), deadline_at = now() WHERE org_id = :'org' AND state = 'intended';
SELECT tap.claim(:'org') \gset
SELECT is(tap.advance(:'org', 'send', '{"server_date": "2026-11-22T12:00:00Z"}'), 'failed',
    'past its deadline it fails instead, with that reason');
UPDATE telephony_internal.settings SET purchases_per_hour = DEFAULT;

-- Refusals, throttling, rollback.
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550106') \gset
SELECT is(tap.advance(:'org', 'throttled', '{"delay_seconds": 0}'), 'intended', 'a 429 was never processed');
SELECT tap.claim(:'org') \gset
SELECT is(tap.advance(:'org', 'send', '{"server_date": "2026-11-22T12:00:05Z"}'), 'buying', 'so it is sent again');
SELECT is(tap.advance(:'org', 'rolled_back', jsonb_build_object('sid', tap.sid(6))), 'failed',
    'rolled back while the database was away');
SELECT matches((tap.job_of(:'org')).reason, 'rolled back', 'with a reason');
SELECT is(tap.hold_state('+12025550106'), 'quarantined', 'and the number out of reach');
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550107') \gset
SELECT is(tap.advance(:'org', 'refused', '{"code": 21649, "reason": "a regulatory bundle is needed"}'), 'failed',
    'Twilio refuses');
SELECT is((tap.job_of(:'org')).reason, 'a regulatory bundle is needed', 'and says why');

-- A 429 on a repeated purchase says nothing of the first one.
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550140') \gset
SELECT tap.advance(:'org', 'ambiguous'), tap.advance(:'org', 'resend') \gset
SELECT is(tap.advance(:'org', 'throttled', '{"delay_seconds": 0}'), 'in_doubt',
    'a throttled repetition leaves the doubt');
SELECT is((tap.job_of(:'org')).posts_sent, 1, 'the first purchase still counts');
SELECT is((SELECT state FROM telephony_api.release_number()), 'in_doubt', 'a cancel cannot end it');
SELECT tap.claim(:'org') \gset
SELECT is(tap.advance(:'org', 'purchased', tap.answer(:'org', tap.sid(40))), 'releasing',
    'what shows up late is given back');
SELECT is(telephony_internal.masked('call (415) 555-1234 or +1 415.555.1234, not PN00000000000000000000000000001234 '
    'of 2026-11-22T12:00:00Z'),
          'call ******1234 or ******1234, not PN00000000000000000000000000001234 of 2026-11-22T12:00:00Z',
              'numbers with separators are masked too');

-- Cancelling in the middle.
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550108') \gset
SELECT is((SELECT state FROM telephony_api.release_number()), 'buying',
    'a purchase under way is cancelled, not forgotten');
SELECT is(tap.advance(:'org', 'purchased', tap.answer(:'org', tap.sid(8))), 'releasing',
    'what was bought all the same is given back');
SELECT is(tap.advance(:'org', 'released'), 'cancelled', 'then the job is cancelled');
SELECT is(tap.hold_state('+12025550108'), 'quarantined', 'and its number quarantined');
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550109') \gset
SELECT tap.advance(:'org', 'ambiguous') AS state \gset
SELECT telephony_api.release_number() \gset cancelled_
SELECT is(tap.advance(:'org', 'resend', '{}'), 'in_doubt', 'a cancelled purchase is not sent again');
SELECT is((tap.job_of(:'org')).posts_sent, 1, 'not even counted');
SELECT is(tap.advance(:'org', 'not_seen'), 'in_doubt', 'it must be seen absent');
SELECT tap.claim(:'org') \gset
SELECT tap.advance(:'org', 'not_seen') AS state \gset
SELECT tap.claim(:'org') \gset
SELECT is(tap.advance(:'org', 'not_seen'), 'cancelled', 'before it counts as cancelled');

-- A cancel without any purchase ends the job at once; after one, only when a sidecar has looked at Twilio.
SELECT tap.new_job() AS org \gset
SELECT is((SELECT state FROM telephony_api.release_number()), 'cancelled', 'a queued job is cancelled at once');
SELECT tap.new_job() AS org \gset
SELECT tap.claim(:'org') \gset
SELECT throws_ok(format($$SELECT tap.advance(%L, 'cancel')$$, :'org'), 'TL002', NULL,
    'nobody cancelled: the sidecar may not');
SELECT telephony_api.release_number() \gset cancelled_
SELECT is(tap.advance(:'org', 'postpone', '{"reason": "the sidecar is shutting down"}'), 'cancelled',
    'put back before anything was sent: cancelled');
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550142') \gset
SELECT tap.advance(:'org', 'unavailable') AS state \gset
SELECT telephony_api.release_number() \gset cancelled_
SELECT is(tap.advance(:'org', 'postpone', '{"reason": "the sidecar is shutting down", "delay_seconds": 60}'), 'queued',
    'put back after a purchase was sent: Twilio must be asked first');
SELECT is((SELECT state FROM telephony_api.release_number()), 'queued', 'however often it is cancelled');
SELECT is((SELECT (c.state, c.cancel_requested)::text FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds())
    c WHERE c.org_id = :'org'), '(searching,t)', 'a sidecar takes it, at once');
SELECT is(tap.advance(:'org', 'cancel'), 'cancelled', 'and ends it when Twilio lists nothing');
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550143') \gset
SELECT tap.advance(:'org', 'unavailable'), tap.advance(:'org', 'candidate', jsonb_build_object('number',
    '+12025550144', 'account_sid', :'account')) \gset
SELECT telephony_api.release_number() \gset cancelled_
SELECT is(tap.advance(:'org', 'postpone', '{"reason": "Twilio does not answer"}'), 'intended',
    'the same with a candidate');
SELECT tap.claim(:'org') \gset
SELECT is(tap.advance(:'org', 'purchased', jsonb_build_object('sid', tap.sid(43), 'number', '+12025550143',
    'date_created', '2026-11-22T12:00:01Z', 'tag', telephony_internal.tag_of((tap.job_of(:'org')).id))), 'releasing',
        'what shows up is given back');

-- Releasing a live number.
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550110') \gset
SELECT tap.advance(:'org', 'purchased', tap.answer(:'org', tap.sid(10))), tap.advance(:'org', 'settle') \gset
SELECT is((SELECT state FROM telephony_api.release_number()), 'releasing', 'asked for');
SELECT is((SELECT (c.kind, c.state, c.number_sid)::text FROM telephony_internal.claim_jobs('tap', 100, 60,
    tap.kinds()) c WHERE c.org_id = :'org'), format('(release,releasing,%s)', tap.sid(10)), 'the sidecar gets the SID');
SELECT is((SELECT (telephony_internal.advance(j.id, j.token, 'released', '{}')).state FROM telephony_internal.jobs j
    WHERE j.org_id = :'org' AND j.kind = 'release'), 'released', 'released');
SELECT is((SELECT status FROM telephony_api.phone_numbers WHERE org_id = :'org'), 'released', 'the number says so');
SELECT is((SELECT assigned_twilio_number::text FROM telephony_api.organizations WHERE id = :'org'), NULL,
    'the organization too');
SELECT is(tap.hold_state('+12025550110'), 'quarantined', 'the hold too');

-- Reconciliation.
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550111') \gset
SELECT tap.advance(:'org', 'purchased', tap.answer(:'org', tap.sid(11))), tap.advance(:'org', 'settle') \gset
SELECT tap.new_job() AS lost \gset
SELECT tap.buy(:'lost', '+12025550112') \gset
SELECT tap.advance(:'lost', 'rolled_back', '{}') AS state, telephony_internal.tag_of((tap.job_of(:'lost')).id)
    AS lost_tag \gset
CREATE TEMP TABLE listed (entry jsonb);
INSERT INTO listed VALUES
    (jsonb_build_object('sid', tap.sid(11), 'phone_number', '+12025550111', 'friendly_name', 'Reception',
        'date_created', '2026-11-22T12:00:00Z', 'date_updated', '2026-11-22T12:00:00Z')),
    (jsonb_build_object('sid', tap.sid(12), 'phone_number', '+12025550112', 'friendly_name', :'lost_tag',
        'date_created', '2026-11-22T12:00:01Z', 'date_updated', '2026-11-22T12:00:01Z')),
    (jsonb_build_object('sid', tap.sid(13), 'phone_number', '+12025550113', 'friendly_name', :'lost_tag',
        'date_created', '2026-11-22T12:00:01Z', 'date_updated', '2026-11-22T12:00:01Z')),
    (jsonb_build_object('sid', tap.sid(14), 'phone_number', '+12025550114', 'friendly_name',
        telephony_internal.tag_of(gen_random_uuid()), 'date_created', '2026-11-22T12:00:01Z', 'date_updated',
            '2026-11-22T12:00:01Z')),
    (jsonb_build_object('sid', tap.sid(15), 'phone_number', '+12025550115', 'friendly_name',
        'telephony:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA', 'date_created', '2026-11-22T12:00:01Z',
            'date_updated', '2026-11-22T12:00:01Z')),
    (jsonb_build_object('sid', tap.sid(16), 'phone_number', '+12025550116', 'friendly_name', '(202) 555-0116',
        'date_created', '2026-11-22T12:00:01Z', 'date_updated', '2026-11-22T12:00:01Z'));
SELECT results_eq(format($$SELECT r.verdict, r.number_sid FROM telephony_internal.reconcile_numbers(%L, (SELECT
    jsonb_agg(entry) FROM listed)) r
                            WHERE r.verdict <> 'missing' ORDER BY r.number_sid$$, :'account'),
    $$VALUES ('retag'::text, tap.sid(11)), ('orphan', tap.sid(12)), ('conflict', tap.sid(13)),
        ('unknown_job', tap.sid(14)), ('foreign_installation', tap.sid(15)), ('untagged', tap.sid(16))$$,
    'what each number at Twilio is');
SELECT is((SELECT string_agg(r.number, ' ') FROM telephony_internal.reconcile_numbers(:'account', '[]') r WHERE
    r.verdict = 'missing' AND r.org_id = :'org'), '+12025550111', 'what Twilio does not have is missing');
SELECT is(telephony_internal.report_orphan(:'account', tap.sid(14), '+12025550114', (SELECT entry ->> 'friendly_name'
    FROM listed WHERE entry ->> 'sid' = tap.sid(14)), '2026-11-22T12:00:01Z', '2026-11-22T12:00:01Z'), NULL,
        'an unknown job''s number is never released');
SELECT is(telephony_internal.report_orphan(:'account', tap.sid(11), '+12025550111', :'lost_tag',
    '2026-11-22T12:00:01Z', '2026-11-22T12:00:01Z'), NULL, 'a live number is never released, whatever tag it carries');
SELECT is(telephony_internal.report_orphan(:'account', tap.sid(12), '+12025550112', :'lost_tag',
    '2026-11-22T11:00:00Z', '2026-11-22T11:00:00Z'), NULL, 'nor one older than the intent');
SELECT is((SELECT r.verdict FROM telephony_internal.reconcile_numbers('AC' || repeat('b', 32), (SELECT
    jsonb_agg(entry) FROM listed WHERE entry ->> 'sid' = tap.sid(11))) r), 'moved',
        'a live number that was moved to another account is still live');
SELECT isnt(telephony_internal.report_orphan(:'account', tap.sid(12), '+12025550112', :'lost_tag',
    '2026-11-22T12:00:01Z', '2026-11-22T12:00:01Z'), NULL, 'an orphan is');
SELECT is(telephony_internal.report_orphan(:'account', tap.sid(12), '+12025550112', :'lost_tag',
    '2026-11-22T12:00:01Z', '2026-11-22T12:00:01Z'), NULL, 'once');
SELECT is((SELECT (c.kind, c.state)::text FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds()) c WHERE
    c.number_sid = tap.sid(12)), '(orphan_release,releasing)', 'by a job of its own');

-- Adoption.
SELECT throws_ok(format($$SELECT telephony_internal.adopt_number(%L, %L, tap.sid(12), '+12025550112',
    '2026-11-22T12:00:01Z')$$, :'lost', :'account'), 'TL005', NULL, 'a number that is being released is not adopted');
SELECT throws_ok(format($$SELECT telephony_internal.adopt_number(%L, %L, 'PN1', '+12025550114',
    '2026-11-22T12:00:01Z')$$, :'lost', :'account'), 'TL005', NULL, 'nor one without a proper SID');
SELECT throws_ok(format($$SELECT telephony_internal.adopt_number(%L, %L, tap.sid(14), '+12025550114',
    '2026-11-22T12:00:01Z')$$, gen_random_uuid(), :'account'), 'TL005', NULL,
        'an organization nobody knows adopts nothing');
SELECT throws_ok(format($$SELECT telephony_internal.adopt_number(%L, %L, tap.sid(14), '+12025550114',
    '2026-11-22T12:00:01Z')$$, :'org', :'account'), 'TL005', NULL, 'nor one that has a number');
SELECT throws_ok(format($$SELECT telephony_internal.adopt_number(%L, %L, tap.sid(11), '+12025550111',
    '2026-11-22T12:00:01Z')$$, :'lost', :'account'), 'TL005', NULL, 'nor is another''s number adopted');
SELECT matches(tap.hint_of(format($$SELECT telephony_internal.adopt_number(%L, %L, tap.sid(10), '+12025550110',
    '2026-11-22T12:00:01Z')$$, :'lost', :'account')),
               'wait until ' || to_char((SELECT c.until AT TIME ZONE 'UTC' FROM telephony_internal.number_holds c
                   WHERE c.number::text = '+12025550110'), 'YYYY-MM-DD HH24:MI') || ' UTC',
                       'nor, until its quarantine ends, one that another gave up');
UPDATE telephony_internal.number_holds SET state = 'in_doubt', until = NULL WHERE number::text = '+12025550110';
SELECT matches(tap.hint_of(format($$SELECT telephony_internal.adopt_number(%L, %L, tap.sid(10), '+12025550110',
    '2026-11-22T12:00:01Z')$$, :'lost', :'account')),
               'telephonyd reconcile', 'or that another is buying');
SELECT isnt((telephony_internal.adopt_number(:'lost', :'account', tap.sid(14), '+12025550114',
    '2026-11-22T12:00:01Z')).job_id, NULL, 'what only Twilio knew is taken in');
SELECT is((SELECT assigned_twilio_number::text FROM telephony_api.organizations WHERE id = :'lost'), '+12025550114',
    'and is the organization''s');

SELECT is((telephony_internal.advance(j.id, j.token, 'released', '{}')).state, 'released',
    'the orphan of the same organization is released meanwhile') FROM telephony_internal.jobs j WHERE j.number_sid =
        tap.sid(12);
SELECT is((SELECT assigned_twilio_number::text FROM telephony_api.organizations WHERE id = :'lost'), '+12025550114',
    'which leaves the live number alone');

-- Installation and recovery.
SELECT throws_ok($$SELECT * FROM telephony_internal.hello(gen_random_uuid(), '0', NULL,
    (telephony_internal.contract()).newest)$$, 'TL003', NULL, 'a sidecar of another installation is sent away');
SELECT is((SELECT mode FROM telephony_internal.hello(:'installation', '0', NULL,
    (telephony_internal.contract()).newest)), 'normal', 'the right one is let in');
SELECT tap.new_job() AS held \gset
SELECT tap.buy(:'held', '+12025550159') AS state, (tap.job_of(:'held')).id AS held_job, (tap.job_of(:'held')).token AS
    held_token \gset
SELECT is((SELECT (h.contract, h.oldest_contract)::text FROM telephony_internal.hello(:'installation', '0', NULL, 1)
    h), (telephony_internal.contract())::text, 'the greeting says which contracts are served');
-- A pooler keeps its connection across a failover: without a new greeting work is refused all the same.
UPDATE telephony_internal.settings SET timeline = '000000FF';
SELECT throws_ok($$SELECT * FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds())$$, 'TL004',
    'this is not the cluster that ran before', 'another timeline: nothing is handed out');
SELECT throws_ok(format('SELECT telephony_internal.advance(%L, %s, ''ambiguous'')', :'held_job', :held_token),
    'TL004', NULL, 'no step is taken');
SELECT throws_ok(format('SELECT telephony_internal.renew_lease(%L, %s, 60)', :'held_job', :held_token), 'TL004', NULL,
    'no lease renewed');
UPDATE telephony_internal.settings SET timeline = telephony_internal.cluster_timeline(), system_identifier = '1';
SELECT throws_ok($$SELECT * FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds())$$, 'TL004',
    'this is not the cluster that ran before', 'nor from another cluster');
SELECT is((SELECT mode FROM telephony_internal.hello(:'installation', '0', NULL,
    (telephony_internal.contract()).newest)), 'recovery', 'another cluster with the same data: recovery');
SELECT throws_ok(format('SELECT telephony_internal.advance(%L, %s, ''purchased'', %L)', :'held_job', :held_token,
    tap.answer(:'held', tap.sid(40))), 'TL001', NULL, 'an attempt from before the restore is fenced off');
SELECT throws_ok(format('SELECT * FROM telephony_internal.renew_lease(%L, %s, 60)', :'held_job', :held_token),
    'TL001', NULL, 'and keeps no lease');
SELECT is((SELECT mode FROM telephony_internal.hello(:'installation', '0', NULL,
    (telephony_internal.contract()).newest)), 'recovery', 'until a person ends it');
SELECT tap.new_job() AS org \gset
SELECT throws_ok('SELECT * FROM telephony_internal.claim_jobs(''tap'', 100, 60, tap.kinds())', 'TL004', NULL,
    'no job is handed out in recovery mode, and it says so');
UPDATE telephony_internal.jobs SET state = 'searching', lease_until = clock_timestamp() + interval '1 minute', token =
    1 WHERE org_id = :'org';
SELECT throws_ok(format($$SELECT tap.advance(%L, 'candidate', jsonb_build_object('number', '+12025550120',
    'account_sid', %L::text))$$, :'org', :'account'), 'TL004', NULL, 'a job begun before buys nothing');
SELECT throws_ok(format($$SELECT telephony_internal.report_orphan(%L, tap.sid(12), '+12025550112', %L,
    '2026-11-22T12:00:01Z', '2026-11-22T12:00:01Z')$$, :'account', :'lost_tag'), 'TL004', NULL, 'nothing is released');
SELECT is(telephony_internal.resume(:'installation'), 'normal', 'resumed');
-- The series of tokens begins anew for what has not ended, and for nothing else: ten million ended jobs are not
-- written.
CREATE TEMP TABLE tokens AS SELECT j.id, j.token, j.ended, j.ctid AS place FROM telephony_internal.jobs j;
SELECT ok(count(*) FILTER (WHERE ended) > 0 AND count(*) FILTER (WHERE NOT ended) > 0,
    'there are jobs of both kinds') FROM tokens;
SAVEPOINT another_cluster;
UPDATE telephony_internal.settings SET system_identifier = 'another';
SELECT is((SELECT mode FROM telephony_internal.hello(:'installation', '0', NULL,
    (telephony_internal.contract()).newest)), 'recovery',
    'a greeting sees another cluster');
SELECT is_empty('SELECT t.id FROM tokens t JOIN telephony_internal.jobs j ON j.id = t.id WHERE NOT t.ended AND '
    'j.token < t.token + 4294967296', 'every attempt from before is fenced off');
SELECT is_empty('SELECT t.id FROM tokens t JOIN telephony_internal.jobs j ON j.id = t.id WHERE t.ended AND j.ctid <> '
    't.place', 'ended jobs are not touched');
SELECT telephony_internal.resume(:'installation') \gset x_
SELECT is_empty('SELECT t.id FROM tokens t JOIN telephony_internal.jobs j ON j.id = t.id WHERE NOT t.ended AND '
    'j.token >= t.token + 2 * 4294967296', 'once: resume after a greeting begins no other series');
ROLLBACK TO another_cluster;
UPDATE telephony_internal.settings SET system_identifier = 'another';
SELECT is(telephony_internal.resume(:'installation'), 'normal', 'resumed before any greeting has seen the other '
    'cluster');
SELECT is_empty('SELECT t.id FROM tokens t JOIN telephony_internal.jobs j ON j.id = t.id WHERE NOT t.ended AND '
    'j.token < t.token + 4294967296', 'fences them off as well');
SELECT telephony_internal.resume(:'installation') \gset x_
SELECT is_empty('SELECT t.id FROM tokens t JOIN telephony_internal.jobs j ON j.id = t.id WHERE NOT t.ended AND '
    'j.token >= t.token + 2 * 4294967296', 'once');
ROLLBACK TO another_cluster;
UPDATE telephony_internal.settings SET system_identifier = NULL, timeline = NULL;
SELECT telephony_internal.resume(:'installation') \gset x_
SELECT is_empty('SELECT t.id FROM tokens t JOIN telephony_internal.jobs j ON j.id = t.id WHERE j.token <> t.token',
    'a database that never ran has none to fence off');
ROLLBACK TO another_cluster;
SELECT is((SELECT mode FROM telephony_internal.hello(:'installation', '0', NULL,
    (telephony_internal.contract()).newest)), 'normal', 'and stays so');
UPDATE telephony_internal.jobs SET lease_until = clock_timestamp() - interval '91 seconds' WHERE id = :'held_job';
SELECT cmp_ok(tap.claim(:'held'), '>', :held_token::bigint,
    'the fenced job is claimed anew, under a token greater than any before');
SELECT is(tap.advance(:'held', 'ambiguous'), 'in_doubt', 'and goes on with it');

SELECT * FROM finish();
ROLLBACK;
