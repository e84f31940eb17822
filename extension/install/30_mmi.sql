-- Dial codes: reading and checking GSM call-forwarding codes (3GPP TS 22.030), and generating those of a carrier.

CREATE FUNCTION @extschema@.mmi_parse(code text,
    OUT procedure text, OUT service_code text, OUT conditions text[], OUT number text, OUT basic_service text,
        OUT no_reply_seconds integer)
RETURNS record
AS 'MODULE_PATHNAME', 'telephony_mmi_parse' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.mmi_parse(text) IS 'Reads a call-forwarding MMI code strictly: procedure '
    '(registration, activation, deactivation, erasure, interrogation), service code, the conditions it covers, '
    'number, basic service group and no-reply timer in seconds (5 to 30 in steps of 5; NULL: the timer stays as it '
    'was). A single * with a number is a registration. Anything else is error 22P02 with the reason.';

CREATE FUNCTION @extschema@.is_mmi(code text) RETURNS boolean
AS 'MODULE_PATHNAME', 'telephony_is_mmi' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION @extschema@.is_mmi(text) IS 'Whether mmi_parse() accepts the text. Never an error.';

CREATE FUNCTION @extschema@.mmi_problem(code text) RETURNS text
AS 'MODULE_PATHNAME', 'telephony_mmi_problem' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.mmi_problem(text) IS 'Why mmi_parse() refuses the text, in a sentence that shows no '
    'phone number; NULL where it accepts.';

CREATE FUNCTION @extschema@.mmi_uri(code text) RETURNS text
AS 'MODULE_PATHNAME', 'telephony_mmi_uri' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.mmi_uri(text) IS 'A tel: link that opens the dialer with a call-forwarding MMI code '
    'or a star code; # is written %23. Any other text is error 22P02. iPhones do not dial links with * or #: show the '
    'code beside the link.';

CREATE FUNCTION @extschema@.dial_codes(
    dialect text, safety_net_codes text[], number_style text, forwarding_type text, destination @extschema@.e164,
        ring_time_seconds integer DEFAULT NULL, service_group text DEFAULT NULL,
    OUT step integer, OUT condition text, OUT activation_code text, OUT deactivation_code text, OUT status_code text,
        OUT activation_uri text,
    OUT ring_time_seconds integer)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'telephony_dial_codes' LANGUAGE C IMMUTABLE PARALLEL SAFE ROWS 3;
COMMENT ON FUNCTION @extschema@.dial_codes(text, text[], text, text, @extschema@.e164, integer, text) IS
    'The codes to dial, step by step, so that calls are forwarded to the destination. dialect: mmi, star. '
    'safety_net_codes: {004} or {61,62,67} for mmi, {71} for star. number_style: e164, national, ten_digits, '
    'eleven_digits; star takes ten_digits. forwarding_type: total_ai (all calls), safety_net (busy, no answer, '
    'unreachable; star codes leave out unreachable). ring_time_seconds: 5 to 30 in steps of 5, for safety_net of mmi '
    'only; NULL: no timer in the code. service_group: 11 (telephony) where a network wants it named, in mmi only. '
    'Each deactivation_code erases what its activation_code set and nothing else (star: *73 ends all forwarding), '
    'each status_code asks about it (star: none; 004: *#004#, or *#61#, *#62#, *#67# one by one where a network '
    'refuses that). Wrong arguments are error 22023.';
