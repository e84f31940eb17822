-- What is reported of a purchase, and what follows from it: proof of ownership, regulations, the spend guard, refusals,
-- cancelling in the middle.
\ir jobs.psql

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
    ORDER BY seq DESC LIMIT 1), 'no answer for +1******0130 in account AC123, ******0130',
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
SELECT is(tap.advance(:'org', 'gone'), 'failed', 'deleted in the console before it was settled');
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
    'an operator closes it');
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

-- The answer was lost: asked again for what is done.
SELECT gen_random_uuid() AS org \gset
SELECT tap.sign_in(:'org'::uuid), telephony_api.provision_number('NG', 'mtn') \gset
SELECT tap.buy(:'org', '+12025550170') \gset
SELECT tap.advance(:'org', 'purchased', tap.answer(:'org', tap.sid(70))), tap.advance(:'org', 'settle') \gset
SELECT is((tap.job_of(:'org')).state, 'done', 'a purchase that is done');
SELECT is((SELECT (p.job_id, p.state, p.number)::text FROM telephony_api.provision_number(country, carrier) p),
    (SELECT (s.job_id, 'done', '+12025550170')::text FROM telephony_api.provisioning_status() s),
    format('asked for again with %s and %s, it is answered', country, carrier))
  FROM (VALUES (NULL, NULL), ('NG', NULL), (' ng', 'MTN'), (NULL, 'mtn')) again (country, carrier);
SELECT is((SELECT count(*) FROM telephony_internal.jobs j WHERE j.org_id = :'org'), 1::bigint, 'by the same job');
SELECT throws_ok(format('SELECT telephony_api.provision_number(%L, %L)', country, carrier), 'PT409',
    'your organization has a number already: +1******0170', format('%s and %s are another wish', country, carrier))
  FROM (VALUES ('US', NULL), ('US', 'att')) other (country, carrier);
SELECT telephony_api.select_country('TR') \gset x_
SELECT throws_ok('SELECT telephony_api.provision_number()', 'PT409', NULL, 'so is another country chosen since');
SELECT telephony_api.release_number() \gset x_
SELECT throws_ok($$SELECT telephony_api.provision_number('NG')$$, 'PT409',
    'your organization has a number still: it is being released', 'what is released is not done');

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
    'what shows up late is released');
SELECT is(telephony.mask_numbers('call (415) 555-1234 or +1 415.555.1234, not PN00000000000000000000000000001234 '
    'of 2026-11-22T12:00:00Z'),
          'call (******1234 or +1******1234, not PN00000000000000000000000000001234 of 2026-11-22T12:00:00Z',
              'numbers with separators are masked too');

-- Cancelling in the middle.
SELECT tap.new_job() AS org \gset
SELECT tap.buy(:'org', '+12025550108') \gset
SELECT is((SELECT state FROM telephony_api.release_number()), 'buying',
    'a purchase under way is cancelled, not forgotten');
SELECT is(tap.advance(:'org', 'purchased', tap.answer(:'org', tap.sid(8))), 'releasing',
    'what was bought all the same is released');
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
        'what shows up is released');

SELECT * FROM finish();
ROLLBACK;
