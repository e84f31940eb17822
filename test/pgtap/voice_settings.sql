-- Voice settings of numbers that are held: what each was given is known, and an operator has new ones applied.
\ir jobs.psql

CREATE FUNCTION tap.given(org uuid) RETURNS jsonb LANGUAGE sql AS
$$ SELECT h.voice FROM telephony_internal.number_holds h WHERE h.org_id = org AND h.state = 'live' $$;
CREATE FUNCTION tap.voice(url text) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_object('VoiceUrl', url) $$;
CREATE FUNCTION tap.live(n int, voice jsonb) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE v_org uuid := tap.new_job();
BEGIN
    PERFORM tap.buy(v_org, '+1202555010' || n);
    PERFORM tap.advance(v_org, 'purchased', tap.answer(v_org, tap.sid(n)));
    PERFORM tap.advance(v_org, 'settle', jsonb_strip_nulls(jsonb_build_object('voice', voice)));
    RETURN v_org;
END $$;
-- The job that sets an organization's number.
CREATE FUNCTION tap.configure_job(org uuid) RETURNS telephony_internal.jobs LANGUAGE sql AS
$$ SELECT j FROM telephony_internal.jobs j WHERE j.org_id = org AND j.kind = 'configure' ORDER BY j.ended,
    j.updated_at DESC LIMIT 1 $$;
CREATE FUNCTION tap.report(org uuid, event text, data jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    UPDATE telephony_internal.jobs SET not_before = now() - interval '1 second' WHERE id = (tap.configure_job(org)).id;
    PERFORM tap.claim(org);
    RETURN (SELECT (telephony_internal.advance(j.id, j.token, event, data)).state FROM tap.configure_job(org) j);
END $$;
CREATE FUNCTION tap.compared(org uuid) RETURNS jsonb LANGUAGE sql AS $$
    SELECT r.voice FROM telephony_api.phone_numbers p, telephony_internal.reconcile_numbers(p.account_sid,
        jsonb_build_array(jsonb_build_object('sid', p.number_sid, 'phone_number', p.number, 'friendly_name',
            telephony_internal.tag_of(p.job_id)))) r
     WHERE p.org_id = org AND r.number_sid = p.number_sid $$;

-- What a sweep that lists these numbers says of the number of an organization.
CREATE FUNCTION tap.verdict_without(org uuid, listed jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT r.verdict FROM telephony_api.phone_numbers p, telephony_internal.reconcile_numbers(p.account_sid, listed) r
     WHERE p.org_id = org AND r.number_sid = p.number_sid $$;

-- What a number was given is known, without a trace of it elsewhere.
SELECT tap.live(1, tap.voice('https://u:secret@voice.example.com/incoming')) AS bought,
       tap.live(2, NULL) AS unknown \gset
SELECT is(tap.given(:'bought'), tap.voice('https://u:secret@voice.example.com/incoming'),
    'the voice settings that a number was bought with');
SELECT is(tap.compared(:'bought'), tap.given(:'bought'), 'are what a sweep compares it with');
SELECT is_empty($$SELECT FROM telephony_internal.job_events e WHERE e.detail::text ~ 'secret'$$,
    'a URL may carry a password: no step keeps it');
SELECT is(tap.given(:'unknown'), NULL, 'a report without them');
SELECT tap.sign_in(:'org_a') \gset x_
SELECT telephony_api.import_org(:'org_a', 'NG', 'mtn', '+12025550109', tap.sid(9), :'account') \gset x_
SELECT is(tap.given(:'org_a'), NULL, 'an imported number keeps its own');
SELECT is(tap.compared(:'org_a'), NULL, 'and is compared with nothing');

-- For one organization.
SELECT telephony_internal.set_voice_settings(voice_url => 'https://voice.example.com/new') \gset x_
SELECT is((SELECT (o.kind, o.state, o.number)::text FROM telephony_internal.apply_voice_settings(:'bought') o),
    '(configure,configuring,+1******0101)', 'new ones are applied by a job');
SELECT is((SELECT count(*) FROM telephony_internal.apply_voice_settings(:'bought')), 1::bigint, 'twice is once');
SELECT is((SELECT count(*) FROM telephony_api.audit_log l WHERE l.action = 'apply_voice_settings'), 1::bigint,
    'it is in the audit log');
SELECT is(tap.compared(:'bought'), NULL, 'meanwhile a sweep compares its voice settings with nothing');
SELECT is(tap.verdict_without(:'bought', '[]'), 'missing', 'but tells of a number that is gone from Twilio');
SELECT tap.sign_in(:'bought') \gset x_
SELECT is((SELECT s.kind::text FROM telephony_api.provisioning_status() s), 'provision',
    'the organization is not shown it');
SELECT is_empty(format($$SELECT FROM telephony_internal.claim_jobs('older', 100, 60,
    ARRAY['provision', 'release', 'orphan_release', 'erase']) c WHERE c.org_id = %L$$, :'bought'),
    'a telephonyd that does not know such jobs is given none');
SELECT is(tap.report(:'bought', 'postpone', '{"reason": "Twilio does not answer"}'), 'configuring', 'it is repeated');
SELECT is(tap.report(:'bought', 'configured', jsonb_build_object('voice',
    tap.voice('https://u:secret@voice.example.com/incoming'))), 'configuring', 'what is not that of today is too');
SELECT is(tap.report(:'bought', 'configured', jsonb_build_object('voice',
    tap.voice('https://voice.example.com/new'))), 'done', 'until it is');
SELECT is(tap.compared(:'bought'), tap.voice('https://voice.example.com/new'), 'then a sweep compares with these');
SELECT is((SELECT j.reason FROM tap.configure_job(:'bought') j), NULL, 'and nothing is left to say');

-- For all.
SELECT tap.live(3, tap.voice('https://voice.example.com/incoming')) AS third \gset
SELECT results_eq('SELECT o.number FROM telephony_internal.apply_voice_settings() o', ARRAY['+1******0103'],
    'without an organization: those that were given others, not what was taken in');
SELECT is((SELECT count(*) FROM telephony_internal.apply_voice_settings(:'org_a')), 1::bigint,
    'that only where it is named');

-- Every way to an end.
SELECT tap.sign_in(:'third') \gset x_
SELECT is((telephony_api.release_number(force => true)).state::text, 'releasing', 'a release meanwhile');
SELECT is(tap.report(:'third', 'configured', jsonb_build_object('voice', tap.voice('https://voice.example.com/new'))),
    'cancelled', 'ends it');
SELECT is((SELECT j.reason_code FROM tap.configure_job(:'third') j), 'number_left', 'and says why');
UPDATE telephony_internal.jobs SET deadline_at = now() - interval '1 second'
 WHERE id = (tap.configure_job(:'org_a')).id;
SELECT is(tap.report(:'org_a', 'postpone', '{"reason": "401", "reason_code": "credentials_refused"}'), 'failed',
    'it is given up after its deadline');
SELECT is((SELECT (j.reason, j.reason_code)::text FROM tap.configure_job(:'org_a') j),
    '("gave up after 01:00:00: 401",credentials_refused)', 'with the last reason');
SELECT is(tap.given(:'org_a'), NULL, 'nothing was given');
SELECT telephony_internal.apply_voice_settings(:'bought') \gset x_
SELECT tap.claim(:'bought') \gset x_
SELECT throws_matching($$SELECT telephony_internal.write_off_number('+12025550101', 'closed')$$,
    'is, or was just, at work', 'a number that is being set is not written off: a request may be under way');
SELECT telephony_internal.advance(j.id, j.token, 'postpone', '{"reason": "401"}') FROM tap.configure_job(:'bought') j
    \gset x_
SELECT is((SELECT o.state FROM telephony_internal.write_off_number('+12025550101', 'closed') o), 'written_off',
    'one that waits to be set is');
SELECT is((SELECT (j.state, j.reason_code)::text FROM tap.configure_job(:'bought') j), '(cancelled,number_left)',
    'which ends that: it is never touched');

-- What is refused.
SELECT throws_ok('SELECT telephony_internal.apply_voice_settings(gen_random_uuid())', 'PT404', NULL,
    'an organization without a number');
DELETE FROM telephony_internal.voice_settings;
SELECT throws_ok(format('SELECT telephony_internal.apply_voice_settings(%L)', :'unknown'), 'PT409', NULL,
    'no settings to apply');
SELECT is_empty('SELECT telephony_internal.apply_voice_settings()', 'none for anybody');

SELECT * FROM finish();
ROLLBACK;
