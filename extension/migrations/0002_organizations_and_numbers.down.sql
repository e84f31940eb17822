-- 0002 down: removes tenants, their numbers and the voice settings.

DROP FUNCTION telephony_internal.voice_parameters(uuid);
DROP FUNCTION telephony_internal.set_voice_settings(text, text, text, text, uuid);
DROP TABLE telephony_internal.voice_settings;
DROP TABLE telephony_api.phone_numbers;
DROP TABLE telephony_api.organizations;
DELETE FROM telephony_internal.tier_privileges p
 WHERE (p.tier, p.object) IN (
    ('tenant', 'telephony_api.organizations'),
    ('tenant', 'telephony_api.phone_numbers'),
    ('service', 'telephony_internal.set_voice_settings(text, text, text, text, uuid)'));
