-- The codes to dial at carriers of each kind, what they mean read back, and the errors.
SET search_path = telephony, public;
\set SHOW_CONTEXT never

-- Nigeria, as MTN: three codes, number in E.164 form, no ring time.
SELECT * FROM dial_codes('mmi', '{61,62,67}', 'e164', 'safety_net', '+2348012345678'::e164);
SELECT * FROM dial_codes('mmi', '{61,62,67}', 'e164', 'total_ai', '+2348012345678'::e164);

-- United Kingdom: one code for all three conditions, ringing for 15 seconds.
SELECT * FROM dial_codes('mmi', '{004}', 'e164', 'safety_net', '+447911123456'::e164, 15);

-- Turkey: national numbers, with the trunk prefix 0.
SELECT * FROM dial_codes('mmi', '{61,62,67}', 'national', 'safety_net', '+905321234567'::e164, 30);

-- United States, Verizon: star codes and ten digits.
SELECT * FROM dial_codes('star', '{71}', 'ten_digits', 'total_ai', '+12025550123'::e164);
SELECT * FROM dial_codes('star', '{71}', 'ten_digits', 'safety_net', '+12025550123'::e164);

-- United States, T-Mobile: three codes, eleven digits; the order of the codes given does not matter.
SELECT * FROM dial_codes('mmi', '{67,61,62}', 'eleven_digits', 'safety_net', '+12025550123'::e164, 20);

-- How each style writes a destination.
SELECT destination, number_style, activation_code
  FROM (VALUES ('+447911123456', 'national'), ('+2348012345678', 'national'), ('+905321234567', 'national'), ('+919876543210', 'national'),
               ('+525512345678', 'national'), ('+12025550123', 'national'), ('+12025550123', 'ten_digits'), ('+12025550123', 'eleven_digits'),
               ('+5511987654321', 'e164')) v (destination, number_style),
       dial_codes('mmi', '{004}', number_style, 'total_ai', destination::e164)
 ORDER BY destination::e164, number_style COLLATE "C";

-- Read back, for 1,000 numbers, all nets and ring times: registration, erasure and interrogation of one service, the
-- number and the timer wished for, and together exactly the conditions wished for.
WITH wish AS (
    SELECT net, forwarding_type, ring_time, ('+1' || 2025550000 + i)::e164 AS destination
      FROM generate_series(0, 999) i, (VALUES ('{004}'::text[]), ('{61,62,67}')) n (net),
           (VALUES ('total_ai', NULL::int), ('safety_net', NULL), ('safety_net', 5), ('safety_net', 30)) t (forwarding_type, ring_time)
)
SELECT net, forwarding_type, ring_time, count(DISTINCT destination) AS numbers, count(DISTINCT step) AS steps,
       count(DISTINCT step) FILTER (WHERE d.ring_time_seconds IS NOT NULL) AS timed_steps, array_agg(DISTINCT c) AS conditions,
       bool_and(on_code.procedure = 'registration' AND off_code.procedure = 'erasure' AND ask_code.procedure = 'interrogation') AS procedures,
       bool_and(on_code.service_code = off_code.service_code AND on_code.service_code = ask_code.service_code) AS one_service,
       bool_and(on_code.number = destination::text AND on_code.no_reply_seconds IS NOT DISTINCT FROM d.ring_time_seconds) AS fields
  FROM wish, dial_codes('mmi', net, 'e164', forwarding_type, destination, ring_time) d, mmi_parse(activation_code) on_code,
       mmi_parse(deactivation_code) off_code, mmi_parse(status_code) ask_code, unnest(on_code.conditions) c
 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- The function runs in a select list, laterally and more than once in a query.
SELECT (dial_codes('mmi', '{004}', 'e164', 'total_ai', '+447911123456'::e164)).activation_code;
SELECT step, count(*) FROM generate_series(1, 5) i, dial_codes('mmi', '{61,62,67}', 'e164', 'safety_net', '+447911123456'::e164, 5 * i) GROUP BY 1 ORDER BY 1;

-- A network that wants the service group named gets it in all three codes.
SELECT activation_code, deactivation_code, status_code FROM dial_codes('mmi', '{61,62,67}', 'e164', 'safety_net', '+447911123456'::e164, 20, '11');
SELECT activation_code, deactivation_code, status_code FROM dial_codes('mmi', '{004}', 'e164', 'total_ai', '+447911123456'::e164, service_group => '11');
SELECT bool_and((mmi_parse(code)).basic_service = '11') FROM dial_codes('mmi', '{004}', 'e164', 'safety_net', '+447911123456'::e164, 30, '11') d,
       unnest(ARRAY[d.activation_code, d.deactivation_code, d.status_code]) code;

-- Errors name the value and what is allowed. Numbers are masked.
\set VERBOSITY sqlstate
SELECT * FROM dial_codes('gsm', '{004}', 'e164', 'total_ai', '+447911123456'::e164);
SELECT * FROM dial_codes('mmi', '{004}', 'e164', 'safety_net', NULL);
\set VERBOSITY default
SELECT * FROM dial_codes('gsm', '{004}', 'e164', 'total_ai', '+447911123456'::e164);
SELECT * FROM dial_codes('mmi', '{004}', 'plain', 'total_ai', '+447911123456'::e164);
SELECT * FROM dial_codes('mmi', '{004}', 'e164', 'forward_all', '+447911123456'::e164);
SELECT * FROM dial_codes('mmi', '{62}', 'e164', 'safety_net', '+447911123456'::e164);
SELECT * FROM dial_codes('mmi', '{61,62,62}', 'e164', 'safety_net', '+447911123456'::e164);
SELECT * FROM dial_codes('mmi', '{61,NULL,67}', 'e164', 'safety_net', '+447911123456'::e164);
SELECT * FROM dial_codes('mmi', '{}', 'e164', 'total_ai', '+447911123456'::e164);
SELECT * FROM dial_codes('mmi', '{1,2,3,4,5,6,7}', 'e164', 'total_ai', '+447911123456'::e164);
SELECT * FROM dial_codes('star', '{004}', 'ten_digits', 'safety_net', '+12025550123'::e164);
SELECT * FROM dial_codes('star', '{71}', 'e164', 'safety_net', '+12025550123'::e164);
SELECT * FROM dial_codes('star', '{71}', 'ten_digits', 'safety_net', '+12025550123'::e164, 20);
SELECT * FROM dial_codes('star', '{71}', 'ten_digits', 'safety_net', '+447911123456'::e164);
SELECT * FROM dial_codes('mmi', '{004}', 'e164', 'total_ai', '+447911123456'::e164, 20);
SELECT * FROM dial_codes('mmi', '{004}', 'e164', 'safety_net', '+447911123456'::e164, 17);
SELECT * FROM dial_codes('mmi', '{004}', 'e164', 'safety_net', '+447911123456'::e164, 35);
SELECT * FROM dial_codes('mmi', '{004}', 'eleven_digits', 'safety_net', '+447911123456'::e164);
SELECT * FROM dial_codes('mmi', '{004}', 'national', 'safety_net', '+5511987654321'::e164);
SELECT * FROM dial_codes('mmi', '{004}', 'national', 'safety_net', '+44'::e164);
SELECT * FROM dial_codes('+447911123456', '{004}', 'national', 'safety_net', '+447911123456'::e164);
SELECT * FROM dial_codes('mmi', '{004}', 'e164', 'safety_net', NULL);
SELECT * FROM dial_codes(NULL, '{004}', 'e164', 'safety_net', '+447911123456'::e164);
SELECT * FROM dial_codes('mmi', '{004}', 'e164', 'safety_net', '+447911123456'::e164, 20, '20');
SELECT * FROM dial_codes('star', '{71}', 'ten_digits', 'safety_net', '+12025550123'::e164, service_group => '11');

-- The trunk prefix follows from how a number of its kind is written, not from the calling code: Turkey's 444 numbers, and those of
-- seven digits everywhere, take none.
SELECT n, activation_code FROM unnest('{+904441444,+905321234567,+902121234567,+908001234567,+442079460018,+448001111,+447400123456,+2342012270000,+2348031234567,+525512345678,+919876543210,+18002345678}'::e164[]) n,
       LATERAL dial_codes('mmi', '{004}', 'national', 'total_ai', n);
