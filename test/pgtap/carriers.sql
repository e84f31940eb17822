-- Carriers as people name them, what a forwarded call costs by region, and what the API says of numbers that are none.
\ir set_up.psql
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_a') \gset

-- A carrier is found by its slug, its names and its resellers', however they are spelled; only a reseller is told
-- whose network it uses.
CREATE FUNCTION pg_temp.codes(country text, carrier text, OUT code text, OUT note text) LANGUAGE sql AS $$
    SELECT f.activation_code, f.note
      FROM telephony_api.forwarding_codes(country, carrier, 'total_ai',
               CASE country WHEN 'TR' THEN '+902122345678' WHEN 'GB' THEN '+442079460018' ELSE '+12025550123' END) f $$;
SELECT t.line
  FROM (VALUES ('US', 'AT&T', '**21*12025550123#', false), ('US', ' at & t ', '**21*12025550123#', false),
               ('US', 'at-t', '**21*12025550123#', false), ('US', 'Google Fi', '**21*12025550123#', false),
               ('US', 'FI', '**21*12025550123#', false), ('US', 'T Mobile', '**21*12025550123#', false),
               ('US', 'tmobile', '**21*12025550123#', false), ('US', 'Mint Mobile', '**21*12025550123#', true),
               ('US', 'metro', '**21*12025550123#', true), ('US', 'Verizon Mobile', '*722025550123', false),
               ('TR', 'Türk Telekom', '**21*02122345678#', false), ('TR', 'TÜRK TELEKOM', '**21*02122345678#', false),
               ('TR', 'turktelekom', '**21*02122345678#', false), ('GB', 'BT', '**21*+442079460018#', true),
               ('GB', 'bt-mobile', '**21*+442079460018#', true), ('GB', 'iD Mobile', '**21*+442079460018#', true),
               ('GB', 'id', '**21*+442079460018#', true), ('GB', 'Lyca Mobile', '**21*+442079460018#', true),
               ('NG', 'Etisalat', '**21*+12025550123#', false)) n (country, name, code, reseller),
       LATERAL pg_temp.codes(n.country, n.name) c,
       LATERAL (VALUES
           (is(c.code, n.code, format('%s is known', n.name))),
           (is(coalesce(c.note LIKE 'These are the codes of %', false), n.reseller,
               CASE WHEN n.reseller THEN 'as a reseller' ELSE 'as the carrier itself' END))) t (line);
SELECT throws_ok($$SELECT pg_temp.codes('TR', 'Tür Telecom')$$, 'PT400',
    'carrier not known in Turkey: ''Tür Telecom''', 'an unknown name is shown as it is');
SELECT throws_ok($$SELECT pg_temp.codes('TR', '٠٥٣٢١٢٣٤٥٦٧')$$, 'PT400', 'carrier not known in Turkey: ''****''',
    'unless it could be a number');
SELECT throws_ok(format('SELECT pg_temp.codes(''GB'', %L)', name), 'PT400', NULL, format('%L is no carrier', name))
  FROM unnest(ARRAY['', '-', 'mobile', 'e', '東京']) name;

-- What a call costs goes by region, not by calling code.
SELECT is(coalesce(f.note ~ 'is abroad', false), d.abroad, d.why)
  FROM (VALUES ('US', 'att', '+18765551234', true, 'Jamaica is abroad for the United States, though it begins with +1'),
               ('US', 'att', '+14165550123', true, 'and so is Canada'),
               ('US', 'att', '+17875550123', false, 'Puerto Rico is not'),
               ('US', 'att', '+18002345678', false, 'nor a toll-free number'),
               ('GB', 'ee', '+441534456789', true, 'Jersey is abroad for Britain'),
               ('GB', 'ee', '+442079460018', false, 'London is not'),
               ('NG', 'mtn', '+80012345678', true, 'a number of no country is'),
               ('GB', 'ee', '+12025550123', true, 'and one of another calling code'),
               ('TR', 'turkcell', '+905992345678', false, 'one that the plan does not know goes by its calling code'))
       d (country, carrier, destination, abroad, why),
       LATERAL telephony_api.forwarding_codes(d.country, d.carrier, 'total_ai', d.destination) f;
SELECT matches((SELECT note FROM telephony_api.forwarding_codes('GB', 'ee', 'total_ai', '+447012345678')),
    'personal number', 'a personal number has its price');
SELECT throws_ok($$SELECT * FROM telephony_api.forwarding_codes('US', 'verizon', 'total_ai', '+14165550123')$$, 'PT400',
    'Verizon forwards only to numbers of the United States', 'star codes reach none in Canada');

-- A carrier without notes.
RESET ROLE;
SAVEPOINT no_notes;
UPDATE telephony_api.carriers SET notes = NULL WHERE carrier_name IN ('mtn', 't-mobile');
SELECT is((SELECT note FROM telephony_api.forwarding_codes('NG', 'mtn', 'total_ai', '+2348031234567')), NULL,
    'a carrier without notes has none');
SELECT is((pg_temp.codes('NG', 'mtn')).note,
    'The destination is abroad: each forwarded call is billed at the international rate.',
    'or what is to be said, alone');
SELECT is((pg_temp.codes('US', 'mint')).note,
    'These are the codes of T-Mobile, whose network it uses; some of its SIMs may be on another.',
    'also for a reseller');
ROLLBACK TO no_notes;

-- What is no number is told by argument, mask, reason and who reads it.
CREATE FUNCTION tap.told(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_message text; v_detail text; v_hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL, v_hint = PG_EXCEPTION_HINT;
    RETURN concat_ws('|', SQLSTATE, v_message, v_detail, substring(v_hint FROM 'validate_number\(\)'));
END $$;
SELECT is(tap.told(a.statement), format('PT400|%s is not a number in E.164 form: %s|It does not begin with +.|%s',
                                        a.argument, quote_literal(a.mask), 'validate_number()'), a.argument)
  FROM (VALUES
    ($$SELECT * FROM telephony_api.forwarding_codes('TR', 'turkcell', 'total_ai', '0532 123 45 67')$$,
     'destination', '*******4567'),
    ($$SELECT * FROM telephony_api.verify_caller_id('020 7946 0018')$$, 'phone_number', '*******0018'),
    (format($$SELECT telephony_api.import_org(%L, 'NG', 'mtn', '202 555 0123', tap.sid(1), 'AC' || repeat('a', 32))$$,
            :'org_b'), 'number', '******0123')) a (statement, argument, mask);
SELECT is(tap.told($$SELECT telephony_api.create_forwarding_config('0803-1234567-89012345', 'NG', 'mtn', 'total_ai')$$),
    'PT400|sim_phone_number cannot be read as a number of NG: ''***********2345''|It has too many digits.'
    '|validate_number()', 'sim_phone_number');

-- Notes are for subscribers, sources for whoever looks after carriers.
SELECT is_empty($$SELECT c.country_code, c.carrier_name, c.notes FROM telephony_api.carriers c
    WHERE c.notes ~* '\m(source|page|archived|reported|confirmed|verified|found|standard|undated|mmi|gsm)\M'$$,
    'no note that is shipped speaks of where the codes are from, or how sure they are');

-- validate_number() says why a number cannot be one, and nothing where it can.
SET LOCAL ROLE tap_anon;
SELECT is((SELECT v.problem FROM telephony_api.validate_number(number) v), 'No number was given.',
          format('%s has a problem', coalesce(quote_literal(number), 'NULL')))
  FROM unnest(ARRAY[NULL, '', ' ']) number;
SELECT is((SELECT (v.is_possible, v.problem)::text FROM telephony_api.validate_number(number, 'NG') v),
    '(f,"It cannot be dialled: no number under its calling code has that many digits.")',
    format('%s cannot be dialled, and why is said', number))
  FROM unnest(ARRAY['+234112', '112', '+1202555012345']) number;
SELECT is((SELECT v.problem FROM telephony_api.validate_number('020 7946 0018', country) v), problem,
          'a problem with country_code names it so')
  FROM (VALUES (NULL, 'It has no calling code, and no country was given to read it in.'),
               ('UK', 'The country is not one that the numbering plan knows.')) a (country, problem);
SELECT is((SELECT (v.is_possible, v.is_valid, v.problem)::text FROM telephony_api.validate_number('+905992345678') v),
    '(t,f,)', 'a number that the plan does not know is no problem');
SELECT is((SELECT (v.e164, v.extension, v.problem)::text FROM telephony_api.validate_number(a.number, 'GB') v),
    a.answer,
          format('%s: nothing is lost without a word', a.number))
  FROM (VALUES
    ('07400 123456 ext. 7',
     '(+447400123456,7,"An extension stands behind the number: it is not part of it, and is given apart.")'),
    ('07400 123456 Fax', '(+447400123456,,"A label stands behind the number and is not part of it.")'),
    ('07400123456;07400123457', '(,,"It is two numbers.")')) a (number, answer);

SELECT * FROM finish();
ROLLBACK;
