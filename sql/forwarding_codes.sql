-- What a subscriber is told to dial: the carriers' answers, step by step, as the API gives them. Rolled back: nothing of the tenant schema stays.
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT count(*) > 0 AS migrated FROM telephony.migrate();

\echo Nigeria, MTN: the number is in the United States
SELECT step, condition, activation_code, deactivation_code, status_code, verified FROM telephony_api.forwarding_codes('NG', 'mtn', 'total_ai', '+12025550123');
SELECT step, condition, activation_code, deactivation_code, status_code, verified FROM telephony_api.forwarding_codes('NG', 'mtn', 'safety_net', '+12025550123', 20);
SELECT DISTINCT note FROM telephony_api.forwarding_codes('NG', 'mtn', 'safety_net', '+12025550123', 20);

\echo United Kingdom, EE, and by the name of a reseller on its network
SELECT step, condition, activation_code, deactivation_code, status_code, activation_uri FROM telephony_api.forwarding_codes('GB', 'ee', 'total_ai', '+442079460018');
SELECT step, condition, activation_code, deactivation_code, status_code FROM telephony_api.forwarding_codes('gb', '1pMobile', 'safety_net', '+442079460018', 15);

\echo Turkey, Turkcell: a domestic number in national form, a foreign one never
SELECT step, condition, activation_code, deactivation_code, status_code FROM telephony_api.forwarding_codes('TR', 'turkcell', 'safety_net', '+902122345678', 30);
SELECT step, condition, activation_code, deactivation_code, status_code FROM telephony_api.forwarding_codes('TR', 'turkcell', 'total_ai', '+12025550123');

\echo United States, Verizon: star codes, ten digits, no status code, no timer
SELECT step, condition, activation_code, deactivation_code, status_code, verified FROM telephony_api.forwarding_codes('US', 'verizon', 'total_ai', '+12025550123');
SELECT step, condition, activation_code, deactivation_code, status_code, activation_uri FROM telephony_api.forwarding_codes('US', 'verizon', 'safety_net', '+12025550123');

\echo United States, T-Mobile: eleven digits, the three conditions one by one
SELECT step, condition, activation_code, deactivation_code, status_code FROM telephony_api.forwarding_codes('US', 't-mobile', 'safety_net', '+12025550123', 25);

\echo United States, AT&T: one code for the three conditions
SELECT step, condition, activation_code, deactivation_code, status_code FROM telephony_api.forwarding_codes('US', 'att', 'safety_net', '+12025550123', 10);

\echo The earlier shape
SELECT country_code, carrier, codes ->> 'total_ai' AS total_ai, codes ->> 'safety_net' AS safety_net, codes ->> 'deactivate' AS deactivate
  FROM telephony_api.carrier_forwarding_rules, jsonb_each(carrier_codes) c (carrier, codes)
 WHERE country_code IN ('GB', 'NG', 'TR', 'US') ORDER BY country_code COLLATE "C", carrier COLLATE "C";
ROLLBACK;
