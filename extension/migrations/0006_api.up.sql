-- 0006: the exposed functions. telephony_api holds invoker functions only; what needs more rights stands in telephony_internal and takes no organization argument.

-- What every function needs first.

CREATE FUNCTION telephony_internal.require_org() RETURNS uuid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid := telephony.current_org_id();
BEGIN
    IF v_org IS NULL THEN
        RAISE EXCEPTION 'no organization in the token'
            USING ERRCODE = 'PT401', DETAIL = pg_catalog.format('The claim %s is missing or not a uuid.', coalesce(pg_catalog.current_setting('telephony.org_claim', true), 'app_metadata.org_id')),
                  HINT = 'Sign in again, as a member of an organization.';
    END IF;
    RETURN v_org;
END
$$;
COMMENT ON FUNCTION telephony_internal.require_org() IS 'The organization of the request; PT401 when the token names none.';

CREATE FUNCTION telephony_internal.shown(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN value IS NULL THEN 'NULL'
                WHEN value ~ '^[A-Za-z0-9 &_.-]{0,40}$' AND pg_catalog.length(pg_catalog.regexp_replace(value, '[^0-9]', '', 'g')) <= 4 THEN pg_catalog.quote_literal(value)
                ELSE pg_catalog.quote_literal(telephony.mask(pg_catalog.left(value, 40))) END
$$;
COMMENT ON FUNCTION telephony_internal.shown(text) IS 'A refused argument as an error may show it: as it is, unless it could be or hide a telephone number.';

CREATE FUNCTION telephony_internal.resolve_country(country_code text) RETURNS telephony_api.countries
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_country telephony_api.countries;
BEGIN
    SELECT * INTO v_country FROM telephony_api.countries c
     WHERE c.country_code = pg_catalog.upper(pg_catalog.btrim(resolve_country.country_code)) AND c.is_active;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'country not supported: %', telephony_internal.shown(resolve_country.country_code)
            USING ERRCODE = 'PT400',
                  DETAIL = (SELECT 'Supported: ' || coalesce(pg_catalog.string_agg(pg_catalog.format('%s (%s)', c.country_code, c.country_name), ', ' ORDER BY c.country_code), 'none') || '.'
                              FROM telephony_api.countries c WHERE c.is_active),
                  HINT = 'Give one of these two-letter codes; supported_countries() tells what forwarding costs in each.';
    END IF;
    RETURN v_country;
END
$$;
COMMENT ON FUNCTION telephony_internal.resolve_country(text) IS 'The active country with this code, case-insensitive; PT400 lists those there are.';

CREATE FUNCTION telephony_internal.resolve_carrier(country telephony_api.countries, carrier_name text) RETURNS telephony_api.carriers
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_name    text := pg_catalog.lower(pg_catalog.btrim(resolve_carrier.carrier_name));
    v_carrier telephony_api.carriers;
BEGIN
    SELECT * INTO v_carrier FROM telephony_api.carriers c
     WHERE c.country_code = country.country_code AND c.carrier_name = v_name AND c.is_active;
    IF NOT FOUND THEN
        SELECT * INTO v_carrier FROM telephony_api.carriers c
         WHERE c.country_code = country.country_code AND c.aliases @> ARRAY[v_name] AND c.is_active
         ORDER BY c.carrier_name LIMIT 1;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'carrier not known in %: %', country.country_name, telephony_internal.shown(resolve_carrier.carrier_name)
            USING ERRCODE = 'PT400',
                  DETAIL = (SELECT 'Known there: ' || coalesce(pg_catalog.string_agg(c.carrier_name, ', ' ORDER BY c.carrier_name), 'none') || '.'
                              FROM telephony_api.carriers c WHERE c.country_code = country.country_code AND c.is_active),
                  HINT = 'Give one of these names; carriers_of() describes them.';
    END IF;
    RETURN v_carrier;
END
$$;
COMMENT ON FUNCTION telephony_internal.resolve_carrier(telephony_api.countries, text) IS 'The active carrier of a country by slug or alias, case-insensitive; PT400 lists those there are.';

CREATE FUNCTION telephony_internal.cache_for(seconds integer) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$ SELECT pg_catalog.set_config('response.headers', pg_catalog.format('[{"Cache-Control": "public, max-age=%s"}]', seconds), true) $$;
COMMENT ON FUNCTION telephony_internal.cache_for(integer) IS 'Lets the HTTP answer be cached: only for what is the same for everybody.';

-- Reference data: the same for everybody.

CREATE FUNCTION telephony_api.supported_countries()
RETURNS TABLE (country_code text, country_name text, recommended_twilio_country text, forwarding_cost_estimate text, warning_message text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM telephony_internal.cache_for(300);
    RETURN QUERY
        SELECT c.country_code, c.country_name, c.recommended_twilio_country, c.forwarding_cost_estimate, c.warning_message
          FROM telephony_api.countries c WHERE c.is_active ORDER BY c.country_name;
END
$$;
COMMENT ON FUNCTION telephony_api.supported_countries() IS 'The countries an organization can choose, where its number would come from and what forwarding costs there.';

CREATE FUNCTION telephony_api.is_supported_country(country_code text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM telephony_internal.cache_for(300);
    RETURN EXISTS (SELECT FROM telephony_api.countries c
                    WHERE c.country_code = pg_catalog.upper(pg_catalog.btrim(is_supported_country.country_code)) AND c.is_active);
END
$$;
COMMENT ON FUNCTION telephony_api.is_supported_country(text) IS 'Whether a two-letter country code, in either case, can be chosen.';

CREATE FUNCTION telephony_api.carriers_of(country_code text)
RETURNS TABLE (carrier_name text, display_name text, ring_time_adjustable boolean, verified_on date, notes text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_country telephony_api.countries := telephony_internal.resolve_country(carriers_of.country_code);
BEGIN
    PERFORM telephony_internal.cache_for(300);
    RETURN QUERY
        SELECT c.carrier_name, c.display_name, c.ring_time_adjustable, c.verified_on, c.notes
          FROM telephony_api.carriers c WHERE c.country_code = v_country.country_code AND c.is_active ORDER BY c.carrier_name;
END
$$;
COMMENT ON FUNCTION telephony_api.carriers_of(text) IS 'The carriers known in a country. verified_on is empty where no source of the operator itself is known. PT400 lists the supported countries.';

CREATE FUNCTION telephony_api.validate_number(number text, INOUT region text DEFAULT NULL,
    OUT e164 telephony.e164, OUT is_possible boolean, OUT is_valid boolean, OUT number_type telephony.number_type,
    OUT "national" text, OUT international text, OUT problem text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    validate_number.problem := telephony.parse_problem(validate_number.number, validate_number.region);
    validate_number.e164 := telephony.try_parse(validate_number.number, validate_number.region);
    validate_number.is_possible := coalesce(telephony.is_possible(validate_number.e164), false);
    validate_number.is_valid := coalesce(telephony.is_valid(validate_number.e164), false);
    validate_number.region := telephony.region(validate_number.e164);
    validate_number.number_type := telephony.number_type(validate_number.e164);
    validate_number."national" := telephony.format(validate_number.e164, 'national');
    validate_number.international := telephony.format(validate_number.e164, 'international');
END
$$;
COMMENT ON FUNCTION telephony_api.validate_number(text, text) IS 'What a number typed by a person is: its E.164 form, whether it is possible and in the numbering plan, its region and type, how it is written, or the problem with it.';

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

-- An organization and its country.

CREATE FUNCTION telephony_internal.select_country(country_code text)
RETURNS TABLE (org_id uuid, telephony_country text, country_name text, recommended_twilio_country text, warning_message text, carriers jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org     uuid := telephony_internal.require_org();
    v_country telephony_api.countries := telephony_internal.resolve_country(select_country.country_code);
    v_number  telephony.e164;
BEGIN
    INSERT INTO telephony_api.organizations AS o (id, telephony_country) VALUES (v_org, v_country.country_code)
    ON CONFLICT (id) DO UPDATE
       SET telephony_country = excluded.telephony_country,
           forwarding_carrier = CASE WHEN o.telephony_country = excluded.telephony_country THEN o.forwarding_carrier END,
           updated_at = excluded.updated_at
    RETURNING o.assigned_twilio_number INTO v_number;
    RETURN QUERY
        SELECT v_org, v_country.country_code, v_country.country_name, v_country.recommended_twilio_country,
               CASE WHEN v_number IS NULL THEN v_country.warning_message
                    ELSE pg_catalog.concat_ws(' ', v_country.warning_message, pg_catalog.format('Your number %s stays as it is; release it first to get one for the new country.', telephony.mask(v_number))) END,
               (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('carrier_name', c.carrier_name, 'display_name', c.display_name,
                        'ring_time_adjustable', c.ring_time_adjustable, 'verified_on', c.verified_on) ORDER BY c.carrier_name), '[]')
                  FROM telephony_api.carriers c WHERE c.country_code = v_country.country_code AND c.is_active);
END
$$;
COMMENT ON FUNCTION telephony_internal.select_country(text) IS 'Does the work of telephony_api.select_country().';

CREATE FUNCTION telephony_api.select_country(country_code text)
RETURNS TABLE (org_id uuid, telephony_country text, country_name text, recommended_twilio_country text, warning_message text, carriers jsonb)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.select_country(select_country.country_code);
END
$$;
COMMENT ON FUNCTION telephony_api.select_country(text) IS 'Chooses the country your organization calls from, creating the organization here the first time. A number already assigned is not moved; the warning says so. PT400 lists the supported countries.';

-- Numbers: asking for one, looking, giving it back.

CREATE FUNCTION telephony_internal.running_number_job(org_id uuid) RETURNS telephony_internal.jobs
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job telephony_internal.jobs;
BEGIN
    SELECT * INTO v_job FROM telephony_internal.jobs j
     WHERE j.org_id = running_number_job.org_id AND j.kind IN ('provision', 'release') AND j.state NOT IN ('done', 'released', 'cancelled', 'failed')
       FOR UPDATE;
    RETURN v_job;
END
$$;
COMMENT ON FUNCTION telephony_internal.running_number_job(uuid) IS 'The purchase or release under way for an organization, locked; NULL when there is none.';

CREATE FUNCTION telephony_internal.provision_number(country_code text, carrier_name text)
RETURNS TABLE (job_id uuid, state text, number telephony.e164, reason text, created_at timestamptz, updated_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org     uuid := telephony_internal.require_org();
    v_country telephony_api.countries;
    v_carrier text;
    v_row     telephony_api.organizations;
    v_job     telephony_internal.jobs;
    v_own     telephony_internal.twilio_credentials;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    IF provision_number.country_code IS NOT NULL THEN
        v_country := telephony_internal.resolve_country(provision_number.country_code);
        INSERT INTO telephony_api.organizations AS o (id, telephony_country) VALUES (v_org, v_country.country_code)
        ON CONFLICT (id) DO NOTHING;
    END IF;
    -- The row lock makes concurrent requests of one organization wait for each other.
    SELECT * INTO v_row FROM telephony_api.organizations o WHERE o.id = v_org FOR NO KEY UPDATE;
    v_job := telephony_internal.running_number_job(v_org);
    IF v_job.id IS NULL THEN
        IF v_row.assigned_twilio_number IS NOT NULL
           OR EXISTS (SELECT FROM telephony_api.phone_numbers p WHERE p.org_id = v_org AND p.status <> 'released') THEN
            RAISE EXCEPTION 'your organization has a number already: %', telephony.mask(v_row.assigned_twilio_number)
                USING ERRCODE = 'PT409', HINT = 'Use it, or give it back first with release_number().';
        END IF;
        IF coalesce(provision_number.country_code, v_row.telephony_country) IS NULL THEN
            RAISE EXCEPTION 'no country chosen'
                USING ERRCODE = 'PT400', HINT = 'Give country_code, or call select_country() first; supported_countries() lists them.';
        END IF;
        v_country := telephony_internal.resolve_country(coalesce(provision_number.country_code, v_row.telephony_country));
        IF provision_number.carrier_name IS NOT NULL THEN
            v_carrier := (telephony_internal.resolve_carrier(v_country, provision_number.carrier_name)).carrier_name;
        ELSIF v_row.telephony_country = v_country.country_code THEN
            v_carrier := v_row.forwarding_carrier;
        END IF;
        IF telephony_internal.account_of(v_org) IS NULL THEN
            RAISE EXCEPTION 'there is no Twilio account to buy a number in'
                USING ERRCODE = 'PT409', HINT = 'Hand in your organization''s own account with set_twilio_credentials() first.';
        END IF;
        SELECT * INTO v_own FROM telephony_internal.twilio_credentials c WHERE c.org_id = v_org;
        IF v_own.status = 'refused' THEN
            RAISE EXCEPTION 'your Twilio credentials do not work: %', v_own.problem
                USING ERRCODE = 'PT409', HINT = 'Hand them in again with set_twilio_credentials(); twilio_credentials_status() tells how they stand.';
        END IF;
        IF telephony_internal.voice_parameters(v_org) IS NULL THEN
            RAISE EXCEPTION 'numbers cannot be bought yet: nothing is configured to answer their calls'
                USING ERRCODE = 'PT409', HINT = 'The operator must call telephony_internal.set_voice_settings() with a voice URL, an application or a trunk first.';
        END IF;
        UPDATE telephony_api.organizations o
           SET telephony_country = v_country.country_code, forwarding_carrier = v_carrier, updated_at = pg_catalog.now()
         WHERE o.id = v_org;
        INSERT INTO telephony_internal.jobs AS j (org_id, kind, state, deadline_at, country_code)
        SELECT v_org, 'provision', 'queued', pg_catalog.now() + s.job_deadline, v_country.country_code
          FROM telephony_internal.settings s
        RETURNING * INTO v_job;
        PERFORM telephony_internal.wake_sidecars();
    END IF;
    RETURN QUERY SELECT v_job.id, v_job.state, v_job.number, v_job.reason, v_job.created_at, v_job.updated_at;
END
$$;
COMMENT ON FUNCTION telephony_internal.provision_number(text, text) IS 'Does the work of telephony_api.provision_number().';

CREATE FUNCTION telephony_api.provision_number(country_code text DEFAULT NULL, carrier_name text DEFAULT NULL)
RETURNS TABLE (job_id uuid, state text, number telephony.e164, reason text, created_at timestamptz, updated_at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.provision_number(provision_number.country_code, provision_number.carrier_name);
END
$$;
COMMENT ON FUNCTION telephony_api.provision_number(text, text) IS 'Asks for a number for your organization. Returns at once with the job; provisioning_status() tells how it goes. While a job runs, that job is returned. PT409 when there is a number already.';

CREATE FUNCTION telephony_internal.provisioning_status()
RETURNS TABLE (state text, number telephony.e164, country_code text, reason text, job_id uuid, updated_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid := telephony_internal.require_org();
BEGIN
    RETURN QUERY
        SELECT j.state, j.number, j.country_code, j.reason, j.id, j.updated_at
          FROM telephony_internal.jobs j
         WHERE j.org_id = v_org AND j.kind <> 'orphan_release'
         ORDER BY j.created_at DESC, j.state IN ('done', 'released', 'cancelled', 'failed') LIMIT 1;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'none'::text, NULL::telephony.e164, (SELECT o.telephony_country FROM telephony_api.organizations o WHERE o.id = v_org),
                            NULL::text, NULL::uuid, NULL::timestamptz;
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_internal.provisioning_status() IS 'Does the work of telephony_api.provisioning_status().';

CREATE FUNCTION telephony_api.provisioning_status()
RETURNS TABLE (state text, number telephony.e164, country_code text, reason text, job_id uuid, updated_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.provisioning_status();
END
$$;
COMMENT ON FUNCTION telephony_api.provisioning_status() IS 'How the latest job of your organization stands: state, number, and the reason when it waits or failed. State none: nothing was ever asked for.';

CREATE FUNCTION telephony_internal.release_number()
RETURNS TABLE (job_id uuid, state text, number telephony.e164, reason text, created_at timestamptz, updated_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org    uuid := telephony_internal.require_org();
    v_number telephony_api.phone_numbers;
    v_job    telephony_internal.jobs;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    PERFORM FROM telephony_api.organizations o WHERE o.id = v_org FOR NO KEY UPDATE;
    v_job := telephony_internal.running_number_job(v_org);
    IF v_job.kind = 'provision' THEN
        UPDATE telephony_internal.jobs j SET cancel_requested = true, updated_at = pg_catalog.clock_timestamp() WHERE j.id = v_job.id AND NOT j.cancel_requested;
        v_job.cancel_requested := true;
        IF v_job.state = 'queued' THEN
            PERFORM telephony_internal.take_step(v_job, 'cancel', '{}');
        END IF;
        SELECT * INTO v_job FROM telephony_internal.jobs j WHERE j.id = v_job.id;
        PERFORM telephony_internal.wake_sidecars();
    ELSIF v_job.id IS NULL THEN
        UPDATE telephony_api.phone_numbers p SET status = 'releasing'
         WHERE p.org_id = v_org AND p.status = 'live'
        RETURNING * INTO v_number;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'your organization has no number to release'
                USING ERRCODE = 'PT404', HINT = 'provisioning_status() tells how things stand; provision_number() asks for a number.';
        END IF;
        INSERT INTO telephony_internal.jobs AS j (org_id, kind, state, deadline_at, country_code, number, account_sid, number_sid)
        SELECT v_org, 'release', 'releasing', pg_catalog.now() + s.job_deadline, v_number.country_code, v_number.number, v_number.account_sid, v_number.number_sid
          FROM telephony_internal.settings s
        RETURNING * INTO v_job;
        PERFORM telephony_internal.wake_sidecars();
    END IF;
    RETURN QUERY SELECT v_job.id, v_job.state, v_job.number, v_job.reason, v_job.created_at, v_job.updated_at;
END
$$;
COMMENT ON FUNCTION telephony_internal.release_number() IS 'Does the work of telephony_api.release_number().';

CREATE FUNCTION telephony_api.release_number()
RETURNS TABLE (job_id uuid, state text, number telephony.e164, reason text, created_at timestamptz, updated_at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.release_number();
END
$$;
COMMENT ON FUNCTION telephony_api.release_number() IS 'Gives the number of your organization back to Twilio, for good; while a number is being bought, cancels that. PT404 when there is neither.';

INSERT INTO telephony_internal.tier_privileges (tier, privilege, object) VALUES
    ('anon',   'EXECUTE', 'telephony_internal.resolve_country(text)'),
    ('anon',   'EXECUTE', 'telephony_internal.resolve_carrier(telephony_api.countries, text)'),
    ('anon',   'EXECUTE', 'telephony_internal.cache_for(integer)'),
    ('anon',   'EXECUTE', 'telephony_internal.shown(text)'),
    ('anon',   'EXECUTE', 'telephony_api.supported_countries()'),
    ('anon',   'EXECUTE', 'telephony_api.is_supported_country(text)'),
    ('anon',   'EXECUTE', 'telephony_api.carriers_of(text)'),
    ('anon',   'EXECUTE', 'telephony_api.validate_number(text, text)'),
    ('tenant', 'EXECUTE', 'telephony_api.forwarding_codes(text, text, text, text, integer)'),
    ('tenant', 'EXECUTE', 'telephony_api.select_country(text)'),
    ('tenant', 'EXECUTE', 'telephony_internal.select_country(text)'),
    ('tenant', 'EXECUTE', 'telephony_api.provision_number(text, text)'),
    ('tenant', 'EXECUTE', 'telephony_internal.provision_number(text, text)'),
    ('tenant', 'EXECUTE', 'telephony_api.provisioning_status()'),
    ('tenant', 'EXECUTE', 'telephony_internal.provisioning_status()'),
    ('tenant', 'EXECUTE', 'telephony_api.release_number()'),
    ('tenant', 'EXECUTE', 'telephony_internal.release_number()');
