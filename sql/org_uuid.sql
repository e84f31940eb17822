-- org_uuid() and telephony.org_claim_type: organizations that tokens name by a text. The ids expected here were made by
-- docs/examples/org_uuid.mjs.
SELECT provolatile, proparallel, proisstrict FROM pg_proc WHERE oid = 'telephony.org_uuid(text)'::regprocedure;

-- Every byte counts: nothing is trimmed, folded, composed, or taken for a uuid.
SELECT left(claim, 40) AS claim, octet_length(claim) AS bytes, telephony.org_uuid(claim) AS id, telephony.org_uuid(claim) = expected AS right
  FROM (VALUES ('a', '178b404a-668c-8e34-898f-f9e8658a8273'::uuid), ('org_2abc', '1adb163d-88fe-8e7d-bf33-81b706fdc473'),
    ('org_9ybsU1dN2dKfDkBi', 'fb961868-61c3-8914-bf9a-51a7edc83ee3'), ('acme', '48b85003-c469-81ba-9bcf-f9e2cc31f255'),
    (' org_2abc', 'ba4ff3a4-8b44-8fea-a83b-1828839a1ae0'), ('ORG_2ABC', 'af8a73ad-416c-80c2-acb4-6809356e579f'),
    ('33333333-3333-4333-8333-333333333333', '33116dd0-b414-8fd7-baf7-2a38023384c6'),
    (U&'\00e9', '8168f62e-7022-83d3-839d-66e0f687bd0f'), (U&'e\0301', '787a85ba-e4c1-8daa-af0e-a8673ab2f8e0'),
    (U&'\7d44\7e54', '413d92e7-88f0-81e8-b273-cd3b2213ae44'), (U&'\+01f3e2', 'a9dc0abc-1fe7-8167-bcce-9d72b45c18dd'),
    (repeat('x', 255), '1c5d732b-ba55-8263-9312-632da53a0bd4')) v (claim, expected);
SELECT count(DISTINCT telephony.org_uuid(i::text)) AS ids, bool_and(telephony.org_uuid(i::text)::text ~ '^.{14}8.{4}[89ab]') AS of_version_8 FROM generate_series(1, 10000) i;
SELECT telephony.org_uuid(NULL) IS NULL AS none_of_nothing;
SELECT telephony.org_uuid('');
SELECT telephony.org_uuid(repeat('x', 256));
SELECT telephony.org_uuid(repeat(U&'\00e9', 128));
SELECT telephony.org_uuid(repeat('x', 1000000));

SELECT setting, context, vartype, enumvals FROM pg_settings WHERE name = 'telephony.org_claim_type';
-- In a token the same text is the same organization, however JSON writes it.
SET telephony.org_claim = 'org_id';
SET telephony.org_claim_type = 'text';
SELECT claims, (SELECT telephony.current_org_id() FROM set_config('request.jwt.claims', c.claims, false) OFFSET 0) = telephony.org_uuid(claim) AS same FROM (VALUES
    ('{"org_id": "org_2abc"}', 'org_2abc'), ('{"org_id": "\u006frg_2abc"}', 'org_2abc'), ('{"org_id": " org_2abc"}', ' org_2abc'),
    ('{"org_id": "\u00e9"}', U&'\00e9'), ('{"org_id": "e\u0301"}', U&'e\0301'), ('{"org_id": "\ud83c\udfe2"}', U&'\+01f3e2'),
    ('{"org_id": "1", "org_id": "2"}', '2'), ('{"org_id": "\"\\\n"}', E'"\\\n'),
    ('{"org_id": "33333333-3333-4333-8333-333333333333"}', '33333333-3333-4333-8333-333333333333')) c (claims, claim);
-- Whatever is not a text of 1 to 255 bytes is no organization, and no error.
CREATE TABLE claims (claims text);
INSERT INTO claims VALUES ('{"org_id": ""}'), ('{"org_id": 1}'), ('{"org_id": 1.5}'), ('{"org_id": true}'), ('{"org_id": null}'), ('{"org_id": ["org_2abc"]}'),
    ('{"org_id": {"id": "org_2abc"}}'), ('{"org_id": "org\u0000"}'), ('{"org_id": "\ud83c"}'), ('{"org_id": "' || repeat('x', 256) || '"}'), ('{"org_id": "' || repeat('\u00e9', 128) || '"}'),
    ('{"ORG_ID": "org_2abc"}'), ('{"org_id": "org_2abc"'), ('"org_2abc"'), ('org_2abc'), ('{}'), ('');
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
DROP TABLE claims;

-- A change of the type is seen at once. Nobody but a superuser makes one.
SET request.jwt.claims = '{"org_id": "33333333-3333-4333-8333-333333333333"}';
SELECT telephony.current_org_id();
SET telephony.org_claim_type = 'uuid';
SELECT telephony.current_org_id();
SET telephony.org_claim_type = 'number';
CREATE ROLE regress_telephony_caller;
GRANT USAGE ON SCHEMA telephony TO regress_telephony_caller;
SET ROLE regress_telephony_caller;
SET telephony.org_claim_type = 'text';
SELECT telephony.org_uuid('org_2abc');
RESET ROLE;
\c -
SET ROLE regress_telephony_caller;
SET telephony.org_claim_type = 'text';
SET request.jwt.claims = '{"app_metadata": {"org_id": "22222222-2222-4222-8222-222222222222"}}';
SELECT telephony.current_org_id();
SHOW telephony.org_claim_type;
RESET ROLE;
DROP OWNED BY regress_telephony_caller;
DROP ROLE regress_telephony_caller;
