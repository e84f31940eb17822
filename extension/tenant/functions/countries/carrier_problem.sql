-- tier: owner
CREATE FUNCTION telephony_internal.carrier_problem(carrier telephony_api.carriers) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_type text;
    v_step record;
BEGIN
    FOREACH v_type IN ARRAY ARRAY['total_ai', 'safety_net'] LOOP
        FOR v_step IN
            SELECT d.* FROM telephony.dial_codes(carrier.dialect::text, carrier.safety_net_codes,
                                                 CASE carrier.number_style WHEN 'national' THEN 'e164'
                                                     ELSE carrier.number_style::text END,
                v_type, '+12015550123', CASE WHEN carrier.ring_time_adjustable AND v_type = 'safety_net' THEN 20 END,
                    carrier.service_group) d
        LOOP
            IF carrier.dialect = 'mmi'
                AND NOT (telephony.is_mmi(v_step.activation_code) AND telephony.is_mmi(v_step.deactivation_code)) THEN
                RETURN format('%s: a code cannot be read back', v_type);
            END IF;
        END LOOP;
    END LOOP;
    IF EXISTS (SELECT FROM telephony_api.carriers o
                WHERE o.country_code = carrier.country_code AND o.carrier_name <> carrier.carrier_name
                  AND EXISTS (SELECT FROM unnest(o.carrier_name || o.display_name || o.other_names || o.aliases) n
                              (name)
                               WHERE telephony_internal.carrier_name_rank(carrier, n.name) <= 1)) THEN
        RETURN 'a name or alias is another carrier''s too';
    END IF;
    RETURN NULL;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN SQLERRM;
END
$$;
COMMENT ON FUNCTION telephony_internal.carrier_problem(telephony_api.carriers) IS
    'What keeps the codes of a carrier from being made, or NULL.';
