-- Upkeep: a task is with one sidecar at a time, and with another when its lease has run out.
\ir set_up.psql
SET LOCAL ROLE tap_sidecar;

SELECT throws_ok($$SELECT telephony_internal.take_upkeep(ARRAY['fold_counts'], 0)$$, '22023', NULL, 'a lease lasts a second at least');
SELECT throws_ok($$SELECT telephony_internal.finish_upkeep('fold_counts', 1, 0)$$, '22023', NULL, 'and a pause is longer than none');
SELECT is(u.task, NULL, 'nothing is asked for, nothing is given') FROM telephony_internal.take_upkeep('{}', 60) u;
SELECT is(u.task, NULL, 'a task that this database does not know is not given') FROM telephony_internal.take_upkeep('{of_the_future}', 60) u;

SELECT task, token, wait_seconds FROM telephony_internal.take_upkeep(ARRAY['fold_counts', 'gauges'], 60) \gset first_
SELECT task, token, wait_seconds FROM telephony_internal.take_upkeep(ARRAY['fold_counts', 'gauges'], 60) \gset second_
SELECT results_eq(format('VALUES (%L), (%L) ORDER BY 1', :'first_task', :'second_task'), $$VALUES ('fold_counts'), ('gauges')$$, 'each task once');
SELECT is(:first_wait_seconds::float, 0::float, 'the first answer says that another is due');
SELECT cmp_ok(:second_wait_seconds::float, '>', 50::float, 'the second that none is');
SELECT is((u.task, u.token)::text, '(,)', 'then no more') FROM telephony_internal.take_upkeep(ARRAY['fold_counts', 'gauges'], 60) u;

SELECT ok(NOT telephony_internal.finish_upkeep(:'first_task', :first_token - 1, 5), 'who has another token does not finish it');
SELECT ok(NOT telephony_internal.renew_upkeep(:'first_task', :first_token - 1, 60), 'nor keep it');
SELECT ok(telephony_internal.renew_upkeep(:'first_task', :first_token, 60), 'who has it keeps it');
SELECT ok(telephony_internal.finish_upkeep(:'first_task', :first_token, 5), 'and finishes it');
SELECT ok(NOT telephony_internal.finish_upkeep(:'first_task', :first_token, 5), 'once');
SELECT ok(NOT telephony_internal.renew_upkeep(:'first_task', :first_token, 60), 'what is finished is not held');
SELECT ok(u.task IS NULL AND u.wait_seconds BETWEEN 4 AND 5, 'then it rests, and the answer says how long') FROM telephony_internal.take_upkeep(ARRAY[:'first_task'], 60) u;
RESET ROLE;
UPDATE telephony_internal.upkeep SET due_at = clock_timestamp() WHERE task = :'first_task';
SET LOCAL ROLE tap_sidecar;
SELECT is(u.task, :'first_task'::text, 'until it is due again') FROM telephony_internal.take_upkeep(ARRAY[:'first_task'], 60) u;

-- The sidecar that holds the second is gone.
RESET ROLE;
UPDATE telephony_internal.upkeep SET lease_until = clock_timestamp() WHERE task = :'second_task';
SET LOCAL ROLE tap_sidecar;
SELECT task, token FROM telephony_internal.take_upkeep(ARRAY[:'second_task'], 60) \gset taken_
SELECT is(:'taken_task', :'second_task'::text, 'a lease that has run out is taken over');
SELECT cmp_ok(:taken_token::bigint, '>', :second_token::bigint, 'under a newer token');
SELECT ok(NOT telephony_internal.finish_upkeep(:'second_task', :second_token, 5), 'the sidecar before is told');
SELECT ok(telephony_internal.finish_upkeep(:'second_task', :taken_token, 5), 'the one that has it finishes');

-- Recovery: nothing that deletes or acts.
RESET ROLE;
UPDATE telephony_internal.settings SET mode = 'recovery';
UPDATE telephony_internal.upkeep SET due_at = clock_timestamp(), lease_until = NULL;
SET LOCAL ROLE tap_sidecar;
SELECT results_eq($$SELECT u.task FROM generate_series(1, 6) i, telephony_internal.take_upkeep(ARRAY['fold_counts', 'gauges', 'self_check', 'sweep_accounts', 'retention', 'watched_lines'], 59 + i) u WHERE u.task IS NOT NULL ORDER BY 1$$,
    $$VALUES ('fold_counts'), ('gauges'), ('self_check')$$, 'in recovery mode only what acts on nothing is given out');

SET LOCAL ROLE tap_service;
SELECT throws_ok($$SELECT telephony_internal.take_upkeep(ARRAY['retention'], 60)$$, '42501', NULL, 'upkeep is the sidecar''s');

SELECT * FROM finish();
ROLLBACK;
