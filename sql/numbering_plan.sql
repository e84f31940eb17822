-- The numbering plan in the library, and the guard over what stores its answers: a newer plan makes them stale.
SET search_path = telephony, public;

SELECT version ~ '^[0-9]+([.][0-9]+)+$' AS version, source, states > 10000 AS states, bytes < 600000 AS bytes, regions > 200 AS regions FROM numbering_plan();
SELECT numbering_plan_changed(), count(*) AS accepted FROM accepted_numbering_plan a JOIN numbering_plan() USING (version, source, states, bytes, regions);

-- Nothing of the extension itself depends on the plan.
SELECT * FROM numbering_plan_dependents();

-- Whatever stores an answer is found, also behind views and functions, and told how to bring it up to date.
CREATE TABLE contacts (id int, number e164 CHECK (is_valid(number)), country text GENERATED ALWAYS AS (region(number)) STORED, written text);
CREATE INDEX contacts_type ON contacts (number_type(number));
CREATE INDEX contacts_written ON contacts (id) WHERE is_valid(written);
CREATE INDEX contacts_number ON contacts (number);
CREATE DOMAIN dialable AS e164 CONSTRAINT possible CHECK (is_possible(VALUE));
CREATE TABLE dialables (number dialable);
CREATE VIEW countries AS SELECT number, region(number) AS country FROM contacts;
CREATE MATERIALIZED VIEW country_counts AS SELECT country, count(*) FROM countries GROUP BY country;
CREATE FUNCTION is_from(number e164, country text) RETURNS boolean IMMUTABLE RETURN telephony.region(number) = country;
CREATE OPERATOR ~~> (LEFTARG = e164, RIGHTARG = text, FUNCTION = is_from);
CREATE INDEX contacts_us ON contacts (id) WHERE number ~~> 'US';
CREATE TABLE by_country (number e164, id int) PARTITION BY LIST (region(number));
CREATE TABLE by_country_us PARTITION OF by_country FOR VALUES IN ('US');
CREATE TABLE by_country_gb PARTITION OF by_country FOR VALUES IN ('GB');
CREATE INDEX by_country_type ON by_country (number_type(number));
CREATE STATISTICS contacts_country ON (region(number)) FROM contacts;
CREATE TABLE asked_each_time (number e164, is_good boolean DEFAULT is_valid('+12025550123'::e164));
CREATE RULE quiet AS ON INSERT TO asked_each_time WHERE NOT is_valid(NEW.number) DO INSTEAD NOTHING;
INSERT INTO contacts (id, number, written) VALUES (1, '+12025550123', '+12025550123'), (2, '+442079460018', 'none');
INSERT INTO by_country VALUES ('+12025550123', 1), ('+442079460018', 2);
INSERT INTO dialables VALUES ('+12025550123');
SELECT object_type, object, plan_functions, remedy FROM numbering_plan_dependents();

-- Every plan function is followed. What is STABLE cannot be stored by; the rest answers by the number's shape alone.
SELECT string_agg(p.oid::regprocedure::text, ' ' ORDER BY p.oid::regprocedure::text) AS followed FROM pg_proc p
 WHERE EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid AND d.classid = 'pg_proc'::regclass AND d.objid = 'numbering_plan_dependents()'::regprocedure);
SELECT string_agg(oid::regprocedure::text, ' ' ORDER BY oid::regprocedure::text) AS by_shape_alone FROM pg_proc p
 WHERE pronamespace = 'telephony'::regnamespace AND provolatile = 'i' AND 'e164'::regtype = ANY (proargtypes) AND prorettype <> 'e164'::regtype
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid AND d.objid = 'numbering_plan_dependents()'::regprocedure)
   AND proname !~ '^(e164_|starts_with)' AND proname <> 'is_from';

-- The plan of yesterday said otherwise of these: accepting the new one is refused until told that all is well.
UPDATE accepted_numbering_plan SET version = '0.0.1';
SELECT numbering_plan_changed();
\set VERBOSITY sqlstate
SELECT accept_numbering_plan();
SELECT accept_numbering_plan('whatever');
SELECT accept_numbering_plan(NULL);
\set VERBOSITY default
-- Rows as the older plan would have let them in: a region that was, a number that the plan no longer has, in a partition of before.
ALTER TABLE contacts DROP CONSTRAINT contacts_number_check;
INSERT INTO contacts (id, number) VALUES (3, '+11234567890');
ALTER TABLE contacts ADD CONSTRAINT contacts_number_check CHECK (is_valid(number)) NOT VALID;
UPDATE pg_constraint SET convalidated = true WHERE conname = 'contacts_number_check';
ALTER TABLE by_country DETACH PARTITION by_country_gb;
INSERT INTO by_country_gb VALUES ('+12025550199', 3);
ALTER TABLE by_country_gb ADD CONSTRAINT sworn CHECK (number IS NOT NULL AND region(number) IS NOT NULL AND region(number) = 'GB') NOT VALID;
UPDATE pg_constraint SET convalidated = true WHERE conname = 'sworn';
ALTER TABLE by_country ATTACH PARTITION by_country_gb FOR VALUES IN ('GB');
ALTER TABLE by_country_gb DROP CONSTRAINT sworn;
SELECT tableoid::regclass, region(number) FROM by_country WHERE id = 3;
-- The remedies run as they are given; that of a table constraint shows the row in breach.
SELECT remedy FROM numbering_plan_dependents() \gexec
SELECT tableoid::regclass, region(number) FROM by_country WHERE id = 3;
SELECT accept_numbering_plan('keep');
SELECT numbering_plan_changed(), count(*) FROM accepted_numbering_plan;
INSERT INTO accepted_numbering_plan SELECT * FROM numbering_plan();

-- Without dependents a new plan is accepted without a word; with the plan unchanged there is nothing to do.
SELECT accept_numbering_plan();
DROP TABLE contacts, by_country, dialables, asked_each_time CASCADE;
DROP DOMAIN dialable;
DROP OPERATOR ~~> (e164, text);
DROP FUNCTION is_from;
UPDATE accepted_numbering_plan SET states = 1;
SELECT accept_numbering_plan();
SELECT numbering_plan_changed();

-- Anyone may ask whether the plan changed and what depends on it; to accept is the administrator's.
CREATE ROLE regress_telephony_reader;
GRANT USAGE ON SCHEMA telephony TO regress_telephony_reader;
SET ROLE regress_telephony_reader;
SELECT numbering_plan_changed(), (SELECT count(*) FROM numbering_plan_dependents()) AS dependents;
SELECT accept_numbering_plan('keep');
SELECT * FROM accepted_numbering_plan;
RESET ROLE;
DROP OWNED BY regress_telephony_reader;
DROP ROLE regress_telephony_reader;
