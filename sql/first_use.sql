-- The first hour with the extension: without telephony in the search_path a comparison finds no operator, and
-- CREATE EXTENSION says what to run. As it says, it works.
SELECT current_database() AS regression \gset
CREATE DATABASE regress_telephony_first_use;
CREATE ROLE regress_telephony_own_path;
\c regress_telephony_first_use
CREATE EXTENSION telephony;
CREATE TABLE calls (caller telephony.e164);
INSERT INTO calls VALUES ('+12025550123');
SELECT * FROM calls WHERE caller = '+12025550123';
SELECT telephony.operators_remedy() AS remedy \gset
\echo :remedy
:remedy;
\c -
SHOW search_path;
SELECT * FROM calls WHERE caller = '+12025550123';
-- Another role must be let into the schema as well: without, its operators are passed over.
GRANT SELECT ON calls TO regress_telephony_own_path;
SET ROLE regress_telephony_own_path;
SELECT * FROM calls WHERE caller = '+12025550123';
RESET ROLE;
SELECT telephony.operators_remedy(), telephony.operators_remedy('regress_telephony_own_path') AS remedy \gset
\echo :remedy
:remedy;
SET ROLE regress_telephony_own_path;
SELECT * FROM calls WHERE caller = '+12025550123';
RESET ROLE;
SELECT telephony.operators_remedy(), telephony.operators_remedy('regress_telephony_own_path');

-- Where it is there already, nothing is said.
DROP EXTENSION telephony CASCADE;
CREATE EXTENSION telephony;
GRANT USAGE ON SCHEMA telephony TO regress_telephony_own_path;

-- Nor where notices are not wanted.
ALTER DATABASE regress_telephony_first_use RESET search_path;
ALTER DATABASE regress_telephony_first_use SET client_min_messages = warning;
\c -
DROP EXTENSION telephony CASCADE;
CREATE EXTENSION telephony;
GRANT USAGE ON SCHEMA telephony TO regress_telephony_own_path;
SELECT telephony.operators_remedy() IS NOT NULL AS still_missing, current_setting('client_min_messages');
ALTER DATABASE regress_telephony_first_use RESET client_min_messages;
\c -

-- A role's own setting comes before the database's, and that in this database before that in all.
ALTER ROLE regress_telephony_own_path SET search_path = app, "Te,le""phony";
SELECT telephony.operators_remedy('regress_telephony_own_path') AS remedy \gset
\echo :remedy
:remedy;
SELECT telephony.operators_remedy('regress_telephony_own_path'), setconfig FROM pg_db_role_setting s
 WHERE setrole = 'regress_telephony_own_path'::regrole AND setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database());

-- However it is written.
CREATE FUNCTION remedy_for(setting text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER DATABASE regress_telephony_first_use SET search_path = %s', setting);
    RETURN telephony.operators_remedy();
END $$;
SELECT setting, remedy_for(setting) FROM unnest(ARRAY['telephony', 'TELEPHONY, public', '"telephony"', '"Telephony"', 'telephony_api', '''''', '"$user", public', 'public,telephony']) setting;
ALTER DATABASE regress_telephony_first_use RESET search_path;
SELECT telephony.operators_remedy(NULL), telephony.operators_remedy('nobody of this name');

\c :regression
DROP DATABASE regress_telephony_first_use;
DROP ROLE regress_telephony_own_path;
