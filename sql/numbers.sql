-- Functions on numbers: shape, parsing, validity, region and type, formats, masks. Values from the numbering plan are
-- of numbers that plans of many years agree on.
SET search_path = telephony, public;

-- What is declared: plan and shape functions may be in indexes and cannot leak; none is unsafe in parallel plans.
SELECT provolatile, proisstrict, proparallel, proleakproof, string_agg(oid::regprocedure::text, ' ' ORDER BY oid::regprocedure::text COLLATE "C") AS functions
  FROM pg_proc WHERE pronamespace = 'telephony'::regnamespace
   AND proname IN ('is_e164', 'is_possible', 'is_valid', 'parse', 'try_parse', 'parse_problem', 'region', 'calling_code', 'national_number', 'number_type', 'format_number', 'mask', 'numbering_plan')
 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;

-- Every object of the extension says what it is for.
SELECT pg_describe_object(classid, objid, objsubid) AS without_comment
  FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
   AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'telephony')
   AND NOT (classid = 'pg_type'::regclass AND EXISTS (SELECT FROM pg_type t WHERE t.oid = objid AND (typcategory = 'A' OR typrelid <> 0)))
   AND CASE WHEN classid = 'pg_proc'::regclass THEN obj_description(objid, 'pg_proc') ELSE obj_description(objid, classid::regclass::name) END IS NULL
 ORDER BY 1;

-- Nothing but the server's own libraries is loaded by reading and writing numbers, and no thread started.
\c -
SET search_path = telephony, public;
SELECT is_e164('+12025550123'), calling_code('+12025550123'::e164), national_number('+12025550123'), mask('+12025550123');
SELECT is_valid(t), is_valid(t::e164), is_possible(t::e164), region(t::e164), number_type(t::e164), version <> '' AS plan FROM numbering_plan(), (VALUES ('+12025550123')) v (t);
SELECT parse('+12025550123'), try_parse('(202) 555-0123', 'US'), format_number('+12025550123');
SELECT pg_read_file('/proc/self/maps') ~ 'libphonenumber|libstdc|telephony_' AS loaded, count(*) AS threads FROM pg_ls_dir('/proc/self/task');

-- Calling code and national number: one to three digits, NULL where ITU-T has assigned none.
SELECT n, calling_code(n), national_number(n)
  FROM unnest('{+12025550123,+79161234567,+442079460018,+390612345678,+353861234567,+80012345678,+87812345,+10,+44,+35,+35312,+2101234567,+9991234567}'::e164[]) n;

-- The plan knows the calling codes that ITU-T has assigned, but for the one that is not in use.
SELECT code AS of_two_minds FROM generate_series(1, 999) code, LATERAL (SELECT ('+' || code || '23456789')::e164 AS n) number
 WHERE (calling_code(n) IS NULL) <> coalesce(parse_problem(n::text) ~ 'calling code', false);

-- parse(): what people write, in canonical form.
SELECT parse('+1 (202) 555-0123'), parse('(202) 555-0123', 'US'), parse('2025550123', 'us'), parse('tel:+1-202-555-0123'),
       parse('020 7946 0018', 'GB'), parse('00 44 20 7946 0018', 'TR'), parse('０２０ ７９４６ ００１８', 'GB'), parse('0803 123 4567', 'NG'), parse('0532 123 45 67', 'TR');
SELECT parse('+39 06 1234 5678') AS leading_zero_kept, parse('+44 (0)7911 123456') AS trunk_prefix_dropped, parse('+4407911123456') AS and_inside,
       parse('1-800-FLOWERS', 'US') AS letters, parse('+1 202 555 0123 ext. 5') AS extension_dropped;
SELECT parse('2025550123');
SELECT parse('hello world, call me', 'US');
SELECT parse('+999 2025550123');
SELECT parse('+1 2');
SELECT parse('011', 'US');
SELECT parse('+44 20 7946 0018 0000 0000 0000');
SELECT parse('', 'US');
SELECT parse('2025550123', 'UK');
SELECT parse('2025550123', '+1');
SELECT parse(NULL), try_parse(NULL, 'US'), parse_problem(NULL), parse('+12025550123', NULL);

-- Long text is refused at once: the library would take hours, and no signal would stop it.
SELECT parse_problem(repeat('9', 1000000)), parse_problem(repeat('1 ', 500000), 'US'), try_parse(repeat('(', 10000000), 'US'), parse_problem('+12025550123', repeat('U', 1000000));
SELECT left(t, 20) AS text, region, try_parse(t, region), parse_problem(t, region)
  FROM (VALUES ('(202) 555-0123', 'US'), ('(202) 555-0123', NULL), ('abc', 'US'), ('+999 123456', NULL), ('123', 'XX'), ('1', 'US'), ('+44 20 7946 0018', 'xx'), (repeat('1', 300), 'US')) v (t, region);

-- A number that the plan has is left as it is; fifteen digits are the most.
SELECT parse('+59800041119932'), parse('+598 0004-111 (9932)'), parse(' +1 202.555.0123') AS spaced, parse('+1 202 555 0123 4 5 6 7') AS fifteen_digits, try_parse('+1 202 555 0123 4 5 6 7 8') AS sixteen;

-- One number, one value: what parse() gives, it gives again, for every odd trunk prefix that turns up.
CREATE TABLE written AS
    SELECT '+' || code || trunk || substr(translate(md5(code || trunk || i), 'abcdef', '314159'), 1, 5 + i % 7) AS t
      FROM unnest('{1,7,30,36,39,44,49,52,54,55,61,62,81,86,90,91,234,353,370,373,374,375,378,380,506,595,598,964,995}'::text[]) code,
           unnest('{"",0,00,1,8,9,06,44,04415}'::text[]) trunk, generate_series(1, 21) i;
SELECT count(*) > 3000 AS enough, count(*) FILTER (WHERE try_parse(n::text) IS DISTINCT FROM n) AS not_canonical, count(*) FILTER (WHERE n::text <> t) > 100 AS some_were_stripped
  FROM (SELECT t, try_parse(t) AS n FROM written) p WHERE n IS NOT NULL;

-- Valid: in the plan and canonical. Possible: of a length that the calling code allows. Malformed text is neither.
SELECT n, is_possible(n), is_valid(n), region(n), number_type(n) FROM unnest('{+12025550123,+12015550123,+18002345678,+19002345678,+442079460018,+447400123456,+448001234567,+447056123456,+390612345678,+905012345678,+2348021234567,+80012345678,+883510000000000}'::e164[]) n;
SELECT n, is_possible(n), is_valid(n), region(n), number_type(n) FROM unnest('{+4407911123456,+15550123,+120255501234,+11234567890,+442079,+9991234567,+44,+10,+999999999999999,+3900612345678}'::e164[]) n;
SELECT t, is_valid(t) FROM unnest('{+12025550123,12025550123,+1 202 555 0123,"",+,x,+4407911123456,+1234567890123456}'::text[]) t;
SELECT is_valid(NULL::text), is_valid(NULL::e164);
SELECT count(*) AS valid_though_not_canonical FROM written WHERE is_valid(t) AND try_parse(t)::text <> t;
SELECT count(*) AS valid_but_not_possible FROM written WHERE is_valid(t) AND NOT is_possible(t::e164);
SELECT count(*) AS without_region_or_type FROM written WHERE is_valid(t) AND (region(t::e164) IS NULL OR number_type(t::e164) IS NULL);
SELECT count(*) AS region_of_invalid FROM written WHERE is_e164(t) AND NOT is_valid(t) AND (region(t::e164) IS NOT NULL OR number_type(t::e164) IS NOT NULL);
SELECT enum_range(NULL::phone_number_type);

-- format_number(): no digit is ever changed but in the national style, also of numbers that no plan knows.
SELECT n, format_number(n), format_number(n, 'national'), format_number(n, 'e164'), format_number(n, 'rfc3966') FROM unnest('{+12025550123,+442079460018,+390612345678,+4407911123456,+9991234567,+44,+80012345678}'::e164[]) n;
SELECT count(*) AS digits_changed FROM written, unnest('{international,e164,rfc3966}'::text[]) style
 WHERE is_e164(t) AND regexp_replace(format_number(t::e164, style), '[^0-9]', '', 'g') <> substr(t, 2);
SELECT count(*) AS not_read_back FROM written WHERE is_valid(t) AND parse(format_number(t::e164)) <> t::e164;
-- The national form leaves out what is not dialled at home, so of a few numbers it is the form of another.
SELECT count(*) > 200 AS enough, count(*) FILTER (WHERE try_parse(format_number(t::e164, 'national'), region(t::e164)) IS DISTINCT FROM t::e164) <= 3 AS nearly_all_read_back
  FROM written WHERE is_valid(t) AND region(t::e164) <> '001';
SELECT format_number('+12025550123'::e164, 'fancy');

-- mask(): calling code and last four digits; at least four digits are hidden where there are that many.
SELECT mask('+14155552671'), mask('+14155552671'::e164), mask('+442079460018'::e164), mask('+353861234567'::e164), mask('+9991234567'::e164) AS no_calling_code;
SELECT n, mask(n) FROM unnest('{+10,+123,+1234,+12345,+123456,+12345678,+123456789,+1234567890,+35312345,+999999999999999}'::e164[]) n;
SELECT t, mask(t) FROM unnest('{"","+",x,"John Smith",7,1234,12345,12345678,123456789,(415) 555-2671,+1 (415) 555-2671,"call +14155552671, or else",4111111111111111,+41111111111111111111,٤١٥٥٥٥٢٦٧١,"  +14155552671"}'::text[]) t;
SELECT length(mask(repeat('9', 1000000))) AS of_a_million_digits, length(mask(repeat('x', 1000000))) AS of_a_million_letters;
SELECT count(*) AS shows_too_much
  FROM written, LATERAL (SELECT regexp_replace(t, '[^0-9]', '', 'g') AS digits, regexp_replace(mask(t), '[^0-9]', '', 'g') AS shown, substring(mask(t) FROM '[*]([0-9]*)$') AS tail) m
 WHERE length(digits) - length(shown) < 4 OR length(tail) > 4 OR length(shown) - length(tail) > 3 OR right(digits, length(tail)) <> tail OR left(digits, length(shown) - length(tail)) <> left(shown, length(shown) - length(tail));

DROP TABLE written;

-- mask_numbers(): every number in any text; UUIDs, Twilio SIDs and times stay.
SELECT t, mask_numbers(t) FROM unnest('{"","call (415) 555-2671, or +1 415.555.2671","tel:**21*%2B14155552671%23","error 21422 in 30 s",PN12345678901234567890123456789012,"job 01234567-1234-4123-8123-012345678901 of 2026-11-22T12:00:00.123456+00:00","2026-11-22 12:00:00+00 14155552671","2026-11-22 4155552671","İstanbul 02125550123 ☎"}'::text[]) t;
SELECT mask_numbers('{"a": ["+14155552671", {"b": "+442079460018"}, null, 14155552671, true], "+14155552671": "ok"}'::jsonb), mask_numbers('"14155552671"'::jsonb), mask_numbers('[]'::jsonb), mask_numbers(NULL::jsonb) IS NULL AS null_is_null;
SELECT length(mask_numbers(repeat('9', 1000000))) AS of_a_million_digits, length(mask_numbers(repeat('1-', 1000000))) AS of_a_million_pairs, mask_numbers(jsonb_build_object('a', repeat('x', 100000))) = jsonb_build_object('a', repeat('x', 100000)) AS long_texts_stay;
