-- 0011 down: removes the self-checks.

DROP FUNCTION telephony_api.self_check();
DROP FUNCTION telephony_internal.run_self_check();
DROP FUNCTION telephony_internal.check_rows();
DROP FUNCTION telephony_internal.check_installation();
DROP FUNCTION telephony_internal.check_catalog();
DROP FUNCTION telephony_internal.expected_indexes();
DROP FUNCTION telephony_internal.actual_rights();
DROP FUNCTION telephony_internal.recorded_rights();
DROP FUNCTION telephony_internal.carrier_problem(telephony_api.carriers);
DELETE FROM telephony_internal.tier_privileges p WHERE p.object ~ '\.(run_)?self_check\(';
