-- migrate(): up to every version and down again, what it refuses, and what it says.
\set ON_ERROR_STOP on
\set QUIET on
BEGIN;
CREATE SCHEMA tap;
CREATE EXTENSION pgtap SCHEMA tap;
SET LOCAL search_path = tap, public;
SELECT no_plan();

\ir ../harness/catalog_manifest.sql

SELECT is((SELECT count(*) FROM telephony.migrations() WHERE applied_at IS NOT NULL), 0::bigint,
    'nothing is applied at first');
CREATE TEMP TABLE empty_state AS SELECT m FROM tap.manifest() m WHERE m !~ '^engine schema';

-- Stepwise up, remembering the catalog after each step; then down again, comparing; then fresh.
CREATE TEMP TABLE remembered (version int, line text);
DO $$
BEGIN
    FOR v IN 1 .. (SELECT max(version) FROM telephony.migrations()) LOOP
        PERFORM telephony.migrate(v);
        INSERT INTO remembered SELECT v, m FROM tap.manifest() m;
    END LOOP;
END $$;
SELECT is(count(*), (SELECT max(version) FROM telephony.migrations())::bigint, 'every migration is applied')
  FROM telephony.migrations() WHERE applied_at IS NOT NULL;
SELECT cmp_ok(count(*), '>', 300::bigint, 'the manifest sees the schema') FROM remembered
    WHERE version = (SELECT max(version) FROM remembered);

CREATE TEMP TABLE differing (version int, line text);
DO $$
BEGIN
    FOR v IN REVERSE (SELECT max(version) FROM telephony.migrations()) - 1 .. 1 LOOP
        PERFORM telephony.migrate(v);
        INSERT INTO differing
        (SELECT v, '+' || m FROM tap.manifest() m EXCEPT SELECT v, '+' || line FROM remembered WHERE version = v)
        UNION ALL
        (SELECT v, '-' || line FROM remembered WHERE version = v EXCEPT SELECT v, '-' || m FROM tap.manifest() m);
    END LOOP;
END $$;
SELECT is_empty('SELECT * FROM differing', 'each way down ends at the same catalog as the way up did');

SELECT lives_ok('SELECT telephony.migrate(0)', 'all the way down');
SELECT results_eq($$SELECT m FROM tap.manifest() m WHERE m !~ '^engine schema'$$, 'SELECT m FROM empty_state',
    'nothing is left of the tenant schema');
SELECT hasnt_schema('telephony_api');
SELECT hasnt_schema('telephony_internal');

SELECT is((SELECT string_agg(direction, ' ') FROM telephony.migrate()),
    (SELECT string_agg('up', ' ') FROM telephony.migrations()), 'fresh: all the way up in one call');
SELECT is_empty($$
    (SELECT m FROM tap.manifest() m EXCEPT SELECT line FROM remembered WHERE version = (SELECT max(version)
        FROM remembered))
    UNION ALL
    (SELECT line FROM remembered WHERE version = (SELECT max(version) FROM remembered) EXCEPT SELECT m
        FROM tap.manifest() m)$$,
    'stepwise equals fresh');
SELECT is_empty('SELECT * FROM telephony.migrate()', 'a second call does nothing');

SELECT throws_ok('SELECT telephony.migrate(99)', '22023', 'there is no version 99 of the tenant schema',
    'an unknown target is refused');
SELECT throws_ok('SELECT telephony.migrate(-1)', '22023', 'there is no version -1 of the tenant schema',
    'a negative target is refused');
SELECT throws_ok('SELECT telephony.migrate(13)', '22023', 'there is no version 13 of the tenant schema',
    'so is a step of the preview');

-- What an error says besides its message.
CREATE FUNCTION tap.hint_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_detail text; v_hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_detail = PG_EXCEPTION_DETAIL, v_hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(E'\n', v_detail, v_hint);
END $$;

-- A step that fails says why, and not its whole text.
CREATE FUNCTION tap.lines_of_error(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_message text; v_context text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_message = MESSAGE_TEXT, v_context = PG_EXCEPTION_CONTEXT;
    RETURN format('%s: %s', v_message, CASE WHEN length(v_context) < 1000 THEN 'short' ELSE v_context END);
END $$;
CREATE FUNCTION tap.forbid() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not here: %', tg_tag; END $$;
SAVEPOINT without_steps;
SELECT count(*) FROM telephony.migrate(0) \gset
CREATE EVENT TRIGGER tap_forbid ON ddl_command_start WHEN TAG IN ('CREATE POLICY') EXECUTE FUNCTION tap.forbid();
SELECT is(tap.lines_of_error('SELECT telephony.migrate()'), 'not here: CREATE POLICY: short', 'a step up');
DROP EVENT TRIGGER tap_forbid;
CREATE EVENT TRIGGER tap_forbid ON ddl_command_start WHEN TAG IN ('CREATE FUNCTION') EXECUTE FUNCTION tap.forbid();
SELECT is(tap.lines_of_error('SELECT telephony.migrate()'), 'not here: CREATE FUNCTION: short', 'a function');
ROLLBACK TO without_steps;
CREATE EVENT TRIGGER tap_forbid ON ddl_command_start WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION tap.forbid();
SELECT is(tap.lines_of_error('SELECT telephony.migrate(0)'), 'not here: DROP TABLE: short', 'a step down');
ROLLBACK TO without_steps;

-- Functions are set in place: those that are as shipped are not touched, those that are not are put right.
CREATE TEMP TABLE functions_before AS SELECT p.oid, p.xmin::text AS written FROM pg_proc p WHERE p.pronamespace
    IN ('telephony_api'::regnamespace, 'telephony_internal'::regnamespace);
SELECT is_empty('SELECT * FROM telephony.migrate()', 'again');
SELECT is_empty($$SELECT p.oid::regprocedure FROM functions_before b JOIN pg_proc p ON p.oid = b.oid
    WHERE p.xmin::text <> b.written$$, 'and no function was written');
CREATE OR REPLACE FUNCTION telephony_internal.shown(value text) RETURNS text LANGUAGE sql VOLATILE AS 'SELECT value';
COMMENT ON FUNCTION telephony_internal.require_org() IS 'another';
DROP FUNCTION telephony_internal.wake_sidecars(text);
DROP FUNCTION telephony_api.country_counts();
SET LOCAL ROLE telephony_owner;
CREATE FUNCTION telephony_api.country_counts() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
RESET ROLE;
CREATE VIEW public.tap_shown AS SELECT telephony_internal.shown('x') AS shown;
SELECT 'telephony_internal.shown(text)'::regprocedure::oid AS was \gset
SELECT is_empty('SELECT * FROM telephony.migrate()', 'functions that differ are no step of the tables');
SELECT is_empty($$
    (SELECT m FROM tap.manifest() m EXCEPT SELECT line FROM remembered WHERE version = (SELECT max(version)
        FROM remembered))
    UNION ALL
    (SELECT line FROM remembered WHERE version = (SELECT max(version) FROM remembered) EXCEPT SELECT m
        FROM tap.manifest() m)$$,
    'but everything is as shipped again: text, attributes, comments, result, and what was gone');
SELECT is('telephony_internal.shown(text)'::regprocedure::oid, :was::oid, 'in place, where the signature stays');
SELECT is((SELECT count(*) FROM public.tap_shown), 1::bigint, 'so that a view on it stays');
DROP VIEW public.tap_shown;

-- What only migrate() made is taken away; a function of somebody else in the same schema is not.
INSERT INTO telephony_internal.shipped_functions VALUES ('telephony_internal.of_an_older_version(integer)', 'FUNCTION');
SET LOCAL ROLE telephony_owner;
CREATE FUNCTION telephony_internal.of_an_older_version(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
RESET ROLE;
CREATE FUNCTION telephony_internal.of_a_user(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
SELECT is_empty('SELECT * FROM telephony.migrate()', 'and what this version does not have');
SELECT hasnt_function('telephony_internal'::name, 'of_an_older_version'::name, 'is gone');
SELECT has_function('telephony_internal'::name, 'of_a_user'::name, 'but a user''s function is not');
DROP FUNCTION telephony_internal.of_a_user(integer);

-- What users made of ours is named, all of it, before anything is lost.
CREATE TABLE public.tap_lines (number text, shown telephony.e164 GENERATED ALWAYS
    AS (telephony_internal.number_argument('number', number)) STORED);
CREATE VIEW public.tap_countries AS SELECT country_code FROM telephony_api.supported_countries();
CREATE FUNCTION public.tap_carriers() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*)
    FROM telephony_api.carriers_of('US'); END;
CREATE POLICY tap_policy ON public.tap_lines USING (telephony_internal.require_org() IS NOT NULL);
CREATE POLICY tap_of_ours ON telephony_api.phone_numbers FOR SELECT USING (status = 'live');
SELECT throws_ok('SELECT telephony.migrate(0)', '2BP01',
    'objects that are not of this extension use what migrate(0) would take away',
        'a way down that would break users'' objects is refused');
SELECT matches(tap.hint_of('SELECT telephony.migrate(0)'), o, o || ' is named')
  FROM unnest(ARRAY['column shown of table (public\.)?tap_lines', 'view (public\.)?tap_countries',
      'function (public\.)?tap_carriers\(\)', 'policy tap_policy on table (public\.)?tap_lines',
                    'policy tap_of_ours on telephony_api\.phone_numbers', 'Nothing was changed']) o;
SELECT lives_ok('SELECT telephony.migrate()', 'all of them survive migrate()');
\set shipped `cat test/harness/shipped.json`
SELECT is((SELECT count(*) FROM public.tap_countries), json_array_length(:'shipped')::bigint, 'a view');
SELECT cmp_ok(public.tap_carriers(), '>', 0::bigint, 'a function');
INSERT INTO public.tap_lines (number) VALUES ('+12025550123');
SELECT is((SELECT shown::text FROM public.tap_lines), '+12025550123', 'a generated column');
SELECT is((SELECT count(*) FROM pg_policy WHERE polname ~ '^tap_'), 2::bigint, 'policies');
-- The same where a function cannot stay in place.
SAVEPOINT another_result;
DROP VIEW public.tap_countries;
DROP FUNCTION telephony_api.supported_countries();
SET LOCAL ROLE telephony_owner;
CREATE FUNCTION telephony_api.supported_countries() RETURNS TABLE (country_code text) LANGUAGE sql
    AS 'SELECT ''US''::text';
RESET ROLE;
CREATE VIEW public.tap_countries AS SELECT country_code FROM telephony_api.supported_countries();
SELECT throws_ok('SELECT telephony.migrate()', '2BP01',
    'objects that are not of this extension use what migrate(1) would take away',
        'a function that must be made anew and is used');
SELECT matches(tap.hint_of('SELECT telephony.migrate()'), 'view (public\.)?tap_countries', 'says by what');
SELECT is((SELECT count(*) FROM public.tap_countries), 1::bigint, 'and stays as it was');
ROLLBACK TO another_result;
DROP TABLE public.tap_lines;
DROP VIEW public.tap_countries;
DROP FUNCTION public.tap_carriers();
DROP POLICY tap_of_ours ON telephony_api.phone_numbers;
SELECT lives_ok('SELECT telephony.migrate(0)', 'without them the way down is free');
SELECT lives_ok('SELECT telephony.migrate()', 'and up again');

-- A database at the preview's numbering, or made by another build of the same version.
SAVEPOINT preview;
DELETE FROM telephony_internal.schema_migrations;
INSERT INTO telephony_internal.schema_migrations (version, name, fingerprint)
SELECT n, CASE n WHEN 1 THEN 'countries_and_carriers' WHEN 13 THEN 'request_limits' ELSE 'another' END,
    '' FROM generate_series(1, 13) n;
SELECT throws_ok('SELECT telephony.migrate()', '55000',
    'the tenant schema of this database was made by a preview of the extension',
        'the preview''s numbering is recognized');
SELECT matches(tap.hint_of('SELECT telephony.migrate(0)'),
    'Its last step is 13, request_limits.*export_org.*import_org', 'and refused with the steps');
-- As the preview has it: without the column.
ALTER TABLE telephony_internal.schema_migrations DROP COLUMN fingerprint;
SELECT throws_ok('SELECT telephony.migrate()', '55000',
    'the tenant schema of this database was made by a preview of the extension', 'also as the preview made its table');
ROLLBACK TO preview;
UPDATE telephony_internal.schema_migrations SET fingerprint = 'another';
SELECT throws_ok('SELECT telephony.migrate()', '55000',
    'the tables of version 1 here were made by another build of it', 'tables of another build are told apart');
ROLLBACK TO preview;
INSERT INTO telephony_internal.schema_migrations (version, name, fingerprint) VALUES (2, '0.2.0', '');
SELECT throws_ok('SELECT telephony.migrate()', '55000',
    'the tenant schema is at version 2, this version of the extension knows only 1', 'so is a newer version');
ROLLBACK TO preview;

-- Rows of users.
INSERT INTO telephony_api.organizations (id, telephony_country) VALUES ('0a000000-0000-0000-0000-000000000000', 'US');
SELECT throws_ok('SELECT telephony.migrate(0)', '55000', 'going down to 0 would lose rows',
    'a step down that loses rows is refused');
SELECT matches(tap.hint_of('SELECT telephony.migrate(0)'), 'Lost would be rows of: telephony_api\.organizations\.',
    'and names them');
SELECT is((SELECT count(*) FROM telephony_api.organizations), 1::bigint, 'and loses nothing');

DELETE FROM telephony_api.organizations;
UPDATE telephony_api.countries SET is_active = false WHERE country_code = 'TR';
SELECT throws_ok('SELECT telephony.migrate(0)', '55000', 'going down to 0 would lose rows',
    'a changed row of shipped data is a user''s');
UPDATE telephony_api.countries SET is_active = true WHERE country_code = 'TR';
INSERT INTO telephony_api.organizations (id, telephony_country) VALUES ('0a000000-0000-0000-0000-000000000000', 'US');

INSERT INTO telephony_internal.jobs (id, org_id, kind, state, deadline_at, country_code, lease_until)
VALUES ('0b000000-0000-0000-0000-000000000000', '0a000000-0000-0000-0000-000000000000', 'provision', 'searching',
    now(), 'US', clock_timestamp() + interval '1 hour');
SELECT throws_ok('SELECT telephony.migrate(0)', '55006', 'a job is running', 'no migration while a job is running');
UPDATE telephony_internal.jobs SET lease_until = NULL;

INSERT INTO telephony_internal.number_holds (number, state, job_id, org_id, account_sid)
VALUES ('+12025550123', 'live', '0b000000-0000-0000-0000-000000000000', '0a000000-0000-0000-0000-000000000000',
    'AC' || repeat('0', 32));
SET LOCAL telephony.allow_data_loss = on;
SELECT throws_ok('SELECT telephony.migrate(0)', '55000',
    'going down to 0 would forget 1 numbers that are live or being bought',
        'live numbers are never lost, whatever is allowed');
DELETE FROM telephony_internal.number_holds;
SELECT lives_ok('SELECT telephony.migrate(0)', 'data loss on demand');

-- Who may not: one message says all that is missing, and with that it goes.
SET LOCAL telephony.allow_data_loss = off;
CREATE ROLE tap_nobody;
GRANT USAGE ON SCHEMA telephony, tap TO tap_nobody;
SET LOCAL ROLE tap_nobody;
SELECT throws_ok('SELECT telephony.migrate()', '42501', 'permission denied for function migrate',
    'an ordinary role may not migrate');
RESET ROLE;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA telephony TO tap_nobody;
SET LOCAL ROLE tap_nobody;
SELECT throws_ok('SELECT telephony.migrate()', '42501', 'tap_nobody may not set up the tenant schema',
    'who may call it and no more is told so');
SELECT regexp_replace(tap.hint_of('SELECT telephony.migrate()'), '^.*A superuser must run: ', '') AS missing \gset
RESET ROLE;
SELECT is(:'missing',
    format('GRANT telephony_owner TO tap_nobody; GRANT CREATE ON DATABASE %I TO tap_nobody; GRANT USAGE ON SCHEMA telephony TO tap_nobody WITH GRANT OPTION; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA telephony TO tap_nobody WITH GRANT OPTION;', current_database()),
    'with every statement that is missing');
:missing
SET LOCAL ROLE tap_nobody;
SELECT lives_ok('SELECT telephony.migrate()', 'with that an ordinary role can migrate');
RESET ROLE;
SELECT telephony.migrate(0) \gset
CREATE ROLE tap_somebody;
GRANT USAGE ON SCHEMA telephony, tap TO tap_somebody;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA telephony TO tap_somebody;
SET LOCAL telephony.owner_role = 'tap_not_there';
SET LOCAL ROLE tap_somebody;
SELECT matches(tap.hint_of('SELECT telephony.migrate()'),
    'CREATE ROLE tap_not_there NOLOGIN; GRANT tap_not_there TO tap_somebody; GRANT CREATE ON DATABASE',
        'the role of the owner among them, where it is not there');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
