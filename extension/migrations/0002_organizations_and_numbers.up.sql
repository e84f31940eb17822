-- 0002: tenants and their numbers under row-level security, the record of changes, counts by country, and the voice settings a number is bought with.

CREATE TABLE telephony_api.organizations (
    id                     uuid PRIMARY KEY,
    telephony_country      text REFERENCES telephony_api.countries,
    assigned_twilio_number telephony.e164,
    forwarding_carrier     text,
    created_at             timestamptz NOT NULL DEFAULT pg_catalog.now(),
    updated_at             timestamptz NOT NULL DEFAULT pg_catalog.now(),
    FOREIGN KEY (telephony_country, forwarding_carrier) REFERENCES telephony_api.carriers (country_code, carrier_name)
);
CREATE INDEX organizations_telephony_country ON telephony_api.organizations (telephony_country, forwarding_carrier);
COMMENT ON TABLE telephony_api.organizations IS 'The organizations telephony knows. Rows appear by the first call that changes something, register_org() or import_org(); the id is the one in the JWT.';
COMMENT ON COLUMN telephony_api.organizations.id IS 'The organization id of the application, as the JWT carries it.';
COMMENT ON COLUMN telephony_api.organizations.telephony_country IS 'Country its people call from.';
COMMENT ON COLUMN telephony_api.organizations.assigned_twilio_number IS 'The live number, NULL while there is none.';
COMMENT ON COLUMN telephony_api.organizations.forwarding_carrier IS 'Carrier last chosen, a slug of carriers.';
COMMENT ON COLUMN telephony_api.organizations.created_at IS 'When the row was made.';
COMMENT ON COLUMN telephony_api.organizations.updated_at IS 'When the row was last changed.';

CREATE TABLE telephony_api.phone_numbers (
    org_id       uuid NOT NULL REFERENCES telephony_api.organizations,
    id           uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
    number       telephony.e164 NOT NULL,
    number_sid   text NOT NULL CHECK (number_sid ~ '^PN[0-9a-fA-F]{32}$'),
    account_sid  text NOT NULL CHECK (account_sid ~ '^AC[0-9a-f]{32}$'),
    country_code text NOT NULL,
    status       text NOT NULL CHECK (status IN ('live', 'releasing', 'released')),
    job_id       uuid NOT NULL,
    purchased_at timestamptz NOT NULL,
    released_at  timestamptz CHECK ((released_at IS NOT NULL) = (status = 'released')),
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX phone_numbers_one_live ON telephony_api.phone_numbers (org_id) WHERE status <> 'released';
CREATE INDEX phone_numbers_account ON telephony_api.phone_numbers (account_sid) WHERE status <> 'released';
CREATE INDEX phone_numbers_sid ON telephony_api.phone_numbers (number_sid) WHERE status <> 'released';
COMMENT ON TABLE telephony_api.phone_numbers IS 'Numbers bought for an organization, the released ones too.';
COMMENT ON COLUMN telephony_api.phone_numbers.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_api.phone_numbers.id IS 'Key within the organization.';
COMMENT ON COLUMN telephony_api.phone_numbers.number IS 'The number.';
COMMENT ON COLUMN telephony_api.phone_numbers.number_sid IS 'Its SID at Twilio: the only authority to release it.';
COMMENT ON COLUMN telephony_api.phone_numbers.account_sid IS 'The Twilio account that holds it.';
COMMENT ON COLUMN telephony_api.phone_numbers.country_code IS 'Country the organization had chosen when it was bought.';
COMMENT ON COLUMN telephony_api.phone_numbers.status IS 'live, releasing or released; at most one not released per organization.';
COMMENT ON COLUMN telephony_api.phone_numbers.job_id IS 'The job that bought or adopted it; its id is in the tag at Twilio.';
COMMENT ON COLUMN telephony_api.phone_numbers.purchased_at IS 'date_created at Twilio.';
COMMENT ON COLUMN telephony_api.phone_numbers.released_at IS 'When Twilio confirmed the release.';

-- No number in the clear where texts are kept: events, reasons, the record of changes.

-- In plpgsql, which keeps its plans: a function in SQL that cannot be inlined is planned at every call.
CREATE FUNCTION telephony_internal.masked(message text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF masked.message ~ '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}(Z|[+-][0-9:]{2,5}))$' THEN
        RETURN masked.message;
    END IF;
    RETURN pg_catalog.regexp_replace(masked.message, '((?<![0-9A-Za-z])|%2[Bb])[+(]?[0-9](?:[ ().-]*[0-9]){2,10}[ ().-]*([0-9](?:[ ().-]*[0-9]){3})(?![0-9A-Za-z])', '******\2', 'g');
END
$$;
COMMENT ON FUNCTION telephony_internal.masked(text) IS 'A text with everything masked that has as many digits as a telephone number, with or without separators; SIDs have not, and a text that is just a uuid or a time stays.';

CREATE FUNCTION telephony_internal.masked(data jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE pg_catalog.jsonb_typeof(masked.data)
             WHEN 'string' THEN pg_catalog.to_jsonb(telephony_internal.masked(masked.data #>> '{}'))
             WHEN 'object' THEN (SELECT coalesce(pg_catalog.jsonb_object_agg(e.key, telephony_internal.masked(e.value)), '{}') FROM pg_catalog.jsonb_each(masked.data) e)
             WHEN 'array' THEN (SELECT coalesce(pg_catalog.jsonb_agg(telephony_internal.masked(a.value) ORDER BY a.ordinality), '[]')
                                  FROM pg_catalog.jsonb_array_elements(masked.data) WITH ORDINALITY a (value, ordinality))
             ELSE masked.data END;
END
$$;
COMMENT ON FUNCTION telephony_internal.masked(jsonb) IS 'The same value with telephone numbers masked in every text within it.';

-- The record of changes: who changed what through the API. Only functions of the owner write here, and nobody changes a row.

CREATE TABLE telephony_api.audit_log (
    org_id     uuid NOT NULL,
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    actor      text NOT NULL,
    role       text NOT NULL,
    action     text NOT NULL,
    entity     text NOT NULL,
    old        jsonb,
    new        jsonb,
    ip         text,
    user_agent text,
    PRIMARY KEY (org_id, seq)
);
COMMENT ON TABLE telephony_api.audit_log IS 'Every change made through the API, oldest first by seq. Append-only; numbers are masked.';
COMMENT ON COLUMN telephony_api.audit_log.org_id IS 'The organization that was changed.';
COMMENT ON COLUMN telephony_api.audit_log.seq IS 'Order of the changes.';
COMMENT ON COLUMN telephony_api.audit_log.at IS 'When.';
COMMENT ON COLUMN telephony_api.audit_log.actor IS 'The sub claim of the token; the login role where there was no token.';
COMMENT ON COLUMN telephony_api.audit_log.role IS 'Database role of the request, such as authenticated.';
COMMENT ON COLUMN telephony_api.audit_log.action IS 'The function that was called.';
COMMENT ON COLUMN telephony_api.audit_log.entity IS 'Table of what was changed, with its key within the organization where there are several.';
COMMENT ON COLUMN telephony_api.audit_log.old IS 'Before; NULL: there was nothing.';
COMMENT ON COLUMN telephony_api.audit_log.new IS 'After; NULL: it is gone.';
COMMENT ON COLUMN telephony_api.audit_log.ip IS 'Address of the client: the element of X-Forwarded-For that the nearest proxy wrote (settings telephony.client_address_header and trusted_hops); that of the connection where there are no headers.';
COMMENT ON COLUMN telephony_api.audit_log.user_agent IS 'User-Agent of the request, at most 200 characters.';

CREATE FUNCTION telephony_internal.request_setting(name text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN nullif(pg_catalog.current_setting(request_setting.name, true), '')::jsonb;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;   -- whoever has SQL may put anything there
END
$$;
COMMENT ON FUNCTION telephony_internal.request_setting(text) IS 'What PostgREST tells of the request (request.jwt.claims, request.headers) as jsonb; NULL where there is none or it is not JSON.';

CREATE FUNCTION telephony_internal.audit(org_id uuid, action text, entity text, before jsonb, after jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_headers jsonb := telephony_internal.request_setting('request.headers');
    -- The same element of the same header that request limits count by.
    v_address text  := pg_catalog.btrim(pg_catalog.split_part(v_headers ->> coalesce(pg_catalog.current_setting('telephony.client_address_header', true), 'x-forwarded-for'), ',',
                           -coalesce(pg_catalog.current_setting('telephony.trusted_hops', true)::integer, 1)));
BEGIN
    IF audit.before = audit.after THEN
        RETURN;
    END IF;
    INSERT INTO telephony_api.audit_log (org_id, actor, role, action, entity, old, new, ip, user_agent)
    VALUES (audit.org_id,
            coalesce(telephony_internal.masked(pg_catalog.left(telephony_internal.request_setting('request.jwt.claims') ->> 'sub', 200)), session_user),
            coalesce(nullif(pg_catalog.current_setting('role'), 'none'), session_user),
            audit.action, audit.entity, telephony_internal.masked(audit.before), telephony_internal.masked(audit.after),
            CASE WHEN v_address ~ '^[0-9A-Fa-f:.]{2,45}$' THEN v_address WHEN v_headers IS NULL THEN pg_catalog.host(pg_catalog.inet_client_addr()) END,
            telephony_internal.masked(pg_catalog.left(v_headers ->> 'user-agent', 200)));
END
$$;
COMMENT ON FUNCTION telephony_internal.audit(uuid, text, text, jsonb, jsonb) IS 'Records a change, with numbers masked; none where before and after are equal.';

-- Counts by country, never by scanning organizations: every change appends what it adds and takes away, so that writers of one country do not wait for each other.

CREATE TABLE telephony_internal.country_count_deltas (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    country_code text NOT NULL,
    carrier_name text NOT NULL,
    provisioned  boolean NOT NULL,
    change       integer NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);   -- all its rows die young
COMMENT ON TABLE telephony_internal.country_count_deltas IS 'Changes of country_counts that are not in it yet. Append-only; fold_country_counts() takes them away.';
COMMENT ON COLUMN telephony_internal.country_count_deltas.id IS 'Key.';
COMMENT ON COLUMN telephony_internal.country_count_deltas.country_code IS 'See country_counts.';
COMMENT ON COLUMN telephony_internal.country_count_deltas.carrier_name IS 'See country_counts.';
COMMENT ON COLUMN telephony_internal.country_count_deltas.provisioned IS 'See country_counts.';
COMMENT ON COLUMN telephony_internal.country_count_deltas.change IS 'Organizations that came (positive) or went.';

CREATE TABLE telephony_internal.country_counts (
    country_code  text NOT NULL,
    carrier_name  text NOT NULL,
    provisioned   boolean NOT NULL,
    organizations bigint NOT NULL,
    PRIMARY KEY (country_code, carrier_name, provisioned)
);
COMMENT ON TABLE telephony_internal.country_counts IS 'Organizations by country, carrier and whether they have a number, as of the last fold; the truth is this plus country_count_deltas.';
COMMENT ON COLUMN telephony_internal.country_counts.country_code IS 'Country chosen; organizations without one are not counted.';
COMMENT ON COLUMN telephony_internal.country_counts.carrier_name IS 'Carrier chosen; empty: none.';
COMMENT ON COLUMN telephony_internal.country_counts.provisioned IS 'Whether a number is assigned.';
COMMENT ON COLUMN telephony_internal.country_counts.organizations IS 'How many.';

CREATE FUNCTION telephony_internal.count_organization(before telephony_api.organizations, after telephony_api.organizations) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (before.telephony_country, before.forwarding_carrier, before.assigned_twilio_number IS NULL)
       IS DISTINCT FROM (after.telephony_country, after.forwarding_carrier, after.assigned_twilio_number IS NULL) THEN
        INSERT INTO telephony_internal.country_count_deltas (country_code, carrier_name, provisioned, change)
        SELECT c.country, coalesce(c.carrier, ''), c.provisioned, c.change
          FROM (VALUES (before.telephony_country, before.forwarding_carrier, before.assigned_twilio_number IS NOT NULL, -1),
                       (after.telephony_country, after.forwarding_carrier, after.assigned_twilio_number IS NOT NULL, 1)) c (country, carrier, provisioned, change)
         WHERE c.country IS NOT NULL;
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_internal.count_organization(telephony_api.organizations, telephony_api.organizations) IS 'Counts a change of an organization; NULL after it: the organization is gone.';

CREATE FUNCTION telephony_internal.put_organization(before telephony_api.organizations, after telephony_api.organizations) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF before::text = after::text THEN
        RETURN;
    END IF;
    UPDATE telephony_api.organizations o
       SET telephony_country = after.telephony_country, forwarding_carrier = after.forwarding_carrier,
           assigned_twilio_number = after.assigned_twilio_number, updated_at = pg_catalog.now()
     WHERE o.id = before.id;
    PERFORM telephony_internal.count_organization(before, after);
END
$$;
COMMENT ON FUNCTION telephony_internal.put_organization(telephony_api.organizations, telephony_api.organizations) IS 'The one way an organization changes: writes and counts what is after, where before is the row as the caller locked it.';

CREATE FUNCTION telephony_internal.fold_country_counts() RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_folded bigint;
BEGIN
    IF NOT pg_catalog.pg_try_advisory_xact_lock(7628140, 2) THEN
        RETURN 0;   -- another sidecar is at it
    END IF;
    WITH taken AS (
        DELETE FROM telephony_internal.country_count_deltas d RETURNING d.*
    ), added AS (
        INSERT INTO telephony_internal.country_counts AS c (country_code, carrier_name, provisioned, organizations)
        SELECT t.country_code, t.carrier_name, t.provisioned, pg_catalog.sum(t.change) FROM taken t GROUP BY t.country_code, t.carrier_name, t.provisioned
        ON CONFLICT ON CONSTRAINT country_counts_pkey DO UPDATE SET organizations = c.organizations + excluded.organizations)
    SELECT pg_catalog.count(*) INTO v_folded FROM taken;
    RETURN v_folded;
END
$$;
COMMENT ON FUNCTION telephony_internal.fold_country_counts() IS 'Adds the deltas up into country_counts and returns how many there were. Run by telephonyd every few seconds: how often changes no answer, only how much a count must read.';

CREATE FUNCTION telephony_internal.country_counts()
RETURNS TABLE (country_code text, carrier_name text, provisioned boolean, organizations bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT c.country_code, nullif(c.carrier_name, ''), c.provisioned, pg_catalog.sum(c.organizations)::bigint
          FROM (SELECT f.country_code, f.carrier_name, f.provisioned, f.organizations FROM telephony_internal.country_counts f
                UNION ALL
                SELECT d.country_code, d.carrier_name, d.provisioned, d.change FROM telephony_internal.country_count_deltas d) c
         GROUP BY c.country_code, c.carrier_name, c.provisioned
        HAVING pg_catalog.sum(c.organizations) <> 0
         ORDER BY 1, 2 NULLS FIRST, 3;
END
$$;
COMMENT ON FUNCTION telephony_internal.country_counts() IS 'Does the work of telephony_api.country_counts().';

CREATE FUNCTION telephony_internal.recount_countries() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    LOCK TABLE telephony_api.organizations IN SHARE MODE;
    LOCK TABLE telephony_internal.country_count_deltas, telephony_internal.country_counts IN EXCLUSIVE MODE;
    DELETE FROM telephony_internal.country_count_deltas;
    DELETE FROM telephony_internal.country_counts;
    INSERT INTO telephony_internal.country_counts (country_code, carrier_name, provisioned, organizations)
    SELECT o.telephony_country, coalesce(o.forwarding_carrier, ''), o.assigned_twilio_number IS NOT NULL, pg_catalog.count(*)
      FROM telephony_api.organizations o WHERE o.telephony_country IS NOT NULL GROUP BY 1, 2, 3;
END
$$;
COMMENT ON FUNCTION telephony_internal.recount_countries() IS 'Counts anew from organizations, which nobody can change meanwhile: after organizations were written by hand. For the owner.';

-- One table for the default (org_id all zero) and per organization: sent with the purchase, so that a bought number answers.
CREATE TABLE telephony_internal.voice_settings (
    org_id                uuid PRIMARY KEY DEFAULT '00000000-0000-0000-0000-000000000000',
    voice_url             text CHECK (voice_url ~ '^https?://[^[:space:]]+$'),
    voice_application_sid text CHECK (voice_application_sid ~ '^AP[0-9a-fA-F]{32}$'),
    trunk_sid             text CHECK (trunk_sid ~ '^TK[0-9a-fA-F]{32}$'),
    sms_url               text CHECK (sms_url ~ '^https?://[^[:space:]]+$'),
    CONSTRAINT voice_settings_one_way_to_answer CHECK (pg_catalog.num_nonnulls(voice_url, voice_application_sid, trunk_sid) = 1)
);
COMMENT ON TABLE telephony_internal.voice_settings IS 'What answers a call to a number: a URL, an application or a trunk. The row with the all-zero id is the default.';
COMMENT ON COLUMN telephony_internal.voice_settings.org_id IS 'The organization; all zero: every organization without a row of its own.';
COMMENT ON COLUMN telephony_internal.voice_settings.voice_url IS 'VoiceUrl at Twilio.';
COMMENT ON COLUMN telephony_internal.voice_settings.voice_application_sid IS 'VoiceApplicationSid at Twilio.';
COMMENT ON COLUMN telephony_internal.voice_settings.trunk_sid IS 'TrunkSid at Twilio.';
COMMENT ON COLUMN telephony_internal.voice_settings.sms_url IS 'SmsUrl at Twilio, if any.';

CREATE FUNCTION telephony_internal.set_voice_settings(
    voice_url text DEFAULT NULL, voice_application_sid text DEFAULT NULL, trunk_sid text DEFAULT NULL, sms_url text DEFAULT NULL, org_id uuid DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF pg_catalog.num_nonnulls(set_voice_settings.voice_url, set_voice_settings.voice_application_sid, set_voice_settings.trunk_sid) <> 1 THEN
        RAISE EXCEPTION 'give exactly one of voice_url, voice_application_sid and trunk_sid'
            USING ERRCODE = '22023', DETAIL = 'Twilio ignores the voice URL of a number that has an application or a trunk, and an application and a trunk exclude each other.';
    ELSIF set_voice_settings.voice_url !~ '^https?://[^[:space:]]+$' OR set_voice_settings.sms_url !~ '^https?://[^[:space:]]+$'
          OR set_voice_settings.voice_application_sid !~ '^AP[0-9a-fA-F]{32}$' OR set_voice_settings.trunk_sid !~ '^TK[0-9a-fA-F]{32}$' THEN
        -- A URL may carry a password: nothing given is shown.
        RAISE EXCEPTION 'not a URL or SID that Twilio takes'
            USING ERRCODE = '22023', HINT = 'URLs begin with http:// or https:// and hold no space; an application is AP, a trunk TK, and 32 hexadecimal digits.';
    END IF;
    INSERT INTO telephony_internal.voice_settings AS v (org_id, voice_url, voice_application_sid, trunk_sid, sms_url)
    VALUES (coalesce(set_voice_settings.org_id, '00000000-0000-0000-0000-000000000000'), set_voice_settings.voice_url,
            set_voice_settings.voice_application_sid, set_voice_settings.trunk_sid, set_voice_settings.sms_url)
    ON CONFLICT ON CONSTRAINT voice_settings_pkey DO UPDATE
       SET voice_url = excluded.voice_url, voice_application_sid = excluded.voice_application_sid,
           trunk_sid = excluded.trunk_sid, sms_url = excluded.sms_url;
END
$$;
COMMENT ON FUNCTION telephony_internal.set_voice_settings(text, text, text, text, uuid) IS 'Says what answers a call: for one organization, or (org_id NULL) for all that have no settings of their own. Used for numbers bought from now on.';

CREATE FUNCTION telephony_internal.voice_parameters(org_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_row telephony_internal.voice_settings;
BEGIN
    SELECT * INTO v_row FROM telephony_internal.voice_settings v
     WHERE v.org_id = ANY (ARRAY[voice_parameters.org_id, '00000000-0000-0000-0000-000000000000'])
     ORDER BY v.org_id = voice_parameters.org_id DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    RETURN pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('VoiceUrl', v_row.voice_url,
        'VoiceApplicationSid', v_row.voice_application_sid, 'TrunkSid', v_row.trunk_sid, 'SmsUrl', v_row.sms_url));
END
$$;
COMMENT ON FUNCTION telephony_internal.voice_parameters(uuid) IS 'The voice settings of an organization as the form parameters of a Twilio purchase; NULL when not even a default is set.';

ALTER TABLE telephony_api.organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE telephony_api.phone_numbers ENABLE ROW LEVEL SECURITY;
ALTER TABLE telephony_api.audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON telephony_api.organizations FOR SELECT USING (id OPERATOR(pg_catalog.=) telephony.current_org_id());
CREATE POLICY own_organization ON telephony_api.phone_numbers FOR SELECT USING (org_id OPERATOR(pg_catalog.=) telephony.current_org_id());
CREATE POLICY own_organization ON telephony_api.audit_log FOR SELECT USING (org_id OPERATOR(pg_catalog.=) telephony.current_org_id());
COMMENT ON POLICY own_organization ON telephony_api.organizations IS 'A tenant sees its own row.';
COMMENT ON POLICY own_organization ON telephony_api.phone_numbers IS 'A tenant sees its own numbers.';
COMMENT ON POLICY own_organization ON telephony_api.audit_log IS 'A tenant sees what was changed of its own.';

INSERT INTO telephony_internal.tier_privileges (tier, privilege, object) VALUES
    ('tenant', 'SELECT', 'telephony_api.organizations'),
    ('tenant', 'SELECT', 'telephony_api.phone_numbers'),
    ('tenant', 'SELECT', 'telephony_api.audit_log'),
    ('service', 'EXECUTE', 'telephony_internal.country_counts()'),
    ('sidecar', 'EXECUTE', 'telephony_internal.fold_country_counts()'),
    ('service', 'EXECUTE', 'telephony_internal.set_voice_settings(text, text, text, text, uuid)');
