-- The settings of the request limits: who may set them, and what is refused as a value. What they do is tested on servers of its own (test/e2e).
LOAD 'telephony';
SELECT name, setting, unit, context, vartype, min_val, max_val FROM pg_settings
 WHERE name IN ('telephony.ip_limit', 'telephony.ip_window', 'telephony.org_limit', 'telephony.org_window', 'telephony.client_address_header', 'telephony.trusted_hops', 'telephony.exempt_networks')
 ORDER BY name;

SET telephony.exempt_networks = '10.0.0.0/8, 2001:db8::/32 ,192.0.2.1';
SHOW telephony.exempt_networks;
SET telephony.exempt_networks = ' ';
SET telephony.exempt_networks = '10.0.0.0/8,';
SET telephony.exempt_networks = '10.0.0.1/8';
SET telephony.exempt_networks = '10.0.0.0/8, everybody';
SET telephony.exempt_networks = '::/129';
SHOW telephony.exempt_networks;
RESET telephony.exempt_networks;

SET telephony.client_address_header = 'x-real-ip';
SET telephony.client_address_header = 'X-Real-IP';
SET telephony.client_address_header = '';
SET telephony.client_address_header = 'forwarded';
SHOW telephony.client_address_header;
RESET telephony.client_address_header;

SET telephony.ip_limit = 0;
-- The words are PostgreSQL's own and differ between its versions.
\set VERBOSITY sqlstate
SET telephony.ip_window = '8d';
\set VERBOSITY default
SET telephony.ip_window = '15min';
SHOW telephony.ip_window;
SET telephony.trusted_hops = 0;
RESET telephony.ip_window;

CREATE ROLE regress_telephony_limited;
GRANT USAGE ON SCHEMA telephony TO regress_telephony_limited;
SET ROLE regress_telephony_limited;
SET telephony.ip_limit = 1000;
SET telephony.trusted_hops = 2;
SET telephony.exempt_networks = '0.0.0.0/0';
SELECT telephony.check_request();
RESET ROLE;
DROP OWNED BY regress_telephony_limited;
DROP ROLE regress_telephony_limited;
