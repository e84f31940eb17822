-- migrate(): up to every version and down again, what it refuses, and what it says.
\set ON_ERROR_STOP on
\set QUIET on
BEGIN;
CREATE SCHEMA tap;
CREATE EXTENSION pgtap SCHEMA tap;
SET LOCAL search_path = tap, public;
SELECT no_plan();

\ir ../harness/catalog_manifest.sql

SELECT is((SELECT count(*) FROM telephony.migrations() WHERE applied_at IS NOT NULL), 0::bigint, 'nothing is applied at first');
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
SELECT cmp_ok(count(*), '>', 300::bigint, 'the manifest sees the schema') FROM remembered WHERE version = (SELECT max(version) FROM remembered);

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
SELECT results_eq($$SELECT m FROM tap.manifest() m WHERE m !~ '^engine schema'$$, 'SELECT m FROM empty_state', 'nothing is left of the tenant schema');
SELECT hasnt_schema('telephony_api');
SELECT hasnt_schema('telephony_internal');

SELECT is((SELECT string_agg(direction, ' ') FROM telephony.migrate()), (SELECT string_agg('up', ' ') FROM telephony.migrations()), 'fresh: all the way up in one call');
SELECT is_empty($$
    (SELECT m FROM tap.manifest() m EXCEPT SELECT line FROM remembered WHERE version = (SELECT max(version) FROM remembered))
    UNION ALL
    (SELECT line FROM remembered WHERE version = (SELECT max(version) FROM remembered) EXCEPT SELECT m FROM tap.manifest() m)$$,
    'stepwise equals fresh');
SELECT is_empty('SELECT * FROM telephony.migrate()', 'a second call does nothing');

SELECT throws_ok('SELECT telephony.migrate(99)', '22023', 'there is no migration 99', 'an unknown target is refused');
SELECT throws_ok('SELECT telephony.migrate(-1)', '22023', 'there is no migration -1', 'a negative target is refused');

-- Rows of users.
INSERT INTO telephony_api.organizations (id, telephony_country) VALUES ('0a000000-0000-0000-0000-000000000000', 'US');
SELECT throws_ok('SELECT telephony.migrate(1)', '55000', 'going down to 1 would lose rows', 'a step down that loses rows is refused');
SELECT is((SELECT count(*) FROM telephony_api.organizations), 1::bigint, 'and loses nothing');

DELETE FROM telephony_api.organizations;
UPDATE telephony_api.countries SET is_active = false WHERE country_code = 'TR';
SELECT throws_ok('SELECT telephony.migrate(0)', '55000', 'going down to 0 would lose rows', 'a changed row of shipped data is a user''s');
UPDATE telephony_api.countries SET is_active = true WHERE country_code = 'TR';
INSERT INTO telephony_api.organizations (id, telephony_country) VALUES ('0a000000-0000-0000-0000-000000000000', 'US');

INSERT INTO telephony_internal.jobs (id, org_id, kind, state, deadline_at, country_code, lease_until)
VALUES ('0b000000-0000-0000-0000-000000000000', '0a000000-0000-0000-0000-000000000000', 'provision', 'searching', now(), 'US', clock_timestamp() + interval '1 hour');
SELECT throws_ok('SELECT telephony.migrate(4)', '55006', 'a job is running', 'no migration while a job is running');
UPDATE telephony_internal.jobs SET lease_until = NULL;

INSERT INTO telephony_internal.number_claims (number, state, job_id, org_id, account_sid)
VALUES ('+12025550123', 'live', '0b000000-0000-0000-0000-000000000000', '0a000000-0000-0000-0000-000000000000', 'AC' || repeat('0', 32));
SET LOCAL telephony.allow_data_loss = on;
SELECT throws_ok('SELECT telephony.migrate(0)', '55000', 'going down to 0 would forget 1 numbers that are live or being bought', 'live numbers are never lost, whatever is allowed');
DELETE FROM telephony_internal.number_claims;
SELECT lives_ok('SELECT telephony.migrate(0)', 'data loss on demand');

-- Who may not.
SET LOCAL telephony.allow_data_loss = off;
CREATE ROLE tap_nobody;
GRANT USAGE ON SCHEMA telephony, tap TO tap_nobody;
SET LOCAL ROLE tap_nobody;
SELECT throws_ok('SELECT telephony.migrate()', '42501', 'permission denied for function migrate', 'an ordinary role may not migrate');
RESET ROLE;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA telephony TO tap_nobody;
SET LOCAL ROLE tap_nobody;
SELECT throws_ok('SELECT telephony.migrate()', '42501', 'tap_nobody is not a member of the role telephony_owner', 'who may call it but is not of the owner role is told so');
RESET ROLE;
GRANT telephony_owner TO tap_nobody;
SET LOCAL ROLE tap_nobody;
SELECT throws_ok('SELECT telephony.migrate()', '42501', 'tap_nobody may not set up the tenant schema', 'and a member is told what else it needs');
RESET ROLE;
GRANT USAGE ON SCHEMA telephony TO tap_nobody WITH GRANT OPTION;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA telephony TO tap_nobody WITH GRANT OPTION;
SELECT format('GRANT CREATE ON DATABASE %I TO tap_nobody', current_database()) AS grant_create \gset
:grant_create;
SET LOCAL ROLE tap_nobody;
SELECT lives_ok('SELECT telephony.migrate()', 'with that an ordinary role can migrate');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
