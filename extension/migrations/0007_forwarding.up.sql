-- 0007: dial codes of a carrier, forwarding configurations with their codes frozen, and the view in the earlier system's shape.

CREATE FUNCTION telephony_api.forwarding_codes(
    country_code text, carrier_name text, forwarding_type text, destination text, INOUT ring_time_seconds integer DEFAULT NULL,
    OUT step integer, OUT condition text, OUT activation_code text, OUT deactivation_code text, OUT status_code text, OUT activation_uri text,
    OUT note text, OUT verified boolean)
RETURNS SETOF record
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_carrier     record;
    v_domestic    boolean;
    v_destination telephony.e164 := forwarding_codes.destination::telephony.e164;
    v_region      text           := telephony.region(v_destination);
    v_style       text;
    v_note        text;
BEGIN
    -- The usual case in one query; what it does not find is an alias, or an error to explain.
    SELECT k.carrier_name, k.display_name, k.dialect, k.safety_net_codes, k.ring_time_adjustable, k.number_style, k.service_group, k.notes, k.verified_on, c.calling_code
      INTO v_carrier
      FROM telephony_api.carriers k JOIN telephony_api.countries c ON c.country_code = k.country_code
     WHERE k.country_code = pg_catalog.upper(forwarding_codes.country_code) AND k.carrier_name = pg_catalog.lower(forwarding_codes.carrier_name)
       AND k.is_active AND c.is_active;
    IF NOT FOUND THEN
        SELECT k.carrier_name, k.display_name, k.dialect, k.safety_net_codes, k.ring_time_adjustable, k.number_style, k.service_group, k.notes, k.verified_on, c.calling_code
          INTO v_carrier
          FROM telephony_internal.resolve_country(forwarding_codes.country_code) c, telephony_internal.resolve_carrier(c, forwarding_codes.carrier_name) k;
        IF v_carrier.carrier_name <> pg_catalog.lower(pg_catalog.btrim(forwarding_codes.carrier_name)) THEN
            v_note := pg_catalog.format('These are the codes of %s, whose network it uses; some of its SIMs may be on another.', v_carrier.display_name);
        END IF;
    END IF;
    v_style := v_carrier.number_style;
    v_note := pg_catalog.concat_ws(' ', v_note, v_carrier.notes);
    IF forwarding_codes.forwarding_type IS NULL OR forwarding_codes.forwarding_type <> ALL (ARRAY['total_ai', 'safety_net']) THEN
        RAISE EXCEPTION 'unknown forwarding type: %', telephony_internal.shown(forwarding_codes.forwarding_type)
            USING ERRCODE = 'PT400', HINT = 'total_ai forwards all calls; safety_net those you do not take.';
    END IF;
    IF v_destination IS NULL THEN
        RAISE EXCEPTION 'no destination given' USING ERRCODE = 'PT400', HINT = 'Give the number to forward to in E.164 form, such as +12025550123.';
    END IF;
    -- Not in the plan: perhaps a new area code, perhaps a number that still holds its trunk prefix and so is another one.
    IF v_region IS NULL AND telephony.try_parse(v_destination::text) OPERATOR(telephony.<>) v_destination THEN
        RAISE EXCEPTION 'destination % is not in canonical form', telephony.mask(v_destination)
            USING ERRCODE = 'PT400', DETAIL = 'It holds a prefix that is dialled only inside its country.', HINT = 'Leave out the 0 after the calling code; validate_number() gives the canonical form.';
    END IF;
    IF NOT telephony.is_possible(v_destination) THEN
        RAISE EXCEPTION 'destination % cannot be a telephone number', telephony.mask(v_destination)
            USING ERRCODE = 'PT400', DETAIL = 'Its length is not one that its country uses; emergency and short numbers cannot be forwarded to.',
                  HINT = 'Check the number; validate_number() tells more.';
    END IF;
    IF v_region IS NULL THEN
        v_note := pg_catalog.concat_ws(' ', v_note, 'The destination is not in the numbering plan of this version: check it before you dial.');
    ELSIF telephony.number_type(v_destination) = 'premium_rate' THEN
        v_note := pg_catalog.concat_ws(' ', v_note, 'The destination is a premium-rate number: each forwarded call costs accordingly.');
    END IF;
    IF forwarding_codes.ring_time_seconds IS NOT NULL THEN
        IF NOT v_carrier.ring_time_adjustable THEN
            RAISE EXCEPTION '% has no code for the ring time', v_carrier.display_name
                USING ERRCODE = 'PT400', HINT = 'Leave ring_time_seconds out.';
        ELSIF forwarding_codes.forwarding_type = 'total_ai' THEN
            RAISE EXCEPTION 'a ring time has no meaning when all calls are forwarded'
                USING ERRCODE = 'PT400', HINT = 'Leave ring_time_seconds out, or choose safety_net.';
        ELSIF forwarding_codes.ring_time_seconds <> ALL (ARRAY[5, 10, 15, 20, 25, 30]) THEN
            RAISE EXCEPTION 'ring time not allowed: % seconds', forwarding_codes.ring_time_seconds
                USING ERRCODE = 'PT400', HINT = 'Allowed are 5, 10, 15, 20, 25 and 30 seconds.';
        END IF;
    END IF;
    -- A national form is read by the carrier's own network: it can only name a number under its calling code.
    v_domestic := telephony.calling_code(v_destination) IS NOT DISTINCT FROM v_carrier.calling_code;
    IF v_carrier.dialect = 'star' AND NOT (v_domestic AND coalesce(v_region, 'US') = ANY (ARRAY['US', 'PR', 'VI', 'GU', 'AS', 'MP'])) THEN
        RAISE EXCEPTION '% forwards only to numbers of the United States', v_carrier.display_name
            USING ERRCODE = 'PT400', HINT = 'Forward to a number of the United States.';
    ELSIF NOT v_domestic THEN
        v_style := 'e164';
        v_note := pg_catalog.concat_ws(' ', v_note, 'The destination is abroad: each forwarded call is billed at the international rate.');
    END IF;
    RETURN QUERY
        SELECT d.ring_time_seconds, d.step, d.condition, d.activation_code, d.deactivation_code, d.status_code, d.activation_uri,
               v_note, v_carrier.verified_on IS NOT NULL AND forwarding_codes.ring_time_seconds IS NULL
          FROM telephony.dial_codes(v_carrier.dialect, v_carrier.safety_net_codes, v_style, forwarding_codes.forwarding_type, v_destination,
                                    forwarding_codes.ring_time_seconds, v_carrier.service_group) d;
END
$$;
COMMENT ON FUNCTION telephony_api.forwarding_codes(text, text, text, text, integer) IS 'The codes to dial, step by step, so that a carrier forwards all calls (total_ai) or the missed ones (safety_net) to the destination, with the codes that undo and query each.';

-- Configurations: what was shown to a person for a line.

CREATE TABLE telephony_api.hybrid_forwarding_configs (
    org_id                   uuid NOT NULL REFERENCES telephony_api.organizations,
    id                       uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
    sim_phone_number         telephony.e164 NOT NULL,
    forwarding_type          text NOT NULL CHECK (forwarding_type IN ('total_ai', 'safety_net')),
    country_code             text NOT NULL,
    carrier_name             text NOT NULL,
    twilio_forwarding_number telephony.e164 NOT NULL,
    ring_time_seconds        integer CHECK (ring_time_seconds = ANY ('{5,10,15,20,25,30}')),
    codes                    jsonb NOT NULL CHECK (pg_catalog.jsonb_typeof(codes) = 'array' AND pg_catalog.jsonb_array_length(codes) > 0),
    superseded_codes         jsonb NOT NULL DEFAULT '[]' CHECK (pg_catalog.jsonb_typeof(superseded_codes) = 'array'),
    status                   text NOT NULL DEFAULT 'pending_setup' CHECK (status IN ('pending_setup', 'active', 'disabled')),
    user_confirmed_setup     boolean NOT NULL DEFAULT false,
    confirmed_at             timestamptz,
    forwarding_verdict       text CHECK (forwarding_verdict IN ('verified', 'not_forwarded', 'untestable')),
    tested_at                timestamptz,
    created_at               timestamptz NOT NULL DEFAULT pg_catalog.now(),
    updated_at               timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT hybrid_forwarding_configs_sim UNIQUE (org_id, sim_phone_number),
    CONSTRAINT hybrid_forwarding_configs_confirmed CHECK (user_confirmed_setup = (confirmed_at IS NOT NULL) AND (status <> 'active' OR user_confirmed_setup)),
    CONSTRAINT hybrid_forwarding_configs_tested CHECK ((forwarding_verdict IS NULL) = (tested_at IS NULL)),
    CONSTRAINT hybrid_forwarding_configs_no_loop CHECK (NOT (sim_phone_number OPERATOR(telephony.=) twilio_forwarding_number)),
    FOREIGN KEY (country_code, carrier_name) REFERENCES telephony_api.carriers (country_code, carrier_name)
);
CREATE INDEX hybrid_forwarding_configs_carrier ON telephony_api.hybrid_forwarding_configs (country_code, carrier_name);
COMMENT ON TABLE telephony_api.hybrid_forwarding_configs IS 'How a person''s own line is forwarded to the organization''s number: one row a line, with the codes as they were when they were shown.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.id IS 'Key within the organization.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.sim_phone_number IS 'The line whose calls are forwarded.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.forwarding_type IS 'total_ai: all calls; safety_net: those not taken.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.country_code IS 'Country of the carrier.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.carrier_name IS 'Carrier of the line, a slug of carriers.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.twilio_forwarding_number IS 'Number the codes forward to.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.ring_time_seconds IS 'How long the line rings before the call is forwarded; NULL: as the network has it.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.codes IS 'The steps as generated: activation, deactivation and status codes. Never made again: the off code shown later undoes the on code that was dialled.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.superseded_codes IS 'Steps shown for this line earlier that the present codes do not undo: if one was dialled, its deactivation code ends it.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.status IS 'pending_setup: codes shown; active: the person says they were dialled; disabled: no longer wanted, the deactivation codes were shown.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.user_confirmed_setup IS 'The person says the codes were dialled.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.confirmed_at IS 'When they said so.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.forwarding_verdict IS 'Result of the last test call: verified, not_forwarded or untestable; NULL: never tested.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.tested_at IS 'When it was tested.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.created_at IS 'When the row was made.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.updated_at IS 'When it last changed.';

ALTER TABLE telephony_api.hybrid_forwarding_configs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON telephony_api.hybrid_forwarding_configs FOR SELECT USING (org_id OPERATOR(pg_catalog.=) telephony.current_org_id());
COMMENT ON POLICY own_organization ON telephony_api.hybrid_forwarding_configs IS 'A tenant sees its own configurations.';

CREATE FUNCTION telephony_internal.off_codes(config telephony_api.hybrid_forwarding_configs) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_catalog.string_agg(DISTINCT s.step ->> 'deactivation_code', ', ')
      FROM pg_catalog.jsonb_array_elements(config.codes || config.superseded_codes) s (step)
$$;
COMMENT ON FUNCTION telephony_internal.off_codes(telephony_api.hybrid_forwarding_configs) IS 'What to dial to undo all that was ever shown for a line.';

CREATE FUNCTION telephony_internal.audited(config telephony_api.hybrid_forwarding_configs) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN config.id IS NOT NULL THEN pg_catalog.jsonb_build_object('sim_phone_number', config.sim_phone_number, 'forwarding_type', config.forwarding_type,
        'country_code', config.country_code, 'carrier_name', config.carrier_name, 'twilio_forwarding_number', config.twilio_forwarding_number,
        'ring_time_seconds', config.ring_time_seconds, 'status', config.status) END
$$;
COMMENT ON FUNCTION telephony_internal.audited(telephony_api.hybrid_forwarding_configs) IS 'What the record of changes keeps of a configuration.';

CREATE FUNCTION telephony_internal.steps_not_undone(earlier jsonb, present jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(pg_catalog.jsonb_agg(e.step ORDER BY e.off), '[]')
      FROM (SELECT DISTINCT ON (s.step ->> 'deactivation_code') s.step, s.step ->> 'deactivation_code' AS off
              FROM pg_catalog.jsonb_array_elements(earlier) WITH ORDINALITY s (step, n)
             ORDER BY s.step ->> 'deactivation_code', s.n DESC) e
     WHERE NOT EXISTS (SELECT FROM pg_catalog.jsonb_array_elements(present) p (step) WHERE p.step ->> 'deactivation_code' = e.off)
$$;
COMMENT ON FUNCTION telephony_internal.steps_not_undone(jsonb, jsonb) IS 'The earlier steps whose deactivation code is not among the present ones; of those with the same code the latest.';

CREATE FUNCTION telephony_internal.create_forwarding_config(sim_phone_number text, country_code text, carrier_name text, forwarding_type text, ring_time_seconds integer)
RETURNS telephony_api.hybrid_forwarding_configs
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org     uuid := telephony_internal.require_org();
    v_country telephony_api.countries := telephony_internal.resolve_country(create_forwarding_config.country_code);
    v_carrier telephony_api.carriers  := telephony_internal.resolve_carrier(v_country, create_forwarding_config.carrier_name);
    v_sim     telephony.e164          := create_forwarding_config.sim_phone_number::telephony.e164;
    v_number  telephony.e164;
    v_codes   jsonb;
    v_old     telephony_api.hybrid_forwarding_configs;
    v_new     telephony_api.hybrid_forwarding_configs;
BEGIN
    PERFORM telephony_internal.organization_to_change(v_org);
    IF v_sim IS NULL OR NOT telephony.is_possible(v_sim)
       OR telephony.region(v_sim) IS NULL AND telephony.try_parse(v_sim::text) OPERATOR(telephony.<>) v_sim THEN
        RAISE EXCEPTION 'the line to forward cannot be a telephone number: %', coalesce(telephony.mask(v_sim), 'none given')
            USING ERRCODE = 'PT400', HINT = 'Give your own number in E.164 form, such as +2348031234567, without the 0 that is dialled inside the country.';
    END IF;
    SELECT p.number INTO v_number FROM telephony_api.phone_numbers p WHERE p.org_id = v_org AND p.status = 'live';
    SELECT * INTO v_old FROM telephony_api.hybrid_forwarding_configs h
     WHERE h.org_id = v_org AND h.sim_phone_number OPERATOR(telephony.=) v_sim FOR UPDATE;
    IF v_old.status = 'active' AND v_old.twilio_forwarding_number OPERATOR(telephony.=) v_number
       AND (v_old.forwarding_type, v_old.country_code, v_old.carrier_name, v_old.ring_time_seconds) IS NOT DISTINCT FROM
           (create_forwarding_config.forwarding_type, v_country.country_code, v_carrier.carrier_name, create_forwarding_config.ring_time_seconds) THEN
        RETURN v_old;
    ELSIF v_old.status = 'active' THEN
        RAISE EXCEPTION 'the line % is being forwarded already', telephony.mask(v_sim)
            USING ERRCODE = 'PT409',
                  DETAIL = pg_catalog.format('To undo that, dial first: %s.', telephony_internal.off_codes(v_old)),
                  HINT = 'Then call disable_forwarding_config() for it, and this function again.';
    ELSIF v_number IS NULL THEN
        RAISE EXCEPTION 'your organization has no number to forward to'
            USING ERRCODE = 'PT409', HINT = 'Ask for one with provision_number() and wait until provisioning_status() says done.';
    END IF;
    IF v_sim OPERATOR(telephony.=) v_number THEN
        RAISE EXCEPTION 'a line cannot be forwarded to itself'
            USING ERRCODE = 'PT400', HINT = 'Give the number of the phone whose calls are to be forwarded, not your organization''s number.';
    END IF;
    SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(f) ORDER BY f.step) INTO v_codes
      FROM telephony_api.forwarding_codes(v_country.country_code, v_carrier.carrier_name, create_forwarding_config.forwarding_type, v_number::text,
                                          create_forwarding_config.ring_time_seconds) f;

    INSERT INTO telephony_api.hybrid_forwarding_configs AS h
        (org_id, sim_phone_number, forwarding_type, country_code, carrier_name, twilio_forwarding_number, ring_time_seconds, codes)
    VALUES (v_org, v_sim, create_forwarding_config.forwarding_type, v_country.country_code, v_carrier.carrier_name, v_number,
            create_forwarding_config.ring_time_seconds, v_codes)
    ON CONFLICT ON CONSTRAINT hybrid_forwarding_configs_sim DO UPDATE
       SET forwarding_type = excluded.forwarding_type, country_code = excluded.country_code, carrier_name = excluded.carrier_name,
           twilio_forwarding_number = excluded.twilio_forwarding_number, ring_time_seconds = excluded.ring_time_seconds, codes = excluded.codes,
           superseded_codes = telephony_internal.steps_not_undone(h.superseded_codes || h.codes, excluded.codes),
           status = 'pending_setup', user_confirmed_setup = false, confirmed_at = NULL, forwarding_verdict = NULL, tested_at = NULL,
           updated_at = excluded.updated_at
    RETURNING * INTO v_new;
    PERFORM telephony_internal.audit(v_org, 'create_forwarding_config', 'hybrid_forwarding_configs/' || v_new.id, telephony_internal.audited(v_old), telephony_internal.audited(v_new));
    RETURN v_new;
END
$$;
COMMENT ON FUNCTION telephony_internal.create_forwarding_config(text, text, text, text, integer) IS 'Does the work of telephony_api.create_forwarding_config().';

CREATE FUNCTION telephony_api.create_forwarding_config(sim_phone_number text, country_code text, carrier_name text, forwarding_type text, ring_time_seconds integer DEFAULT NULL)
RETURNS telephony_api.hybrid_forwarding_configs
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.create_forwarding_config(create_forwarding_config.sim_phone_number, create_forwarding_config.country_code,
        create_forwarding_config.carrier_name, create_forwarding_config.forwarding_type, create_forwarding_config.ring_time_seconds);
END
$$;
COMMENT ON FUNCTION telephony_api.create_forwarding_config(text, text, text, text, integer) IS 'The codes with which one of your lines is forwarded to your organization''s number, kept so that it can be undone. PT409 without a live number, or while the line is forwarded in another way: the detail says what to dial first.';

-- Confirming and disabling: what the person says they did with their phone.

CREATE FUNCTION telephony_internal.own_forwarding_config(id uuid) RETURNS telephony_api.hybrid_forwarding_configs
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org    uuid := telephony_internal.require_org();
    v_config telephony_api.hybrid_forwarding_configs;
BEGIN
    PERFORM telephony_internal.organization_to_change(v_org);
    SELECT * INTO v_config FROM telephony_api.hybrid_forwarding_configs h WHERE h.org_id = v_org AND h.id = own_forwarding_config.id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such forwarding configuration' USING ERRCODE = 'PT404', HINT = 'Read hybrid_forwarding_configs for those of your organization.';
    END IF;
    RETURN v_config;
END
$$;
COMMENT ON FUNCTION telephony_internal.own_forwarding_config(uuid) IS 'A configuration of the organization of the request, locked after the organization; PT404 otherwise.';

CREATE FUNCTION telephony_internal.confirm_forwarding_config(id uuid) RETURNS telephony_api.hybrid_forwarding_configs
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_config telephony_api.hybrid_forwarding_configs := telephony_internal.own_forwarding_config(confirm_forwarding_config.id);
    v_old    jsonb := telephony_internal.audited(v_config);
BEGIN
    IF v_config.status = 'disabled' THEN
        RAISE EXCEPTION 'this forwarding was disabled'
            USING ERRCODE = 'PT409', HINT = 'Call create_forwarding_config() again and dial the codes it shows.';
    ELSIF NOT EXISTS (SELECT FROM telephony_api.phone_numbers p
                       WHERE p.org_id = v_config.org_id AND p.number OPERATOR(telephony.=) v_config.twilio_forwarding_number AND p.status = 'live') THEN
        RAISE EXCEPTION 'the number these codes forward to is no longer your organization''s'
            USING ERRCODE = 'PT409', DETAIL = pg_catalog.format('To undo the forwarding, dial: %s.', telephony_internal.off_codes(v_config)),
                  HINT = 'Then call create_forwarding_config() again: it shows the codes for the number of today.';
    ELSIF v_config.status = 'pending_setup' THEN
        UPDATE telephony_api.hybrid_forwarding_configs h
           SET status = 'active', user_confirmed_setup = true, confirmed_at = pg_catalog.now(), updated_at = pg_catalog.now()
         WHERE h.org_id = v_config.org_id AND h.id = v_config.id
        RETURNING * INTO v_config;
    END IF;
    PERFORM telephony_internal.audit(v_config.org_id, 'confirm_forwarding_config', 'hybrid_forwarding_configs/' || v_config.id, v_old, telephony_internal.audited(v_config));
    RETURN v_config;
END
$$;
COMMENT ON FUNCTION telephony_internal.confirm_forwarding_config(uuid) IS 'Does the work of telephony_api.confirm_forwarding_config().';

CREATE FUNCTION telephony_api.confirm_forwarding_config(id uuid) RETURNS telephony_api.hybrid_forwarding_configs
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.confirm_forwarding_config(confirm_forwarding_config.id);
END
$$;
COMMENT ON FUNCTION telephony_api.confirm_forwarding_config(uuid) IS 'The codes were dialled and the phone confirmed them. PT409 when the configuration was disabled meanwhile.';

CREATE FUNCTION telephony_internal.disable_forwarding_config(id uuid) RETURNS telephony_api.hybrid_forwarding_configs
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_config telephony_api.hybrid_forwarding_configs := telephony_internal.own_forwarding_config(disable_forwarding_config.id);
    v_old    jsonb := telephony_internal.audited(v_config);
BEGIN
    IF v_config.status <> 'disabled' THEN
        UPDATE telephony_api.hybrid_forwarding_configs h SET status = 'disabled', updated_at = pg_catalog.now()
         WHERE h.org_id = v_config.org_id AND h.id = v_config.id
        RETURNING * INTO v_config;
    END IF;
    PERFORM telephony_internal.audit(v_config.org_id, 'disable_forwarding_config', 'hybrid_forwarding_configs/' || v_config.id, v_old, telephony_internal.audited(v_config));
    RETURN v_config;
END
$$;
COMMENT ON FUNCTION telephony_internal.disable_forwarding_config(uuid) IS 'Does the work of telephony_api.disable_forwarding_config().';

CREATE FUNCTION telephony_api.disable_forwarding_config(id uuid) RETURNS telephony_api.hybrid_forwarding_configs
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.disable_forwarding_config(disable_forwarding_config.id);
END
$$;
COMMENT ON FUNCTION telephony_api.disable_forwarding_config(uuid) IS 'The forwarding is no longer wanted. Returns the row: dial its deactivation codes, which undo exactly what was dialled.';

-- The earlier system's shape, for applications that still read it.

CREATE FUNCTION telephony_internal.code_template(carrier telephony_api.carriers, forwarding_type text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_codes text;
BEGIN
    -- Made from a real code, with its number and timer put back to placeholders.
    SELECT pg_catalog.string_agg(d.activation_code, ' ' ORDER BY d.step) INTO v_codes
      FROM telephony.dial_codes(carrier.dialect, carrier.safety_net_codes, CASE carrier.dialect WHEN 'star' THEN 'ten_digits' ELSE 'e164' END,
               code_template.forwarding_type, '+12015550123', CASE WHEN carrier.ring_time_adjustable AND code_template.forwarding_type = 'safety_net' THEN 20 END, carrier.service_group) d;
    RETURN pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(v_codes, '+12015550123', '{number}'), '2015550123', '{number_10}'), '*20#', '*{ring_time}#');
END
$$;
COMMENT ON FUNCTION telephony_internal.code_template(telephony_api.carriers, text) IS 'The codes of a carrier with placeholders: {number} for the E.164 form with +, {number_10} for ten plain digits, {ring_time} for seconds; several codes are separated by a space.';

CREATE VIEW telephony_api.carrier_forwarding_rules WITH (security_invoker = true) AS
SELECT c.country_code, c.country_name, c.recommended_twilio_country,
       coalesce(r.carrier_codes, '{}') AS carrier_codes,
       c.forwarding_cost_estimate, c.warning_message, c.setup_notes, c.is_active
  FROM telephony_api.countries c
  LEFT JOIN LATERAL (
        SELECT pg_catalog.jsonb_object_agg(k.carrier_name, pg_catalog.jsonb_build_object(
                   'total_ai', telephony_internal.code_template(k, 'total_ai'),
                   'safety_net', telephony_internal.code_template(k, 'safety_net'),
                   'deactivate', k.reset_code)) AS carrier_codes
          FROM telephony_api.carriers k
         WHERE k.country_code = c.country_code AND k.is_active) r ON true;
COMMENT ON VIEW telephony_api.carrier_forwarding_rules IS 'Countries and codes in the shape of the earlier system, with corrected codes. New applications call forwarding_codes(), which writes the number as the carrier wants it.';
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.country_code IS 'See countries.';
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.country_name IS 'See countries.';
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.recommended_twilio_country IS 'See countries.';
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.carrier_codes IS '{slug: {total_ai, safety_net, deactivate}} with {number} (E.164 with +), {number_10} (ten plain digits, star codes) and {ring_time}. Several codes are separated by a space and dialled one by one, never in one link. deactivate undoes everything.';
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.forwarding_cost_estimate IS 'See countries.';
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.warning_message IS 'See countries.';
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.setup_notes IS 'See countries.';
COMMENT ON COLUMN telephony_api.carrier_forwarding_rules.is_active IS 'See countries.';

INSERT INTO telephony_internal.tier_privileges (tier, privilege, object) VALUES
    ('anon',    'EXECUTE', 'telephony_internal.code_template(telephony_api.carriers, text)'),
    ('anon',    'SELECT',  'telephony_api.carrier_forwarding_rules'),
    ('tenant',  'EXECUTE', 'telephony_api.forwarding_codes(text, text, text, text, integer)'),
    ('tenant',  'SELECT',  'telephony_api.hybrid_forwarding_configs'),
    ('tenant',  'EXECUTE', 'telephony_api.create_forwarding_config(text, text, text, text, integer)'),
    ('tenant',  'EXECUTE', 'telephony_internal.create_forwarding_config(text, text, text, text, integer)'),
    ('tenant',  'EXECUTE', 'telephony_api.confirm_forwarding_config(uuid)'),
    ('tenant',  'EXECUTE', 'telephony_internal.confirm_forwarding_config(uuid)'),
    ('tenant',  'EXECUTE', 'telephony_api.disable_forwarding_config(uuid)'),
    ('tenant',  'EXECUTE', 'telephony_internal.disable_forwarding_config(uuid)');
