-- take_ownership(): a tenant schema that somebody else has comes back to its owner, and nothing that was put into it
-- meanwhile runs.
\ir set_up.psql

-- Counts whatever of the stranger's code runs, also where the transaction that ran it is undone.
CREATE SEQUENCE tap.ran;
CREATE FUNCTION tap.ran() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('tap.ran'); RETURN true; END $$;
CREATE FUNCTION tap.trigger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM tap.ran(); RETURN NEW; END $$;
CREATE ROLE tap_stranger;
CREATE ROLE tap_other;
CREATE ROLE tap_third;
GRANT ALL ON SCHEMA tap TO tap_stranger;
GRANT ALL ON SEQUENCE tap.ran TO tap_stranger;
SELECT current_setting('telephony.owner_role') AS owner \gset

SELECT tap.sign_in(:'org_a') \gset
SET LOCAL ROLE tap_tenant;
SELECT telephony_api.select_country('US') \gset
RESET ROLE;
ALTER TABLE telephony_api.organizations ADD COLUMN tap_plan text;
CREATE INDEX tap_by_plan ON telephony_api.organizations (tap_plan);

SELECT is(telephony.take_ownership(), 0, 'nothing is to be taken');
SELECT count(*) AS taken FROM pg_depend d JOIN pg_namespace n ON n.oid = d.refobjid
 WHERE d.refclassid = 'pg_namespace'::regclass AND n.nspname IN ('telephony_api', 'telephony_internal')
   AND d.classid IN ('pg_proc'::regclass, 'pg_class'::regclass, 'pg_type'::regclass)
   AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = d.objid AND c.relkind = 'S') \gset

REASSIGN OWNED BY :"owner" TO tap_stranger;
SELECT throws_ok('SELECT telephony.migrate()', '42501',
    format('the schema telephony_api belongs to tap_stranger, not to %s', :'owner'), 'migrate() takes from nobody');
CREATE FUNCTION tap.hint_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_hint = PG_EXCEPTION_HINT;
    RETURN v_hint;
END $$;
SELECT is(tap.hint_of('SELECT telephony.migrate()'),
    'As a superuser: SELECT telephony.take_ownership(); or name its owner in telephony.owner_role.',
    'and says who can');
GRANT USAGE ON SCHEMA telephony TO tap_stranger;
GRANT EXECUTE ON FUNCTION telephony.take_ownership() TO tap_stranger;
SET LOCAL ROLE tap_stranger;
SELECT throws_ok('SELECT telephony.take_ownership()', '42501', 'only a superuser may take the tenant schema',
    'nobody but a superuser takes it');
RESET ROLE;
REVOKE EXECUTE ON FUNCTION telephony.take_ownership() FROM tap_stranger;
REVOKE USAGE ON SCHEMA telephony FROM tap_stranger;

SELECT current_database() AS database \gset
SELECT throws_ok('SELECT telephony.take_ownership()', '55006',
    'others could change the tenant schema while it is taken', 'who may create in it could be connected');
SELECT is(tap.detail_of('SELECT telephony.take_ownership()'), 'In it may create: tap_stranger.', 'who it is is said');
SELECT is(tap.hint_of('SELECT telephony.take_ownership()'), format('Keep everybody but superusers out: ALTER DATABASE '
    '%I CONNECTION LIMIT 0; then SELECT pg_terminate_backend(pid) of who is connected. Afterwards CONNECTION LIMIT -1.',
    :'database'), 'and what keeps others out');
ALTER DATABASE :"database" CONNECTION LIMIT 0;

-- Whatever can hold code is refused and named.
CREATE TABLE tap.planted (statement text, named text);
INSERT INTO tap.planted VALUES
    ('CREATE FUNCTION telephony_internal.extra() RETURNS boolean LANGUAGE sql AS ''SELECT tap.ran()''',
     'function telephony_internal.extra(): is none of ours'),
    ('CREATE FUNCTION telephony_internal.apply_grants(integer DEFAULT 1) RETURNS void LANGUAGE sql
      AS ''SELECT tap.ran()''',
     'function telephony_internal.apply_grants(integer): is none of ours'),
    ('CREATE PROCEDURE telephony_api.extra() LANGUAGE sql AS ''SELECT tap.ran()''',
     'procedure telephony_api.extra(): is none of ours'),
    ('CREATE AGGREGATE telephony_api.extra(text) (SFUNC = textcat, STYPE = text)',
     'aggregate telephony_api.extra(pg_catalog.text): is none of ours'),
    ('CREATE TRIGGER extra BEFORE DELETE ON telephony_internal.shipped_functions EXECUTE FUNCTION tap.trigger()',
     'trigger extra on telephony_internal.shipped_functions: is none of ours'),
    ('CREATE RULE extra AS ON DELETE TO telephony_internal.tier_privileges DO ALSO SELECT tap.ran()',
     'rule extra on telephony_internal.tier_privileges: is none of ours'),
    ('CREATE POLICY extra ON telephony_internal.schema_migrations USING (tap.ran())',
     'policy extra on telephony_internal.schema_migrations: is none of ours'),
    ('ALTER TABLE telephony_internal.shipped_functions ALTER kind SET DEFAULT tap.ran()::text',
     'default telephony_internal.shipped_functions.kind: is none of ours'),
    ('CREATE VIEW telephony_api.extra AS SELECT tap.ran()', 'column telephony_api.extra.ran: is none of ours'
     || E'\nview telephony_api.extra: is none of ours'),
    ('CREATE MATERIALIZED VIEW telephony_api.stored AS SELECT 1 AS one',
     'column telephony_api.stored.one: is none of ours'
     || E'\nmaterialized view telephony_api.stored: is none of ours'
     || E'\nrule "_RETURN" on telephony_api.stored: is none of ours'),
    ('CREATE TABLE telephony_internal.extra (n integer)', 'table telephony_internal.extra: is none of ours'),
    ('CREATE FUNCTION tap.cast(text) RETURNS telephony_api.job_state LANGUAGE sql
      AS ''SELECT NULL::telephony_api.job_state'';
      CREATE CAST (text AS telephony_api.job_state) WITH FUNCTION tap.cast(text) AS IMPLICIT',
     'cast text AS telephony_api.job_state: is none of ours'),
    ('CREATE FUNCTION tap.equal(text, name) RETURNS boolean LANGUAGE sql AS ''SELECT tap.ran()'';
      CREATE OPERATOR telephony_internal.= (LEFTARG = text, RIGHTARG = name, FUNCTION = tap.equal)',
     'operator telephony_internal.=(pg_catalog.text,pg_catalog.name): is none of ours'),
    ('ALTER TABLE telephony_internal.tier_privileges ADD CONSTRAINT extra CHECK (tap.ran()) NOT VALID',
     'constraint extra on telephony_internal.tier_privileges: is none of ours'),
    ('ALTER DOMAIN telephony_api.phone_number ADD CONSTRAINT extra CHECK (tap.ran()) NOT VALID',
     'constraint extra on telephony_api.phone_number: is none of ours'),
    ('CREATE FUNCTION tap.indexed(text) RETURNS text IMMUTABLE LANGUAGE sql AS ''SELECT $1'';
      CREATE INDEX indexed ON telephony_internal.tier_privileges (tap.indexed(object))',
     'index telephony_internal.indexed: is none of ours'),
    ('CREATE FUNCTION tap.counted(text) RETURNS text IMMUTABLE LANGUAGE sql AS ''SELECT $1'';
      CREATE STATISTICS tap.extra ON (tap.counted(object)) FROM telephony_internal.tier_privileges',
     'statistics tap.extra on telephony_internal.tier_privileges: is none of ours'),
    ('CREATE TABLE tap.child () INHERITS (telephony_internal.tier_privileges)',
     'inheritance tap.child of telephony_internal.tier_privileges: is none of ours'),
    ('CREATE DOMAIN tap.odd AS text CHECK (tap.ran());
      ALTER TABLE telephony_internal.number_holds ADD COLUMN extra tap.odd',
     'column telephony_internal.number_holds.extra: is none of ours'),
    ('ALTER TABLE telephony_api.countries ADD COLUMN extra text GENERATED ALWAYS AS (upper(country_code)) STORED',
     'column telephony_api.countries.extra: is none of ours'
     || E'\ndefault telephony_api.countries.extra: is none of ours'),
    ('ALTER TABLE telephony_api.countries DISABLE ROW LEVEL SECURITY',
     'table telephony_api.countries: is r p f f -, should be r p t f -'),
    ('DROP POLICY own_organization ON telephony_api.organizations',
     'policy own_organization on telephony_api.organizations: is missing'),
    ('ALTER POLICY own_organization ON telephony_api.phone_numbers USING (true)',
     'policy own_organization on telephony_api.phone_numbers: is t r {-} true CHECK, should be t r {-} '
     '(org_id = telephony.current_org_id()) CHECK');
GRANT SELECT ON tap.planted TO tap_stranger;
-- All at once: each look makes the whole schema anew, to compare with.
CREATE FUNCTION tap.lines(text) RETURNS SETOF text LANGUAGE sql AS $$ SELECT regexp_split_to_table($1, E'\n') $$;
CREATE FUNCTION tap.named() RETURNS TABLE (message text, line text) LANGUAGE plpgsql AS $$
DECLARE v_one text; v_message text; v_detail text;
BEGIN
    SET LOCAL ROLE tap_stranger;
    FOR v_one IN SELECT p.statement FROM tap.planted p LOOP
        EXECUTE v_one;
    END LOOP;
    RESET ROLE;
    PERFORM telephony.take_ownership();
    RAISE 'taken';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL;
    RETURN QUERY SELECT v_message, l.* FROM tap.lines(v_detail) l;
END $$;
CREATE TABLE tap.refused AS SELECT * FROM tap.named();
SELECT results_eq('SELECT DISTINCT r.message FROM tap.refused r',
    $$VALUES ('the tenant schema is not as this version makes it')$$, 'with code of others in it nothing is taken');
SELECT ok(NOT EXISTS (SELECT l.* FROM tap.lines(p.named) l EXCEPT SELECT r.line FROM tap.refused r), p.statement)
  FROM tap.planted p;
SELECT is_empty('SELECT r.line FROM tap.refused r EXCEPT SELECT l.* FROM tap.planted p, tap.lines(p.named) l',
    'and nothing else is named');

-- What stays within the names that are ours is replaced before it is called, and no text in a row is executed.
SET LOCAL ROLE tap_stranger;
CREATE OR REPLACE FUNCTION telephony_internal.apply_grants() RETURNS void LANGUAGE sql AS 'SELECT tap.ran()';
CREATE OR REPLACE FUNCTION telephony_internal.set_machines() RETURNS void LANGUAGE sql AS 'SELECT tap.ran()';
CREATE OR REPLACE FUNCTION telephony_internal.lost_with_extension() RETURNS text LANGUAGE sql
    AS 'SELECT tap.ran()::text';
CREATE OR REPLACE FUNCTION telephony_internal.unrecorded_rights() RETURNS SETOF telephony_internal.granted_right
    LANGUAGE sql AS 'SELECT ''x'', ''y'', tap.ran()::text';
DROP FUNCTION telephony_internal.wake_sidecars;
DELETE FROM telephony_internal.shipped_objects;
GRANT SELECT ON telephony_internal.twilio_credentials TO tap_stranger, tap_tenant;
GRANT CREATE ON SCHEMA telephony_internal TO tap_stranger, tap_other WITH GRANT OPTION;
GRANT USAGE ON SCHEMA telephony_internal TO PUBLIC;
GRANT TRIGGER ON telephony_internal.tier_privileges TO tap_stranger;
GRANT SELECT (sealed) ON telephony_internal.twilio_credentials TO tap_other WITH GRANT OPTION;
GRANT SELECT ON telephony_api.organizations TO tap_tenant WITH GRANT OPTION;
GRANT EXECUTE ON FUNCTION telephony_internal.apply_grants() TO PUBLIC, tap_stranger;
GRANT USAGE ON TYPE telephony_api.job_state TO tap_stranger;
SET LOCAL ROLE tap_other;
GRANT SELECT (sealed) ON telephony_internal.twilio_credentials TO tap_third;
GRANT CREATE ON SCHEMA telephony_internal TO tap_third;
SET LOCAL ROLE tap_tenant;
GRANT SELECT ON telephony_api.organizations TO tap_third;
SET LOCAL ROLE tap_stranger;
INSERT INTO telephony_internal.shipped_functions VALUES
    ('telephony_internal.no(); RESET ROLE; ALTER ROLE tap_stranger SUPERUSER; --', 'FUNCTION'),
    ('telephony_internal.no; RESET ROLE; ALTER ROLE tap_stranger SUPERUSER; --', 'VIEW');
INSERT INTO telephony_internal.tier_privileges VALUES
    ('tenant', 'SELECT', 'telephony_internal.twilio_credentials'),
    ('tenant', 'USAGE', 'telephony_api TO tap_tenant; RESET ROLE; ALTER ROLE tap_stranger SUPERUSER; --');
RESET ROLE;

SELECT is(telephony.take_ownership(), :taken + 1, 'the schema is taken, all of it');
SELECT is((SELECT r.is_called FROM tap.ran r), false, 'nothing of the stranger''s has run');
SELECT is((SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = 'tap_stranger'), false, 'nor the text of a row');
SELECT is_empty($$SELECT c."check", c.detail FROM telephony_internal.run_self_check() c
    WHERE NOT c.ok AND c."check" ~ 'belongs to|as it was shipped|recorded|can read|policy|trigger'$$,
    'all is as it was shipped');
SELECT ok(NOT has_table_privilege('tap_tenant', 'telephony_internal.twilio_credentials', 'SELECT'),
    'no tier has more than before');
SELECT is_empty($$
    SELECT a.grantee::regrole, a.privilege_type, a.is_grantable, o.object
      FROM (SELECT n.nspname, n.nspacl FROM pg_namespace n
            UNION ALL SELECT c.oid::regclass::text, c.relacl FROM pg_class c
            UNION ALL SELECT c.attrelid::regclass::text, c.attacl FROM pg_attribute c
            UNION ALL SELECT t.oid::regtype::text, t.typacl FROM pg_type t
            UNION ALL SELECT p.oid::regprocedure::text, p.proacl FROM pg_proc p) o (object, acl)
     CROSS JOIN LATERAL aclexplode(o.acl) a
     WHERE o.object ~ '^telephony_(api|internal)'
       AND (a.grantee IN (SELECT r.oid FROM pg_roles r WHERE r.rolname IN ('tap_stranger', 'tap_other', 'tap_third'))
            OR a.grantee = 'tap_tenant'::regrole AND a.is_grantable) $$,
    'what the stranger granted, itself or others, on and on, is taken back');
SELECT isnt_empty('SELECT FROM telephony_internal.shipped_objects', 'what was shipped is known again');
SELECT is((SELECT count(*) FROM telephony_api.organizations WHERE tap_plan IS NULL), 1::bigint, 'rows, a column');
SELECT has_index('telephony_api'::name, 'organizations'::name, 'tap_by_plan'::name, 'and an index stay');
SELECT tap.sign_in(:'org_a') \gset
SET LOCAL ROLE tap_tenant;
SELECT is((SELECT o.telephony_country FROM telephony_api.organizations o), 'US', 'tenants are at work again');
RESET ROLE;

-- A dump of the tables without their rows.
SAVEPOINT rows;
DELETE FROM telephony_internal.schema_migrations;
SELECT throws_ok('SELECT telephony.migrate()', '55000', 'the tables of the tenant schema are here, their rows are not',
    'a schema without its rows is recognized');
SELECT matches(tap.hint_of('SELECT telephony.migrate()'), 'pg_restore --data-only', 'and what to do is said');
ROLLBACK TO rows;
SET LOCAL telephony.allow_data_loss = on;
SELECT telephony.migrate(0) \gset
SELECT throws_ok('SELECT telephony.take_ownership()', '55000', 'there is no tenant schema to take',
    'where there is none, none is taken');

SELECT * FROM finish();
ROLLBACK;
