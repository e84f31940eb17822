-- Purchases with wishes: what is stored with the job, what is bought and what never, and what ends the purchase of a
-- number that was chosen.
\ir jobs.psql
CREATE FUNCTION tap.code_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_code text;
BEGIN
    EXECUTE statement;
    RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_code = CONSTRAINT_NAME;
    RETURN v_code;
END $$;
-- A search of an organization that has offered these numbers.
CREATE FUNCTION tap.offered(org uuid, VARIADIC numbers text[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO telephony_internal.number_searches (org_id, country_code, account_sid, wishes, state, offers,
        expires_at)
    SELECT org, 'US', 'AC' || repeat('a', 32), '{}', 'done', jsonb_agg(jsonb_build_object('number', n, 'country_code',
           'US', 'number_type', 'Local')), now() + interval '10 minutes' FROM unnest(numbers) n $$;
CREATE FUNCTION tap.candidate(org uuid, number text, number_type text DEFAULT 'Local') RETURNS text LANGUAGE sql AS $$
    SELECT tap.advance(org, 'candidate', jsonb_build_object('number', number, 'number_country', 'US',
        'number_type', number_type, 'account_sid', 'AC' || repeat('a', 32))) $$;
-- A new organization with a purchase of this number.
CREATE FUNCTION tap.chosen(number text, or_similar boolean DEFAULT false) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE v_org uuid := gen_random_uuid();
BEGIN
    PERFORM tap.sign_in(v_org);
    PERFORM telephony_api.select_country('US');
    PERFORM tap.offered(v_org, chosen.number);
    PERFORM telephony_api.provision_number(number => chosen.number, or_similar => chosen.or_similar);
    RETURN v_org;
END $$;

-- What a number meets.
SELECT is(telephony_internal.meets_wishes(number::telephony.e164, 'Local', wishes::jsonb), answer,
    concat_ws(' ', number, wishes)) FROM (VALUES
    ('+14155550100', '{}', true), ('+14155550100', '{"area_code": "415"}', true),
    ('+12125550100', '{"area_code": "415"}', false), ('+14158294555', '{"contains": "TAXI"}', true),
    ('+14158294555', '{"contains": "8*94"}', true), ('+14158294555', '{"contains": "8*95"}', false),
    ('+14158294555', '{"number_type": "Local"}', true), ('+14158294555', '{"number_type": "TollFree"}', false),
    ('+14155550100', '{"number": "+14155550100"}', true), ('+14155550101', '{"number": "+14155550100"}', false),
    ('+14155550101', '{"number": "+14155550100", "or_similar": true}', true),
    ('+12125550101', '{"number": "+14155550100", "or_similar": true, "area_code": "415"}', false))
    v (number, wishes, answer);

-- A running purchase is the same for the same wishes, and told to who has others.
SELECT gen_random_uuid() AS org \gset
SELECT tap.sign_in(:'org'::uuid) \gset
SELECT job_id AS job FROM telephony_api.provision_number('US', area_code => '415', contains => 'taxi') \gset
SELECT is((tap.job_of(:'org')).wishes, '{"area_code": "415", "contains": "TAXI"}', 'stored with the job');
SELECT is((telephony_api.provision_number('us', contains => 'TAXI', area_code => ' 415')).job_id, :'job'::uuid,
    'asked again');
SELECT throws_ok(format('SELECT telephony_api.provision_number(%s)', args), 'PT409',
    format('a purchase with other wishes is under way: job %s', :'job'), args)
  FROM unnest(ARRAY['''US''', '''US'', area_code => ''212''', '''US'', area_code => ''415''']) args;
SELECT is(tap.code_of($$SELECT telephony_api.provision_number('US', area_code => '4x5')$$), 'area_code_unknown',
    'what is malformed is told first');
SELECT is(tap.code_of($$SELECT telephony_api.provision_number('US', number => '415')$$), 'malformed_number', 'too');
SELECT c.wishes, c.buyable
  FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds()) c WHERE c.org_id = :'org' \gset
SELECT is(:'wishes'::jsonb, '{"area_code": "415", "contains": "TAXI"}', 'a sidecar is told');

-- Nothing else is bought, whatever a sidecar reports.
SELECT throws_ok(format('SELECT tap.candidate(%L, %L)', :'org', '+12128294555'), 'TL002', NULL, 'another area');
SELECT throws_ok(format('SELECT tap.candidate(%L, %L)', :'org', '+14158295666'), 'TL002', NULL, 'another pattern');
SELECT is(tap.hold_state('+12128294555'), NULL, 'and nothing is held');
SELECT is(tap.candidate(:'org', '+14158294555'), 'intended', 'what was wished');
SELECT is(tap.advance(:'org', 'send', '{"server_date": "2026-11-22T12:00:00Z"}'), 'buying', 'is bought');
SELECT is(tap.advance(:'org', 'unavailable'), 'searching', 'if it is gone, the next is tried');
SELECT tap.candidate(:'org', '+14158294556'), tap.advance(:'org', 'send'),
    tap.advance(:'org', 'purchased', tap.answer(:'org', tap.sid(901))), tap.advance(:'org', 'settle') \gset
SELECT is((tap.job_of(:'org')).state, 'done', 'done');
SELECT is((telephony_api.provision_number('US')).job_id, :'job'::uuid, 'asked again without wishes');
SELECT is((telephony_api.provision_number('US', area_code => '415', contains => 'taxi')).job_id, :'job'::uuid,
    'or with the same');
SELECT is(tap.code_of($$SELECT telephony_api.provision_number('US', area_code => '212')$$), 'number_exists',
    'with others there is a number already');

-- Which numbers can be chosen.
SELECT gen_random_uuid() AS org, gen_random_uuid() AS other \gset
SELECT tap.sign_in(:'other'::uuid), telephony_api.select_country('US') \gset
SELECT tap.sign_in(:'org'::uuid), telephony_api.select_country('US') \gset
SELECT tap.offered(:'org', '+14155550110', '+14155550111'), tap.offered(:'other', '+14155550119') \gset
SELECT is(tap.code_of(format('SELECT telephony_api.provision_number(number => %L)', number)), 'offer_not_found', why)
  FROM (VALUES ('+14155550118', 'never offered'), ('+14155550119', 'offered to another organization')) v (number, why);
SELECT is(tap.code_of($$SELECT telephony_api.provision_number('NG', number => '+14155550110')$$), 'offer_not_found',
    'offered for another country');
SELECT is(tap.code_of($$SELECT telephony_api.provision_number(number => '+14155550110', area_code => '212')$$),
    'wishes_contradict', 'a number that is not what is asked for besides');
UPDATE telephony_internal.number_searches SET expires_at = now() WHERE org_id = :'org';
SELECT is(tap.code_of($$SELECT telephony_api.provision_number(number => '+14155550110')$$), 'offer_expired', 'expired');
SELECT tap.offered(:'org', '+14155550110') \gset
SELECT is((telephony_api.provision_number(number => '+14155550110')).state, 'queued', 'offered again');
SELECT is((telephony_api.provision_number(number => '+14155550110')).job_id, (tap.job_of(:'org')).id, 'asked again');
DELETE FROM telephony_internal.number_searches WHERE org_id = :'org';
SELECT is((telephony_api.provision_number(number => '+14155550110')).job_id, (tap.job_of(:'org')).id,
    'whoever lost the answer asks again, also when the offer is gone');
SELECT c.buyable FROM telephony_internal.claim_jobs('tap', 100, 60, tap.kinds()) c WHERE c.org_id = :'org' \gset
SELECT is(:'buyable'::jsonb -> 0 ->> 'number_type', 'Local', 'bought as the kind that it was offered as');
SELECT throws_ok(format('SELECT tap.candidate(%L, %L)', :'org', '+14155550111'), 'TL002', NULL, 'no other is bought');

-- What leads others to the next number ends the purchase of a number that was chosen, and says when to try it again.
SELECT tap.chosen('+14155550120') AS first, tap.chosen('+14155550120') AS second \gset
SELECT tap.claim(:'first'), tap.claim(:'second') \gset
SELECT is(tap.candidate(:'first', '+14155550120'), 'intended', 'two organizations after one number: one has it');
SELECT is(tap.candidate(:'second', '+14155550120'), 'failed', 'the other does not');
SELECT is((tap.job_of(:'second')).reason_code, 'wished_number_gone', 'and is told why');
SELECT matches((tap.job_of(:'second')).reason, '\+1\*+0120, cannot be had: another purchase holds it, or did a while ago\. It may be tried '
    'again when a search offers it again\. Choose another: search_numbers\(\)', 'when to try again, and what to do');
SELECT is(tap.advance(:'first', 'send', '{"server_date": "2026-11-22T12:00:00Z"}'), 'buying', 'sent');
SELECT is(tap.advance(:'first', 'unavailable'), 'failed', 'Twilio does not sell it');
SELECT matches((tap.job_of(:'first')).reason, 'gone, or needs a near address\. It may be tried again after \d{4}-\d\d-\d\d',
    'then it is held until the late horizon has passed');
SELECT is(tap.hold_state('+14155550120'), 'quarantined', 'as every number that was once asked for');
SELECT tap.chosen('+14155550120') AS third \gset
SELECT tap.claim(:'third') \gset
SELECT is(tap.candidate(:'third', '+14155550120'), 'failed', 'held');
SELECT matches((tap.job_of(:'third')).reason, 'another purchase holds it, or did a while ago\. It may be tried again after \d{4}', 'when');

SELECT tap.chosen('+14155550121') AS org \gset
SELECT tap.buy(:'org', '+14155550121') \gset
SELECT tap.advance(:'org', 'ambiguous'), tap.advance(:'org', 'not_seen') \gset
SELECT tap.claim(:'org') \gset
SELECT tap.advance(:'org', 'not_seen') \gset
SELECT tap.claim(:'org') \gset
SELECT is(tap.advance(:'org', 'not_seen'), 'failed', 'a purchase that was not answered and did not take place');
SELECT matches((tap.job_of(:'org')).reason, 'did not take place\. It may be tried again after', 'and why');

SELECT tap.chosen('+14155550122') AS org \gset
SELECT tap.claim(:'org'), tap.candidate(:'org', '+14155550122') \gset
SELECT is(tap.advance(:'org', 'taken'), 'failed', 'a number that the account has');

-- A cancel ends it as it ends others.
SELECT tap.chosen('+14155550123') AS org \gset
SELECT tap.buy(:'org', '+14155550123') \gset
SELECT tap.sign_in(:'org'::uuid), telephony_api.release_number() \gset
SELECT is(tap.advance(:'org', 'unavailable'), 'cancelled', 'cancelled');

-- A similar one will do.
SELECT tap.chosen('+14155550124', or_similar => true) AS org \gset
SELECT tap.buy(:'org', '+14155550124') \gset
SELECT is(tap.advance(:'org', 'unavailable'), 'searching', 'then the next is tried');
SELECT is(tap.candidate(:'org', '+14155550125'), 'intended', 'another');

SELECT * FROM finish();
ROLLBACK;
