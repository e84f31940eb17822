-- The statements of docs/adding_a_carrier.md, taken from that page: the country can be chosen and its carrier has
-- codes.
\ir set_up.psql
\set guide `awk '/^...sql$/ { inside = 1; next } length($0) == 3 && !/[A-Za-z]/ { inside = 0 } inside' docs/adding_a_carrier.md`
-- The country of the page may be one that is shipped by now.
DELETE FROM telephony_api.carriers WHERE country_code = 'GH';
DELETE FROM telephony_api.countries WHERE country_code = 'GH';
SELECT cmp_ok(length(:'guide'), '>', 500, 'the page has statements');
\o /dev/null
:guide
\o
SELECT ok(telephony_api.is_supported_country('GH'), 'the country is offered');
SELECT results_eq($$SELECT carrier_name FROM telephony_api.carriers_of('GH')$$, ARRAY['mtn'], 'with its carrier');
SELECT is((SELECT count(*) FROM telephony_api.forwarding_codes('GH', 'mtn', 'safety_net', '+12025550123', 20)),
    3::bigint,
    'whose three codes are made');
SELECT is_empty($$SELECT * FROM telephony_api.self_check() WHERE NOT ok AND "check" ~ 'carrier'$$,
    'and nothing is wrong with it');
SELECT * FROM finish();
ROLLBACK;
