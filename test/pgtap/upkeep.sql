-- Upkeep: a task is with one sidecar at a time, and with another when its lease has run out; what fails waits and is
-- counted.
\ir set_up.psql
-- As if all tasks had just come due.
CREATE FUNCTION tap.all_due() RETURNS void LANGUAGE sql AS
$$ UPDATE telephony_internal.upkeep SET due_at = clock_timestamp(), lease_until = NULL, worker = NULL, failures = 0,
    problem = NULL $$;
CREATE FUNCTION tap.taken_by(worker text, tasks text[]) RETURNS text[] LANGUAGE sql AS
$$ SELECT array_agg(u.task ORDER BY u.task) FROM telephony_internal.take_upkeep(worker, tasks, 60) u WHERE u.token
    IS NOT NULL $$;
SELECT tap.all_due();
SELECT array_agg(task ORDER BY task) AS all_tasks FROM telephony_internal.upkeep \gset
SET LOCAL ROLE tap_sidecar;

SELECT throws_ok($$SELECT * FROM telephony_internal.take_upkeep('a', ARRAY['fold_counts'], 0)$$, '22023', NULL,
    'a lease lasts a second at least');
SELECT is_empty($$SELECT * FROM telephony_internal.take_upkeep('a', '{}', 60)$$,
    'nothing is asked for, nothing is given');
SELECT is_empty($$SELECT * FROM telephony_internal.take_upkeep('a', '{of_the_future}', 60)$$,
    'a task that this database does not know is not given');

SELECT token, wait_seconds, late_seconds FROM telephony_internal.take_upkeep('a', ARRAY['fold_counts'], 60) \gset first_
SELECT ok(:'first_token' <> '', 'a task that is due is given');
SELECT is(tap.taken_by('b', ARRAY['fold_counts', 'self_check']), ARRAY['self_check'],
    'who asks for several gets those that are free');
SELECT is(tap.taken_by('c', ARRAY['fold_counts', 'self_check']), NULL, 'then no more');
SELECT ok((SELECT wait_seconds BETWEEN 4 AND 5 FROM telephony_internal.take_upkeep('c', ARRAY['fold_counts'], 60)),
    'asked for again when it would come round, not only when the lease has run out');

SELECT is(telephony_internal.finish_upkeep('fold_counts', :first_token - 1, 'done'), NULL,
    'who has another token does not finish it');
SELECT ok(NOT telephony_internal.renew_upkeep('fold_counts', :first_token - 1, 60), 'nor keep it');
SELECT ok(telephony_internal.renew_upkeep('fold_counts', :first_token, 60), 'who has it keeps it');
SELECT throws_ok(format('SELECT telephony_internal.finish_upkeep(''fold_counts'', %s, ''perhaps'')', :first_token),
    '22023', NULL, 'and says how it ended');
SELECT is(telephony_internal.finish_upkeep('fold_counts', :first_token, 'done', NULL, '{"folded": 3}'), 5::float8,
    'who finishes it is told when it comes round');
SELECT is(telephony_internal.finish_upkeep('fold_counts', :first_token, 'done'), NULL, 'once');
SELECT ok(NOT telephony_internal.renew_upkeep('fold_counts', :first_token, 60), 'what is finished is not held');
SELECT is(tap.taken_by('a', ARRAY['fold_counts']), NULL, 'then it rests');
SELECT is((u.result, u.failures, u.late_seconds, u.overdue)::text, '("{""folded"": 3}",0,0,f)',
    'everybody is told what was found')
  FROM telephony_internal.take_upkeep('b', ARRAY['fold_counts'], 60) u;

-- The sidecar that holds it is gone.
RESET ROLE;
SELECT tap.all_due();
SET LOCAL ROLE tap_sidecar;
SELECT token FROM telephony_internal.take_upkeep('a', ARRAY['fold_counts'], 60) \gset lost_
RESET ROLE;
UPDATE telephony_internal.upkeep SET lease_until = clock_timestamp() WHERE task = 'fold_counts';
SET LOCAL ROLE tap_sidecar;
SELECT token FROM telephony_internal.take_upkeep('b', ARRAY['fold_counts'], 60) \gset taken_
SELECT cmp_ok(:taken_token::bigint, '>', :lost_token::bigint,
    'a lease that has run out is taken over, under a newer token');
SELECT ok(NOT telephony_internal.renew_upkeep('fold_counts', :lost_token, 60), 'the sidecar before is told');
SELECT is(telephony_internal.finish_upkeep('fold_counts', :lost_token, 'done'), NULL, 'and what it did is not the end');
SELECT is(telephony_internal.finish_upkeep('fold_counts', :taken_token, 'interrupted'), 0::float8,
    'the lease has ended');
SELECT is(tap.taken_by('c', ARRAY['fold_counts']), ARRAY['fold_counts'], 'it is free at once');

-- Failures: pauses of a minute, two, four, never more than the interval; late from when it was due, until it was done.
RESET ROLE;
SELECT tap.all_due();
UPDATE telephony_internal.upkeep SET every = '5 minutes' WHERE task = 'self_check';
CREATE FUNCTION tap.fails(n int) RETURNS float8[] LANGUAGE plpgsql AS $$
DECLARE
    v_pauses float8[];
    v_token  bigint;
BEGIN
    FOR i IN 1 .. n LOOP
        UPDATE telephony_internal.upkeep SET lease_until = NULL WHERE task = 'self_check';
        SELECT u.token INTO STRICT v_token FROM telephony_internal.take_upkeep('a', ARRAY['self_check'], 60) u;
        v_pauses := v_pauses || telephony_internal.finish_upkeep('self_check', v_token, 'failed', 'no luck',
            '{"lost": 1}');
    END LOOP;
    RETURN v_pauses;
END $$;
SELECT is(tap.fails(5), ARRAY[60, 120, 240, 300, 300]::float8[], 'it is tried again after longer and longer pauses');
SELECT is((u.failures, u.problem, u.result)::text, '(5,"no luck",)', 'how often and with what stands in the row')
    FROM telephony_internal.upkeep u WHERE u.task = 'self_check';
SELECT is(tap.taken_by('b', ARRAY['self_check']), NULL, 'in the pause nobody is given it');
SELECT ok((SELECT ok FROM telephony_internal.run_self_check() WHERE "check" = 'upkeep is done in time'),
    'it is not late');
UPDATE telephony_internal.upkeep SET due_at = now() - interval '305 seconds' WHERE task = 'self_check';
SELECT ok(u.overdue AND u.late_seconds BETWEEN 305 AND 600 AND u.failures = 5,
    'later than its interval and than five minutes: overdue') FROM telephony_internal.take_upkeep('b',
        ARRAY['self_check'], 60) u;
SELECT matches((SELECT detail FROM telephony_internal.run_self_check() WHERE "check" = 'upkeep is done in time'),
    '^self_check was due 00:05:05 ago, failed 5 times: no luck; ', 'self_check() says what, since when and why');
UPDATE telephony_internal.upkeep SET every = NULL WHERE task = 'self_check';
SELECT ok(NOT u.overdue AND u.late_seconds = 0 AND u.token IS NULL, 'what is switched off is not late')
    FROM telephony_internal.take_upkeep('b', ARRAY['self_check'], 60) u;
SELECT ok((SELECT ok FROM telephony_internal.run_self_check() WHERE "check" = 'upkeep is done in time'),
    'nor for self_check()');
UPDATE telephony_internal.upkeep SET every = '1 hour' WHERE task = 'self_check';

-- Recovery: nothing that deletes or acts.
SELECT tap.all_due();
UPDATE telephony_internal.settings SET mode = 'recovery';
UPDATE telephony_internal.upkeep SET due_at = now() - interval '1 day' WHERE task = 'sweep_accounts';
SET LOCAL ROLE tap_sidecar;
SELECT ok(NOT u.overdue AND u.token IS NULL AND u.wait_seconds > 60,
    'in recovery mode what would act is not given out, and nobody is to look')
  FROM telephony_internal.take_upkeep('a', ARRAY['sweep_accounts'], 60) u;
SELECT is(tap.taken_by('a', :'all_tasks'), ARRAY['fold_counts', 'forget_searches', 'self_check'],
    'what acts on nothing is');

-- A backlog is folded in steps.
RESET ROLE;
UPDATE telephony_internal.settings SET mode = 'normal';
INSERT INTO telephony_internal.country_count_deltas (country_code, carrier_name, provisioned, change)
SELECT 'ZZ', '', false, 1 FROM generate_series(1, 150000);
SELECT is(telephony_internal.fold_country_counts(), 100000::bigint, 'a call takes a bounded number of changes');
SELECT is(telephony_internal.fold_country_counts(), 50000::bigint, 'the next the rest');
SELECT is((SELECT organizations FROM telephony_internal.country_counts WHERE country_code = 'ZZ'), 150000::bigint,
    'none twice');

SET LOCAL ROLE tap_service;
SELECT throws_ok($$SELECT telephony_internal.take_upkeep('me', ARRAY['fold_counts'], 60)$$, '42501', NULL,
    'upkeep is the sidecar''s');

SELECT * FROM finish();
ROLLBACK;
