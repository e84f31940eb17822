-- current_org_id() and the settings: whose request this is, and who may say where that is read from.

-- Before the module is loaded anyone can write a placeholder of its settings. When it is loaded, what they were not
-- allowed to set is dropped.
CREATE ROLE regress_telephony_caller;
GRANT USAGE ON SCHEMA telephony TO regress_telephony_caller;
\c -
SET ROLE regress_telephony_caller;
SET telephony.org_claim = 'sub';
SET request.jwt.claims = '{"sub": "11111111-1111-4111-8111-111111111111", "app_metadata": {"org_id": "22222222-2222-4222-8222-222222222222"}}';
SELECT telephony.current_org_id();
SHOW telephony.org_claim;
SET telephony.org_claim = 'sub';
SET telephony.owner_role = 'regress_telephony_caller';
SET telephony.allow_data_loss = on;
SET telephony.no_such_setting = 1;
RESET ROLE;
DROP OWNED BY regress_telephony_caller;
DROP ROLE regress_telephony_caller;

SELECT name, setting, context, vartype, short_desc FROM pg_settings WHERE name IN ('telephony.org_claim', 'telephony.owner_role', 'telephony.allow_data_loss') ORDER BY name;
SELECT provolatile, proparallel, prorettype::regtype FROM pg_proc WHERE oid = 'telephony.current_org_id()'::regprocedure;

-- The claims decide, and a change of them is seen at once; without claims there is no organization.
SET request.jwt.claims = '{"app_metadata": {"org_id": "33333333-3333-4333-8333-333333333333"}}';
SELECT telephony.current_org_id();
BEGIN;
SELECT set_config('request.jwt.claims', '{"app_metadata": {"org_id": "44444444-4444-4444-8444-444444444444"}}', true) IS NOT NULL AS set, telephony.current_org_id();
SELECT telephony.current_org_id();
ROLLBACK;
SELECT telephony.current_org_id();
RESET request.jwt.claims;
SELECT telephony.current_org_id() IS NULL AS after_reset;
SELECT current_setting('request.jwt.claims', true) IS NOT DISTINCT FROM '' AS empty_setting, telephony.current_org_id() IS NULL AS no_organization;

-- Of several members of a name the last counts, as everywhere in PostgreSQL; what stands deeper or beside is not looked at.
SELECT (SELECT telephony.current_org_id() FROM set_config('request.jwt.claims', c.claims, false) OFFSET 0) AS org FROM (VALUES
    ('{"app_metadata": {"org_id": "33333333-3333-4333-8333-333333333333", "org_id": "44444444-4444-4444-8444-444444444444"}}'),
    ('{"app_metadata": {"org_id": "33333333-3333-4333-8333-333333333333"}, "app_metadata": {}}'),
    ('{"app_metadata": {"org_id": "33333333-3333-4333-8333-333333333333", "org_id": {"org_id": "44444444-4444-4444-8444-444444444444"}}}'),
    ('{"app_metadata": [{"org_id": "44444444-4444-4444-8444-444444444444"}], "org_id": "44444444-4444-4444-8444-444444444444"}'),
    ('{"a": {"app_metadata": {"org_id": "44444444-4444-4444-8444-444444444444"}}, "app_metadata": {"a": [{"org_id": 1}], "b": {"org_id": 2}, "org_id": "33333333-3333-4333-8333-333333333333", "c": {"org_id": 3}}, "org_id": 4}')
    ) c (claims);

-- Whatever is not a JSON object with a uuid in canonical form at that path is no organization, and no error.
CREATE TABLE claims (claims text);
INSERT INTO claims VALUES
    (''), (' '), ('null'), ('true'), ('[]'), ('{}'), ('"33333333-3333-4333-8333-333333333333"'), ('{"app_metadata"'), ('{"app_metadata": }'),
    ('{"app_metadata": null}'), ('{"app_metadata": "33333333-3333-4333-8333-333333333333"}'), ('{"app_metadata": ["33333333-3333-4333-8333-333333333333"]}'),
    ('{"app_metadata": {"org_id": null}}'), ('{"app_metadata": {"org_id": 1}}'), ('{"app_metadata": {"org_id": ""}}'), ('{"app_metadata": {"org_id": {}}}'),
    ('{"app_metadata": {"org_id": ["33333333-3333-4333-8333-333333333333"]}}'), ('{"app_metadata": {"org_id": "33333333-3333-4333-8333-33333333333"}}'),
    ('{"app_metadata": {"org_id": "33333333-3333-4333-8333-3333333333333"}}'), ('{"app_metadata": {"org_id": "{33333333-3333-4333-8333-333333333333}"}}'),
    ('{"app_metadata": {"org_id": "33333333333343338333333333333333"}}'), ('{"app_metadata": {"org_id": "33333333-3333-4333-8333-33333333333g"}}'),
    ('{"app_metadata": {"org_id": "333333333333-4333-8333-333333333333-"}}'), ('{"app_metadata": {"org_id": " 33333333-3333-4333-8333-333333333333"}}'),
    ('{"app_metadata": {"org_id": "33333333-3333-4333-8333-33333333333\u0000"}}'), ('{"App_metadata": {"org_id": "33333333-3333-4333-8333-333333333333"}}'),
    ('{"app_metadata.org_id": "33333333-3333-4333-8333-333333333333"}'), ('{"org_id": "33333333-3333-4333-8333-333333333333"}'),
    ('{"user_metadata": {"org_id": "33333333-3333-4333-8333-333333333333"}}'), ('{"app_metadata": {"org_id": "33333333-3333-4333-8333-333333333333"}} x'),
    ('{"app_metadata": {"org_id": "33333333-3333-4333-8333-333333333333"}, "n": 1e999999}'), (repeat('[', 1000000)), (repeat('{"app_metadata":', 100000));
DO $$
DECLARE
    c text;
BEGIN
    FOR c IN SELECT claims FROM claims LOOP
        PERFORM set_config('request.jwt.claims', c, false);
        IF telephony.current_org_id() IS NOT NULL THEN
            RAISE EXCEPTION 'an organization from %', left(c, 100);
        END IF;
    END LOOP;
END $$;
-- Letter case does not matter in the uuid, other claims do not matter, and of two members of one name the last one counts,
-- as it does in jsonb.
SET request.jwt.claims = '{"role": "authenticated", "app_metadata": {"org_id": "ABCDEFAB-cdef-4ABC-8def-ABCDEFabcdef", "roles": ["x"]}, "n": 1.5e300}';
SELECT telephony.current_org_id(), (current_setting('request.jwt.claims')::jsonb #>> '{app_metadata,org_id}')::uuid = telephony.current_org_id() AS as_jsonb_says;
SET request.jwt.claims = '{"app_metadata": {"org_id": "33333333-3333-4333-8333-333333333333", "org_id": "55555555-5555-4555-8555-555555555555"}}';
SELECT telephony.current_org_id(), (current_setting('request.jwt.claims')::jsonb #>> '{app_metadata,org_id}')::uuid = telephony.current_org_id() AS as_jsonb_says;

-- The path is a superuser's choice, and a change of it is seen at once too.
SET request.jwt.claims = '{"org": "66666666-6666-4666-8666-666666666666", "a": {"b": {"c": "77777777-7777-4777-8777-777777777777"}, "user_metadata": {"o": "88888888-8888-4888-8888-888888888888"}}}';
SELECT telephony.current_org_id() IS NULL AS none_at_the_default_path;
SET telephony.org_claim = 'org';
SELECT telephony.current_org_id();
SET telephony.org_claim = 'a.b.c';
SELECT telephony.current_org_id();
SET telephony.org_claim = 'a.b';
SELECT telephony.current_org_id();
SET telephony.org_claim = 'a.b.c.d';
SELECT telephony.current_org_id();
SET telephony.org_claim = 'a.user_metadata.o';
SELECT telephony.current_org_id();
-- Refused: what users write themselves, and paths with empty names.
SET telephony.org_claim = 'user_metadata';
SET telephony.org_claim = 'user_metadata.org_id';
SET telephony.org_claim = '';
SET telephony.org_claim = '.';
SET telephony.org_claim = '.a';
SET telephony.org_claim = 'a.';
SET telephony.org_claim = 'a..b';
RESET telephony.org_claim;
SHOW telephony.org_claim;

-- In a policy: one tenant's rows, by index, and none without claims.
CREATE TABLE owned (org_id uuid, n int);
INSERT INTO owned SELECT ('00000000-0000-4000-8000-' || lpad((i % 100)::text, 12, '0'))::uuid, i FROM generate_series(1, 5000) i;
CREATE INDEX ON owned (org_id);
ANALYZE owned;
ALTER TABLE owned ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON owned USING (org_id OPERATOR(pg_catalog.=) telephony.current_org_id());
CREATE ROLE regress_telephony_tenant;
GRANT USAGE ON SCHEMA telephony TO regress_telephony_tenant;
GRANT SELECT ON owned TO regress_telephony_tenant;
SET ROLE regress_telephony_tenant;
SET enable_seqscan = off; SET enable_bitmapscan = off;
SET request.jwt.claims = '{"app_metadata": {"org_id": "00000000-0000-4000-8000-000000000007"}}';
EXPLAIN (COSTS OFF) SELECT * FROM owned;
SELECT count(*), min(n % 100), max(n % 100) FROM owned;
RESET enable_seqscan; SET enable_indexscan = off;
SELECT count(*), min(n % 100), max(n % 100) FROM owned;
RESET request.jwt.claims;
SELECT count(*) FROM owned;
-- Workers of a parallel query see the same organization.
SET request.jwt.claims = '{"app_metadata": {"org_id": "00000000-0000-4000-8000-000000000007"}}';
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM owned;
SELECT count(*), min(n % 100), max(n % 100) FROM owned;
RESET ROLE;
DROP TABLE owned, claims;
DROP OWNED BY regress_telephony_tenant;
DROP ROLE regress_telephony_tenant;
