-- 0001 down: removes countries, carriers, access tiers and the settings of the installation.

DROP TABLE telephony_api.carriers;
DROP TABLE telephony_api.countries;
DROP FUNCTION telephony_internal.revoke_access(text, text);
DROP FUNCTION telephony_internal.grant_access(text, text);
DROP FUNCTION telephony_internal.apply_grants();
DROP TABLE telephony_internal.tier_privileges;
DROP TABLE telephony_internal.access_tiers;
DROP FUNCTION telephony_internal.installation_id();
DROP TABLE telephony_internal.settings;
