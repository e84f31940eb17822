-- 0006: the exposed functions. telephony_api holds invoker functions only; what needs more rights stands in telephony_internal and takes no organization argument.

-- What every function needs first.

CREATE FUNCTION telephony_internal.require_org() RETURNS uuid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid := telephony.current_org_id();
BEGIN
    IF coalesce(v_org, '00000000-0000-0000-0000-000000000000') = '00000000-0000-0000-0000-000000000000' THEN
        RAISE EXCEPTION 'no organization in the token'
            USING ERRCODE = 'PT401', DETAIL = pg_catalog.format('The claim %s is missing, zero or not a uuid.', coalesce(pg_catalog.current_setting('telephony.org_claim', true), 'app_metadata.org_id')),
                  HINT = 'Sign in again, as a member of an organization.';
    END IF;
    RETURN v_org;
END
$$;
COMMENT ON FUNCTION telephony_internal.require_org() IS 'The organization of the request; PT401 when the token names none.';

CREATE FUNCTION telephony_internal.lock_organization(org_id uuid) RETURNS telephony_api.organizations
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_row telephony_api.organizations;
BEGIN
    -- Between the two statements another transaction may make the row, or the end of an erasure take it away.
    LOOP
        SELECT * INTO v_row FROM telephony_api.organizations o WHERE o.id = lock_organization.org_id FOR NO KEY UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO telephony_api.organizations AS o (id) VALUES (lock_organization.org_id) ON CONFLICT (id) DO NOTHING;
    END LOOP;
    RETURN v_row;
END
$$;
COMMENT ON FUNCTION telephony_internal.lock_organization(uuid) IS 'The row of an organization, made if there is none, and locked: what comes first in whatever changes anything of it.';

CREATE FUNCTION telephony_internal.is_being_erased(org_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM telephony_internal.jobs j WHERE j.org_id = is_being_erased.org_id AND j.kind = 'erase' AND j.state = 'erasing');
END
$$;
COMMENT ON FUNCTION telephony_internal.is_being_erased(uuid) IS 'Whether an erasure of the organization has begun and not ended.';

CREATE FUNCTION telephony_internal.organization_to_change(org_id uuid) RETURNS telephony_api.organizations
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_row telephony_api.organizations := telephony_internal.lock_organization(organization_to_change.org_id);
BEGIN
    IF telephony_internal.is_being_erased(v_row.id) THEN
        RAISE EXCEPTION 'the organization is being erased'
            USING ERRCODE = 'PT409', DETAIL = 'Its number is given back and all that is kept of it is deleted.',
                  HINT = 'Nothing can be changed any more; provisioning_status() tells how far it is.';
    END IF;
    RETURN v_row;
END
$$;
COMMENT ON FUNCTION telephony_internal.organization_to_change(uuid) IS 'As lock_organization(), but PT409 while the organization is being erased.';

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
    OUT e164 telephony.e164, OUT is_possible boolean, OUT is_valid boolean, OUT number_type telephony.phone_number_type,
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
    validate_number."national" := telephony.format_number(validate_number.e164, 'national');
    validate_number.international := telephony.format_number(validate_number.e164, 'international');
END
$$;
COMMENT ON FUNCTION telephony_api.validate_number(text, text) IS 'What a number typed by a person is: its E.164 form, whether it is possible and in the numbering plan, its region and type, how it is written, or the problem with it.';

-- An organization and its country.

CREATE FUNCTION telephony_internal.audited(organization telephony_api.organizations) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN pg_catalog.to_jsonb(organization) - ARRAY['id', 'created_at', 'updated_at'];
END
$$;
COMMENT ON FUNCTION telephony_internal.audited(telephony_api.organizations) IS 'What the record of changes keeps of an organization.';

CREATE FUNCTION telephony_internal.select_country(country_code text)
RETURNS TABLE (org_id uuid, telephony_country text, country_name text, recommended_twilio_country text, warning_message text, carriers jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org     uuid := telephony_internal.require_org();
    v_country telephony_api.countries := telephony_internal.resolve_country(select_country.country_code);
    v_before  telephony_api.organizations;
    v_after   telephony_api.organizations;
    v_number  telephony.e164;
BEGIN
    v_before := telephony_internal.organization_to_change(v_org);
    v_number := v_before.assigned_twilio_number;
    v_after := v_before;
    v_after.telephony_country := v_country.country_code;
    IF v_before.telephony_country IS DISTINCT FROM v_after.telephony_country THEN
        v_after.forwarding_carrier := NULL;
    END IF;
    PERFORM telephony_internal.put_organization(v_before, v_after);
    PERFORM telephony_internal.audit(v_org, 'select_country', 'organizations', telephony_internal.audited(v_before), telephony_internal.audited(v_after));
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

-- Numbers: asking for one, and looking.

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
    v_after   telephony_api.organizations;
    v_job     telephony_internal.jobs;
    v_own     telephony_internal.twilio_credentials;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    -- The row lock makes concurrent requests of one organization wait for each other.
    v_row := telephony_internal.organization_to_change(v_org);
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
        IF telephony_internal.buyable_kinds(v_org, v_country.country_code) IS NULL THEN
            RAISE EXCEPTION 'a number for % cannot be bought without a regulatory profile', v_country.country_name
                USING ERRCODE = 'PT409',
                      DETAIL = pg_catalog.format('Twilio sells %s numbers in %s only with an approved regulatory bundle, an address or both.',
                          pg_catalog.array_to_string(v_country.number_types, ' and '), pg_catalog.array_to_string(v_country.provision_countries, ' and ')),
                      HINT = pg_catalog.format('Have them approved in your Twilio account, then call set_regulatory_profile() with country_code %s, number_type %s, address_sid (AD...) and bundle_sid (BU...).',
                          v_country.provision_countries[1], pg_catalog.array_to_string(v_country.number_types, ' or '));
        END IF;
        IF telephony_internal.voice_parameters(v_org) IS NULL THEN
            RAISE EXCEPTION 'numbers cannot be bought yet: nothing is configured to answer their calls'
                USING ERRCODE = 'PT409', HINT = 'The operator must call telephony_internal.set_voice_settings() with a voice URL, an application or a trunk first.';
        END IF;
        v_after := v_row;
        v_after.telephony_country := v_country.country_code;
        v_after.forwarding_carrier := v_carrier;
        PERFORM telephony_internal.put_organization(v_row, v_after);
        INSERT INTO telephony_internal.jobs AS j (org_id, kind, state, deadline_at, country_code)
        SELECT v_org, 'provision', 'queued', pg_catalog.now() + s.job_deadline, v_country.country_code
          FROM telephony_internal.settings s
        RETURNING * INTO v_job;
        PERFORM telephony_internal.audit(v_org, 'provision_number', 'organizations', telephony_internal.audited(v_row),
            telephony_internal.audited(v_after) || pg_catalog.jsonb_build_object('job_id', v_job.id));
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

INSERT INTO telephony_internal.tier_privileges (tier, privilege, object) VALUES
    ('anon',   'EXECUTE', 'telephony_internal.resolve_country(text)'),
    ('anon',   'EXECUTE', 'telephony_internal.resolve_carrier(telephony_api.countries, text)'),
    ('anon',   'EXECUTE', 'telephony_internal.cache_for(integer)'),
    ('anon',   'EXECUTE', 'telephony_internal.shown(text)'),
    ('anon',   'EXECUTE', 'telephony_api.supported_countries()'),
    ('anon',   'EXECUTE', 'telephony_api.is_supported_country(text)'),
    ('anon',   'EXECUTE', 'telephony_api.carriers_of(text)'),
    ('anon',   'EXECUTE', 'telephony_api.validate_number(text, text)'),
    ('tenant', 'EXECUTE', 'telephony_internal.require_org()'),
    ('tenant', 'EXECUTE', 'telephony_api.select_country(text)'),
    ('tenant', 'EXECUTE', 'telephony_internal.select_country(text)'),
    ('tenant', 'EXECUTE', 'telephony_api.provision_number(text, text)'),
    ('tenant', 'EXECUTE', 'telephony_internal.provision_number(text, text)'),
    ('tenant', 'EXECUTE', 'telephony_api.provisioning_status()'),
    ('tenant', 'EXECUTE', 'telephony_internal.provisioning_status()');
