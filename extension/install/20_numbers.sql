-- 20_numbers.sql: functions on numbers: shape, parsing, the numbering plan, formats, masks.

-- ------------------------------------------------------------------------------------- what needs no numbering plan

CREATE FUNCTION telephony.is_e164(number text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_is_e164';
COMMENT ON FUNCTION telephony.is_e164(text) IS
    'true if the text has the shape of an E.164 number: + and 2 to 15 digits, the first not 0';

CREATE FUNCTION telephony.calling_code(number telephony.e164) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_calling_code';
COMMENT ON FUNCTION telephony.calling_code(telephony.e164) IS
    'the country or service code, such as 1 or 44; NULL if ITU-T has assigned none of that beginning';

CREATE FUNCTION telephony.national_number(number telephony.e164) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_national_number';
COMMENT ON FUNCTION telephony.national_number(telephony.e164) IS
    'the digits after the calling code; NULL if there is no calling code';

CREATE FUNCTION telephony.mask(number telephony.e164) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_mask_e164';
COMMENT ON FUNCTION telephony.mask(telephony.e164) IS
    'what may be shown of a number: calling code and last four digits, as in +1******2671; at least four digits are hidden';

CREATE FUNCTION telephony.mask(number text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_mask_text';
COMMENT ON FUNCTION telephony.mask(text) IS
    'what may be shown of any text that may hold a number: at most the calling code and the last four digits, everything else hidden or dropped';

CREATE FUNCTION telephony.mask_numbers(message text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_mask_numbers_text';
COMMENT ON FUNCTION telephony.mask_numbers(text) IS
    'the text with everything masked that has as many digits as a telephone number, with or without separators; UUIDs, Twilio SIDs and times stay';

CREATE FUNCTION telephony.mask_numbers(data jsonb) RETURNS jsonb
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_mask_numbers_jsonb';
COMMENT ON FUNCTION telephony.mask_numbers(jsonb) IS
    'the same value with telephone numbers masked in every text within it, as in mask_numbers(text); names of members stay';

-- ---------------------------------------------------------------------------------------------- the numbering plan

CREATE TYPE telephony.phone_number_type AS ENUM (
    'fixed_line', 'mobile', 'fixed_line_or_mobile', 'toll_free', 'premium_rate', 'shared_cost', 'voip', 'personal_number',
    'pager', 'uan', 'voicemail'
);
COMMENT ON TYPE telephony.phone_number_type IS
    'what kind of service answers a number, as far as the numbering plan tells';

CREATE FUNCTION telephony.is_possible(number telephony.e164) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'telephony_is_possible';
COMMENT ON FUNCTION telephony.is_possible(telephony.e164) IS
    'true if the number has a length that its calling code allows; the check to refuse by, as a plan is always a little old';

CREATE FUNCTION telephony.is_valid(number telephony.e164) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'telephony_is_valid';
COMMENT ON FUNCTION telephony.is_valid(telephony.e164) IS
    'true if the numbering plan has the number and it is in canonical form; a reason to warn, not to refuse';

CREATE FUNCTION telephony.is_valid(number text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'telephony_is_valid_text';
COMMENT ON FUNCTION telephony.is_valid(text) IS
    'true if the text is in E.164 form and the numbering plan has the number; false for any other text';

CREATE FUNCTION telephony.region(number telephony.e164) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'telephony_region';
COMMENT ON FUNCTION telephony.region(telephony.e164) IS
    'ISO 3166-1 alpha-2 code of the number''s region, 001 for a number of no region; NULL if the number is not valid';

CREATE FUNCTION telephony.number_type(number telephony.e164) RETURNS telephony.phone_number_type
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF
    AS 'MODULE_PATHNAME', 'telephony_number_type';
COMMENT ON FUNCTION telephony.number_type(telephony.e164) IS
    'the kind of number by the numbering plan; NULL if the number is not valid';

CREATE FUNCTION telephony.numbering_plan(
    OUT version text, OUT source text, OUT states integer, OUT bytes bigint, OUT regions integer
)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_numbering_plan';
COMMENT ON FUNCTION telephony.numbering_plan() IS
    'the numbering plan compiled into the library: version and source of its data, states of the automaton, size in bytes, regions (001 counts as one)';

-- ------------------------------------------------------------------------------------ reading and writing for people

CREATE FUNCTION telephony.parse(number text, region text DEFAULT NULL) RETURNS telephony.e164
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 3 AS 'MODULE_PATHNAME', 'telephony_parse';
COMMENT ON FUNCTION telephony.parse(text, text) IS
    'a number as people write it; region (ISO 3166-1 alpha-2) says whose national form it may be in; error 22P02 tells why it cannot be read, 22023 that the region is unknown; what stands behind the number is not part of it: see parse_problem() and number_extension()';

CREATE FUNCTION telephony.try_parse(number text, region text DEFAULT NULL) RETURNS telephony.e164
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 3 AS 'MODULE_PATHNAME', 'telephony_try_parse';
COMMENT ON FUNCTION telephony.try_parse(text, text) IS 'as parse(), but NULL where that raises an error';

CREATE FUNCTION telephony.parse_problem(number text, region text DEFAULT NULL) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 3 AS 'MODULE_PATHNAME', 'telephony_parse_problem';
COMMENT ON FUNCTION telephony.parse_problem(text, text) IS
    'why parse() cannot read the text, or what of it the number does not hold (an extension, a label), as a sentence; NULL if the number is the whole text';

CREATE FUNCTION telephony.parse_problem_code(number text, region text DEFAULT NULL) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 3 AS 'MODULE_PATHNAME', 'telephony_parse_problem_code';
COMMENT ON FUNCTION telephony.parse_problem_code(text, text) IS
    'what parse_problem() says, as a code for programs, such as too_short; NULL where that is';

CREATE FUNCTION telephony.number_extension(number text, region text DEFAULT NULL) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 3 AS 'MODULE_PATHNAME', 'telephony_number_extension';
COMMENT ON FUNCTION telephony.number_extension(text, text) IS
    'the digits of the extension behind a number as people write it; NULL where there is none, or no number';

CREATE FUNCTION telephony.format_number(number telephony.e164, style text DEFAULT 'international') RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'telephony_format_number';
COMMENT ON FUNCTION telephony.format_number(telephony.e164, text) IS
    'the number for people, in style e164, international, national or rfc3966';
