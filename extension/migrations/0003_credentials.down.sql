-- 0003 down: removes credentials and regulatory profiles.

DROP FUNCTION telephony_internal.credential_of(telephony_internal.twilio_credentials);
DROP TABLE telephony_internal.regulatory_profiles;
DROP TABLE telephony_internal.twilio_credentials;
