-- Forwarding: constraints of carriers, configurations with frozen codes and their state rules, the compatibility view,
-- self-checks, and every carrier's codes read back.
\ir set_up.psql

-- What cannot work cannot be stored.
CREATE FUNCTION tap.carrier(changes jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO telephony_api.carriers (country_code, carrier_name, display_name, dialect, safety_net_codes,
        ring_time_adjustable, number_style, service_group, aliases, source, verified_on)
    SELECT r.country_code, r.carrier_name, r.display_name, r.dialect, r.safety_net_codes, r.ring_time_adjustable,
        r.number_style, r.service_group, r.aliases, r.source, r.verified_on
      FROM jsonb_populate_record(NULL::telephony_api.carriers,
          '{"country_code": "US", "carrier_name": "test", "display_name": "Test", "dialect": "mmi",
           "safety_net_codes": ["61", "62", "67"], "ring_time_adjustable": true,
           "number_style": "e164", "aliases": [], "source": "test"}'
          || changes) r $$;
SELECT lives_ok($$SELECT tap.carrier('{"carrier_name": "test-1"}')$$, 'a carrier of three codes');
SELECT lives_ok($$SELECT tap.carrier('{"carrier_name": "test-2", "safety_net_codes": ["004"], "service_group": "11"}')$$, 'a carrier of one, with the service group named');
SELECT throws_ok(format($$SELECT tap.carrier(%L)$$, c.changes), c.code, NULL, c.why) FROM (VALUES
    ('{"safety_net_codes": ["62"]}', '23514', 'a net with a hole'),
    ('{"safety_net_codes": ["67"]}', '23514', 'busy sold as a safety net'),
    ('{"safety_net_codes": ["61", "67", "62"]}', '23514', 'another order'),
    ('{"safety_net_codes": []}', '23514', 'no net at all'),
    ('{"safety_net_codes": null}', '23502', 'an unknown net'),
    ('{"dialect": "ussd"}', '22P02', 'an unknown dialect'),
    ('{"dialect": "star"}', '23514', 'star codes with MMI service codes'),
    ('{"dialect": "star", "safety_net_codes": ["71"], "number_style": "ten_digits"}', '23514',
        'star codes with a timer'),
    ('{"dialect": "star", "safety_net_codes": ["71"], "ring_time_adjustable": false}', '23514', 'star codes with +'),
    ('{"dialect": "star", "safety_net_codes": ["71"], "ring_time_adjustable": false, "number_style": "ten_digits", "service_group": "11"}', '23514', 'star codes with a service group'),
    ('{"country_code": "GB", "number_style": "ten_digits"}', '23514', 'ten digits outside North America'),
    ('{"number_style": "digits"}', '22P02', 'an unknown style'),
    ('{"service_group": "20"}', '23514', 'a service group of data calls'),
    ('{"aliases": ["Glo"]}', '23514', 'an alias that can never match'),
    ('{"aliases": [""]}', '23514', 'an empty alias'),
    ('{"aliases": [null]}', '23514', 'no alias'),
    ('{"aliases": ["test"]}', '23514', 'its own name'),
    ('{"aliases": [["a", "b"]]}', '23514', 'aliases in two dimensions'),
    ('{"source": " "}', '23514', 'no source'),
    ('{"verified_on": "infinity"}', '23514', 'verified for ever'),
    ('{"number_style": "national"}', '23514', 'national form where no trunk prefix is known'),
    ('{"carrier_name": "T-Mobile"}', '23514', 'a name that is no slug'),
    ('{"country_code": "ng"}', '23514', 'a country in small letters')) c (changes, code, why);
SELECT throws_ok($$UPDATE telephony_api.carriers SET reset_code = '##21#' WHERE carrier_name = 'mtn'$$, '428C9', NULL,
    'the reset code follows from the dialect');
DELETE FROM telephony_api.carriers WHERE carrier_name ~ '^test-';

-- Every carrier, every type, every timer, a thousand numbers: what is made can be read back and undone.
CREATE TEMP TABLE made AS
    SELECT c.country_code, c.carrier_name, c.dialect, w.forwarding_type, w.ring_time, n.destination, d.*
      FROM telephony_api.carriers c
      CROSS JOIN (VALUES ('total_ai', NULL::int), ('safety_net', NULL), ('safety_net', 5), ('safety_net', 10),
          ('safety_net', 15), ('safety_net', 20), ('safety_net', 25), ('safety_net', 30)) w (forwarding_type, ring_time)
      CROSS JOIN LATERAL (SELECT ('+1' || (2010000000 + i * 7919003 % 7989999999)::text)::telephony.e164 AS destination
          FROM generate_series(1::bigint, 1000) i) n
      CROSS JOIN LATERAL telephony.dial_codes(c.dialect::text, c.safety_net_codes, CASE c.number_style WHEN 'national'
          THEN 'e164' ELSE c.number_style::text END, w.forwarding_type, n.destination, w.ring_time, c.service_group) d
     WHERE w.ring_time IS NULL OR c.ring_time_adjustable;
SELECT cmp_ok((SELECT count(*) FROM made), '>', 300000::bigint,
    'codes for every carrier, condition, timer and a thousand numbers');
SELECT is_empty($$
    SELECT m.country_code, m.carrier_name, m.activation_code, m.deactivation_code
      FROM made m, telephony.mmi_parse(m.activation_code) a, telephony.mmi_parse(m.deactivation_code) x,
          telephony.mmi_parse(m.status_code) s
     WHERE m.dialect = 'mmi'
       AND NOT (a.procedure = 'registration' AND x.procedure = 'erasure' AND s.procedure = 'interrogation'
                AND a.service_code = x.service_code AND a.service_code = s.service_code AND a.conditions = x.conditions
                AND a.basic_service IS NOT DISTINCT FROM x.basic_service
                AND right(a.number, 10) = right(m.destination::text, 10) AND a.no_reply_seconds IS NOT DISTINCT
                    FROM m.ring_time_seconds
                AND (m.ring_time_seconds IS NOT DISTINCT FROM m.ring_time OR a.service_code NOT IN ('61', '004')))
     LIMIT 5$$, 'MMI: the parts are those that were wished, the off code undoes the very service, the status code asks about it');
SELECT is_empty($$SELECT m.* FROM made m WHERE m.dialect = 'star' AND NOT (m.activation_code ~ '^\*7[12][0-9]{10}$'
    AND m.deactivation_code = '*73' AND m.status_code IS NULL) LIMIT 5$$,
        'star codes: ten plain digits, *73, no status');
SELECT is_empty($$SELECT m.country_code, m.carrier_name, m.ring_time, m.destination::text
                    FROM made m, telephony.mmi_parse(m.activation_code) a, unnest(a.conditions) c
                   WHERE m.forwarding_type = 'safety_net' AND m.dialect = 'mmi' GROUP BY 1, 2, 3, 4
                  HAVING array_agg(c ORDER BY c) <> ARRAY['busy', 'no_reply', 'not_reachable']$$,
                      'every MMI safety net covers busy, no reply and not reachable');

-- Through the API, where the carrier's own way of writing meets domestic and foreign numbers.
CREATE TEMP TABLE answered AS
    SELECT c.country_code, c.carrier_name, c.dialect, c.number_style, n.home, n.destination, f.*
      FROM telephony_api.carriers c JOIN telephony_api.countries o USING (country_code)
      CROSS JOIN LATERAL (
            SELECT true AS home, ('+' || substr(s.home_number, 2)::bigint + i * 7919)::telephony.e164 AS destination
              FROM generate_series(1, 200) i, tap.shipped s WHERE s.country_code = c.country_code
            UNION ALL
            SELECT false, ('+4930' || (20000000 + i * 7919)::text)::telephony.e164 FROM generate_series(1, 50) i
                WHERE c.dialect = 'mmi') n
      CROSS JOIN LATERAL telephony_api.forwarding_codes(c.country_code, c.carrier_name, 'safety_net',
          n.destination::text) f
     WHERE c.is_active AND o.is_active;
SELECT cmp_ok((SELECT count(*) FROM answered), '>', 9000::bigint,
    'answers of every offered carrier, at home and abroad');
SELECT is_empty($$
    SELECT a.country_code, a.carrier_name, a.home, a.activation_code FROM answered a,
        telephony.mmi_parse(a.activation_code) m
     WHERE a.dialect = 'mmi' AND m.number <> CASE
            WHEN NOT a.home OR a.number_style = 'e164' THEN a.destination::text
            WHEN a.number_style = 'national' THEN '0' || telephony.national_number(a.destination)
            WHEN a.number_style = 'eleven_digits' THEN '1' || telephony.national_number(a.destination)
            ELSE telephony.national_number(a.destination) END LIMIT 5$$,
                'the number is written as the carrier reads it, and a foreign one always with its calling code');
SELECT is_empty($$SELECT * FROM answered WHERE home <> (note !~ 'The destination is abroad') LIMIT 5$$,
    'abroad is said when it is');

-- The compatibility view.
SET LOCAL ROLE tap_anon;
SELECT is((SELECT carrier_codes -> 'glo' FROM telephony_api.carrier_forwarding_rules WHERE country_code = 'NG'),
    '{"total_ai": "**21*{number}#", "safety_net": "**61*{number}**{ring_time}# **62*{number}# **67*{number}#", "deactivate": "##002#"}'::jsonb, 'Glo: all calls are all calls');
SELECT is((SELECT carrier_codes -> 'verizon' FROM telephony_api.carrier_forwarding_rules WHERE country_code = 'US'),
    '{"total_ai": "*72{number_10}", "safety_net": "*71{number_10}", "deactivate": "*73"}'::jsonb,
        'Verizon: no + after *72');
SELECT is((SELECT carrier_codes -> 'att' ->> 'safety_net' FROM telephony_api.carrier_forwarding_rules
    WHERE country_code = 'US'), '**004*{number}**{ring_time}#', 'AT&T: the timer in its place');
SELECT is((SELECT count(*) FROM telephony_api.carrier_forwarding_rules WHERE is_active),
    (SELECT count(*) FROM tap.shipped),
    'one row for each country that is offered');
SELECT is((SELECT carrier_codes FROM telephony_api.carrier_forwarding_rules WHERE country_code = 'IN'), '{}'::jsonb,
    'no codes of a country that is not verified');
SELECT ok(NOT EXISTS (SELECT FROM telephony_api.carriers_of('US') WHERE carrier_name = 'sprint'),
    'a retired carrier is not offered');

-- Configurations.
RESET ROLE;
INSERT INTO telephony_api.organizations (id, telephony_country, assigned_twilio_number) VALUES (:'org_a', 'NG',
    '+12025550123'), (:'org_b', 'NG', NULL);
INSERT INTO telephony_api.phone_numbers (org_id, number, number_sid, account_sid, country_code, status, job_id,
    purchased_at)
VALUES (:'org_a', '+12025550123', 'PN' || repeat('a', 32), 'AC' || repeat('a', 32), 'NG', 'live', gen_random_uuid(),
    now());
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_b') \gset
SELECT throws_ok($$SELECT telephony_api.create_forwarding_config('+2348031234567', 'NG', 'mtn', 'total_ai')$$, 'PT409',
    'your organization has no number to forward to', 'nothing to forward to');
SELECT tap.sign_in(:'org_a') \gset
SELECT throws_ok($$SELECT telephony_api.create_forwarding_config('+12025550123', 'NG', 'mtn', 'total_ai')$$, 'PT400',
    'a line cannot be forwarded to itself', 'a loop');
SELECT throws_ok($$SELECT telephony_api.create_forwarding_config('+234112', 'NG', 'mtn', 'total_ai')$$, 'PT400', NULL,
    'a line that cannot be one');
SELECT throws_ok($$SELECT telephony_api.create_forwarding_config('soon', 'NG', 'mtn', 'total_ai')$$, 'PT400',
    'sim_phone_number cannot be read as a number of NG: ''soon''', 'a malformed line');
SELECT throws_ok($$SELECT telephony_api.create_forwarding_config('0803 123 4567 ext. 12', 'NG', 'mtn', 'total_ai')$$,
    'PT400', NULL, 'an extension, which forwarding does not reach');
SELECT throws_ok($$SELECT telephony_api.create_forwarding_config(NULL, 'NG', 'mtn', 'total_ai')$$, 'PT400',
    'the line to forward was not given', 'no line');
SELECT telephony_api.create_forwarding_config('+2348031234567', 'NG', 'MTN', 'safety_net', 20) AS first \gset
SELECT (:'first'::telephony_api.forwarding_config).* \gset c_
SELECT is(:'c_status'::text, 'pending_setup', 'created');
SELECT is((SELECT array_agg(e.deactivation_code ORDER BY e.step)
    FROM unnest(:'c_codes'::telephony_api.dial_step[]) e),
    ARRAY['##61#', '##62#', '##67#'], 'with the codes that undo it');
SELECT ctid AS first_row FROM telephony_api.hybrid_forwarding_configs WHERE id = :'c_id' \gset
SELECT is(telephony_api.create_forwarding_config(line, 'ng', 'mtn', 'safety_net', 20)::text, :'first',
    format('the same wish again, of the line as people write it: the same configuration (%s)', line))
  FROM unnest(ARRAY['+2348031234567', '0803 123 4567', '(0803) 123-4567', '+234 (0)803 123 4567',
       '009 234 803 1234567'])
       line;
SELECT is((SELECT ctid FROM telephony_api.hybrid_forwarding_configs WHERE id = :'c_id'), :'first_row'::tid,
    'which was not written again');
SELECT is((telephony_api.create_forwarding_config('+2348031234567', 'NG', 'mtn', 'total_ai')).id, :'c_id'::uuid,
    'before it is confirmed it can be made anew: one row a line');
SELECT is((SELECT array_agg(e ->> 'deactivation_code' ORDER BY e ->> 'step')
    FROM telephony_api.hybrid_forwarding_configs h, jsonb_array_elements(h.superseded_codes) e), ARRAY['##61#',
        '##62#', '##67#'], 'and the codes shown before, which may have been dialled, can still be undone');
SELECT is((telephony_api.confirm_forwarding_config(:'c_id')).status, 'active', 'confirmed');
SELECT is((telephony_api.confirm_forwarding_config(:'c_id')).status, 'active', 'twice is once');
SELECT is((telephony_api.create_forwarding_config('+2348031234567', 'NG', 'mtn', 'total_ai')).status, 'active',
    'the same wish again: the same row');
SELECT throws_ok($$SELECT telephony_api.create_forwarding_config('+2348031234567', 'NG', 'glo', 'total_ai')$$, 'PT409',
    'the line +234******4567 is being forwarded already', 'another carrier: first undo');
SELECT is(tap.detail_of($$SELECT telephony_api.create_forwarding_config('+2348031234567', 'NG', 'glo', 'total_ai')$$),
    'To undo that, dial first: ##21#, ##61#, ##62#, ##67#.', 'and says how');

-- Frozen: the carrier's row changes, the off code does not.
RESET ROLE;
UPDATE telephony_api.carriers SET safety_net_codes = '{004}', service_group = '11' WHERE country_code = 'NG'
    AND carrier_name = 'mtn';
SET LOCAL ROLE tap_tenant;
SELECT is((SELECT codes -> 0 ->> 'deactivation_code' FROM telephony_api.hybrid_forwarding_configs WHERE id = :'c_id'),
    '##21#', 'the off code is the one of the on code that was dialled');
SELECT is(((telephony_api.disable_forwarding_config(:'c_id')).codes)[1].deactivation_code, '##21#',
    'disabling shows it once more');
SELECT throws_ok(format($$SELECT telephony_api.confirm_forwarding_config(%L)$$, :'c_id'), 'PT409',
    'this forwarding was disabled', 'what was disabled is not confirmed');
SELECT is((telephony_api.disable_forwarding_config(:'c_id')).status, 'disabled', 'disabling twice is once');
SELECT is((SELECT e.activation_code
    FROM unnest((telephony_api.create_forwarding_config('+2348031234567', 'NG', 'mtn', 'safety_net', 25)).codes) e),
    '**004*+12025550123*11*25#', 'made anew it has the codes of today');

SELECT is((SELECT superseded_codes FROM telephony_api.hybrid_forwarding_configs
    WHERE id = :'c_id') @> '[{"deactivation_code": "##21#"}]', true, 'and those of yesterday are not forgotten');

-- The number goes, the forwarding stays: said, not passed over.
SELECT is((telephony_api.confirm_forwarding_config(:'c_id')).status, 'active', 'confirmed anew');
RESET ROLE;
UPDATE telephony_api.phone_numbers SET status = 'released', released_at = now();
SET LOCAL ROLE tap_tenant;
SELECT throws_ok(format($$SELECT telephony_api.confirm_forwarding_config(%L)$$, :'c_id'), 'PT409',
    'the number these codes forward to is no longer your organization''s',
        'codes to a number that is gone are not confirmed');
SELECT throws_ok($$SELECT telephony_api.create_forwarding_config('+2348031234567', 'NG', 'mtn', 'total_ai')$$, 'PT409',
    'the line +234******4567 is being forwarded already', 'and the way back is shown first');
SET LOCAL ROLE tap_service;
SELECT matches((SELECT c.ok || c.detail FROM telephony_api.self_check() c
    WHERE c."check" ~ 'told: lines .* given up'), format('^truelines: 1, organizations: 1 \(%s\)', :'org_a'),
    'the self-check tells it, and does not fail');
RESET ROLE;
UPDATE telephony_api.phone_numbers SET status = 'live', released_at = NULL;
SET LOCAL ROLE tap_tenant;
SELECT throws_ok($$SELECT telephony_api.create_forwarding_config('+23408031234567', 'NG', 'mtn', 'total_ai')$$,
    'PT409', 'the line +234******4567 is being forwarded already', 'a line that holds its trunk prefix is this line');
SELECT telephony_api.create_forwarding_config('(202) 555-0199', 'US', 'att', 'total_ai') AS c \gset
SELECT is(((:'c')::telephony_api.forwarding_config).sim_phone_number, '+12025550199',
    'a line is read as people of its country write it');
SELECT is(((:'c')::telephony_api.forwarding_config).warning_message, NULL, 'and nothing is odd about it');
SELECT matches((telephony_api.create_forwarding_config('+44 20 7946 0018', 'US', 'att', 'total_ai')).warning_message,
    'The line is a number of GB, its carrier one of US', 'a line of another country is said to be one');

-- Another tenant.
SELECT tap.sign_in(:'org_b') \gset
SELECT is_empty('SELECT * FROM telephony_api.hybrid_forwarding_configs', 'B sees no configuration of A');
SELECT throws_ok(format($$SELECT telephony_api.confirm_forwarding_config(%L)$$, :'c_id'), 'PT404', NULL,
    'nor confirms one');
SELECT throws_ok(format($$SELECT telephony_api.disable_forwarding_config(%L)$$, :'c_id'), 'PT404', NULL,
    'nor disables one');
SELECT throws_ok($$SELECT * FROM telephony_api.self_check()$$, '42501', NULL, 'nor checks the system');

SELECT * FROM finish();
ROLLBACK;
