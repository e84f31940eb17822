-- telephony.e164 in indexes, joins, aggregates and plans; the planner's handling of number ^@ prefix.
SET search_path = telephony, public;

-- Operator classes are complete and their operators consistent.
SELECT opcname, amname, amvalidate(c.oid), opcdefault FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod WHERE opcintype = 'e164'::regtype ORDER BY 1;
SELECT o.oid::regoperator AS operator, oprcom::regoperator AS commutator, oprnegate::regoperator AS negator, oprcanmerge, oprcanhash, oprrest, oprjoin
  FROM pg_operator o WHERE oprleft = 'e164'::regtype ORDER BY oprname;

-- What the planner may assume: nothing that compares, hashes or tests a prefix or shape can leak, and all may run in parallel.
SELECT provolatile, proisstrict, proparallel, proleakproof, count(*), string_agg(oid::regprocedure::text, ' ' ORDER BY oid::regprocedure::text COLLATE "C") AS functions
  FROM pg_proc WHERE pronamespace = 'telephony'::regnamespace AND prokind = 'f' AND proname ~ '^(e164|starts_with|prefix_)'
 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;

CREATE TABLE numbers AS
    SELECT ('+' || CASE WHEN i % 4 = 0 THEN '44' ELSE '1' END || 2000000000 + i::bigint * 7919 * 104729 % 7999999999)::e164 AS number, i FROM generate_series(1, 20000) i;
CREATE INDEX numbers_btree ON numbers (number);
VACUUM ANALYZE numbers;
SET enable_seqscan = off;
SET enable_bitmapscan = off;

-- A prefix is a range: of constants, of a parameter, of another table's column; as operator and as function.
EXPLAIN (COSTS OFF) SELECT * FROM numbers WHERE number ^@ '+4420';
EXPLAIN (COSTS OFF) SELECT * FROM numbers WHERE starts_with(number, '+4420');
EXPLAIN (COSTS OFF) SELECT * FROM numbers WHERE number ^@ 'not a prefix';
EXPLAIN (COSTS OFF) SELECT * FROM numbers WHERE number ^@ ('+44' || '20');
EXPLAIN (COSTS OFF) SELECT * FROM numbers WHERE number ^@ NULL;
SET plan_cache_mode = force_generic_plan;
PREPARE by_prefix(text) AS SELECT count(*) FROM numbers WHERE number ^@ $1;
EXPLAIN (COSTS OFF) EXECUTE by_prefix('+4420');
RESET plan_cache_mode;
SET enable_seqscan = on;  -- a plan that cannot do without one says so since 18
CREATE TABLE prefixes (prefix text);
INSERT INTO prefixes VALUES ('+4420'), ('+1202'), (''), ('+'), ('+4'), ('+0'), ('1202'), ('+44x'), (NULL), ('+12025550123'), ('+1234567890123456');
EXPLAIN (COSTS OFF) SELECT prefix, (SELECT count(*) FROM numbers WHERE number ^@ prefix) FROM prefixes;
-- Not a range: a prefix that changes from row to row of the same table, an index that knows no order.
EXPLAIN (COSTS OFF) SELECT * FROM numbers WHERE number ^@ left(number::text, 3);
-- Index and sequential scan agree, for every kind of prefix.
SET enable_seqscan = off;
CREATE TEMP TABLE by_index AS SELECT prefix, (SELECT count(*) FROM numbers WHERE number ^@ prefix) FROM prefixes;
SET enable_seqscan = on; SET enable_indexscan = off; SET enable_indexonlyscan = off;
CREATE TEMP TABLE by_scan AS SELECT prefix, (SELECT count(*) FROM numbers WHERE number ^@ prefix) FROM prefixes;
RESET enable_indexscan; RESET enable_indexonlyscan;
SELECT count(*) AS differences FROM (TABLE by_index EXCEPT TABLE by_scan) d;
SELECT * FROM by_index ORDER BY prefix COLLATE "C";

-- Estimates come from the column's statistics: for common, rare and absent prefixes they are within one bin of the
-- histogram (a hundredth of the rows).
CREATE FUNCTION estimated_rows(condition text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) SELECT * FROM numbers WHERE ' || condition INTO plan;
    RETURN plan->0->'Plan'->>'Plan Rows';
END $$;
SELECT prefix, abs(estimated_rows(pg_catalog.format('number ^@ %L', prefix)) - found) <= 200 AS operator_estimate,
       abs(estimated_rows(pg_catalog.format('starts_with(number, %L)', prefix)) - found) <= 200 AS function_estimate
  FROM unnest('{"",+,+1,+44,+442,+4420,+1202,+12,+7,+0,x}'::text[]) prefix, LATERAL (SELECT count(*) AS found FROM numbers WHERE number ^@ prefix) f;
SELECT estimated_rows('number ^@ NULL') AS of_null, estimated_rows($$number ^@ (SELECT '+44'::text)$$) AS of_unknown;
SELECT estimated_rows($$number >= '+442'$$) BETWEEN 4000 AND 6000 AS range_estimate, estimated_rows($$number = '+12025550123'$$) AS equality_estimate;
-- A column whose few values are all common, and one that was never analysed.
CREATE TABLE few AS SELECT ('+1202555010' || i % 4)::e164 AS number FROM generate_series(1, 4000) i;
CREATE FUNCTION estimated_few(prefix text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE pg_catalog.format('EXPLAIN (FORMAT json) SELECT * FROM few WHERE number ^@ %L', prefix) INTO plan;
    RETURN plan->0->'Plan'->>'Plan Rows';
END $$;
SELECT estimated_few('+1202') BETWEEN 1 AND 400 AS not_analysed;
ANALYZE few;
SELECT estimated_few('+1202555010'), estimated_few('+12025550103'), estimated_few('+44');

-- btree: order, both ends, uniqueness, deduplication; BRIN and hash answer as a scan does.
SET enable_seqscan = off; SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT number FROM numbers ORDER BY number DESC LIMIT 3;
EXPLAIN (COSTS OFF) SELECT number FROM numbers ORDER BY number LIMIT 3;
CREATE FUNCTION index_scans(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE plan text;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
    RETURN regexp_count(plan, '"Index Only Scan"');
END $$;
SELECT index_scans('SELECT min(number), max(number) FROM numbers') AS ends_by_index;
RESET enable_sort;
CREATE INDEX few_deduplicated ON few (number);
CREATE INDEX few_plain ON few (number) WITH (deduplicate_items = off);
SELECT pg_relation_size('few_deduplicated') * 2 < pg_relation_size('few_plain') AS deduplicated;
CREATE UNIQUE INDEX numbers_unique ON numbers (number, i);
INSERT INTO numbers SELECT * FROM numbers LIMIT 1;
DROP INDEX numbers_unique, numbers_btree;
CREATE INDEX numbers_hash ON numbers USING hash (number);
EXPLAIN (COSTS OFF) SELECT * FROM numbers WHERE number = '+12829351';
SELECT count(*) AS found_by_hash FROM (SELECT number FROM numbers LIMIT 50) n, LATERAL (SELECT 1 FROM numbers m WHERE m.number = n.number) f;
SET enable_seqscan = on;
EXPLAIN (COSTS OFF) SELECT * FROM numbers WHERE number ^@ '+4420';
SET enable_seqscan = off;
DROP INDEX numbers_hash;
SET enable_bitmapscan = on;
CREATE INDEX numbers_brin ON numbers USING brin (number) WITH (pages_per_range = 4);
EXPLAIN (COSTS OFF) SELECT count(*) FROM numbers WHERE number ^@ '+4420';
CREATE TABLE sorted AS SELECT * FROM numbers ORDER BY number;
CREATE INDEX sorted_brin ON sorted USING brin (number) WITH (pages_per_range = 4);
SELECT count(*) AS by_brin FROM sorted WHERE number ^@ '+4420' \gset
SET enable_seqscan = on; SET enable_bitmapscan = off;
SELECT count(*) = :by_brin AS brin_agrees, count(*) > 10 AS enough FROM sorted WHERE number ^@ '+4420';
RESET enable_bitmapscan;

-- Hash join, merge join, hash and sort aggregation, DISTINCT: all of one mind.
CREATE TABLE twice AS SELECT number FROM numbers UNION ALL SELECT number FROM numbers WHERE i % 2 = 0;
ANALYZE twice;
SET enable_mergejoin = off; SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM numbers JOIN twice USING (number);
SELECT count(*) FROM numbers JOIN twice USING (number);
SET enable_mergejoin = on; SET enable_hashjoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM numbers JOIN twice USING (number);
SELECT count(*) FROM numbers JOIN twice USING (number);
RESET enable_mergejoin; RESET enable_nestloop; RESET enable_hashjoin;
SET enable_sort = off;
EXPLAIN (COSTS OFF) SELECT number, count(*) FROM twice GROUP BY number;
SELECT count(*) FROM (SELECT number FROM twice GROUP BY number) g;
RESET enable_sort;
SET enable_hashagg = off;
EXPLAIN (COSTS OFF) SELECT number, count(*) FROM twice GROUP BY number;
SELECT count(*) FROM (SELECT number FROM twice GROUP BY number) g;
RESET enable_hashagg;

-- Parallel aggregation combines partial minima and maxima.
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT min(number), max(number) FROM twice;
SELECT min(number), max(number) FROM twice;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;

-- Partitioning by hash uses the extended hash; by range, the order. Every row is found where it was put.
CREATE TABLE by_hash (number e164 PRIMARY KEY) PARTITION BY HASH (number);
CREATE TABLE by_hash_0 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_hash_1 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_hash SELECT DISTINCT number FROM numbers;
SELECT count(*), count(*) FILTER (WHERE tableoid = 'by_hash_0'::regclass) BETWEEN 9000 AND 11000 AS balanced FROM by_hash;
CREATE TABLE by_range (number e164) PARTITION BY RANGE (number);
CREATE TABLE by_range_nanp PARTITION OF by_range FOR VALUES FROM ('+10') TO ('+20');
CREATE TABLE by_range_others PARTITION OF by_range DEFAULT;
INSERT INTO by_range SELECT number FROM numbers;
SELECT tableoid::regclass, calling_code(number), count(*) > 1000 AS many FROM by_range GROUP BY 1, 2 ORDER BY 1, 2;

-- Under row-level security an operator may use an index only if it is leakproof; these are.
CREATE TABLE guarded AS SELECT * FROM numbers;
CREATE INDEX guarded_number ON guarded (number);
ANALYZE guarded;
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY even_rows ON guarded USING (i % 2 = 0);
CREATE ROLE regress_telephony_reader;
GRANT USAGE ON SCHEMA telephony TO regress_telephony_reader;
GRANT SELECT ON guarded TO regress_telephony_reader;
SET ROLE regress_telephony_reader;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT * FROM guarded WHERE number ^@ '+4420';
EXPLAIN (COSTS OFF) SELECT * FROM guarded WHERE number = '+12025550123';
SET plan_cache_mode = force_generic_plan;
PREPARE guarded_by_prefix(text) AS SELECT * FROM guarded WHERE number ^@ $1;
EXPLAIN (COSTS OFF) EXECUTE guarded_by_prefix('+4420');
RESET plan_cache_mode;
RESET enable_bitmapscan;
RESET ROLE;
DROP TABLE guarded;
DROP OWNED BY regress_telephony_reader;
DROP ROLE regress_telephony_reader;

-- An operator of other types that borrows the estimator gets a guess: its constants are not read as texts.
CREATE FUNCTION int_like(int, int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 = $2; END';
CREATE OPERATOR @@@ (FUNCTION = int_like, LEFTARG = int, RIGHTARG = int, RESTRICT = telephony.e164_starts_with_sel);
CREATE TABLE ints AS SELECT i FROM generate_series(1, 1000) i;
ANALYZE ints;
EXPLAIN (COSTS OFF) SELECT * FROM ints WHERE i @@@ 7;
DROP TABLE ints;
DROP OPERATOR @@@ (int, int);
DROP FUNCTION int_like;

DROP TABLE numbers, prefixes, by_index, by_scan, few, sorted, twice, by_hash, by_range;
DROP FUNCTION estimated_rows, estimated_few, index_scans;
