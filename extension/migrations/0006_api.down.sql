-- 0006 down: removes the exposed functions and what stands behind them.

DROP FUNCTION telephony_api.provisioning_status();
DROP FUNCTION telephony_internal.provisioning_status();
DROP FUNCTION telephony_api.provision_number(text, text);
DROP FUNCTION telephony_internal.provision_number(text, text);
DROP FUNCTION telephony_internal.running_number_job(uuid);
DROP FUNCTION telephony_api.select_country(text);
DROP FUNCTION telephony_internal.select_country(text);
DROP FUNCTION telephony_internal.audited(telephony_api.organizations);
DROP FUNCTION telephony_api.validate_number(text, text);
DROP FUNCTION telephony_api.carriers_of(text);
DROP FUNCTION telephony_api.is_supported_country(text);
DROP FUNCTION telephony_api.supported_countries();
DROP FUNCTION telephony_internal.cache_for(integer);
DROP FUNCTION telephony_internal.resolve_carrier(telephony_api.countries, text);
DROP FUNCTION telephony_internal.resolve_country(text);
DROP FUNCTION telephony_internal.shown(text);
DROP FUNCTION telephony_internal.organization_to_change(uuid);
DROP FUNCTION telephony_internal.is_being_erased(uuid);
DROP FUNCTION telephony_internal.lock_organization(uuid);
DROP FUNCTION telephony_internal.require_org();
DELETE FROM telephony_internal.tier_privileges p
 WHERE p.object ~ '^telephony_api\.[a-z_]+\('
    OR p.object ~ '^telephony_internal\.(require_org|resolve_country|resolve_carrier|cache_for|shown|select_country|provision_number|provisioning_status)\(';
