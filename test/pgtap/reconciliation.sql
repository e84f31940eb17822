-- Releases, reconciliation, adoption, recovery mode.
\ir jobs.psql

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
SAVEPOINT bought_now;
UPDATE telephony_internal.settings SET absence_window = '1 day';
UPDATE telephony_api.phone_numbers SET purchased_at = now() WHERE org_id = :'org';
SELECT is_empty(format($$SELECT * FROM telephony_internal.reconcile_numbers(%L, '[]') r WHERE r.org_id = %L$$,
    :'account', :'org'), 'unless it was bought a moment ago: it need not be listed yet');
ROLLBACK TO bought_now;
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
-- Absence: what Twilio does not have any more.
SELECT p.number_sid AS absent, p.account_sid AS absent_account FROM telephony_api.phone_numbers p
 WHERE p.org_id = :'org' AND p.released_at IS NULL \gset
SELECT matches(tap.hint_of(format($$SELECT telephony_internal.adopt_number(%L, %L, tap.sid(14), '+12025550114',
    '2026-11-22T12:00:01Z')$$, :'org', :'account')), '--gone=' || :'absent' || ' --org=' || :'org',
    'who has a number is told how its absence is entered');
SELECT throws_ok(format('SELECT telephony_internal.record_absence(%L, %L, tap.sid(77))', :'org', :'account'), 'TL005',
    NULL, 'not of a number that the organization never had');
SELECT throws_ok(format('SELECT telephony_internal.record_absence(%L, %L, %L)', :'org', 'AC' || repeat('e', 32),
    :'absent'), 'TL005', NULL, 'nor by another account');
SELECT tap.sign_in(:'org') \gset x_
SAVEPOINT absence;
UPDATE telephony_internal.settings SET mode = 'recovery';
SELECT telephony_internal.record_absence(:'org', :'absent_account', :'absent') AS absence \gset
SELECT is((SELECT (j.kind, j.state)::text FROM telephony_internal.jobs j WHERE j.id = :'absence'), '(release,released)',
    'a release that has ended, also in recovery mode');
SELECT is((SELECT (o.assigned_twilio_number IS NULL, p.status)::text FROM telephony_api.organizations o
    JOIN telephony_api.phone_numbers p ON p.org_id = o.id AND p.number_sid = :'absent' WHERE o.id = :'org'),
    '(t,released)', 'the number is the organization''s no more');
SELECT is((SELECT e.detail ->> 'how' FROM telephony_internal.job_events e WHERE e.job_id = :'absence'
    AND e.event = 'released'), 'absent', 'and its event says how it ended');
SELECT matches((SELECT l.new ->> 'proof' FROM telephony_api.audit_log l WHERE l.action = 'record_absence'
    AND l.org_id = :'org' AND l.entity = 'jobs/' || :'absence' AND l.new ->> 'state' = 'released'),
    'two looks at Twilio', 'in the audit log, with the proof');
SELECT is(telephony_internal.record_absence(:'org', :'absent_account', :'absent'), NULL, 'twice is once');
ROLLBACK TO absence;
SELECT telephony_api.release_number(force => true) \gset x_
SELECT isnt(telephony_internal.record_absence(:'org', :'absent_account', :'absent'), NULL,
    'a release that is under way ends by it');
SELECT is((SELECT count(*) FROM telephony_api.audit_log l WHERE l.action = 'record_absence' AND l.org_id = :'org'
    AND l.new ? 'proof'), 1::bigint, 'with the proof as well');
ROLLBACK TO absence;
SELECT telephony_api.release_number(force => true) \gset x_
SELECT state FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds()) \g /dev/null
SELECT matches(tap.hint_of(format('SELECT telephony_internal.record_absence(%L, %L, %L)', :'org', :'absent_account',
    :'absent')), 'its lease has, at', 'but not under a sidecar''s hands');
ROLLBACK TO absence;

SELECT isnt((telephony_internal.adopt_number(:'lost', :'account', tap.sid(14), '+12025550114',
    '2026-11-22T12:00:01Z')).job_id, NULL, 'what only Twilio knew is taken in');
SELECT is((SELECT assigned_twilio_number::text FROM telephony_api.organizations WHERE id = :'lost'), '+12025550114',
    'and is the organization''s');
SELECT is(telephony_internal.adopt_number(:'lost', :'account', tap.sid(14), '+12025550114',
    '2026-11-22T12:00:01Z')::text, (SELECT (p.job_id, telephony_internal.tag_of(p.job_id))::text
    FROM telephony_api.phone_numbers p WHERE p.number_sid = tap.sid(14)), 'twice is once');
SELECT throws_ok(format($$SELECT telephony_internal.adopt_number(%L, %L, tap.sid(14), '+12025550114',
    '2026-11-22T12:00:01Z')$$, :'lost', 'AC' || repeat('e', 32)), 'TL005', NULL, 'but not from another account');
SELECT matches(tap.hint_of(format($$SELECT telephony_internal.adopt_number(%L, %L, tap.sid(15), '+12025550115',
    '2026-11-22T12:00:01Z')$$, :'lost', :'account')), '--gone=' || tap.sid(14), 'nor a second number');
SAVEPOINT asking;
SELECT tap.new_job() AS asking \gset
SELECT (tap.job_of(:'asking')).id AS asked \gset
UPDATE telephony_internal.settings SET mode = 'recovery';
SELECT matches(tap.hint_of(format($$SELECT telephony_internal.adopt_number(%L, %L, tap.sid(15), '+12025550115',
    '2026-11-22T12:00:01Z')$$, :'asking', :'account')), format('cancel_job.%L. cancels it', :'asked'),
    'who has asked for a number is told how that is taken back');
SAVEPOINT searching;
UPDATE telephony_internal.jobs SET state = 'searching' WHERE id = :'asked';
SELECT is((SELECT (o.state, o.cancel_requested)::text FROM telephony_internal.cancel_job(:'asked') o), '(searching,t)',
    'what has begun is cancelled by a sidecar');
SELECT matches(tap.hint_of(format($$SELECT telephony_internal.adopt_number(%L, %L, tap.sid(15), '+12025550115',
    '2026-11-22T12:00:01Z')$$, :'asking', :'account')), 'telephonyd ends it, outside of recovery mode',
    'which the operator is told');
ROLLBACK TO searching;
SELECT is((SELECT o.state FROM telephony_internal.cancel_job(:'asked') o), 'cancelled', 'in recovery mode too');
SELECT isnt((telephony_internal.adopt_number(:'asking', :'account', tap.sid(15), '+12025550115',
    '2026-11-22T12:00:01Z')).job_id, NULL, 'then it adopts');
ROLLBACK TO asking;

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
SAVEPOINT with_functions;
DROP FUNCTION telephony_internal.renew_upkeep(text, bigint, integer);
SELECT throws_ok(format('SELECT * FROM telephony_internal.hello(%L, %L, NULL, 1)', :'installation', '0'), '42883',
    'functions that telephonyd calls are missing: telephony_internal.renew_upkeep(text, bigint, integer)',
    'the greeting names a function that is missing, before a call does');
SELECT count(*) FROM telephony.migrate() \gset
SELECT lives_ok(format('SELECT * FROM telephony_internal.hello(%L, %L, NULL, 1)', :'installation', '0'),
    'and migrate() makes it anew');
ROLLBACK TO with_functions;
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
UPDATE telephony_internal.settings SET timeline = telephony.cluster_timeline(), system_identifier = '1';
SELECT throws_ok($$SELECT * FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds())$$, 'TL004',
    'this is not the cluster that ran before', 'nor from another cluster');
SELECT is((SELECT mode FROM telephony_internal.hello(:'installation', '0', NULL,
    (telephony_internal.contract()).newest)), 'recovery', 'another cluster with the same data: recovery');
SELECT throws_ok(format('SELECT telephony_internal.advance(%L, %s, ''purchased'', %L)', :'held_job', :held_token,
    tap.answer(:'held', tap.sid(40))), 'TL004', NULL, 'an attempt from before the restore is told so');
SELECT throws_ok(format('SELECT * FROM telephony_internal.renew_lease(%L, %s, 60)', :'held_job', :held_token),
    'TL004', NULL, 'and keeps no lease');
SELECT is((SELECT mode FROM telephony_internal.hello(:'installation', '0', NULL,
    (telephony_internal.contract()).newest)), 'recovery', 'until an operator ends it');
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
SELECT throws_ok(format('SELECT telephony_internal.advance(%L, %s, ''purchased'', %L)', :'held_job', :held_token,
    tap.answer(:'held', tap.sid(40))), 'TL001', NULL, 'an attempt from before the restore is fenced off');
SELECT throws_ok(format('SELECT * FROM telephony_internal.renew_lease(%L, %s, 60)', :'held_job', :held_token),
    'TL001', NULL, 'and keeps no lease');
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
