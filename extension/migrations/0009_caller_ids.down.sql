-- 0009 down: removes verified caller ids and test calls.

DROP FUNCTION telephony_api.test_forwarding(uuid);
DROP FUNCTION telephony_internal.test_forwarding(uuid);
DROP FUNCTION telephony_api.caller_id_status(uuid);
DROP FUNCTION telephony_api.verify_caller_id(text, text);
DROP TABLE telephony_api.verified_caller_ids;
DELETE FROM telephony_internal.tier_privileges p
 WHERE p.object = 'telephony_api.verified_caller_ids'
    OR p.object ~ '\.(verify_caller_id|caller_id_status|test_forwarding)\(';
