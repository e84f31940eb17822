-- What is asked again, what is asked otherwise meanwhile, and what is told before anybody dials.
\ir jobs.psql
CREATE FUNCTION tap.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_code text; v_state text;
BEGIN
    EXECUTE statement;
    RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_code = CONSTRAINT_NAME, v_state = RETURNED_SQLSTATE;
    RETURN v_state || ' ' || v_code;
END $$;
CREATE FUNCTION tap.bought(org uuid, number text, sid int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tap.buy(org, number);
    PERFORM tap.advance(org, 'purchased', tap.answer(org, tap.sid(sid)));
    RETURN tap.advance(org, 'settle');
END $$;

-- A purchase that runs answers for its own country alone.
SELECT tap.new_job('NG') AS org \gset
SELECT is((SELECT p.job_id FROM telephony_api.provision_number('ng') p), (tap.job_of(:'org')).id,
    'the same country again: the same job');
SELECT is((SELECT p.job_id FROM telephony_api.provision_number() p), (tap.job_of(:'org')).id, 'so without a country');
SELECT is(tap.refused($$SELECT telephony_api.provision_number('TR')$$), 'PT409 purchase_running',
    'another country is another wish');
SELECT tap.buy(:'org', '+12025550101') \gset
SELECT is((SELECT r.cancel_requested FROM telephony_api.release_number() r), true, 'a cancelled purchase');
SELECT is(tap.refused($$SELECT telephony_api.provision_number('NG')$$), 'PT409 purchase_running',
    'is no answer to whoever asks for a number');

-- A number that is there, and one that is being released.
SELECT tap.new_job('NG') AS org \gset
SELECT is(tap.bought(:'org', '+12025550102', 2), 'done', 'a number');
SELECT is((SELECT p.state::text FROM telephony_api.provision_number('NG', 'mtn') p), 'done', 'asked for again: done');
SELECT telephony_api.set_forwarding_carrier('glo') \gset x_
SELECT is((SELECT p.state::text FROM telephony_api.provision_number('NG', 'mtn') p), 'done',
    'whatever carrier was used since: it has no part in a purchase');
SELECT is(tap.refused($$SELECT telephony_api.provision_number('TR')$$), 'PT409 number_exists', 'another country: 409');
SELECT unalike((telephony_api.select_country('NG')).warning_message, '%release it%',
    'choosing the same country is no reason to release the number');
SELECT unalike((telephony_api.select_country('TR')).warning_message, '%release it%',
    'nor one whose numbers are the same');
SELECT is((telephony_api.select_country('TR')).warning_code, NULL, 'so it has no code');
SELECT alike((telephony_api.select_country('GB')).warning_message, '%release it%', 'but one that has its own');
SELECT is((telephony_api.select_country('GB')).warning_code, 'number_kept', 'which has one');
SELECT telephony_api.select_country('NG') \gset x_

-- Lines: what is probably mistyped is said, and wrong arguments before anything is to be dialled.
SELECT alike((telephony_api.create_forwarding_config('0532 123 45 67', 'NG', 'mtn', 'total_ai')).warning_message,
    'The line +234******4567 is no number that is in use in NG%', 'another country''s line, typed nationally');
SELECT alike((telephony_api.create_forwarding_config('+18005551234', 'US', 'att', 'total_ai')).warning_message,
    'The line is a service number%', 'a service number')
  FROM telephony_api.carriers_of('US') c WHERE c.carrier_name = 'att';
SELECT (telephony_api.create_forwarding_config('08031234567', 'NG', 'mtn', 'total_ai')).id AS config \gset
SELECT is((SELECT (c.warning_message, c.warning_code)::text FROM telephony_api.confirm_forwarding_config(:'config') c),
    '(,)', 'a good one');
SELECT is((telephony_api.create_forwarding_config(line, country, carrier, 'total_ai')).warning_code, code, code)
  FROM (VALUES ('0532 123 45 67', 'NG', 'mtn', 'line_not_in_plan'),
               ('+18005551234', 'US', 'att', 'line_is_service_number'),
               ('+44 20 7946 0018', 'US', 'att', 'line_of_another_country')) v (line, country, carrier, code);
SELECT is_empty($$SELECT w.code FROM (VALUES ('number_kept'), ('line_not_in_plan'), ('line_is_service_number'),
        ('line_of_another_country')) w (code)
    WHERE NOT EXISTS (SELECT FROM telephony_internal.reason_codes() r WHERE r.code = w.code)$$,
    'every code of a warning is in the register');
SELECT is(tap.refused($$SELECT telephony_api.create_forwarding_config('08031234567', 'NG', 'mtn', 'bogus')$$),
    'PT400 forwarding_type_unknown', 'a wrong argument is told first');
SELECT is(tap.refused($$SELECT telephony_api.create_forwarding_config('08031234567', 'NG', 'mtn', 'total_ai', 7)$$),
    'PT400 ring_time_not_allowed', 'each');
SELECT is(tap.refused($$SELECT telephony_api.create_forwarding_config('08031234567', 'NG', 'mtn', 'safety_net')$$),
    'PT409 line_forwarded_already', 'then that the line is forwarded in another way');

SELECT is((SELECT r.state::text FROM telephony_api.release_number(force => true) r), 'releasing', 'a release');
SELECT is((SELECT o.assigned_twilio_number::text FROM telephony_api.organizations o WHERE o.id = :'org'), NULL,
    'a number that is being released is the organization''s no more');
SELECT unalike((telephony_api.select_country('GB')).warning_message, '%release it%', 'and nothing that stays');
SELECT telephony_api.select_country('NG') \gset x_
SELECT is(tap.refused($$SELECT telephony_api.provision_number('NG')$$), 'PT409 number_exists',
    'a number that is being released is no purchase');
SELECT is(tap.refused(format('SELECT telephony_api.confirm_forwarding_config(%L)', :'config')),
    'PT409 config_outdated', 'codes to it are outdated');

SELECT * FROM finish();
ROLLBACK;
