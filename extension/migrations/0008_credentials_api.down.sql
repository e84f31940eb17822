-- 0008 down: removes the functions about credentials and regulatory profiles.

DROP FUNCTION telephony_api.set_regulatory_profile(text, text, text, text);
DROP FUNCTION telephony_internal.set_regulatory_profile(text, text, text, text);
DROP FUNCTION telephony_api.remove_twilio_credentials();
DROP FUNCTION telephony_internal.remove_twilio_credentials();
DROP FUNCTION telephony_api.twilio_credentials_status();
DROP FUNCTION telephony_internal.twilio_credentials_status();
DROP FUNCTION telephony_api.set_twilio_credentials(text, text);
DROP FUNCTION telephony_internal.set_twilio_credentials(text, text);
DROP FUNCTION telephony_internal.audited(telephony_internal.twilio_credentials);
DROP FUNCTION telephony_internal.shown_credentials(telephony_internal.twilio_credentials);
DROP FUNCTION telephony_internal.what_needs_account(uuid, text);
DROP FUNCTION telephony_internal.reseal_credential(uuid, uuid, text, bytea);
DROP FUNCTION telephony_internal.list_credentials();
DROP FUNCTION telephony_internal.report_credential(uuid, uuid, text, text, text, integer);
DROP FUNCTION telephony_internal.claim_credential_checks(integer, integer);
DROP FUNCTION telephony_internal.hurry_jobs(uuid);
DELETE FROM telephony_internal.tier_privileges p
 WHERE p.object ~ '\.(set|remove)_twilio_credentials\(' OR p.object ~ '\.(twilio_credentials_status|set_regulatory_profile)\('
    OR p.object ~ '^telephony_internal\.(claim_credential_checks|report_credential|list_credentials|reseal_credential)\(';
