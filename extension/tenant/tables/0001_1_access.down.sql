DROP TYPE telephony_internal.granted_right;
DROP TABLE telephony_internal.tier_privileges;
DROP TABLE telephony_internal.access_tiers;
DROP TABLE telephony_internal.settings;
