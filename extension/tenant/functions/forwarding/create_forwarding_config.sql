-- tier: tenant
CREATE FUNCTION telephony_internal.create_forwarding_config(sim_phone_number text, country_code text, carrier_name text,
                                                            forwarding_type text, ring_time_seconds integer)
RETURNS telephony_api.forwarding_config
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org     uuid := telephony_internal.require_org();
    v_country telephony_api.countries := telephony_internal.resolve_country(create_forwarding_config.country_code);
    v_carrier telephony_api.carriers  :=
        telephony_internal.resolve_carrier(v_country, create_forwarding_config.carrier_name);
    v_sim     telephony.e164          :=
        telephony_internal.line_argument(create_forwarding_config.sim_phone_number, v_country.country_code);
    v_number  telephony.e164;
    v_codes   jsonb;
    v_same    boolean;
    v_row     telephony_api.organizations;
    v_old     telephony_api.hybrid_forwarding_configs;
    v_new     telephony_api.hybrid_forwarding_configs;
BEGIN
    v_row := telephony_internal.organization_to_change(v_org);
    SELECT p.number INTO v_number FROM telephony_api.phone_numbers p WHERE p.org_id = v_org AND p.status = 'live';
    SELECT * INTO v_old FROM telephony_api.hybrid_forwarding_configs h
     WHERE h.org_id = v_org AND h.sim_phone_number = v_sim::text FOR UPDATE;
    -- What is wrong with the arguments is told before anybody is asked to dial anything.
    IF v_number IS NOT NULL THEN
        SELECT jsonb_agg(to_jsonb(f) ORDER BY f.step) INTO v_codes
          FROM telephony_api.forwarding_codes(v_country.country_code, v_carrier.carrier_name,
                                              create_forwarding_config.forwarding_type, v_number::text,
                                              create_forwarding_config.ring_time_seconds) f;
    END IF;
    v_same := v_old.twilio_forwarding_number = v_number::text
        AND (v_old.forwarding_type::text, v_old.country_code, v_old.carrier_name, v_old.ring_time_seconds)
            IS NOT DISTINCT FROM
            (create_forwarding_config.forwarding_type, v_country.country_code, v_carrier.carrier_name,
             create_forwarding_config.ring_time_seconds);
    -- Whoever did not get the answer asks again, perhaps after the codes were dialled.
    IF v_same AND v_old.status = 'active' THEN
        RETURN telephony_internal.shown_config(v_old);
    ELSIF v_old.status = 'active' THEN
        PERFORM telephony_internal.refuse('line_forwarded_already',
            format('the line %s is being forwarded already', telephony.mask(v_sim)),
            detail => format('To undo that, dial first: %s.',
                array_to_string(telephony_internal.off_codes(v_old), ', ')),
            hint => format('Then call disable_forwarding_config() for it (id %s), and this function again.', v_old.id));
    ELSIF v_number IS NULL THEN
        PERFORM telephony_internal.refuse('no_number', 'your organization has no number to forward to');
    END IF;
    IF v_sim OPERATOR(telephony.=) v_number THEN
        PERFORM telephony_internal.refuse('line_is_own_number', 'a line cannot be forwarded to itself');
    END IF;
    IF v_same AND v_old.status = 'pending_setup' AND v_old.codes = v_codes THEN
        RETURN telephony_internal.shown_config(v_old);
    END IF;
    INSERT INTO telephony_api.hybrid_forwarding_configs AS h
        (org_id, sim_phone_number, forwarding_type, country_code, carrier_name, twilio_forwarding_number,
         ring_time_seconds, codes)
    VALUES (v_org, v_sim, create_forwarding_config.forwarding_type::telephony_api.forwarding_type,
            v_country.country_code, v_carrier.carrier_name, v_number, create_forwarding_config.ring_time_seconds,
            v_codes)
    ON CONFLICT ON CONSTRAINT hybrid_forwarding_configs_sim DO UPDATE
       SET forwarding_type = excluded.forwarding_type, country_code = excluded.country_code,
           carrier_name = excluded.carrier_name,
           twilio_forwarding_number = excluded.twilio_forwarding_number, ring_time_seconds = excluded.ring_time_seconds,
               codes = excluded.codes,
           superseded_codes = telephony_internal.steps_not_undone(h.superseded_codes || h.codes, excluded.codes),
           status = 'pending_setup', user_confirmed_setup = false, confirmed_at = NULL, forwarding_verdict = NULL,
               tested_at = NULL,
           updated_at = excluded.updated_at
    RETURNING * INTO v_new;
    PERFORM telephony_internal.use_carrier(v_row, v_country.country_code, v_carrier.carrier_name,
                                           'create_forwarding_config');
    PERFORM telephony_internal.audit(v_org, 'create_forwarding_config', 'hybrid_forwarding_configs/' || v_new.id,
                                     telephony_internal.audited(v_old), telephony_internal.audited(v_new));
    RETURN telephony_internal.shown_config(v_new);
END
$$;
COMMENT ON FUNCTION telephony_internal.create_forwarding_config(text, text, text, text, integer) IS
    'Does the work of telephony_api.create_forwarding_config().';

CREATE FUNCTION telephony_api.create_forwarding_config(sim_phone_number text, country_code text, carrier_name text,
                                                       forwarding_type text, ring_time_seconds integer DEFAULT NULL)
RETURNS telephony_api.forwarding_config
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.create_forwarding_config(create_forwarding_config.sim_phone_number,
                                                       create_forwarding_config.country_code,
        create_forwarding_config.carrier_name, create_forwarding_config.forwarding_type,
            create_forwarding_config.ring_time_seconds);
END
$$;
COMMENT ON FUNCTION telephony_api.create_forwarding_config(text, text, text, text, integer) IS
    'The codes with which one of your lines is forwarded to your organization''s number, kept so that it can be '
    'undone. The line may be written as people of that country write it. Asked again for the same, it answers with '
    'the same configuration. no_number (409) without a live number; line_forwarded_already (409) while the line is '
    'forwarded in another way: the detail says what to dial first.';
