-- 10_e164.sql: the type telephony.e164 with its operators, operator classes, aggregates and casts.

-- ------------------------------------------------------------------------------------------------------------- type

CREATE TYPE telephony.e164;

CREATE FUNCTION telephony.e164_in(cstring) RETURNS telephony.e164
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_e164_in';
CREATE FUNCTION telephony.e164_out(telephony.e164) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_e164_out';
CREATE FUNCTION telephony.e164_recv(internal) RETURNS telephony.e164
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_e164_recv';
CREATE FUNCTION telephony.e164_send(telephony.e164) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_e164_send';
COMMENT ON FUNCTION telephony.e164_in(cstring) IS 'text input: + and 2 to 15 digits, the first not 0';
COMMENT ON FUNCTION telephony.e164_out(telephony.e164) IS 'text output, as in +12025550123';
COMMENT ON FUNCTION telephony.e164_recv(internal) IS 'binary input: 8 bytes in network order, checked';
COMMENT ON FUNCTION telephony.e164_send(telephony.e164) IS 'binary output: 8 bytes in network order';

CREATE TYPE telephony.e164 (
    INPUT = telephony.e164_in,
    OUTPUT = telephony.e164_out,
    RECEIVE = telephony.e164_recv,
    SEND = telephony.e164_send,
    LIKE = pg_catalog.int8
);
COMMENT ON TYPE telephony.e164 IS
    'A phone number in strict E.164 form, such as +12025550123, in 8 bytes; sorts as its text does in the C locale';

-- ------------------------------------------------------------------------------------------------------------ casts

CREATE FUNCTION telephony.e164_from_text(text) RETURNS telephony.e164
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_e164_from_text';
COMMENT ON FUNCTION telephony.e164_from_text(text) IS 'text in strict E.164 form as a number; telephony.parse() reads '
    'other forms';
CREATE FUNCTION telephony.e164_to_text(telephony.e164) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_e164_to_text';
COMMENT ON FUNCTION telephony.e164_to_text(telephony.e164) IS 'the number as text, such as +12025550123';

CREATE CAST (text AS telephony.e164) WITH FUNCTION telephony.e164_from_text(text);
COMMENT ON CAST (text AS telephony.e164) IS 'strict: raises an error unless the text is in E.164 form';
CREATE CAST (telephony.e164 AS text) WITH FUNCTION telephony.e164_to_text(telephony.e164) AS ASSIGNMENT;
COMMENT ON CAST (telephony.e164 AS text) IS 'the canonical text';

-- ------------------------------------------------------------------------------------------------------- comparison

CREATE FUNCTION telephony.e164_lt(telephony.e164, telephony.e164) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_e164_lt';
COMMENT ON FUNCTION telephony.e164_lt(telephony.e164, telephony.e164) IS 'implementation of < operator';
CREATE FUNCTION telephony.e164_le(telephony.e164, telephony.e164) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_e164_le';
COMMENT ON FUNCTION telephony.e164_le(telephony.e164, telephony.e164) IS 'implementation of <= operator';
CREATE FUNCTION telephony.e164_eq(telephony.e164, telephony.e164) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_e164_eq';
COMMENT ON FUNCTION telephony.e164_eq(telephony.e164, telephony.e164) IS 'implementation of = operator';
CREATE FUNCTION telephony.e164_ne(telephony.e164, telephony.e164) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_e164_ne';
COMMENT ON FUNCTION telephony.e164_ne(telephony.e164, telephony.e164) IS 'implementation of <> operator';
CREATE FUNCTION telephony.e164_ge(telephony.e164, telephony.e164) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_e164_ge';
COMMENT ON FUNCTION telephony.e164_ge(telephony.e164, telephony.e164) IS 'implementation of >= operator';
CREATE FUNCTION telephony.e164_gt(telephony.e164, telephony.e164) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_e164_gt';
COMMENT ON FUNCTION telephony.e164_gt(telephony.e164, telephony.e164) IS 'implementation of > operator';

CREATE OPERATOR telephony.< (
    FUNCTION = telephony.e164_lt, LEFTARG = telephony.e164, RIGHTARG = telephony.e164,
    COMMUTATOR = OPERATOR(telephony.>), NEGATOR = OPERATOR(telephony.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR telephony.< (telephony.e164, telephony.e164) IS 'less than';
CREATE OPERATOR telephony.<= (
    FUNCTION = telephony.e164_le, LEFTARG = telephony.e164, RIGHTARG = telephony.e164,
    COMMUTATOR = OPERATOR(telephony.>=), NEGATOR = OPERATOR(telephony.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR telephony.<= (telephony.e164, telephony.e164) IS 'less than or equal';
CREATE OPERATOR telephony.= (
    FUNCTION = telephony.e164_eq, LEFTARG = telephony.e164, RIGHTARG = telephony.e164,
    COMMUTATOR = OPERATOR(telephony.=), NEGATOR = OPERATOR(telephony.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES,
        MERGES
);
COMMENT ON OPERATOR telephony.= (telephony.e164, telephony.e164) IS 'equal';
CREATE OPERATOR telephony.<> (
    FUNCTION = telephony.e164_ne, LEFTARG = telephony.e164, RIGHTARG = telephony.e164,
    COMMUTATOR = OPERATOR(telephony.<>), NEGATOR = OPERATOR(telephony.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR telephony.<> (telephony.e164, telephony.e164) IS 'not equal';
CREATE OPERATOR telephony.>= (
    FUNCTION = telephony.e164_ge, LEFTARG = telephony.e164, RIGHTARG = telephony.e164,
    COMMUTATOR = OPERATOR(telephony.<=), NEGATOR = OPERATOR(telephony.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR telephony.>= (telephony.e164, telephony.e164) IS 'greater than or equal';
CREATE OPERATOR telephony.> (
    FUNCTION = telephony.e164_gt, LEFTARG = telephony.e164, RIGHTARG = telephony.e164,
    COMMUTATOR = OPERATOR(telephony.<), NEGATOR = OPERATOR(telephony.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR telephony.> (telephony.e164, telephony.e164) IS 'greater than';

-- ------------------------------------------------------------------------------------------------ operator classes

CREATE FUNCTION telephony.e164_cmp(telephony.e164, telephony.e164) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_e164_cmp';
COMMENT ON FUNCTION telephony.e164_cmp(telephony.e164, telephony.e164) IS 'less-equal-greater';
CREATE FUNCTION telephony.e164_sortsupport(internal) RETURNS void
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_e164_sortsupport';
COMMENT ON FUNCTION telephony.e164_sortsupport(internal) IS 'sort support';
CREATE FUNCTION telephony.e164_hash(telephony.e164) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_e164_hash';
COMMENT ON FUNCTION telephony.e164_hash(telephony.e164) IS 'hash';
CREATE FUNCTION telephony.e164_hash_extended(telephony.e164, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_e164_hash_extended';
COMMENT ON FUNCTION telephony.e164_hash_extended(telephony.e164, bigint) IS 'hash with a seed';

CREATE OPERATOR CLASS telephony.e164_ops DEFAULT FOR TYPE telephony.e164 USING btree AS
    OPERATOR 1 telephony.<,
    OPERATOR 2 telephony.<=,
    OPERATOR 3 telephony.=,
    OPERATOR 4 telephony.>=,
    OPERATOR 5 telephony.>,
    FUNCTION 1 telephony.e164_cmp(telephony.e164, telephony.e164),
    FUNCTION 2 telephony.e164_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS telephony.e164_ops USING btree IS 'order of numbers: that of their texts in the C locale';
COMMENT ON OPERATOR FAMILY telephony.e164_ops USING btree IS 'order of numbers: that of their texts in the C locale';

CREATE OPERATOR CLASS telephony.e164_hash_ops DEFAULT FOR TYPE telephony.e164 USING hash AS
    OPERATOR 1 telephony.=,
    FUNCTION 1 telephony.e164_hash(telephony.e164),
    FUNCTION 2 telephony.e164_hash_extended(telephony.e164, bigint);
COMMENT ON OPERATOR CLASS telephony.e164_hash_ops USING hash IS 'hashing of numbers';
COMMENT ON OPERATOR FAMILY telephony.e164_hash_ops USING hash IS 'hashing of numbers';

CREATE OPERATOR CLASS telephony.e164_minmax_ops DEFAULT FOR TYPE telephony.e164 USING brin AS
    OPERATOR 1 telephony.<,
    OPERATOR 2 telephony.<=,
    OPERATOR 3 telephony.=,
    OPERATOR 4 telephony.>=,
    OPERATOR 5 telephony.>,
    FUNCTION 1 pg_catalog.brin_minmax_opcinfo(internal),
    FUNCTION 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),
    FUNCTION 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),
    FUNCTION 4 pg_catalog.brin_minmax_union(internal, internal, internal);
COMMENT ON OPERATOR CLASS telephony.e164_minmax_ops USING brin IS 'smallest and largest number of a block range';
COMMENT ON OPERATOR FAMILY telephony.e164_minmax_ops USING brin IS 'smallest and largest number of a block range';

-- ------------------------------------------------------------------------------------------------------- aggregates

CREATE FUNCTION telephony.e164_smaller(telephony.e164, telephony.e164) RETURNS telephony.e164
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_e164_smaller';
COMMENT ON FUNCTION telephony.e164_smaller(telephony.e164, telephony.e164) IS 'smaller of two';
CREATE AGGREGATE telephony.min(telephony.e164) (
    SFUNC = telephony.e164_smaller, STYPE = telephony.e164, COMBINEFUNC = telephony.e164_smaller,
    SORTOP = OPERATOR(telephony.<), PARALLEL = SAFE
);
COMMENT ON AGGREGATE telephony.min(telephony.e164) IS 'the smallest number';
CREATE FUNCTION telephony.e164_larger(telephony.e164, telephony.e164) RETURNS telephony.e164
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_e164_larger';
COMMENT ON FUNCTION telephony.e164_larger(telephony.e164, telephony.e164) IS 'larger of two';
CREATE AGGREGATE telephony.max(telephony.e164) (
    SFUNC = telephony.e164_larger, STYPE = telephony.e164, COMBINEFUNC = telephony.e164_larger,
    SORTOP = OPERATOR(telephony.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE telephony.max(telephony.e164) IS 'the largest number';

-- ----------------------------------------------------------------------------------------------------------- prefix

CREATE FUNCTION telephony.prefix_lower(prefix text) RETURNS telephony.e164
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_e164_prefix_lower';
COMMENT ON FUNCTION telephony.prefix_lower(text) IS
    'the smallest number that starts with the prefix; above prefix_upper() if no number can start with it';
CREATE FUNCTION telephony.prefix_upper(prefix text) RETURNS telephony.e164
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF AS 'MODULE_PATHNAME', 'telephony_e164_prefix_upper';
COMMENT ON FUNCTION telephony.prefix_upper(text) IS
    'the largest number that starts with the prefix; below prefix_lower() if no number can start with it';

CREATE FUNCTION telephony.e164_starts_with_support(internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_e164_starts_with_support';
COMMENT ON FUNCTION telephony.e164_starts_with_support(internal) IS
    'planner support: number ^@ prefix becomes an index range from prefix_lower() to prefix_upper()';
CREATE FUNCTION telephony.e164_starts_with_sel(internal, oid, internal, integer) RETURNS double precision
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_e164_starts_with_selectivity';
COMMENT ON FUNCTION telephony.e164_starts_with_sel(internal, oid, internal, integer) IS
    'restriction selectivity of number ^@ prefix';

CREATE FUNCTION telephony.starts_with(number telephony.e164, prefix text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF SUPPORT telephony.e164_starts_with_support
    AS 'MODULE_PATHNAME', 'telephony_e164_starts_with';
COMMENT ON FUNCTION telephony.starts_with(telephony.e164, text) IS
    'true if the number''s text starts with the prefix, such as +1202; uses an index';
CREATE OPERATOR telephony.^@ (
    FUNCTION = telephony.starts_with, LEFTARG = telephony.e164, RIGHTARG = text,
    RESTRICT = telephony.e164_starts_with_sel, JOIN = matchingjoinsel
);
COMMENT ON OPERATOR telephony.^@ (telephony.e164, text) IS 'starts with';
