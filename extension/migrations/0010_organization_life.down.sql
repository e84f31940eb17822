-- 0010 down: removes the release of numbers and the functions about whole organizations; an erasure that has not ended is given up.

DROP FUNCTION telephony_api.country_counts();
DROP FUNCTION telephony_internal.replay_erasures(jsonb);
DROP FUNCTION telephony_internal.erasure_log();
DROP FUNCTION telephony_api.erase_org(uuid);
DROP FUNCTION telephony_internal.erase_org(uuid);
DROP FUNCTION telephony_internal.erase_what_is_left(telephony_internal.jobs);
UPDATE telephony_internal.jobs j SET state = 'cancelled', lease_until = NULL, worker = NULL, reason = 'the schema went back to a version that cannot erase'
 WHERE j.kind = 'erase' AND j.state = 'erasing';
DELETE FROM telephony_internal.job_transitions t WHERE t.from_state = 'erasing';
DROP TABLE telephony_internal.erasures;
DROP FUNCTION telephony_api.export_org(uuid);
DROP FUNCTION telephony_internal.export_org(uuid);
DROP FUNCTION telephony_internal.tenant_tables();
DROP FUNCTION telephony_api.import_org(uuid, text, text, text, text, text, timestamptz);
DROP FUNCTION telephony_internal.import_org(uuid, text, text, text, text, text, timestamptz);
DROP FUNCTION telephony_api.register_org(uuid);
DROP FUNCTION telephony_internal.register_org(uuid);
DROP FUNCTION telephony_internal.no_such_organization(uuid);
DROP FUNCTION telephony_internal.require_org_id(uuid);
DROP FUNCTION telephony_api.release_number();
DROP FUNCTION telephony_internal.release_number();
DROP FUNCTION telephony_internal.give_back_number(uuid, text);
DROP FUNCTION telephony_internal.active_forwardings(uuid);
DELETE FROM telephony_internal.tier_privileges p
 WHERE p.object ~ '\.(release_number|register_org|import_org|export_org|erase_org|erasure_log|replay_erasures)\(' OR p.object = 'telephony_api.country_counts()';
