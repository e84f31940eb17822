-- Caller ids: who may be called and how often, what each step of a call means, who owns what is verified, what lapses,
-- what an erasure does of them.
\ir credentials.psql
CREATE FUNCTION tap.code_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_code text;
BEGIN
    EXECUTE statement;
    RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_code = CONSTRAINT_NAME;
    RETURN v_code;
END $$;
CREATE FUNCTION tap.call_kinds() RETURNS text[] LANGUAGE sql AS
$$ SELECT ARRAY['caller_id', 'caller_id_check', 'caller_id_removal'] $$;
CREATE FUNCTION tap.call_of(org text) RETURNS telephony_internal.calls LANGUAGE sql SECURITY DEFINER AS
$$ SELECT c FROM telephony_internal.calls c WHERE c.org_id = org::uuid ORDER BY c.ended, c.created_at DESC LIMIT 1 $$;
-- A sidecar takes the call of an organization; its state then.
CREATE FUNCTION tap.take(org text) RETURNS text LANGUAGE sql AS $$
    UPDATE telephony_internal.calls SET not_before = now(), lease_until = NULL WHERE org_id = org::uuid AND NOT ended;
    SELECT c.state FROM telephony_internal.claim_calls('tap', 100, 60,
        tap.call_kinds()) c WHERE c.org_id = org::uuid $$;
CREATE FUNCTION tap.step(org text, event text, data jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_call telephony_internal.calls := tap.call_of(org);
BEGIN
    IF v_call.lease_until IS NULL AND NOT v_call.ended THEN
        PERFORM tap.take(org);
        v_call := tap.call_of(org);
    END IF;
    RETURN (telephony_internal.advance_call(v_call.org_id, v_call.id, v_call.token, event, data)).state;
END $$;
CREATE FUNCTION tap.sent(price text DEFAULT '0.1377') RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('server_date', now(), 'price', price, 'price_unit', 'USD') $$;
CREATE FUNCTION tap.call_sid(n int) RETURNS text LANGUAGE sql AS $$ SELECT 'CA' || lpad(n::text, 32, '0') $$;
CREATE FUNCTION tap.placed(n int, code text DEFAULT '0123456') RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('call_sid', tap.call_sid(n), 'validation_code', code) $$;
CREATE FUNCTION tap.found(org text, n int) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('sid', tap.sid(n), 'tag', telephony_internal.tag_of((tap.call_of(org)).id)) $$;
-- From the asking to the call.
CREATE FUNCTION tap.called(org text, n int) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', tap.take(org), tap.step(org, 'send', tap.sent()), tap.step(org, 'placed', tap.placed(n))) $$;
CREATE FUNCTION tap.shown(number text) RETURNS telephony_api.caller_id LANGUAGE sql AS $$
    SELECT telephony_api.caller_id_status(v.id) FROM telephony_api.verified_caller_ids v
     WHERE v.phone_number = number AND v.org_id = telephony.current_org_id() $$;
CREATE FUNCTION tap.ask(org text, number text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tap.sign_in(org);
    SET LOCAL ROLE tap_tenant;
    PERFORM telephony_api.verify_caller_id(number);
    RESET ROLE;
    RETURN (tap.call_of(org)).state;
END $$;
\set line '+2348031234567'
\set other '+2348031234568'

-- No account, no call.
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_a') \gset
SELECT is(tap.code_of(format('SELECT telephony_api.verify_caller_id(%L)', :'line')), 'no_twilio_account', 'no account');
RESET ROLE;
UPDATE telephony_internal.settings SET platform_account_sid = :'platform';
SELECT telephony_internal.hello(:'installation', 'tap', :'platform', :contract) \gset

-- Who is called at all: telephones of people, in countries that can be chosen.
SET LOCAL ROLE tap_tenant;
SELECT is(tap.code_of(format('SELECT telephony_api.verify_caller_id(%L)', n)), answer, format('%s: %s', n, answer))
  FROM (VALUES ('+12025550123', 'not refused'), ('+447400123456', 'not refused'), ('+905321234567', 'not refused'),
    ('+442079460018', 'not refused'), ('+447012345678', 'number_not_called'), ('+449098790001', 'number_not_called'),
    ('+448081570000', 'number_not_called'), ('+18005550123', 'number_not_called'), ('+19005550123',
        'number_not_called'),
    ('+881612345678', 'number_not_called'), ('+870773111632', 'number_not_called'), ('+80012345678',
        'number_not_called'),
    ('+33142685300', 'number_not_called'), ('+33612345678', 'number_not_called'), ('+447', 'number_impossible'))
    v (n, answer);
SELECT is(tap.code_of($$SELECT telephony_api.verify_caller_id(NULL)$$), 'number_impossible', 'none');
SELECT is(tap.code_of($$SELECT telephony_api.verify_caller_id('0803 123 4567')$$), 'malformed_number', 'not E.164');
SELECT is(tap.code_of($$SELECT telephony_api.verify_caller_id('+2348031234567', repeat('x', 65))$$),
    'friendly_name_length', 'a name too long');
RESET ROLE;
DELETE FROM telephony_internal.calls;
DELETE FROM telephony_api.verified_caller_ids;
INSERT INTO telephony_internal.number_holds (number, state, job_id, org_id, account_sid)
VALUES ('+12025550199', 'live', gen_random_uuid(), :'org_b', :'platform');
SET LOCAL ROLE tap_tenant;
SELECT is(tap.code_of($$SELECT telephony_api.verify_caller_id('+12025550199')$$), 'number_at_twilio',
    'a number that an organization holds, whoever asks');

-- Asked for, and asked for again: one call.
SELECT * FROM telephony_api.verify_caller_id(:'line', 'Ade') \gset asked_
SELECT is((:'asked_status', :'asked_attempts_left', :'asked_poll_after_seconds')::text, '(pending,3,2)', 'pending');
SELECT is((telephony_api.verify_caller_id(:'line')).id, :'asked_id'::uuid, 'asked again: the same');
RESET ROLE;
SELECT is((SELECT count(*) FROM telephony_internal.calls), 1::bigint, 'and one call');
SELECT ok(tap.refusal(format('SELECT tap.ask(%L, %L)', :'org_b', :'line')) LIKE 'PT409 | %4567 is being called%',
    'nobody else has the number called meanwhile');
RESET ROLE;

-- The steps of a call that goes well.
SELECT is(tap.take(:'org_a'), 'preparing', 'claimed');
SELECT is((tap.call_of(:'org_a')).sent_at, NULL, 'nothing is sent yet');
SELECT throws_ok(format($$SELECT tap.step(%L, 'placed', tap.placed(1))$$, :'org_a'), 'TL002', NULL,
    'no call without the intent');
SELECT is(tap.step(:'org_a', 'send', tap.sent()), 'placing', 'the intent');
SELECT throws_ok(format($$SELECT tap.step(%L, 'send', tap.sent())$$, :'org_a'), 'TL002', NULL, 'and no second one');
SELECT is(tap.step(:'org_a', 'placed', tap.placed(1)), 'calling', 'Twilio calls');
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_a') \gset
SELECT is((c.status, c.validation_code, c.expires_at, c.attempts_left)::text, '(pending,0123456,,2)',
    'the code, of whatever length, without an end while the call lasts') FROM tap.shown(:'line') c;
RESET ROLE;
SELECT is(tap.step(:'org_a', 'look', '{"call_status": "ringing"}'), 'calling', 'it rings');
SELECT is(tap.take(:'org_a'), 'calling', 'and is looked at again');
SELECT is(tap.step(:'org_a', 'look', '{"call_status": "completed"}'), 'calling', 'it is over: the list may lag');
SET LOCAL ROLE tap_tenant;
SELECT ok(c.expires_at BETWEEN now() AND clock_timestamp() + interval '15 seconds', 'expiry from the end of the call')
  FROM tap.shown(:'line') c;
RESET ROLE;
SELECT is(tap.take(:'org_a'), 'calling', 'looked at once more');
SELECT is(tap.step(:'org_a', 'found', tap.found(:'org_a', 1)), 'done', 'and there it is');
SET LOCAL ROLE tap_tenant;
SELECT is((c.status, c.validation_code, c.reason)::text, '(verified,,)', 'verified, the code is gone')
  FROM tap.shown(:'line') c;
SELECT is((telephony_api.verify_caller_id(:'line')).status, 'verified', 'asked again: nobody is called');
RESET ROLE;
SELECT is((v.made_here, v.caller_id_sid, v.account_sid)::text, format('(t,%s,%s)', tap.sid(1), :'platform'),
    'made by a call of ours: its SID is kept') FROM telephony_api.verified_caller_ids v;
SELECT is((SELECT count(*) FROM telephony_internal.calls), 1::bigint, 'one call in all');
SELECT is_empty($$SELECT FROM telephony_internal.call_events e WHERE e::text LIKE '%0123456%'$$, 'no event has the code');
SELECT is_empty($$SELECT FROM telephony_api.audit_log a WHERE a::text LIKE '%0123456%' OR a::text LIKE '%8031234%'$$,
    'nor the audit log, nor the number');
SELECT is_empty($$SELECT FROM telephony_internal.call_events e WHERE e.detail::text LIKE '%8031234%'$$, 'nor an event');

-- In a shared account the number is that organization's: nobody else has it, and nobody is called.
SELECT is(tap.ask(:'org_b', :'line'), 'queued', 'B asks for the same number');
SELECT is(tap.take(:'org_b'), 'preparing', 'taken');
SELECT is(tap.step(:'org_b', 'found', jsonb_build_object('sid', tap.sid(1), 'tag', telephony_internal.tag_of(c.id))),
    'failed', 'verified by somebody else') FROM telephony_internal.calls c WHERE c.org_id = :'org_a';
SELECT is((SELECT sent_at FROM telephony_internal.calls WHERE org_id = :'org_b'), NULL, 'no call');
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_b') \gset
SELECT is((c.status, c.reason_code)::text, '(failed,caller_id_taken)', 'and it is told') FROM tap.shown(:'line') c;
RESET ROLE;
SELECT is(tap.ask(:'org_b', :'line'), 'queued', 'B tries again');
SELECT is(tap.take(:'org_b'), 'preparing', 'and the list does not show it');
SELECT is(tap.step(:'org_b', 'send', tap.sent()), 'placing', 'so it calls');
SELECT is(tap.step(:'org_b', 'found'), 'failed', 'Twilio says 21450: verified, but not by B');
SELECT is((v.status, v.caller_id_sid, v.made_here)::text, '(failed,,f)', 'never verified for B')
  FROM telephony_api.verified_caller_ids v WHERE v.org_id = :'org_b';

-- In an account of its own, 21450 and what the list shows count.
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_b') \gset
SELECT telephony_api.set_twilio_credentials(:'account_b', tap.sealed(1)) \gset
RESET ROLE;
SELECT is(tap.ask(:'org_b', :'other') || tap.take(:'org_b'), 'queuedpreparing', 'in its own account');
SELECT is(tap.step(:'org_b', 'found', jsonb_build_object('sid', tap.sid(2), 'tag', 'By hand')), 'done',
    'verified in the console before');
SELECT is((v.status, v.made_here)::text, '(verified,f)', 'but not ours to delete')
  FROM telephony_api.verified_caller_ids v WHERE v.phone_number = :'other';
UPDATE telephony_api.verified_caller_ids SET status = 'failed', verified_at = NULL, expires_at = NULL,
    reason = 'x', reason_code = 'retrying' WHERE phone_number = :'other';
SELECT is(tap.ask(:'org_b', :'other') || tap.take(:'org_b') || tap.step(:'org_b', 'send', tap.sent()),
    'queuedpreparingplacing', 'again');
SELECT is(tap.step(:'org_b', 'found'), 'done', '21450 counts here');
-- But not if another organization has handed the same account in.
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_a') \gset
SELECT telephony_api.set_twilio_credentials(:'account_b', tap.sealed(2)) \gset
RESET ROLE;
SELECT ok(telephony_internal.is_account_shared(:'org_b', :'account_b'), 'shared now');
SET LOCAL ROLE tap_tenant;
SELECT telephony_api.remove_twilio_credentials() \gset
RESET ROLE;
SELECT ok(NOT telephony_internal.is_account_shared(:'org_b', :'account_b'), 'and not any more');

-- Ends without a verification, and what they say.
UPDATE telephony_internal.settings SET caller_id_calls_per_day = 100, caller_ids_per_day = 100, calls_per_hour = 100,
    caller_id_grace = '0';
CREATE FUNCTION tap.ended(org text, status text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_shown telephony_api.caller_id;
BEGIN
    PERFORM tap.ask(org, '+2348031234569'), tap.called(org, 7), tap.step(org, 'look', jsonb_build_object('call_status',
        status));
    PERFORM tap.take(org), tap.step(org, 'look', jsonb_build_object('call_status', status));
    SELECT * INTO v_shown FROM tap.shown('+2348031234569');
    RETURN concat_ws(' ', v_shown.status, v_shown.reason_code, v_shown.validation_code, v_shown.poll_after_seconds);
END $$;
SELECT is(tap.ended(:'org_a', status), answer, status) FROM (VALUES
    ('completed', 'failed caller_id_code_not_entered'), ('no-answer', 'expired caller_id_unanswered'),
    ('busy', 'expired caller_id_unanswered'), ('failed', 'failed call_not_connected'),
    ('canceled', 'expired caller_id_unanswered')) v (status, answer);
SELECT is(tap.ask(:'org_a', :'other') || ' ' || tap.called(:'org_a', 8), 'queued preparing placing calling', 'another');
UPDATE telephony_internal.calls SET sent_at = now() - interval '4 minutes' WHERE state = 'calling';
SELECT is(tap.step(:'org_a', 'look'), 'failed', 'a call that Twilio never tells the end of is not waited for for ever');
SELECT is(tap.ask(:'org_a', :'other') || tap.take(:'org_a') || tap.step(:'org_a', 'send', tap.sent()) ||
    tap.step(:'org_a', 'placed', jsonb_build_object('call_sid', tap.call_sid(9))), 'queuedpreparingplacingfailed',
    'without a code');
SELECT is((c.status, c.reason_code)::text, '(failed,caller_id_no_code)', 'it says so') FROM tap.shown(:'other') c;
SELECT is(tap.ask(:'org_a', :'other') || tap.take(:'org_a') || tap.step(:'org_a', 'send', tap.sent()) ||
    tap.step(:'org_a', 'placed', '{"validation_code": "12"}'), 'queuedpreparingplacingcalling',
        'without a SID it goes on');
SELECT is(tap.step(:'org_a', 'found', tap.found(:'org_a', 3)), 'done', 'by the list alone');

-- A lost answer: nobody is called a second time.
SELECT is(tap.ask(:'org_a', '+2348031234570') || tap.take(:'org_a') || tap.step(:'org_a', 'send', tap.sent()),
    'queuedpreparingplacing', 'sent');
UPDATE telephony_internal.calls SET lease_until = now() - interval '1 second' WHERE state = 'placing';
SELECT is_empty($$SELECT telephony_internal.claim_calls('tap', 100, 60, tap.call_kinds())$$,
    'the request of a dead sidecar is waited out');
SELECT is(tap.take(:'org_a'), 'placing', 'taken over');
SELECT throws_ok(format($$SELECT tap.step(%L, 'send', tap.sent())$$, :'org_a'), 'TL002', NULL, 'never sent again');
SELECT is(tap.step(:'org_a', 'ambiguous'), 'in_doubt', 'in doubt');
SELECT is(tap.step(:'org_a', 'look'), 'in_doubt', 'looked for');
SELECT is(tap.take(:'org_a') || tap.step(:'org_a', 'look', jsonb_build_object('call_sid', tap.call_sid(10),
    'call_status', 'canceled')), 'in_doubtfailed', 'found and ended');
SELECT is((c.status, c.reason_code)::text, '(failed,call_interrupted)', 'the code is lost')
    FROM tap.shown('+2348031234570') c;
SELECT is(tap.ask(:'org_a', '+2348031234570') || tap.take(:'org_a') || tap.step(:'org_a', 'send', tap.sent()) ||
    tap.step(:'org_a', 'throttled', '{"delay_seconds": 1}'), 'queuedpreparingplacingqueued', '429: not processed');
SELECT is((tap.call_of(:'org_a')).sent_at, NULL, 'and not counted');
SELECT is(tap.take(:'org_a') || tap.step(:'org_a', 'refused', '{"reason": "no", "reason_code": "caller_id_refused"}'),
    'preparingfailed', 'refused');

-- Fences.
SELECT is(tap.ask(:'org_a', '+2348031234571') || tap.take(:'org_a'), 'queuedpreparing', 'taken');
SELECT throws_ok(format('SELECT telephony_internal.advance_call(%L, %L, %s, ''send'', tap.sent())', c.org_id, c.id,
    c.token - 1), 'TL001', NULL, 'an older token') FROM tap.call_of(:'org_a') c;
UPDATE telephony_internal.calls SET lease_until = now() - interval '1 second' WHERE state = 'preparing';
SELECT throws_ok(format($$SELECT tap.step(%L, 'send', tap.sent())$$, :'org_a'), 'TL001', NULL,
    'a lease that has run out');
SELECT throws_ok(format($$SELECT tap.step(%L, 'end')$$, :'org_a'), 'TL002', NULL,
    'an event that is not the sidecar''s');
SELECT throws_ok(format($$SELECT tap.step(%L, 'send')$$, :'org_a'), 'TL001', NULL, 'nor one without the lease');
SELECT is(tap.take(:'org_a'), 'preparing', 'taken again');
SELECT throws_ok(format($$SELECT tap.step(%L, 'send')$$, :'org_a'), '22023', NULL, 'without Twilio''s clock');
SELECT throws_ok(format($$SELECT tap.step(%L, 'found', '{"sid": "PN1"}')$$, :'org_a'), '22023', NULL, 'no SID');

-- Price and limits, again when the call is about to be placed.
CREATE FUNCTION tap.send_code(org text, data jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_code text;
BEGIN
    BEGIN
        PERFORM tap.step(org, 'send', data);
        SELECT coalesce(reason_code, state) INTO v_code FROM telephony_internal.calls
         WHERE id = (SELECT id FROM telephony_internal.calls WHERE org_id = org::uuid ORDER BY updated_at DESC LIMIT 1);
        RAISE EXCEPTION 'undone' USING ERRCODE = 'TAP01';
    EXCEPTION WHEN SQLSTATE 'TAP01' THEN
        RETURN v_code;
    END;
END $$;
SELECT is(tap.send_code(:'org_a', data), answer, answer) FROM (VALUES
    (tap.sent('0.50'), 'placing'), (tap.sent('0.51'), 'call_too_dear'), (tap.sent() - 'price', 'call_price_unknown'),
    (tap.sent() || '{"price_unit": "EUR"}', 'call_price_unknown')) v (data, answer);
UPDATE telephony_internal.settings SET calls_per_day = 1;
SELECT is(tap.send_code(:'org_a', tap.sent()), 'calls_of_the_day', 'the day of the installation');
UPDATE telephony_internal.settings SET calls_per_day = DEFAULT, call_prices_per_day = 0.1;
SELECT is(tap.send_code(:'org_a', tap.sent()), 'calls_of_the_day', 'its money');
UPDATE telephony_internal.settings SET call_prices_per_day = DEFAULT;
SET LOCAL ROLE tap_service;
SELECT telephony_internal.set_call_block(:'org_a', 'calls strangers') \gset
RESET ROLE;
SELECT is(tap.send_code(:'org_a', tap.sent()), 'calls_blocked', 'an operator has blocked it');
SET LOCAL ROLE tap_tenant;
SELECT is(tap.code_of($$SELECT telephony_api.verify_caller_id('+2348031234572')$$), 'calls_blocked', 'asked or sent');
RESET ROLE;
SELECT telephony_internal.set_call_block(:'org_a', NULL) \gset
SELECT is((SELECT count(*) FROM telephony_api.audit_log WHERE action = 'set_call_block'), 2::bigint, 'audited');
SELECT is(tap.code_of(format($$SELECT telephony_internal.set_call_block(%L, ' ')$$, :'org_a')), 'reason_missing',
    'why?');
SELECT is(tap.code_of($$SELECT telephony_internal.set_call_block(gen_random_uuid(), 'x')$$), 'organization_unknown', 'who?');
SELECT is(tap.step(:'org_a', 'postpone', '{"reason": "Twilio does not answer", "reason_code": "twilio_unavailable"}'),
    'queued', 'put off');
SELECT is((c.status, c.reason_code)::text, '(pending,twilio_unavailable)', 'and shown why')
    FROM tap.shown('+2348031234571') c;
UPDATE telephony_internal.calls SET deadline_at = now() WHERE state = 'queued';
SELECT is(tap.take(:'org_a'), NULL, 'after its deadline nobody is called');
SELECT is((c.status, c.reason_code)::text, '(failed,twilio_unavailable)', 'it has failed')
    FROM tap.shown('+2348031234571') c;

-- How often.
DELETE FROM telephony_internal.calls;
UPDATE telephony_internal.settings SET caller_id_calls_per_day = 3, caller_ids_per_day = 5, calls_per_hour = 10;
UPDATE telephony_internal.settings SET platform_account_sid = :'platform';
CREATE FUNCTION tap.was_called(org text, number text, ago interval) RETURNS void LANGUAGE sql AS $$
    INSERT INTO telephony_internal.calls (org_id, kind, state, deadline_at, caller_id, number, account_sid, sent_at,
        intent_at, created_at)
    VALUES (org::uuid, 'caller_id', 'failed', now(), gen_random_uuid(), number::telephony.e164, 'AC' || repeat('f', 32),
        now() - ago, now() - ago, now() - ago) $$;
SELECT count(tap.was_called(:'org_b', '+2348031234580', ago))
  FROM unnest('{1 hour,2 hours,25 hours}'::interval[]) ago \gset
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_a') \gset
SELECT is((telephony_api.verify_caller_id('+2348031234580')).attempts_left, 1,
    'two calls of others within the day: one left');
RESET ROLE;
UPDATE telephony_internal.calls SET state = 'failed', sent_at = now(), intent_at = now() WHERE NOT ended;
UPDATE telephony_api.verified_caller_ids SET status = 'failed', reason = 'x', reason_code = 'retrying'
 WHERE status = 'pending';
SET LOCAL ROLE tap_tenant;
SELECT is(tap.code_of($$SELECT telephony_api.verify_caller_id('+2348031234580')$$), 'too_many_calls', 'and then none');
SELECT is((c.attempts_left)::text, '0', 'as the status says') FROM tap.shown('+2348031234580') c;
RESET ROLE;
SELECT count(tap.was_called(:'org_a', '+23480312345' || n, '3 hours')) FROM generate_series(81, 84) n \gset
SET LOCAL ROLE tap_tenant;
SELECT is(tap.code_of($$SELECT telephony_api.verify_caller_id('+2348031234586')$$), 'too_many_calls',
    'no sixth number');
SELECT is(tap.code_of($$SELECT telephony_api.verify_caller_id('+2348031234584')$$), 'not refused',
    'but one of the five');
RESET ROLE;
DELETE FROM telephony_internal.calls;
SELECT count(tap.was_called(:'org_a', '+2348031234590', '10 minutes')) FROM generate_series(1, 10) \gset
SET LOCAL ROLE tap_tenant;
SELECT is(tap.code_of($$SELECT telephony_api.verify_caller_id('+2348031234591')$$), 'too_many_calls',
    'no eleventh call');
RESET ROLE;

-- What lapses: by age, by another account, by what is gone at Twilio.
DELETE FROM telephony_internal.calls;
DELETE FROM telephony_internal.call_events;
DELETE FROM telephony_api.verified_caller_ids;
INSERT INTO telephony_api.verified_caller_ids (org_id, phone_number, status, verified_at, expires_at, account_sid,
    caller_id_sid, made_here, checked_at)
SELECT :'org_a', v.number, 'verified', now() - interval '100 days', now() + v.life, v.account, tap.sid(v.n), true,
       now() - v.seen
  FROM (VALUES (1, '+2348031234561', interval '-1 second', :'platform', interval '1 hour'),
               (2, '+2348031234562', '1 day', :'account_a', '25 hours'),
               (3, '+2348031234563', '1 day', :'platform', '25 hours'),
               (4, '+2348031234564', '1 day', :'platform', '1 hour')) v (n, number, life, account, seen);
SELECT is((c.status, c.reason_code)::text, '(expired,caller_id_lapsed)', 'its time is over, before anybody has looked')
  FROM tap.shown('+2348031234561') c;
SET LOCAL ROLE tap_sidecar;
SELECT is(telephony_internal.lapse_caller_ids(), 2::bigint, 'two lapse');
SELECT is(telephony_internal.lapse_caller_ids(), 0::bigint, 'once');
RESET ROLE;
SELECT is(string_agg(concat_ws(' ', right(v.phone_number, 1), v.status, v.reason_code), ', ' ORDER BY v.phone_number),
    '1 expired caller_id_lapsed, 2 expired caller_id_account_left, 3 verified, 4 verified', 'by age and by account')
  FROM telephony_api.verified_caller_ids v;
SELECT is((SELECT string_agg(c.kind || ' ' || c.number::text, ', ') FROM telephony_internal.calls c),
    'caller_id_check +2348031234563', 'one was not seen for a day: it is looked at');
UPDATE telephony_internal.settings SET absence_observations = 2, absence_poll = '1 minute';
SELECT is(tap.take(:'org_a') || ' ' || tap.step(:'org_a', 'absent'), 'checking checking', 'one list is no proof');
SELECT is((tap.call_of(:'org_a')).not_before > now() + interval '50 seconds', true, 'looked at again after a while');
SELECT is((c.status)::text, 'verified', 'it counts meanwhile') FROM tap.shown('+2348031234563') c;
SELECT is(tap.take(:'org_a') || ' ' || tap.step(:'org_a', 'absent'), 'checking done', 'gone');
SELECT is((c.status, c.reason_code)::text, '(expired,caller_id_gone)', 'told') FROM tap.shown('+2348031234563') c;
UPDATE telephony_api.verified_caller_ids SET checked_at = now() - interval '25 hours' WHERE status = 'verified';
SELECT is(telephony_internal.lapse_caller_ids(), 0::bigint, 'the other is looked at');
SELECT is(tap.take(:'org_a') || ' ' || tap.step(:'org_a', 'present'), 'checking done', 'and is there');
SELECT is((c.status)::text, 'verified', 'it goes on') FROM tap.shown('+2348031234564') c;
UPDATE telephony_internal.calls SET updated_at = now() - interval '25 hours';
SELECT is(telephony_internal.lapse_caller_ids(), 0::bigint, 'looks are forgotten after a day');
SELECT is_empty($$SELECT FROM telephony_internal.calls WHERE kind = 'caller_id_check'$$, 'with their rows');
SELECT is_empty($$SELECT FROM telephony_internal.call_events$$, 'and their steps');

-- What stands in the way of the call is said.
UPDATE telephony_api.verified_caller_ids SET status = 'failed', verified_at = NULL, reason = 'x',
    reason_code = 'caller_id_unanswered' WHERE phone_number = '+2348031234561';
INSERT INTO telephony_api.hybrid_forwarding_configs (org_id, sim_phone_number, forwarding_type, country_code,
    carrier_name, twilio_forwarding_number, codes, status, user_confirmed_setup, confirmed_at)
SELECT :'org_a', '+2348031234561', 'total_ai', 'NG', 'mtn', '+12025550123',
    '[{"step": 1, "deactivation_code": "##21#"}]', 'active', true, now();
SELECT ok(c.reason_code = 'forwarding_in_the_way' AND c.reason LIKE '%dial ##21#%', 'a line that is forwarded')
  FROM tap.shown('+2348031234561') c;
SELECT is(tap.ask(:'org_a', '+2348031234561'), 'queued', 'asked for again');
SELECT is((c.status, c.reason_code)::text, '(pending,forwarding_in_the_way)', 'said before the telephone rings, too')
  FROM tap.shown('+2348031234561') c;

-- A trial account is told of before codes are dialled: real callers do not reach it.
SELECT is((telephony_internal.shown_config(h)).warning_code, NULL, 'an account that is paid for: nothing to warn of')
  FROM telephony_api.hybrid_forwarding_configs h;
INSERT INTO telephony_internal.twilio_credentials (org_id, account_sid, sealed, key_id, status, account_type,
    verified_at)
VALUES (:'org_a', :'account_a', tap.box(9), repeat('1', 16), 'verified', 'Trial', now());
SELECT is((telephony_internal.shown_config(h)).warning_code, 'trial_account', 'a trial account')
  FROM telephony_api.hybrid_forwarding_configs h;
DELETE FROM telephony_internal.twilio_credentials WHERE org_id = :'org_a';

-- A restored database does not know whom it has had called: nobody is called a second time.
SELECT (tap.call_of(:'org_a')).token AS token \gset before_
SELECT telephony_internal.interrupt_calls() \gset
SELECT ok((tap.call_of(:'org_a')).token > :before_token, 'attempts from before are fenced off');
SELECT is((c.status, c.reason_code)::text, '(failed,call_interrupted)', 'what waited is ended')
  FROM (SELECT v.status, v.reason_code FROM telephony_api.verified_caller_ids v
         WHERE v.phone_number = '+2348031234561') c;
SELECT is(tap.ask(:'org_a', '+2348031234561'), 'queued', 'asked for by somebody again');
UPDATE telephony_internal.settings SET mode = 'recovery';
SELECT throws_ok($$SELECT telephony_internal.claim_calls('tap', 10, 60, tap.call_kinds())$$, 'TL004', NULL, 'none in recovery mode');
UPDATE telephony_internal.settings SET mode = 'normal';
SELECT throws_ok('SELECT telephony_internal.claim_calls(''tap'', 0, 60, tap.call_kinds())', '22023', NULL, 'one at least');
SELECT is_empty($$SELECT telephony_internal.claim_calls('tap', 10, 60, '{caller_id_check}')$$, 'none of a kind not asked for');

-- An erasure waits for the call under way, deletes at Twilio what calls of ours have made, and nothing else.
UPDATE telephony_api.verified_caller_ids SET caller_id_sid = tap.sid(50), made_here = false
 WHERE phone_number = '+2348031234563';
UPDATE telephony_api.verified_caller_ids SET caller_id_sid = NULL, made_here = false
 WHERE phone_number IN ('+2348031234561', '+2348031234562');
SELECT is(tap.called(:'org_a', 20), 'preparing placing calling', 'a call is under way');
SET LOCAL ROLE tap_service;
SELECT (telephony_api.erase_org(:'org_a')).state AS erasing \gset
SELECT is((e.reason_code, e.reason)::text, '(call_running,"a call is under way")', 'waited for')
  FROM telephony_api.erase_org(:'org_a') e;
RESET ROLE;
SELECT is(string_agg(concat_ws(' ', c.kind, c.state, c.caller_id_sid), ', ' ORDER BY c.kind),
    'caller_id calling, caller_id_removal removing ' || tap.sid(4), 'one caller id is to be deleted')
  FROM telephony_internal.calls c WHERE c.org_id = :'org_a' AND NOT c.ended;
SELECT is(tap.code_of(format('SELECT tap.ask(%L, %L)', :'org_a', :'line')), 'being_erased',
    'nobody is called any more');
RESET ROLE;
CREATE FUNCTION tap.look(org text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_job telephony_internal.jobs;
BEGIN
    UPDATE telephony_internal.jobs SET token = token + 1, lease_until = clock_timestamp() + interval '1 minute'
     WHERE org_id = org::uuid AND kind = 'erase' AND state = 'erasing' RETURNING * INTO v_job;
    RETURN (telephony_internal.advance(v_job.id, v_job.token, 'look')).state;
END $$;
SELECT is(tap.look(:'org_a'), 'erasing', 'still');
SELECT token FROM telephony_internal.claim_calls('tap', 100, 60,
    tap.call_kinds()) WHERE kind = 'caller_id_removal' \gset
SELECT is((telephony_internal.advance_call(:'org_a', c.id, :token, 'removed')).state, 'done', 'deleted at Twilio')
  FROM telephony_internal.calls c WHERE c.org_id = :'org_a' AND c.kind = 'caller_id_removal';
SELECT is(tap.look(:'org_a'), 'erasing', 'the call is still under way');
SELECT is(tap.take(:'org_a') || ' ' || tap.step(:'org_a', 'found', tap.found(:'org_a', 21)), 'calling done',
    'the code was typed after all');
SELECT is(tap.look(:'org_a'), 'erasing', 'what it has made is deleted as well');
SELECT is(tap.take(:'org_a') || ' ' || (tap.call_of(:'org_a')).caller_id_sid, 'removing ' || tap.sid(21),
    'a job of it');
UPDATE telephony_internal.calls SET deadline_at = now() WHERE state = 'removing';
SELECT is(tap.step(:'org_a', 'postpone', '{"reason": "Twilio does not answer"}'), 'failed', 'given up at its deadline');
SELECT is(tap.look(:'org_a'), 'done', 'erased');
SELECT is_empty(format('SELECT FROM telephony_internal.calls WHERE org_id = %L', :'org_a'), 'no call is left');
SELECT is_empty(format('SELECT FROM telephony_internal.call_events WHERE org_id = %L', :'org_a'), 'nor a step');

-- The same number is another organization's to verify then.
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_b') \gset
SELECT is(tap.code_of($$SELECT telephony_api.verify_caller_id('+2348031234564')$$), 'not refused', 'by another, now');
SELECT throws_ok($$SELECT telephony_api.caller_id_status(gen_random_uuid())$$, 'PT404', NULL, 'one of nobody''s');
RESET ROLE;

SELECT is((SELECT string_agg(t.from_state || t.event || t.to_state, ' ') FROM telephony_internal.call_transitions t
            WHERE t.to_state = 'placing' AND (t.from_state, t.event) <> ('preparing', 'send')), NULL,
    'the only way to a call is the intent');
SELECT is((SELECT array_agg(DISTINCT s ORDER BY s) FROM (SELECT from_state FROM telephony_internal.call_transitions
            UNION SELECT to_state FROM telephony_internal.call_transitions) t (s)),
    ARRAY['calling', 'cancelled', 'checking', 'done', 'failed', 'in_doubt', 'placing', 'preparing', 'queued',
        'removing'],
    'the states that the checks of the table name');

SELECT * FROM finish();
ROLLBACK;
