-- The move that docs/moving.md describes, with the statements of that page, on rows as an earlier system may have left
-- them.
\ir set_up.psql
CREATE SCHEMA earlier;
CREATE TABLE earlier.organizations (id uuid, telephony_country text, assigned_twilio_number text,
    forwarding_carrier text, number_sid text, number_account text, number_date timestamptz);
INSERT INTO earlier.organizations VALUES
    (:'org_a', 'NG', '+12025550123', 'MTN', tap.sid(1), 'AC' || repeat('a', 32), '2026-01-02T03:04:05Z'),
    (:'org_b', 'us', NULL, 'mint', NULL, NULL, NULL),
    ('0c000000-0000-4000-8000-000000000003', 'FR', NULL, NULL, NULL, NULL, NULL),
    ('0c000000-0000-4000-8000-000000000004', 'GB', '020 7946 0018', NULL, tap.sid(4), 'AC' || repeat('a', 32), NULL),
    ('0c000000-0000-4000-8000-000000000005', 'US', '+12025550125', NULL, NULL, 'AC' || repeat('a', 32), NULL),
    ('0c000000-0000-4000-8000-000000000006', 'US', '+12025550123', NULL, tap.sid(6), 'AC' || repeat('a', 32), NULL);
\set looking `awk '/^## 2/ { there = 1 } /^## 3/ { there = 0 } /^...$/ { inside = 0 } inside && there; /^...sql$/ { inside = 1 }' docs/moving.md`
\set importing `awk '/^## 3/ { there = 1 } /^- The number/ { there = 0 } /^...$/ { inside = 0 } inside && there; /^...sql$/ { inside = 1 }' docs/moving.md`

SELECT rtrim(:'looking', E' ;\n') AS looking \gset
SELECT results_eq(format('SELECT right(id::text, 1), left(problem, 20) FROM (%s) p WHERE problem IS NOT NULL ORDER BY id', :'looking'),
    $$VALUES ('1', 'two organizations ha'), ('3', 'country not offered:'), ('4', 'number is not E.164:'),
        ('5', 'no SID: look it up a'), ('6', 'two organizations ha')$$, 'what will not go in is found beforehand');
DELETE FROM earlier.organizations WHERE right(id::text, 1) IN ('3', '4', '5', '6');
SELECT cmp_ok(strpos(:'importing', 'import_org'), '>', 0, 'the page has the import');
GRANT USAGE ON SCHEMA earlier TO tap_service;
GRANT SELECT ON earlier.organizations TO tap_service;
SET LOCAL ROLE tap_service;
\o /dev/null
:importing
:importing
\o
SELECT is((SELECT string_agg(format('%s/%s/%s', telephony_country, forwarding_carrier, assigned_twilio_number),
    ' ' ORDER BY telephony_country) FROM telephony_api.organizations), NULL,
        'the service reads no organization itself');
RESET ROLE;
SELECT is((SELECT string_agg(format('%s/%s/%s', telephony_country, forwarding_carrier, assigned_twilio_number),
    ' ' ORDER BY telephony_country) FROM telephony_api.organizations), 'NG/mtn/+12025550123 US/t-mobile/',
        'they came in, twice imported or once');
SELECT telephony_internal.set_voice_settings(voice_url => 'https://voice.example.com/incoming') \gset
SELECT is_empty($$SELECT * FROM telephony_internal.run_self_check() WHERE NOT ok
    AND "check" <> 'commits wait for the disk'$$, 'and everything is in order');

SELECT * FROM finish();
ROLLBACK;
