-- Numbers that an operator writes off: from every state that waits for a Twilio account which is closed for good there
-- is a way to an end, and nobody touches such a number afterwards.
\ir jobs.psql

CREATE FUNCTION tap.verdict(org uuid, sid text) RETURNS text LANGUAGE sql AS $$
    SELECT r.verdict FROM telephony_internal.jobs j, telephony_internal.reconcile_numbers('AC' || repeat('a', 32),
        jsonb_build_array(jsonb_build_object('sid', sid, 'phone_number', j.number, 'friendly_name',
            telephony_internal.tag_of(j.id), 'date_created', '2026-11-22T12:00:00Z', 'date_updated',
            '2026-11-22T12:00:00Z'))) r
     WHERE j.org_id = org AND j.kind = 'provision' AND r.number_sid = sid $$;
CREATE FUNCTION tap.write_off(number text) RETURNS text LANGUAGE sql AS
$$ SELECT o.state FROM telephony_internal.write_off_number(number, 'Twilio closed the account for good') o $$;
CREATE FUNCTION tap.refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' ', SQLERRM, v_hint);
END $$;

-- A release that can never end.
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550101'), tap.advance(:'org', 'purchased', tap.answer(:'org', tap.sid(1))),
    tap.advance(:'org', 'settle') \gset
SELECT is((SELECT state::text FROM telephony_api.release_number(force => true)), 'releasing', 'a release');
SELECT throws_matching(format('SELECT telephony_internal.cancel_job(%L)', (tap.job_of(:'org')).id),
    'a job of kind release is not cancelled', 'is not cancelled');
SELECT matches(tap.refusal(format('SELECT telephony_internal.cancel_job(%L)', (tap.job_of(:'org')).id)),
    'write_off_number', 'but whoever tries is told what ends it');
SELECT matches(tap.refusal(format('SELECT telephony_internal.dismiss_conflict(%L, ''closed'')',
    (tap.job_of(:'org')).id)), 'write_off_number', 'by dismiss_conflict() too');
SELECT tap.claim(:'org') \gset
SELECT throws_ok($$SELECT tap.write_off('+12025550101')$$, 'PT409', NULL,
    'while a sidecar is at work on it, a request of its may be on the way');
SELECT tap.advance(:'org', 'postpone', '{"reason": "the Twilio account is closed"}') \gset
SELECT matches(telephony_internal.what_needs_account(:'org', :'account'), 'write a number off',
    'the organization is told why it must stay in the account, and who can change that');
SELECT is(tap.write_off('+12025550101'), 'written_off', 'afterwards it is written off');
SELECT is(telephony_internal.what_needs_account(:'org', :'account'), NULL,
    'then the organization may leave the account at once');
SELECT is((SELECT (p.status, p.released_at IS NOT NULL)::text FROM telephony_api.phone_numbers p WHERE p.org_id =
    :'org'), '(written_off,t)', 'the organization is shown that');
SELECT is((SELECT o.assigned_twilio_number FROM telephony_api.organizations o WHERE o.id = :'org'), NULL,
    'it has no number any more');
SELECT is(tap.hold_state('+12025550101'), 'quarantined', 'and the number stays held for the late horizon');
SELECT is((SELECT (j.ended, j.claimable, j.reason_code)::text FROM telephony_internal.jobs j
    WHERE j.org_id = :'org' AND j.kind = 'release'), '(t,f,written_off)', 'the release has ended');
SELECT is((SELECT (l.new ->> 'reason', l.old ->> 'waited_for')::text FROM telephony_api.audit_log l
    WHERE l.action = 'write_off_number' AND l.org_id = :'org'),
    '("Twilio closed the account for good","the Twilio account is closed")',
    'who wrote it off, why, and what Twilio had answered is in the audit log');
SELECT is(tap.verdict(:'org', tap.sid(1)), 'written_off', 'should it show up again, it is known');
SELECT is(telephony_internal.report_orphan(:'account', tap.sid(1), '+12025550101',
    (SELECT telephony_internal.tag_of(j.id) FROM telephony_internal.jobs j WHERE j.org_id = :'org' AND
        j.kind = 'provision'), '2026-11-22T12:00:00Z', '2026-11-22T12:00:00Z'), NULL, 'and no orphan to be released');
SELECT is_empty($$SELECT r FROM telephony_internal.reconcile_numbers('AC' || repeat('a', 32), '[]') r
    WHERE r.verdict = 'missing'$$, 'nor missing where it is not there');
SELECT throws_ok($$SELECT tap.write_off('+12025550101')$$, 'PT404', NULL, 'nobody holds it now');
SELECT is((SELECT state::text FROM telephony_api.provision_number('NG')), 'queued', 'and another is asked for');

-- A live number, without a release before.
SELECT tap.new_job() AS live \gset
SELECT tap.buy(:'live', '+12025550102'), tap.advance(:'live', 'purchased', tap.answer(:'live', tap.sid(2))),
    tap.advance(:'live', 'settle') \gset
SELECT is(tap.write_off('+12025550102'), 'written_off', 'a live number at once');
SELECT is((SELECT string_agg(e.event || ':' || e.to_state, ' ' ORDER BY e.seq) FROM telephony_internal.job_events e
    JOIN telephony_internal.jobs j ON j.id = e.job_id WHERE j.org_id = :'live' AND j.kind = 'release'),
    'write_off:written_off', 'by a release that ends so');

-- A purchase that nobody can look after.
SELECT tap.new_job() AS doubt \gset
SELECT tap.buy(:'doubt', '+12025550103') \gset
SELECT throws_ok($$SELECT tap.write_off('+12025550103')$$, 'PT409', NULL, 'not while it is being bought');
SELECT tap.advance(:'doubt', 'ambiguous'), tap.advance(:'doubt', 'postpone', '{"reason": "401"}') \gset
SELECT is(tap.write_off('+12025550103'), 'written_off', 'a purchase in doubt');
SELECT is(tap.verdict(:'doubt', tap.sid(3)), 'written_off', 'by the tag alone, should it have been made after all');

-- A purchase that was sent and not processed, then cancelled: it may not end before a look at Twilio.
SELECT tap.new_job() AS sent \gset
SELECT tap.buy(:'sent', '+12025550106'), tap.advance(:'sent', 'throttled', '{"reason": "401"}') \gset
SELECT is((SELECT state::text FROM telephony_api.release_number()), 'intended', 'a purchase to be cancelled');
SELECT tap.claim(:'sent') \gset
SELECT is(tap.advance(:'sent', 'postpone', '{"reason": "401"}'), 'intended', 'that cannot be looked for');
SELECT is(tap.write_off('+12025550106'), 'written_off', 'is written off');

-- No telephonyd runs any more, and the last one did not end its lease.
SELECT tap.new_job() AS dead \gset
SELECT tap.buy(:'dead', '+12025550107'), tap.advance(:'dead', 'ambiguous') \gset
UPDATE telephony_internal.jobs SET lease_until = clock_timestamp() - interval '1 second' WHERE org_id = :'dead';
SELECT throws_matching($$SELECT tap.write_off('+12025550107')$$, 'is, or was just, at work',
    'a lease that has just ended: a request may be under way');
UPDATE telephony_internal.jobs SET lease_until = clock_timestamp() - interval '1 hour' WHERE org_id = :'dead';
SELECT is(tap.write_off('+12025550107'), 'written_off', 'not after the life of a request');
SELECT throws_ok(format($$SELECT telephony_internal.advance(id, token, 'postpone') FROM telephony_internal.jobs
    WHERE org_id = %L$$, :'dead'), 'TL001', NULL, 'whoever held the lease is refused');

-- Bought and not settled.
SELECT tap.new_job() AS bought \gset
SELECT tap.buy(:'bought', '+12025550104'), tap.advance(:'bought', 'purchased', tap.answer(:'bought', tap.sid(4))),
    tap.advance(:'bought', 'postpone', '{"reason": "401"}') \gset
SELECT is(tap.write_off('+12025550104'), 'written_off', 'one that was bought and never settled');
SELECT is(tap.hold_state('+12025550104'), 'quarantined', 'it stays held too');

-- An erasure says at any time what it waits for, and goes on.
SELECT tap.new_job() AS erased \gset
SELECT tap.buy(:'erased', '+12025550108'), tap.advance(:'erased', 'purchased', tap.answer(:'erased', tap.sid(5))),
    tap.advance(:'erased', 'settle') \gset
SELECT matches((telephony_internal.erase_org(:'erased')).reason, 'job .* is still releasing$',
    'an erasure says at once what it waits for');
SELECT is((SELECT o.reason FROM telephony_internal.job_overview o WHERE o.org_id = :'erased' AND o.kind = 'erase'),
    (telephony_internal.erase_org(:'erased')).reason, 'to operators too');
UPDATE telephony_internal.jobs SET reason = 'the Twilio account is closed', reason_code = 'account_not_active',
    deadline_at = now() - interval '1 minute' WHERE org_id = :'erased' AND kind = 'release';
UPDATE telephony_internal.jobs SET not_before = now() + interval '15 minutes' WHERE org_id = :'erased';
SELECT matches((telephony_api.provisioning_status()).reason,
    'still releasing: the Twilio account is closed \(overdue; .* write_off_number\(\) ends it\)',
    'why that lasts, without a look of its own, and what ends it');
SELECT is(tap.write_off('+12025550108'), 'written_off', 'the number is written off');
SELECT is((SELECT (e.reason_code, e.reason)::text FROM telephony_internal.erase_org(:'erased') e),
    (SELECT format('(late_horizon,"a number given up may still turn up at Twilio until %s")',
        to_char(h.until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')) FROM telephony_internal.number_holds h
      WHERE h.org_id = :'erased'), 'the erasure waits for the horizon of its hold');
SELECT ok((SELECT j.not_before <= clock_timestamp() FROM telephony_internal.jobs j WHERE j.org_id = :'erased'
    AND j.kind = 'erase'), 'and looks at once');
UPDATE telephony_internal.number_holds SET until = now() - interval '1 second' WHERE org_id = :'erased';
SELECT is((telephony_internal.erase_org(:'erased')).reason, NULL, 'then for nothing more');
UPDATE telephony_internal.jobs SET token = token + 1, lease_until = clock_timestamp() + interval '1 minute'
 WHERE org_id = :'erased' AND kind = 'erase';
SELECT is((SELECT (telephony_internal.advance(j.id, j.token, 'look')).state FROM telephony_internal.jobs j
    WHERE j.org_id = :'erased' AND j.kind = 'erase'), 'done', 'and ends');
SELECT is_empty(format($$SELECT FROM telephony_api.phone_numbers p WHERE p.org_id = %1$L UNION ALL SELECT
    FROM telephony_internal.number_holds h WHERE h.org_id = %1$L UNION ALL SELECT FROM telephony_api.audit_log l
    WHERE l.org_id = %1$L UNION ALL SELECT FROM telephony_internal.jobs j WHERE j.org_id = %1$L
    AND j.kind <> 'erase'$$, :'erased'), 'the number is nowhere any more');

-- What is refused.
SELECT tap.new_job() AS org \gset
SELECT tap.claim(:'org'), tap.advance(:'org', 'candidate', jsonb_build_object('number', '+12025550105', 'account_sid',
    :'account')) \gset
SELECT throws_ok($$SELECT tap.write_off('+12025550105')$$, 'PT404', NULL, 'a candidate is nobody''s yet');
SELECT throws_ok($$SELECT telephony_internal.write_off_number('+12025550105', ' ')$$, 'PT400', NULL, 'a reason is due');
SELECT throws_ok($$SELECT telephony_internal.write_off_number(NULL, 'x')$$, 'PT400', NULL, 'and a number');
SELECT throws_ok($$SELECT telephony_internal.write_off_number('5550105', 'x')$$, 'PT400', NULL, 'that is one');


-- The schema can be taken away again.
SELECT matches(tap.refusal('SELECT telephony.migrate(0)'), 'a job is running', 'not while a job is leased');
UPDATE telephony_internal.jobs SET lease_until = NULL, not_before = 'infinity' WHERE NOT ended AND org_id <> :'org';
UPDATE telephony_internal.jobs SET lease_until = NULL WHERE org_id = :'org';
DROP FUNCTION tap.job_of(uuid);
SELECT matches(tap.refusal('SELECT telephony.migrate(0)'), 'would forget 1 numbers.*write_off_number',
    'not while a number is held');
SELECT is((SELECT o.state FROM telephony_internal.jobs j, telephony_internal.cancel_job(j.id) o
    WHERE j.org_id = :'org' AND NOT j.ended), 'intended', 'a candidate is cancelled');
SELECT is((SELECT count(*) FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds())), 1::bigint, 'a sidecar');
SELECT is((SELECT (telephony_internal.advance(j.id, j.token, 'postpone', '{"reason": "401"}')).state
    FROM telephony_internal.jobs j WHERE j.org_id = :'org'), 'cancelled', 'sees it');
SELECT matches(tap.refusal('SELECT telephony.migrate(0)'), 'going down to 0 would lose rows',
    'after the last number was written off, only what is always asked stands in the way');
SET telephony.allow_data_loss = on;
SELECT lives_ok('SELECT telephony.migrate(0)', 'and then nothing');

SELECT * FROM finish();
ROLLBACK;
