DROP TABLE telephony_internal.voice_settings;
DROP TABLE telephony_internal.country_counts;
DROP TABLE telephony_internal.country_count_deltas;
DROP TABLE telephony_api.audit_log;
DROP TABLE telephony_api.phone_numbers;
DROP TABLE telephony_internal.carriers_used;
DROP TABLE telephony_api.organizations;
