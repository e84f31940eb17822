-- tier: anon
CREATE VIEW telephony_api.carrier_forwarding_rules WITH (security_invoker = true) AS
SELECT c.country_code, c.country_name, c.recommended_twilio_country,
       coalesce(r.carrier_codes, '{}') AS carrier_codes,
       c.forwarding_cost_estimate, c.warning_message, c.setup_notes, c.is_active
  FROM telephony_api.countries c
  LEFT JOIN LATERAL (
        SELECT jsonb_object_agg(k.carrier_name, jsonb_build_object(
                   'total_ai', telephony_internal.code_template(k, 'total_ai'),
                   'safety_net', telephony_internal.code_template(k, 'safety_net'),
                   'deactivate', k.reset_code)) AS carrier_codes
          FROM telephony_api.carriers k
         WHERE k.country_code = c.country_code AND k.is_active) r ON true;
COMMENT ON VIEW telephony_api.carrier_forwarding_rules IS
    'Countries and codes in the shape of the earlier system, with corrected codes. New applications call '
    'forwarding_codes(), which writes the number as the carrier wants it.';
CREATE OR REPLACE TRIGGER not_written INSTEAD OF INSERT OR UPDATE OR DELETE ON telephony_api.carrier_forwarding_rules
    FOR EACH ROW EXECUTE FUNCTION telephony_internal.refuse_write();
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.country_code IS 'See countries.';
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.country_name IS 'See countries.';
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.recommended_twilio_country IS 'See countries.';
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.carrier_codes IS
    '{slug: {total_ai, safety_net, deactivate}} with {number} (E.164 with +), {number_10} (ten plain digits, star '
    'codes) and {ring_time}. Several codes are separated by a space and dialled one by one, never in one link. '
    'deactivate undoes everything.';
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.forwarding_cost_estimate IS 'See countries.';
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.warning_message IS 'See countries.';
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.setup_notes IS 'See countries.';
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.is_active IS 'See countries.';
