-- 0002 down: removes tenants, their numbers, the record of changes, the counts and the voice settings.

DROP FUNCTION telephony_internal.voice_parameters(uuid);
DROP FUNCTION telephony_internal.set_voice_settings(text, text, text, text, uuid);
DROP TABLE telephony_internal.voice_settings;
DROP FUNCTION telephony_internal.recount_countries();
DROP FUNCTION telephony_internal.country_counts();
DROP FUNCTION telephony_internal.fold_country_counts();
DROP FUNCTION telephony_internal.put_organization(telephony_api.organizations, telephony_api.organizations);
DROP FUNCTION telephony_internal.count_organization(telephony_api.organizations, telephony_api.organizations);
DROP TABLE telephony_internal.country_counts;
DROP TABLE telephony_internal.country_count_deltas;
DROP FUNCTION telephony_internal.audit(uuid, text, text, jsonb, jsonb);
DROP FUNCTION telephony_internal.request_setting(text);
DROP TABLE telephony_api.audit_log;
DROP FUNCTION telephony_internal.masked(jsonb);
DROP FUNCTION telephony_internal.masked(text);
DROP TABLE telephony_api.phone_numbers;
DROP TABLE telephony_api.organizations;
DELETE FROM telephony_internal.tier_privileges p
 WHERE (p.tier, p.object) IN (
    ('tenant', 'telephony_api.organizations'),
    ('tenant', 'telephony_api.phone_numbers'),
    ('tenant', 'telephony_api.audit_log'),
    ('service', 'telephony_internal.country_counts()'),
    ('sidecar', 'telephony_internal.fold_country_counts()'),
    ('service', 'telephony_internal.set_voice_settings(text, text, text, text, uuid)'));
