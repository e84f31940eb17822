-- 0002: tenants and their numbers under row-level security, and the voice settings a number is bought with.

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
COMMENT ON TABLE telephony_api.organizations IS 'The organizations telephony knows. Rows appear by select_country() or provision_number(); the id is the one in the JWT.';
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
CREATE POLICY own_organization ON telephony_api.organizations FOR SELECT USING (id OPERATOR(pg_catalog.=) telephony.current_org_id());
CREATE POLICY own_organization ON telephony_api.phone_numbers FOR SELECT USING (org_id OPERATOR(pg_catalog.=) telephony.current_org_id());
COMMENT ON POLICY own_organization ON telephony_api.organizations IS 'A tenant sees its own row.';
COMMENT ON POLICY own_organization ON telephony_api.phone_numbers IS 'A tenant sees its own numbers.';

INSERT INTO telephony_internal.tier_privileges (tier, privilege, object) VALUES
    ('tenant', 'SELECT', 'telephony_api.organizations'),
    ('tenant', 'SELECT', 'telephony_api.phone_numbers'),
    ('service', 'EXECUTE', 'telephony_internal.set_voice_settings(text, text, text, text, uuid)');
