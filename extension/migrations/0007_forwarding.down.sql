-- 0007 down: removes dial codes, forwarding configurations and the compatibility view.

DROP VIEW telephony_api.carrier_forwarding_rules;
DROP FUNCTION telephony_internal.code_template(telephony_api.carriers, text);
DROP FUNCTION telephony_api.disable_forwarding_config(uuid);
DROP FUNCTION telephony_internal.disable_forwarding_config(uuid);
DROP FUNCTION telephony_api.confirm_forwarding_config(uuid);
DROP FUNCTION telephony_internal.confirm_forwarding_config(uuid);
DROP FUNCTION telephony_internal.own_forwarding_config(uuid);
DROP FUNCTION telephony_api.create_forwarding_config(text, text, text, text, integer);
DROP FUNCTION telephony_internal.create_forwarding_config(text, text, text, text, integer);
DROP FUNCTION telephony_internal.steps_not_undone(jsonb, jsonb);
DROP FUNCTION telephony_internal.audited(telephony_api.hybrid_forwarding_configs);
DROP FUNCTION telephony_internal.off_codes(telephony_api.hybrid_forwarding_configs);
DROP TABLE telephony_api.hybrid_forwarding_configs;
DROP FUNCTION telephony_api.forwarding_codes(text, text, text, text, integer);
DELETE FROM telephony_internal.tier_privileges p
 WHERE p.object IN ('telephony_api.carrier_forwarding_rules', 'telephony_api.hybrid_forwarding_configs')
    OR p.object ~ '^telephony_internal\.code_template\(' OR p.object ~ '^telephony_api\.forwarding_codes\('
    OR p.object ~ '\.(create|confirm|disable)_forwarding_config\(';
