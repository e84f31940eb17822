-- Searching as docs/numbers.md says: the statements of its `sql search` blocks, as they stand there, in their order. Then the same through
-- postgres_fdw, and which plan each comes to.
SET search_path = public, telephony;
\! mkdir -p results && awk '/^```sql search$/ { inside = 1; next } /^```$/ { inside = 0 } inside' docs/numbers.md > results/numbers_search.sql.txt
\i results/numbers_search.sql.txt

-- The index of trigrams finds a part of a number; a prefix and both ranges of the table use a btree.
CREATE INDEX people_by_number ON people (phone);
CREATE INDEX people_by_block ON people USING brin (phone);
VACUUM ANALYZE people;
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT * FROM people WHERE phone::text LIKE '%00123';
EXPLAIN (COSTS OFF) SELECT * FROM people WHERE phone ^@ '+12022001';
EXPLAIN (COSTS OFF) SELECT * FROM people WHERE phone >= '+10' AND phone < '+20';
DROP INDEX people_by_number;
EXPLAIN (COSTS OFF) SELECT * FROM people WHERE phone ^@ '+12022001';
EXPLAIN (COSTS OFF) SELECT * FROM people WHERE phone >= prefix_lower('+12022001') AND phone <= prefix_upper('+12022001');
SELECT count(*) FILTER (WHERE phone ^@ '+12022001') AS by_prefix, count(*) FILTER (WHERE phone >= prefix_lower('+12022001') AND phone <= prefix_upper('+12022001')) AS by_range,
       count(*) FILTER (WHERE phone ^@ '+1') AS by_code, count(*) FILTER (WHERE phone >= '+10' AND phone < '+20') AS by_range_of_code FROM people;
RESET enable_seqscan;
SELECT '+1'::e164;
SELECT * FROM people WHERE phone LIKE '%0123';

-- A foreign table: what goes to the other server.
CREATE EXTENSION postgres_fdw;
DO $$
BEGIN
    EXECUTE pg_catalog.format('CREATE SERVER loopback FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L, extensions ''telephony'')',
        split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'), current_database());
    EXECUTE pg_catalog.format('CREATE USER MAPPING FOR CURRENT_USER SERVER loopback OPTIONS (user %L)', current_user);
END $$;
CREATE FOREIGN TABLE people_there (id int, phone e164) SERVER loopback OPTIONS (table_name 'people');
EXPLAIN (VERBOSE, COSTS OFF) SELECT count(*) FROM people_there WHERE phone = '+12022000123';
EXPLAIN (VERBOSE, COSTS OFF) SELECT * FROM people_there WHERE phone >= prefix_lower('+12022001') AND phone <= prefix_upper('+12022001');
EXPLAIN (VERBOSE, COSTS OFF) SELECT * FROM people_there WHERE phone ^@ '+12022001';
SELECT count(*) AS by_range FROM people_there WHERE phone >= prefix_lower('+12022001') AND phone <= prefix_upper('+12022001');
SELECT count(*) AS by_prefix FROM people_there WHERE phone ^@ '+12022001';

SET client_min_messages = warning;
DROP EXTENSION postgres_fdw CASCADE;
DROP TABLE people, cdr, held, blocks;
DROP TYPE e164_range;
DROP EXTENSION pg_trgm, btree_gist;
