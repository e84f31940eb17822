-- The carrier of an organization: chosen, last used, and kept when another country is chosen.
\ir set_up.psql
CREATE FUNCTION tap.counts() RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(format('%s/%s/%s=%s', country_code, carrier_name, provisioned, organizations), ' ')
    FROM telephony_internal.country_counts() $$;
CREATE FUNCTION tap.carrier() RETURNS text LANGUAGE sql AS
$$ SELECT concat_ws('/', o.telephony_country, o.forwarding_carrier) FROM telephony_api.organizations o
    WHERE o.id = telephony.current_org_id() $$;
CREATE FUNCTION tap.forward(line text, country text, carrier text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM telephony_api.create_forwarding_config(line, country, carrier, 'total_ai');
    RETURN tap.carrier();
END $$;
CREATE FUNCTION tap.go_to(country text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM telephony_api.select_country(country);
    RETURN tap.carrier();
END $$;
SET LOCAL ROLE tap_tenant;
SELECT tap.sign_in(:'org_a') \gset
SELECT throws_ok($$SELECT telephony_api.set_forwarding_carrier('mtn')$$, 'PT400', 'no country chosen',
    'a carrier is one of a country');
SELECT telephony_api.select_country('NG') \gset x_
SELECT throws_ok($$SELECT telephony_api.set_forwarding_carrier('turkcell')$$, 'PT400',
    'carrier not known in Nigeria: ''turkcell''', 'and of this one');
SELECT throws_ok($$SELECT telephony_api.set_forwarding_carrier(NULL)$$, 'PT400', NULL, 'there is none without a name');
SELECT is((SELECT (s.id, s.telephony_country, s.forwarding_carrier)::text
    FROM telephony_api.set_forwarding_carrier(' T2 ') s), format('(%s,NG,9mobile)', :'org_a'),
    'chosen by any of its names, it answers with the organization');
RESET ROLE;
SELECT is(tap.counts(), 'NG/9mobile/f=1', 'and counts');
SELECT is((SELECT array_agg(format('%s %s>%s', a.action, a.old ->> 'forwarding_carrier',
                                   a.new ->> 'forwarding_carrier'))
    FROM telephony_api.audit_log a WHERE a.org_id = :'org_a' AND a.action = 'set_forwarding_carrier'),
    '{set_forwarding_carrier >9mobile}', 'on record');
SELECT (telephony_internal.adopt_number(:'org_a', 'AC' || repeat('a', 32), tap.sid(30), '+12025550130', now())).job_id
    \gset x_
SET LOCAL ROLE tap_tenant;
SELECT is(tap.forward('0803 123 4530', 'NG', 'glo'), 'NG/glo', 'a configuration says what is used');
SELECT is(tap.forward('0803 123 4531', 'NG', 'airtel'), 'NG/airtel', 'the last one');
SELECT is(tap.forward('0532 123 4532', 'TR', 'vodafone'), 'NG/airtel', 'of the country that was chosen');
SELECT is(tap.go_to('TR'), 'TR/vodafone', 'what is used elsewhere comes with that country');
SELECT is(tap.go_to('GB'), 'GB', 'where nothing was used there is none');
SELECT is(tap.go_to('NG'), 'NG/airtel', 'and what was used comes back');
SELECT telephony_api.set_forwarding_carrier('mtn') \gset x_
SELECT is(tap.go_to('TR') || ' ' || tap.go_to('NG'), 'TR/vodafone NG/mtn', 'as it was when the country was left');
RESET ROLE;
SELECT is(tap.counts(), 'NG/mtn/t=1', 'and the counts have followed');
SELECT is((SELECT e.j -> 'carriers_used' FROM telephony_internal.export_org(:'org_a') e (j)), '[{"country_code": "NG",
    "carrier_name": "mtn"}, {"country_code": "TR", "carrier_name": "vodafone"}]'::jsonb, 'exported with the rest');

SELECT * FROM finish();
ROLLBACK;
