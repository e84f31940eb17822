-- The type telephony.e164: what it reads and refuses, how it compares, what its casts and binary form do.
SET search_path = telephony, public;

-- Text in, text out.
SELECT '+12025550123'::e164, '+10'::e164 AS shortest, '+999999999999999'::e164 AS longest;
SELECT ''::e164;
SELECT '2025550123'::e164;
SELECT '+'::e164;
SELECT '+1'::e164;
SELECT '+01234567'::e164;
SELECT '+1 202 555 0123'::e164;
SELECT ' +12025550123'::e164;
SELECT '+1202555012x'::e164;
SELECT '+1234567890123456'::e164;
SELECT '+١٢٣٤'::e164;
SELECT '+12025550123'::varchar::e164, e164_from_text('+12025550123'::text);
SELECT 'not a number at all'::text::e164;

-- The code, and no more than the mask in the message, whichever way the text came.
CREATE FUNCTION message_of(statement text, OUT code text, OUT message text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
END $$;
SELECT * FROM message_of($$SELECT '12025550123'::telephony.e164$$);
SELECT * FROM message_of($$SELECT '+120255501234567890'::text::telephony.e164$$);

-- Soft errors, where the server has them (16 and later), tell the same.
SELECT current_setting('server_version_num')::int >= 160000 AS has_soft_errors \gset
\if :has_soft_errors
    SELECT pg_input_is_valid('+12025550123', 'telephony.e164') AND NOT pg_input_is_valid('12025550123', 'telephony.e164')
           AND (SELECT (sql_error_code, detail) = ('22P02', 'It does not begin with +.') FROM pg_input_error_info('12025550123', 'telephony.e164')) AS soft_errors \gset
\else
    \set soft_errors t
\endif
\echo :soft_errors

-- Every number of two and three digits, and 20,000 of all lengths, come back as they were written; shape agrees with the
-- regular expression on good and on damaged text.
CREATE TABLE texts AS
    SELECT '+' || n AS t FROM generate_series(0, 999) n
    UNION
    SELECT '+' || substr(1 + i % 9 || translate(md5(i::text), 'abcdef', '012345'), 1, 2 + i % 14) FROM generate_series(1, 30000) i;
SELECT count(*) > 20000 AS enough, bool_and(t::e164::text = t) AS same FROM texts WHERE t ~ '^\+[1-9][0-9]{1,14}$';
SELECT count(*) AS wrong_shape FROM texts WHERE is_e164(t) <> (t ~ '^\+[1-9][0-9]{1,14}$');
SELECT count(*) AS wrong_shape FROM (
    SELECT overlay(t PLACING chr(33 + i % 94) FROM 1 + i % length(t)) AS t FROM texts, generate_series(0, 40, 7) i
) damaged WHERE is_e164(t) <> (t ~ '^\+[1-9][0-9]{1,14}$');

-- Comparison is the text's in the C locale: sorted either way, the order is the same one.
CREATE TABLE numbers AS SELECT t::e164 AS number, t COLLATE "C" AS t FROM texts WHERE is_e164(t);
SELECT count(*) AS out_of_order FROM (SELECT row_number() OVER (ORDER BY number) AS a, row_number() OVER (ORDER BY t) AS b FROM numbers) o WHERE a <> b;
SELECT count(*) AS wrong FROM numbers a, numbers b
 WHERE a.number ^@ '+12' AND b.number ^@ '+1'
   AND (a.number < b.number, a.number <= b.number, a.number = b.number, a.number <> b.number, a.number >= b.number, a.number > b.number, e164_cmp(a.number, b.number))
    <> (a.t < b.t, a.t <= b.t, a.t = b.t, a.t <> b.t, a.t >= b.t, a.t > b.t, CASE WHEN a.t < b.t THEN -1 WHEN a.t = b.t THEN 0 ELSE 1 END);
SELECT min(number), max(number), min(number)::text = min(t) AS min_as_text, max(number)::text = max(t) AS max_as_text FROM numbers;
SELECT e164_larger('+120', '+20'), e164_smaller('+120', '+20'), e164_larger('+12', '+12'), e164_larger('+20', '+120'), e164_smaller('+20', '+120');
SELECT min(number), max(number) FROM numbers WHERE false;

-- Equal numbers hash equal, and the plain hash is the low half of the extended one with seed 0. Spread: 20,000 numbers
-- into 1,024 buckets leave none empty and none crowded.
SELECT e164_hash('+12025550123'), e164_hash_extended('+12025550123', 0), e164_hash_extended('+12025550123', 1);
SELECT bool_and((e164_hash_extended(number, 0) & 4294967295) = (e164_hash(number)::bigint & 4294967295)) AS halves_agree FROM numbers;
SELECT count(*) AS buckets, min(n) > 3 AS none_empty, max(n) < 60 AS none_crowded FROM (SELECT count(*) AS n FROM numbers GROUP BY e164_hash(number) & 1023) b;

-- starts with: exactly what the texts do, for good, odd and absurd prefixes.
CREATE TABLE prefixes AS
    SELECT DISTINCT left(t, 1 + i) AS prefix FROM texts, generate_series(0, 16, 4) i WHERE t ~ '777$'
    UNION ALL SELECT unnest('{"",+,+0,+1,+12,1,12,"+1 ",++1,+1a,+99999999999999,+999999999999999,+9999999999999999,é,+9999999999999999999999999999999}'::text[]);
SELECT count(*) AS wrong FROM numbers n, prefixes p WHERE n.number ^@ p.prefix <> starts_with(n.t, p.prefix);
SELECT prefix, prefix_lower(prefix), prefix_upper(prefix) FROM unnest('{"",+,+1,+12,+12025550123,+999999999999999,+0,1,+1x,+1234567890123456}'::text[]) prefix;
SELECT '+12025550123'::e164 ^@ NULL AS null_prefix, prefix_lower(NULL);

-- Casts: from text only when asked for, to text also on assignment, and nothing implicit.
SELECT castsource::regtype, casttarget::regtype, castcontext FROM pg_cast WHERE 'telephony.e164'::regtype IN (castsource, casttarget) ORDER BY 1, 2;
CREATE TABLE assigned (n e164, t text, v varchar(20));
INSERT INTO assigned (t, v) SELECT number, number FROM numbers WHERE number = '+12';
INSERT INTO assigned (n) SELECT t FROM texts LIMIT 1;
SELECT * FROM assigned;
SELECT '+12025550123'::e164 || ' is a number';

-- Binary: 8 bytes, digits from the left, their number last. COPY there and back; bytes that are no number are refused.
SELECT e164_send('+12025550123'), e164_send('+999999999999999');
\copy numbers (number) TO 'results/e164.binary' (FORMAT binary)
CREATE TABLE copied (number e164);
\copy copied FROM 'results/e164.binary' (FORMAT binary)
SELECT count(*) AS differences FROM ((TABLE copied EXCEPT ALL SELECT number FROM numbers) UNION ALL (SELECT number FROM numbers EXCEPT ALL TABLE copied)) d;
TRUNCATE copied;
\copy (SELECT ('x1202555012300000')::bit(64)::bigint) TO 'results/e164.binary' (FORMAT binary)
\copy copied FROM 'results/e164.binary' (FORMAT binary)
\copy (SELECT ('x1A02555012300008')::bit(64)::bigint) TO 'results/e164.binary' (FORMAT binary)
\copy copied FROM 'results/e164.binary' (FORMAT binary)
\copy (SELECT ('x0202555012300008')::bit(64)::bigint) TO 'results/e164.binary' (FORMAT binary)
\copy copied FROM 'results/e164.binary' (FORMAT binary)
\copy (SELECT ('x1202555012300008')::bit(64)::bigint) TO 'results/e164.binary' (FORMAT binary)
\copy copied FROM 'results/e164.binary' (FORMAT binary)
\copy (SELECT 1::int) TO 'results/e164.binary' (FORMAT binary)
\copy copied FROM 'results/e164.binary' (FORMAT binary)
SELECT count(*) FROM copied;
\copy (SELECT ('x120255501230000B')::bit(64)::bigint) TO 'results/e164.binary' (FORMAT binary)
\copy copied FROM 'results/e164.binary' (FORMAT binary)
TABLE copied;

-- Random bytes, and damaged numbers, are taken exactly when they spell a number, and then come back as they were.
CREATE FUNCTION received(bytes bytea) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    octal text;
BEGIN
    SELECT string_agg('\' || to_char(get_byte(b, i) / 64 * 100 + get_byte(b, i) / 8 % 8 * 10 + get_byte(b, i) % 8, 'FM000'), '' ORDER BY i) INTO octal
      FROM (SELECT '\x5047434f50590aff0d0a0000000000000000000001'::bytea || int4send(length(bytes)) || bytes || '\xffff'::bytea AS b) f, generate_series(0, length(b) - 1) i;
    TRUNCATE copied;
    EXECUTE pg_catalog.format('COPY copied FROM PROGRAM %L (FORMAT binary)', pg_catalog.format('printf ''%s''', octal));
    RETURN (SELECT e164_send(number) FROM copied);
EXCEPTION WHEN invalid_binary_representation OR protocol_violation THEN
    RETURN NULL;
END $$;
CREATE TABLE bytes AS
    SELECT decode(md5(i::text), 'hex') AS b FROM generate_series(1, 40) i  -- 16 bytes
    UNION ALL SELECT substr(decode(md5(i::text), 'hex'), 1, i % 10) FROM generate_series(1, 60) i
    UNION ALL SELECT e164_send(number) FROM (SELECT number FROM numbers ORDER BY e164_hash(number) LIMIT 60) n
    UNION ALL SELECT set_byte(e164_send(number), i % 8, i * 7 % 256) FROM (SELECT number, (row_number() OVER (ORDER BY e164_hash(number)))::int AS i FROM numbers LIMIT 140) n;
SELECT count(*) AS tried, count(received) AS taken, count(*) FILTER (WHERE received <> b) AS changed,
       count(*) FILTER (WHERE (received IS NOT NULL) <> (hex ~ '^[1-9].{14}[2-9a-f]$' AND hex ~ ('^[0-9]{' || digits || '}0{' || 15 - digits || '}.$'))) AS wrongly
  FROM (SELECT b, received(b), encode(b, 'hex') AS hex, CASE WHEN length(b) = 8 THEN get_byte(b, 7) % 16 ELSE 0 END AS digits FROM bytes OFFSET 0) r;

-- As JSON, in arrays, in a domain.
SELECT to_jsonb(a), (jsonb_populate_record(NULL::copied, '{"number": "+442079460018"}')).number FROM (SELECT '+12025550123'::e164 AS number) a;
SELECT '{+12025550123,+442079460018}'::e164[] @> ARRAY['+442079460018'::e164] AS contains, array_agg(number ORDER BY number DESC) FROM numbers WHERE number IN ('+10', '+101', '+99');
CREATE DOMAIN us_number AS e164 CHECK (VALUE OPERATOR(telephony.^@) '+1');
SELECT '+12025550123'::us_number;
SELECT '+442079460018'::us_number;

DROP DOMAIN us_number;
DROP TABLE texts, numbers, prefixes, assigned, copied, bytes;
DROP FUNCTION message_of, received;
