-- self_check(): silent when all is well; each thing that is put out of order here is found, named, and found again to
-- be in order when put back.
\ir set_up.psql
SELECT telephony_internal.set_voice_settings(voice_url => 'https://voice.example.com/incoming') \gset
CREATE ROLE tap_stranger LOGIN;
CREATE TEMP TABLE at_first AS SELECT * FROM telephony_internal.run_self_check();
-- A test cluster may run without fsync.
SELECT is_empty($$SELECT "check", detail FROM at_first WHERE NOT ok AND "check" <> 'commits wait for the disk'$$,
    'a new schema is in order');
SELECT cmp_ok((SELECT count(*) FROM at_first), '>=', 28::bigint, 'by that many checks');

-- Does something, sees which checks fail of a sudden, and undoes it.
CREATE FUNCTION tap.finds(statements text, expected text, needle text, why text) RETURNS SETOF text LANGUAGE plpgsql
    AS $$
DECLARE v_found text; v_detail text;
BEGIN
    BEGIN
        EXECUTE statements;
        SELECT string_agg(c."check", '; ' ORDER BY c."check"), string_agg(c.detail, '; ') INTO v_found, v_detail
          FROM telephony_internal.run_self_check() c JOIN at_first f ON f."check" = c."check" WHERE f.ok AND NOT c.ok;
        RAISE EXCEPTION USING ERRCODE = 'P0001', MESSAGE = 'undo';
    EXCEPTION WHEN raise_exception THEN
        RETURN NEXT is(v_found, expected, why);
        RETURN NEXT ok(strpos(v_detail, needle) > 0, format('%s: named %s', why, needle)) || CASE WHEN strpos(v_detail,
            needle) > 0 THEN '' ELSE E'\n# ' || coalesce(v_detail, 'no detail') END;
    END;
END $$;

-- The catalog.
SELECT tap.finds('ALTER TABLE telephony_api.phone_numbers DISABLE ROW LEVEL SECURITY',
    'row-level security on every exposed table', 'phone_numbers', 'row-level security switched off');
SELECT tap.finds('DROP POLICY own_organization ON telephony_api.audit_log',
    'every exposed table has its policy, as it was made', 'audit_log', 'a policy dropped');
SELECT tap.finds('ALTER POLICY own_organization ON telephony_api.organizations USING (true)',
    'every exposed table has its policy, as it was made', 'organizations', 'a policy widened');
SELECT tap.finds('CREATE POLICY mine ON telephony_api.phone_numbers FOR SELECT TO tap_tenant USING (true)',
    'no other policy lets more be seen', 'mine on phone_numbers', 'a second policy');
SELECT tap.finds('CREATE ROLE tap_staff; GRANT tap_staff TO tap_tenant; CREATE POLICY theirs ON '
    'telephony_api.phone_numbers FOR SELECT TO tap_staff USING (true)', 'no other policy lets more be seen',
    'theirs on phone_numbers', 'a policy for a role that tenants are members of');
SELECT tap.finds(format('GRANT %I TO tap_tenant', current_setting('telephony.owner_role')),
    'no API role is a member of a more powerful one', 'tap_tenant in telephony_owner',
        'tenants who can become the owner');
SELECT tap.finds('GRANT tap_service TO tap_anon', 'no API role is a member of a more powerful one',
    'tap_anon in tap_service', 'anybody who can become the service');
SELECT tap.finds('CREATE ROLE tap_all BYPASSRLS; GRANT tap_all TO tap_tenant',
    'no API role is a member of a more powerful one', 'tap_tenant in tap_all',
        'tenants who can become a role that bypasses row-level security');
SELECT tap.finds('DROP INDEX telephony_api.phone_numbers_one_live; CREATE INDEX phone_numbers_one_live ON '
    'telephony_api.phone_numbers (org_id)', 'every index is there and valid', 'phone_numbers_one_live',
    'an index of that name that is not unique');
SELECT tap.finds('ALTER TABLE telephony_internal.number_holds DROP CONSTRAINT number_holds_pkey',
    'every index is there and valid', 'primary key of number_holds', 'a primary key dropped');
SELECT lives_ok($$CREATE POLICY narrower ON telephony_api.phone_numbers AS RESTRICTIVE FOR SELECT TO tap_tenant
    USING (status <> 'released');
    CREATE POLICY for_admin ON telephony_api.phone_numbers FOR SELECT TO tap_stranger USING (true)$$,
        'a policy that narrows, and one for another role,');
SELECT ok((SELECT c.ok FROM telephony_internal.run_self_check() c
    WHERE c."check" = 'no other policy lets more be seen'), 'are a user''s business');
SELECT tap.finds('ALTER TABLE telephony_internal.regulatory_profiles DROP CONSTRAINT regulatory_profiles_org_id_fkey',
    'every constraint is there and validated', 'regulatory_profiles_org_id_fkey of telephony_internal.regulatory_profiles',
        'a foreign key dropped');
SELECT tap.finds('ALTER TABLE telephony_api.carriers ADD FOREIGN KEY (country_code) REFERENCES telephony_api.countries',
    'no foreign key joins exposed tables', 'carriers_country_code_fkey of telephony_api.carriers',
    'a foreign key that PostgREST would follow');
SELECT tap.finds('ALTER VIEW telephony_api.carrier_forwarding_rules RESET (security_invoker)',
    'views see with the rights of who asks', 'carrier_forwarding_rules', 'a view with its owner''s rights');
SELECT tap.finds('GRANT EXECUTE ON FUNCTION telephony.seal_credential(uuid, text, text) TO PUBLIC',
    'nobody has a right that is not recorded', 'seal_credential', 'a function of the engine for everybody');
SAVEPOINT another_owner;
ALTER TABLE telephony_internal.number_holds OWNER TO tap_stranger;
SELECT is((SELECT string_agg(c."check", '; ' ORDER BY c."check") FROM telephony_internal.run_self_check() c
    WHERE NOT c.ok AND c."check" ~ 'belongs|can read'),
    'check_rows() can read what it checks; everything belongs to one owner, who is no superuser and does not bypass '
        'row-level security', 'a table of another owner does not silence the rest');
ROLLBACK TO another_owner;
SELECT tap.finds('REVOKE SELECT ON telephony_api.countries FROM tap_anon', 'every recorded right is granted',
    'SELECT on telephony_api.countries to tap_anon', 'a right taken away');
SELECT tap.finds('REVOKE EXECUTE ON FUNCTION telephony_internal.advance(uuid, bigint, text, jsonb) FROM tap_sidecar',
    'every recorded right is granted', 'advance', 'a function taken away');
SELECT tap.finds('DROP FUNCTION telephony_api.country_counts()', 'every function is as it was shipped; every recorded '
    'right is granted',
    'country_counts() (missing)', 'a function dropped');
SELECT tap.finds('GRANT INSERT ON telephony_api.organizations TO tap_tenant',
    'nobody has a right that is not recorded', 'INSERT on telephony_api.organizations to tap_tenant',
        'a right too many');
SELECT tap.finds('GRANT SELECT (sealed) ON telephony_internal.twilio_credentials TO tap_stranger',
    'nobody has a right that is not recorded', 'twilio_credentials.sealed to tap_stranger', 'one on a single column');
SELECT tap.finds('GRANT EXECUTE ON FUNCTION telephony_api.erase_org(uuid) TO PUBLIC',
    'nobody has a right that is not recorded', 'erase_org(uuid) to PUBLIC', 'a function for everybody');
SELECT tap.finds('GRANT USAGE ON SEQUENCE telephony_api.audit_log_seq_seq TO tap_tenant',
    'nobody has a right that is not recorded', 'audit_log_seq_seq', 'a sequence');
SELECT tap.finds('GRANT CREATE ON SCHEMA telephony_api TO tap_tenant', 'nobody has a right that is not recorded',
    'CREATE on telephony_api to tap_tenant', 'a schema');
SELECT tap.finds('GRANT EXECUTE ON FUNCTION telephony.reset_request_limits() TO tap_anon',
    'nobody has a right that is not recorded', 'reset_request_limits() to tap_anon', 'a function of the engine');
SELECT tap.finds('GRANT CREATE ON SCHEMA telephony TO tap_tenant', 'nobody has a right that is not recorded',
    'CREATE on telephony to tap_tenant', 'the schema of the engine');
SELECT tap.finds('GRANT SELECT ON telephony.accepted_numbering_plan TO tap_anon',
    'nobody has a right that is not recorded', 'accepted_numbering_plan to tap_anon', 'a table of the engine');
SELECT tap.finds('REVOKE EXECUTE ON FUNCTION telephony.parse(text, text) FROM PUBLIC', 'every recorded right is granted',
    'EXECUTE on telephony.parse(text,text) to PUBLIC', 'a function of the engine that everybody needs');

-- One call takes back what is not recorded, whatever was granted, and leaves the recorded rights.
SAVEPOINT granted_all;
GRANT ALL ON SCHEMA telephony, telephony_api, telephony_internal TO tap_anon, tap_stranger, PUBLIC;
GRANT ALL ON ALL TABLES IN SCHEMA telephony, telephony_api, telephony_internal TO tap_anon, tap_tenant, PUBLIC;
GRANT ALL ON ALL ROUTINES IN SCHEMA telephony, telephony_api, telephony_internal TO tap_anon, tap_stranger, PUBLIC;
GRANT ALL ON ALL SEQUENCES IN SCHEMA telephony, telephony_api, telephony_internal TO tap_anon, tap_tenant;
GRANT SELECT (sealed), UPDATE (sealed) ON telephony_internal.twilio_credentials TO tap_stranger;
CREATE TEMP TABLE too_many AS SELECT * FROM telephony_internal.unrecorded_rights();
SELECT cmp_ok((SELECT count(*) FROM too_many), '>', 500::bigint, 'everything was granted');
SELECT set_eq('SELECT * FROM telephony_internal.revoke_unrecorded()', 'SELECT * FROM too_many', 'all is taken back');
SELECT is_empty('SELECT * FROM telephony_internal.unrecorded_rights()', 'nothing of it is left');
SELECT is_empty($$SELECT * FROM telephony_internal.recorded_rights() EXCEPT
    SELECT * FROM telephony_internal.actual_rights()$$, 'and nothing that is recorded is gone');
SELECT tap.forbidden('tap_anon', 'SELECT telephony.reset_request_limits()');
SELECT tap.forbidden('tap_stranger', 'SELECT sealed FROM telephony_internal.twilio_credentials');
GRANT EXECUTE ON FUNCTION telephony.reset_request_limits() TO tap_anon;
SELECT tap.forbidden(current_setting('telephony.owner_role'), 'SELECT telephony_internal.revoke_unrecorded()');
ROLLBACK TO granted_all;

-- migrate() leaves what an administrator granted, and takes back what default privileges give on what it makes.
SAVEPOINT with_defaults;
GRANT SELECT ON telephony_api.phone_numbers TO tap_stranger;
SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT EXECUTE ON FUNCTIONS TO tap_anon', current_setting(
    'telephony.owner_role')) AS give \gset
:give;
DROP FUNCTION telephony_api.country_counts();
SELECT count(*) FROM telephony.migrate() \gset
SELECT results_eq('SELECT u.object FROM telephony_internal.unrecorded_rights() u',
    ARRAY['telephony_api.phone_numbers'], 'only the administrator''s grant is left');
ROLLBACK TO with_defaults;
SELECT tap.finds('ALTER FUNCTION telephony_internal.erase_org(uuid) RESET search_path',
    'every function has a pinned search_path; every function is as it was shipped', 'erase_org',
        'a search_path let go');
SELECT tap.finds('ALTER FUNCTION telephony_api.select_country(text) SECURITY DEFINER',
    'definer functions are not exposed, and take no organization where tenants reach them; every function is as it '
        'was shipped', 'select_country',
        'a definer function exposed');
SELECT tap.finds($$INSERT INTO telephony_internal.tier_privileges VALUES ('tenant', 'EXECUTE',
    'telephony_internal.export_org(uuid)'); SELECT telephony_internal.apply_grants()$$,
    'definer functions are not exposed, and take no organization where tenants reach them', 'export_org',
        'one with an organization given to tenants');
SELECT tap.finds('ALTER FUNCTION telephony_internal.erase_org(uuid) OWNER TO postgres',
    'everything belongs to one owner, who is no superuser and does not bypass row-level security', 'erase_org',
        'a function of a superuser') WHERE current_user = 'postgres';
CREATE FUNCTION tap.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
SELECT tap.finds('CREATE TRIGGER t BEFORE INSERT ON telephony_internal.jobs FOR EACH ROW EXECUTE '
    'FUNCTION tap.nothing()',
    'no rule on a table, and no trigger on an inner one', 't on telephony_internal.jobs', 'an inner trigger');
SELECT set_eq($$SELECT f.ok, f.detail IS NULL FROM at_first f WHERE f."check" ~ '^told: '$$, 'VALUES (true, true)',
    'where there is nothing to tell, nothing is told');
CREATE TRIGGER t BEFORE INSERT ON telephony_api.organizations FOR EACH ROW EXECUTE FUNCTION tap.nothing();
SELECT matches((SELECT c.ok || c.detail FROM telephony_internal.run_self_check() c
    WHERE c."check" = 'told: triggers of yours on exposed tables'),
    '^truet on telephony_api\.organizations: .*publication', 'one on an exposed table is named, with better ways');
SELECT is_empty('SELECT c."check" FROM telephony_internal.run_self_check() c JOIN at_first f USING ("check")
    WHERE f.ok AND NOT c.ok', 'and fails nothing');
DROP TRIGGER t ON telephony_api.organizations;
SELECT tap.finds('CREATE RULE r AS ON DELETE TO telephony_api.audit_log DO INSTEAD NOTHING',
    'no rule on a table, and no trigger on an inner one', 'r on telephony_api.audit_log', 'a rule');
SELECT tap.finds('DROP INDEX telephony_internal.jobs_claimable', 'every index is there and valid', 'jobs_claimable',
    'an index dropped');
SELECT tap.finds($$UPDATE pg_index SET indisvalid = false
    WHERE indexrelid = 'telephony_api.organizations_telephony_country'::regclass$$, 'every index is there and valid',
        'organizations_telephony_country', 'an index that is not valid');
SELECT tap.finds('GRANT tap_tenant TO tap_stranger', 'nobody logs in with the rights of an API role',
    'tap_stranger (tap_tenant)', 'a login that inherits a tenant''s role');
SELECT tap.finds('ALTER ROLE tap_service LOGIN', 'nobody logs in with the rights of an API role', 'tap_service',
    'an API role that logs in');
SELECT lives_ok('CREATE ROLE tap_authenticator LOGIN NOINHERIT; GRANT tap_anon, tap_tenant TO tap_authenticator',
    'PostgREST''s login, which inherits nothing,');
SELECT ok((SELECT c.ok FROM telephony_internal.run_self_check() c
    WHERE c."check" = 'nobody logs in with the rights of an API role'), 'is as it should be');
SELECT tap.finds('ALTER ROLE tap_tenant BYPASSRLS', 'roles of tenants do not bypass row-level security', 'tap_tenant',
    'a tenant''s role that bypasses');
SELECT set_eq('SELECT kind, object, definition FROM telephony_internal.shipped_objects',
    'SELECT kind, object, definition FROM telephony.tenant_objects() WHERE object !~ ''_internal\.shipped_''',
    'what migrations made is on record');
SELECT cmp_ok((SELECT count(*) FROM telephony_internal.shipped_objects
                WHERE kind = 'CONSTRAINT' AND definition ~ '^CHECK'), '>', 60::bigint, 'every CHECK among it');
SELECT tap.finds('ALTER TABLE telephony_internal.jobs DROP CONSTRAINT jobs_ended_without_lease',
    'every constraint is there and validated', 'jobs_ended_without_lease of telephony_internal.jobs',
    'a CHECK dropped');
SELECT tap.finds('ALTER TABLE telephony_internal.settings DROP CONSTRAINT settings_late_horizon_check; ALTER TABLE '
    'telephony_internal.settings ADD CONSTRAINT settings_late_horizon_check CHECK (true)',
    'every constraint is there and validated', 'settings_late_horizon_check', 'a CHECK that says something else');
SELECT tap.finds('DROP INDEX telephony_internal.jobs_claimable; CREATE INDEX jobs_claimable ON '
    'telephony_internal.jobs (not_before)', 'every index is there and valid', 'jobs_claimable',
    'an index of that name over something else');
SELECT lives_ok($$ALTER TABLE telephony_api.organizations ADD COLUMN plan_name text CHECK (plan_name <> ''); CREATE INDEX organizations_plan_name ON telephony_api.organizations (plan_name)$$, 'a column of a user''s, with a CHECK and an index,');
SELECT is_empty($$SELECT c."check" FROM telephony_internal.run_self_check() c WHERE NOT c.ok AND c."check" ~ 'index|constraint'$$, 'are a user''s business');

-- Functions, as this library carries them.
SELECT tap.finds($$CREATE OR REPLACE FUNCTION telephony_internal.short_id(id uuid) RETURNS text LANGUAGE plpgsql
    IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN id; END'$$,
    'every function is as it was shipped', 'telephony_internal.short_id(uuid)', 'a function with another text');
SELECT tap.finds('ALTER FUNCTION telephony_internal.require_org() VOLATILE', 'every function is as it was shipped',
    'telephony_internal.require_org()', 'a function that is volatile of a sudden');
SELECT tap.finds('ALTER FUNCTION telephony_internal.advance(uuid, bigint, text, jsonb) RESET lock_timeout',
    'every function is as it was shipped', 'telephony_internal.advance(uuid, bigint, text, jsonb)',
    'a setting of a function');
SELECT tap.finds('ALTER FUNCTION telephony_internal.release_number(boolean) SECURITY INVOKER',
    'every function is as it was shipped', 'telephony_internal.release_number(boolean)',
    'a function with the rights of who calls it');
SELECT tap.finds($d$CREATE OR REPLACE FUNCTION
telephony_internal.tag_of(job_id uuid DEFAULT '00000000-0000-0000-0000-000000000000') RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $f$ SELECT telephony_internal.tag_prefix() || telephony_internal.short_id(job_id) $f$$d$,
    'every function is as it was shipped', 'telephony_internal.tag_of(uuid)', 'an argument with a default');

-- The installation.
SELECT tap.finds('DELETE FROM telephony_internal.schema_migrations WHERE version = (SELECT max(version) FROM '
    'telephony_internal.schema_migrations)', 'the schema is that of this version', 'telephony.migrate()',
    'an older schema');
SELECT tap.finds(format('ALTER DATABASE %I RESET search_path', current_database()),
    'every API role finds the operators on numbers; sessions of this database find the operators on numbers',
    format('ALTER DATABASE %I SET search_path = ', current_database()),
    'a database whose sessions do not find operators on numbers');
SELECT tap.finds('ALTER ROLE tap_tenant SET search_path = app, public', 'every API role finds the operators on numbers',
    format('ALTER ROLE tap_tenant IN DATABASE %I SET search_path = app, public, telephony', current_database()),
    'an API role with a search_path of its own');
SELECT tap.finds(format('SET LOCAL ROLE %I; REVOKE USAGE ON SCHEMA telephony FROM tap_anon; RESET ROLE',
    current_setting('telephony.owner_role')), 'every API role finds the operators on numbers; every recorded right is '
    'granted',
    'GRANT USAGE ON SCHEMA telephony TO tap_anon', 'an API role that may not use the engine');
-- NOINHERIT first: from PostgreSQL 16 on a grant takes it from the role as it is then.
SELECT tap.finds($$ALTER ROLE tap_stranger NOINHERIT; GRANT tap_tenant TO tap_stranger;
        ALTER ROLE tap_stranger SET pgrst.db_extra_search_path = 'public, telephony_api'$$,
    'every API role finds the operators on numbers',
    'ALTER ROLE tap_stranger SET pgrst.db_extra_search_path = ''public, telephony_api, telephony''',
    'PostgREST told of another search_path');
SAVEPOINT told;
GRANT tap_tenant TO tap_stranger;
ALTER ROLE tap_stranger NOINHERIT;
ALTER ROLE tap_stranger SET pgrst.db_extra_search_path = 'public, telephony';
SELECT ok((SELECT c.ok FROM telephony_internal.run_self_check() c
            WHERE c."check" = 'every API role finds the operators on numbers'), 'and of the right one');
ROLLBACK TO told;
SELECT tap.finds('DELETE FROM telephony_internal.voice_settings', 'something answers the calls of a new number',
    'set_voice_settings', 'nothing answers');
SELECT tap.finds($$UPDATE telephony_internal.settings SET mode = 'recovery'$$, 'not in recovery mode', 'resume',
    'recovery');
SELECT tap.finds('SET LOCAL synchronous_commit = off', 'commits wait for the disk', 'synchronous_commit',
    'commits that do not wait') WHERE (SELECT ok FROM at_first WHERE "check" = 'commits wait for the disk');
SELECT tap.finds($$UPDATE telephony_api.carriers SET is_active = false WHERE country_code = 'TR'$$,
    'every active country has an active carrier', 'TR', 'a country without carriers');
SELECT tap.finds($$UPDATE telephony_api.carriers SET aliases = '{glo}' WHERE country_code = 'NG'
    AND carrier_name = 'mtn'$$, 'every carrier''s codes can be made', 'NG/glo', 'an alias that is another''s name');
SELECT tap.finds($$UPDATE telephony_api.carriers SET other_names = '{Vodafone TR,Türk-Télékom}'
        WHERE country_code = 'TR' AND carrier_name = 'turkcell'$$, 'every carrier''s codes can be made',
    'TR/turk-telekom', 'a name that is another''s, spelled in another way');
SELECT tap.finds($$UPDATE telephony.accepted_numbering_plan SET version = 'older'$$,
    'stored answers are of the present numbering plan', 'numbering_plan_dependents', 'another numbering plan');

-- The rows.
SELECT telephony_internal.import_org(:'org_a', 'NG', 'mtn', '+12025550123', tap.sid(1), 'AC' || repeat('a', 32),
    now()) \gset x_
SELECT format('INSERT INTO telephony_internal.jobs (org_id, kind, state, deadline_at, country_code, number, '
    'account_sid, not_before) VALUES (%L, ''provision'', ', :'org_a') AS job,
       'now() - interval ''1 hour'', ''NG'', ''+12025550124'', ''AC'' || repeat(''a'', 32), now() - interval ''1 '
           'hour'')' AS rest \gset
SELECT tap.finds(:'job' || '''conflict'', ' || :'rest', 'no job waits for an operator', '-', 'a conflict');
SELECT tap.finds(:'job' || '''searching'', ' || :'rest', 'no job stands still', 'in searching', 'a job nobody takes');
SELECT tap.finds(:'job' || '''searching'', ' || :'rest' || $$;
UPDATE telephony_internal.jobs SET kind = 'release', state = 'releasing', number_sid = tap.sid(77), not_before = now(),
    deadline_at = now() - interval '3 days' WHERE state = 'searching'$$, 'no job is overdue by more than an hour',
    'release ', 'a release that has been tried for three days');
SELECT tap.finds(:'job' || '''in_doubt'', ' || :'rest' || $$;
INSERT INTO telephony_internal.job_events (job_id, at, from_state, event, to_state, token, detail)
    SELECT id, now() - interval '2 hours', 'buying', 'ambiguous', 'in_doubt', 1, '{}' FROM telephony_internal.jobs
        WHERE state = 'in_doubt'$$, 'no job stands still; no purchase is in doubt for longer than an hour', 'since',
            'a doubt that does not end');
SELECT tap.finds(format('INSERT INTO telephony_api.organizations (id) VALUES (%L)',
    :'org_b') || format('; INSERT INTO telephony_api.phone_numbers (org_id, number, number_sid, account_sid, '
        'country_code, status, job_id, purchased_at) SELECT %L, number, number_sid, account_sid, country_code, '
        'status, job_id, purchased_at FROM telephony_api.phone_numbers', :'org_b'),
    'every live number is held; every organization is assigned its live number; no two numbers have the same '
        'SID', tap.sid(1), 'one SID held twice');
SELECT tap.finds($$DELETE FROM telephony_api.carriers WHERE (country_code, carrier_name) = ('NG', 'mtn')$$, 'what a row refers to is there',
    'carrier NG mtn of organizations', 'a carrier deleted that an organization uses');
SELECT tap.finds($$UPDATE telephony_api.carriers SET country_code = 'ZZ' WHERE carrier_name = '9mobile'$$,
    'what a row refers to is there', 'country ZZ of carrier 9mobile', 'a carrier of no country');
SELECT tap.finds($$UPDATE telephony_api.countries SET country_code = 'NE' WHERE country_code = 'NG'$$,
    'every active country has an active carrier; what a row refers to is there', 'country NG of organizations',
    'a country renamed that organizations chose');
SELECT tap.finds(format('INSERT INTO telephony_api.verified_caller_ids (org_id, phone_number, account_sid) '
    'VALUES (%L, ''+12025550123'', ''AC'' || repeat(''a'', 32))', :'org_b'), 'what a row refers to is there',
    format('organization %s of verified_caller_ids', :'org_b'), 'a row of no organization');
SELECT tap.finds(format('INSERT INTO telephony_api.hybrid_forwarding_configs (org_id, sim_phone_number, '
    'forwarding_type, country_code, carrier_name, twilio_forwarding_number, codes) VALUES (%L, ''+2348031234567'', '
    '''total_ai'', ''NG'', ''gone'', ''+12025550123'', ''[1]'')', :'org_a'), 'what a row refers to is there',
    'carrier NG gone of configuration', 'a configuration of no carrier');
SELECT tap.finds('DELETE FROM telephony_internal.number_holds', 'every live number is held', '-',
    'a hold lost');
SELECT tap.finds($$UPDATE telephony_internal.number_holds SET number = '+12025550124'$$,
    'every hold has its owner; every live number is held', '+1******0124 (live)', 'a hold nobody owns');
SELECT tap.finds($$UPDATE telephony_api.organizations SET assigned_twilio_number = '+12025550124'$$,
    'every organization is assigned its live number', :'org_a', 'another number assigned than the live one');
SELECT tap.finds($$UPDATE telephony_api.organizations SET assigned_twilio_number = NULL$$,
    'every organization is assigned its live number; the counts by country are right', :'org_a',
        'a live number that is not assigned');
SELECT tap.finds($$UPDATE telephony_api.organizations SET telephony_country = 'GB', forwarding_carrier = NULL$$,
    'the counts by country are right', 'GB no carrier: 0 counted, 1 there', 'an organization changed by hand');
SELECT tap.finds($$UPDATE telephony_internal.country_count_deltas SET change = 2 WHERE change = 1$$,
    'the counts by country are right', 'recount_countries', 'a delta changed');
UPDATE telephony_api.organizations SET telephony_country = 'GB', forwarding_carrier = NULL;
SELECT telephony_internal.recount_countries() \gset x_
SELECT ok((SELECT c.ok FROM telephony_internal.run_self_check() c WHERE c."check" = 'the counts by country are right'),
    'recounted they are right again');

-- Who may ask.
SET LOCAL ROLE tap_service;
SELECT is((SELECT count(*) FROM telephony_api.self_check()),
    (SELECT count(*) FROM telephony_internal.run_self_check()), 'the service asks');
SET LOCAL ROLE tap_sidecar;
SELECT cmp_ok((SELECT count(*) FROM telephony_internal.run_self_check()), '>', 0::bigint, 'the sidecar too');
SET LOCAL ROLE tap_tenant;
SELECT throws_ok('SELECT * FROM telephony_api.self_check()', '42501', NULL, 'a tenant does not');

SELECT * FROM finish();
ROLLBACK;
