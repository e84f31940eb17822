-- 0007: forwarding configurations with their codes frozen, the view in the earlier system's shape, and the first self-checks.

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
     WHERE h.status <> 'active'
    RETURNING * INTO v_new;
    IF NOT FOUND THEN
        -- Confirmed by a concurrent request since we looked: judge again.
        RETURN telephony_internal.create_forwarding_config(create_forwarding_config.sim_phone_number, create_forwarding_config.country_code,
            create_forwarding_config.carrier_name, create_forwarding_config.forwarding_type, create_forwarding_config.ring_time_seconds);
    END IF;
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
    SELECT * INTO v_config FROM telephony_api.hybrid_forwarding_configs h WHERE h.org_id = v_org AND h.id = own_forwarding_config.id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such forwarding configuration' USING ERRCODE = 'PT404', HINT = 'Read hybrid_forwarding_configs for those of your organization.';
    END IF;
    RETURN v_config;
END
$$;
COMMENT ON FUNCTION telephony_internal.own_forwarding_config(uuid) IS 'A configuration of the organization of the request, locked; PT404 otherwise.';

CREATE FUNCTION telephony_internal.confirm_forwarding_config(id uuid) RETURNS telephony_api.hybrid_forwarding_configs
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_config telephony_api.hybrid_forwarding_configs := telephony_internal.own_forwarding_config(confirm_forwarding_config.id);
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
BEGIN
    IF v_config.status <> 'disabled' THEN
        UPDATE telephony_api.hybrid_forwarding_configs h SET status = 'disabled', updated_at = pg_catalog.now()
         WHERE h.org_id = v_config.org_id AND h.id = v_config.id
        RETURNING * INTO v_config;
    END IF;
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

-- Is everything as it should be?

CREATE FUNCTION telephony_internal.carrier_problem(carrier telephony_api.carriers) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_type text;
    v_step record;
BEGIN
    FOREACH v_type IN ARRAY ARRAY['total_ai', 'safety_net'] LOOP
        FOR v_step IN
            SELECT d.* FROM telephony.dial_codes(carrier.dialect, carrier.safety_net_codes, CASE carrier.number_style WHEN 'national' THEN 'e164' ELSE carrier.number_style END,
                v_type, '+12015550123', CASE WHEN carrier.ring_time_adjustable AND v_type = 'safety_net' THEN 20 END, carrier.service_group) d
        LOOP
            IF carrier.dialect = 'mmi' AND NOT (telephony.is_mmi(v_step.activation_code) AND telephony.is_mmi(v_step.deactivation_code)) THEN
                RETURN pg_catalog.format('%s: a code cannot be read back', v_type);
            END IF;
        END LOOP;
    END LOOP;
    IF EXISTS (SELECT FROM telephony_api.carriers o
                WHERE o.country_code = carrier.country_code AND o.carrier_name <> carrier.carrier_name
                  AND (o.aliases && carrier.aliases OR carrier.carrier_name = ANY (o.aliases))) THEN
        RETURN 'a name or alias is another carrier''s too';
    END IF;
    RETURN NULL;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN SQLERRM;
END
$$;
COMMENT ON FUNCTION telephony_internal.carrier_problem(telephony_api.carriers) IS 'What keeps the codes of a carrier from being made, or NULL.';

CREATE FUNCTION telephony_internal.self_check() RETURNS TABLE ("check" text, ok boolean, detail text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT 'every carrier''s codes can be made', pg_catalog.count(*) = 0, pg_catalog.string_agg(pg_catalog.format('%s/%s: %s', c.country_code, c.carrier_name, p.problem), '; ')
          FROM telephony_api.carriers c CROSS JOIN LATERAL (SELECT telephony_internal.carrier_problem(c) AS problem) p WHERE p.problem IS NOT NULL;
    RETURN QUERY
        SELECT 'every active country has an active carrier', pg_catalog.count(*) = 0, pg_catalog.string_agg(c.country_code, ', ')
          FROM telephony_api.countries c WHERE c.is_active
           AND NOT EXISTS (SELECT FROM telephony_api.carriers k WHERE k.country_code = c.country_code AND k.is_active);
    RETURN QUERY
        SELECT 'row-level security on every exposed table, with a policy', pg_catalog.count(*) = 0, pg_catalog.string_agg(c.relname, ', ')
          FROM pg_catalog.pg_class c WHERE c.relnamespace = 'telephony_api'::pg_catalog.regnamespace AND c.relkind IN ('r', 'p')
           AND NOT (c.relrowsecurity AND EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid));
    RETURN QUERY
        SELECT 'something answers the calls of a new number', EXISTS (SELECT FROM telephony_internal.voice_settings v WHERE v.org_id = '00000000-0000-0000-0000-000000000000'),
               'telephony_internal.set_voice_settings() sets it'::text;
    RETURN QUERY
        SELECT 'no job waits for a person', pg_catalog.count(*) = 0, pg_catalog.string_agg(j.id::text, ', ') FROM telephony_internal.jobs j WHERE j.state = 'conflict';
    RETURN QUERY
        SELECT 'no job stands still', pg_catalog.count(*) = 0, pg_catalog.string_agg(pg_catalog.format('%s in %s', j.id, j.state), ', ') FROM telephony_internal.jobs j
         WHERE j.state NOT IN ('done', 'released', 'cancelled', 'failed', 'conflict') AND j.deadline_at < pg_catalog.now() AND j.lease_until IS NULL AND j.not_before < pg_catalog.now() - interval '5 minutes';
    RETURN QUERY
        SELECT 'every live number has its claim', pg_catalog.count(*) = 0, pg_catalog.string_agg(p.id::text, ', ') FROM telephony_api.phone_numbers p
         WHERE p.status <> 'released' AND NOT EXISTS (SELECT FROM telephony_internal.number_claims c
               WHERE c.number OPERATOR(telephony.=) p.number AND c.org_id = p.org_id AND c.state = 'live');
    RETURN QUERY
        SELECT 'no line is forwarded to a number that is not held', pg_catalog.count(*) = 0, pg_catalog.string_agg(h.id::text, ', ') FROM telephony_api.hybrid_forwarding_configs h
         WHERE h.status = 'active' AND NOT EXISTS (SELECT FROM telephony_api.phone_numbers p
               WHERE p.org_id = h.org_id AND p.number OPERATOR(telephony.=) h.twilio_forwarding_number AND p.status <> 'released');
    RETURN QUERY
        SELECT 'not in recovery mode', s.mode = 'normal', 'telephonyd reconcile, then telephonyd resume, end it'::text FROM telephony_internal.settings s;
END
$$;
COMMENT ON FUNCTION telephony_internal.self_check() IS 'Does the work of telephony_api.self_check().';

CREATE FUNCTION telephony_api.self_check() RETURNS TABLE ("check" text, ok boolean, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT c."check", c.ok, CASE WHEN NOT c.ok THEN c.detail END FROM telephony_internal.self_check() c;
END
$$;
COMMENT ON FUNCTION telephony_api.self_check() IS 'Whether carriers, countries, row-level security, voice settings, jobs and claims are in order; detail says what is not.';

INSERT INTO telephony_internal.tier_privileges (tier, privilege, object) VALUES
    ('anon',    'EXECUTE', 'telephony_internal.code_template(telephony_api.carriers, text)'),
    ('anon',    'SELECT',  'telephony_api.carrier_forwarding_rules'),
    ('tenant',  'SELECT',  'telephony_api.hybrid_forwarding_configs'),
    ('tenant',  'EXECUTE', 'telephony_api.create_forwarding_config(text, text, text, text, integer)'),
    ('tenant',  'EXECUTE', 'telephony_internal.create_forwarding_config(text, text, text, text, integer)'),
    ('tenant',  'EXECUTE', 'telephony_api.confirm_forwarding_config(uuid)'),
    ('tenant',  'EXECUTE', 'telephony_internal.confirm_forwarding_config(uuid)'),
    ('tenant',  'EXECUTE', 'telephony_api.disable_forwarding_config(uuid)'),
    ('tenant',  'EXECUTE', 'telephony_internal.disable_forwarding_config(uuid)'),
    ('service', 'EXECUTE', 'telephony_api.self_check()'),
    ('service', 'EXECUTE', 'telephony_internal.self_check()');
