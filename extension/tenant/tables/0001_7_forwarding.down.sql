DROP TABLE telephony_api.verified_caller_ids;
DROP TABLE telephony_api.hybrid_forwarding_configs;
