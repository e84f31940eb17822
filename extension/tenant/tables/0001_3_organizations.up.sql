-- Tenants and their numbers under row-level security, the audit log, the counts by country, and the voice settings a
-- number is bought with.

-- tier: tenant
CREATE TABLE telephony_api.organizations (
    id                     uuid PRIMARY KEY,
    telephony_country      text,
    assigned_twilio_number telephony_api.phone_number,
    forwarding_carrier     text,
    created_at             timestamptz NOT NULL DEFAULT now(),
    updated_at             timestamptz NOT NULL DEFAULT now(),
    original_id            text CONSTRAINT organizations_id_is_of_original CHECK (telephony.org_uuid(original_id) = id)
);
CREATE INDEX organizations_telephony_country ON telephony_api.organizations (telephony_country, forwarding_carrier);
COMMENT ON TABLE telephony_api.organizations IS
    'The organizations telephony knows. Rows appear by the first call that changes something, register_org() or '
    'import_org(); the id is the one in the JWT, or telephony.org_uuid() of the text there.';
COMMENT ON COLUMN telephony_api.organizations.id IS
    'The organization id of the application, as the JWT carries it, or telephony.org_uuid() of the text there.';
COMMENT ON COLUMN telephony_api.organizations.telephony_country IS 'Country its people call from.';
COMMENT ON COLUMN telephony_api.organizations.assigned_twilio_number IS 
    'The live number, NULL while there is none: one that is being released is the organization''s no more.';
COMMENT ON COLUMN telephony_api.organizations.forwarding_carrier IS
    'Carrier last used in that country, a slug of carriers: by the latest configuration, or as chosen since.';
COMMENT ON COLUMN telephony_api.organizations.created_at IS 'When the row was made.';
COMMENT ON COLUMN telephony_api.organizations.updated_at IS 'When the row was last changed.';
COMMENT ON COLUMN telephony_api.organizations.original_id IS
    'The text in the JWT that the id is made of; NULL: the JWT carries the id itself, or the text was never told.';

ALTER TABLE telephony_api.organizations ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON telephony_api.organizations FOR SELECT
    USING (id OPERATOR(pg_catalog.=) telephony.current_org_id());
COMMENT ON POLICY own_organization ON telephony_api.organizations IS 'A tenant sees its own row.';

CREATE TABLE telephony_internal.carriers_used (
    org_id       uuid NOT NULL,
    country_code text NOT NULL,
    carrier_name text NOT NULL,
    PRIMARY KEY (org_id, country_code)
);
COMMENT ON TABLE telephony_internal.carriers_used IS
    'The carrier that an organization last used in a country that is not the one it has chosen: forwarding_carrier again '
    'when it chooses that country.';
COMMENT ON COLUMN telephony_internal.carriers_used.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_internal.carriers_used.country_code IS 'The country.';
COMMENT ON COLUMN telephony_internal.carriers_used.carrier_name IS 'Carrier last used there.';

-- tier: tenant
CREATE TABLE telephony_api.phone_numbers (
    org_id       uuid NOT NULL,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    number       telephony_api.phone_number NOT NULL,
    number_sid   text NOT NULL CHECK (number_sid ~ '^PN[0-9a-fA-F]{32}$'),
    account_sid  text NOT NULL CHECK (account_sid ~ '^AC[0-9a-f]{32}$'),
    country_code text NOT NULL,
    status       telephony_api.number_status NOT NULL,
    job_id       uuid NOT NULL,
    purchased_at timestamptz NOT NULL,
    released_at  timestamptz CHECK ((released_at IS NOT NULL) = (status IN ('released', 'written_off'))),
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX phone_numbers_one_live ON telephony_api.phone_numbers (org_id) WHERE released_at IS NULL;
CREATE INDEX phone_numbers_account ON telephony_api.phone_numbers (account_sid) WHERE released_at IS NULL;
CREATE INDEX phone_numbers_sid ON telephony_api.phone_numbers (number_sid) WHERE released_at IS NULL;
COMMENT ON TABLE telephony_api.phone_numbers IS 'Numbers bought for an organization, those no longer its own too.';
COMMENT ON COLUMN telephony_api.phone_numbers.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_api.phone_numbers.id IS 'Key within the organization.';
COMMENT ON COLUMN telephony_api.phone_numbers.number IS 'The number.';
COMMENT ON COLUMN telephony_api.phone_numbers.number_sid IS 'Its SID at Twilio: the only authority to release it.';
COMMENT ON COLUMN telephony_api.phone_numbers.account_sid IS 'The Twilio account that holds it.';
COMMENT ON COLUMN telephony_api.phone_numbers.country_code IS 'Country the organization had chosen when it was bought.';
COMMENT ON COLUMN telephony_api.phone_numbers.status IS
    'live, releasing, released, or written_off by an operator; at most one of an organization is live or releasing.';
COMMENT ON COLUMN telephony_api.phone_numbers.job_id IS
    'The job that bought or adopted it; its id is in the tag at Twilio.';
COMMENT ON COLUMN telephony_api.phone_numbers.purchased_at IS 'date_created at Twilio.';
COMMENT ON COLUMN telephony_api.phone_numbers.released_at IS
    'When Twilio confirmed the release, or an operator wrote it off.';

ALTER TABLE telephony_api.phone_numbers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON telephony_api.phone_numbers FOR SELECT
    USING (org_id OPERATOR(pg_catalog.=) telephony.current_org_id());
COMMENT ON POLICY own_organization ON telephony_api.phone_numbers IS 'A tenant sees its own numbers.';

-- tier: tenant
CREATE TABLE telephony_api.audit_log (
    org_id     uuid NOT NULL,
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
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
COMMENT ON TABLE telephony_api.audit_log IS
    'Every change made through the API, oldest first by seq. Append-only; numbers are masked.';
COMMENT ON COLUMN telephony_api.audit_log.org_id IS 'The organization that was changed.';
COMMENT ON COLUMN telephony_api.audit_log.seq IS 'Order of the changes.';
COMMENT ON COLUMN telephony_api.audit_log.at IS 'When.';
COMMENT ON COLUMN telephony_api.audit_log.actor IS
    'The sub claim of the token; the login role where there was no token.';
COMMENT ON COLUMN telephony_api.audit_log.role IS 'Database role of the request, such as authenticated.';
COMMENT ON COLUMN telephony_api.audit_log.action IS 'The function that was called.';
COMMENT ON COLUMN telephony_api.audit_log.entity IS
    'Table of what was changed, with its key within the organization where there are several.';
COMMENT ON COLUMN telephony_api.audit_log.old IS 'Before; NULL: there was nothing.';
COMMENT ON COLUMN telephony_api.audit_log.new IS 'After; NULL: it is gone.';
COMMENT ON COLUMN telephony_api.audit_log.ip IS
    'Address of the client: the element of X-Forwarded-For that the nearest proxy wrote (settings '
    'telephony.client_address_header and trusted_hops); that of the connection where there are no headers.';
COMMENT ON COLUMN telephony_api.audit_log.user_agent IS 'User-Agent of the request, at most 200 characters.';

ALTER TABLE telephony_api.audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON telephony_api.audit_log FOR SELECT
    USING (org_id OPERATOR(pg_catalog.=) telephony.current_org_id());
COMMENT ON POLICY own_organization ON telephony_api.audit_log IS 'A tenant sees what was changed of its own.';

-- Counts by country, never by scanning organizations: every change appends what it adds and takes away, so that writers
-- of one country do not wait for each other.
CREATE TABLE telephony_internal.country_count_deltas (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    country_code text NOT NULL,
    carrier_name text NOT NULL,
    provisioned  boolean NOT NULL,
    change       integer NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);   -- all its rows die young
COMMENT ON TABLE telephony_internal.country_count_deltas IS
    'Changes of country_counts that are not in it yet. Append-only; fold_country_counts() takes them away.';
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
COMMENT ON TABLE telephony_internal.country_counts IS
    'Organizations by country, carrier and whether they have a number, as of the last fold; the truth is this plus '
    'country_count_deltas.';
COMMENT ON COLUMN telephony_internal.country_counts.country_code IS
    'Country chosen; organizations without one are not counted.';
COMMENT ON COLUMN telephony_internal.country_counts.carrier_name IS 'Carrier chosen; empty: none.';
COMMENT ON COLUMN telephony_internal.country_counts.provisioned IS 'Whether a number is assigned.';
COMMENT ON COLUMN telephony_internal.country_counts.organizations IS 'How many.';

-- One table for the default (org_id all zero) and per organization: sent with the purchase, so that a bought number
-- answers.
CREATE TABLE telephony_internal.voice_settings (
    org_id                uuid PRIMARY KEY DEFAULT '00000000-0000-0000-0000-000000000000',
    voice_url             text CHECK (voice_url ~ '^https?://[^[:space:]]+$'),
    voice_application_sid text CHECK (voice_application_sid ~ '^AP[0-9a-fA-F]{32}$'),
    trunk_sid             text CHECK (trunk_sid ~ '^TK[0-9a-fA-F]{32}$'),
    sms_url               text CHECK (sms_url ~ '^https?://[^[:space:]]+$'),
    CONSTRAINT voice_settings_one_way_to_answer CHECK (num_nonnulls(voice_url, voice_application_sid, trunk_sid) = 1)
);
COMMENT ON TABLE telephony_internal.voice_settings IS
    'What answers a call to a number: a URL, an application or a trunk. The row with the all-zero id is the default.';
COMMENT ON COLUMN telephony_internal.voice_settings.org_id IS
    'The organization; all zero: every organization without a row of its own.';
COMMENT ON COLUMN telephony_internal.voice_settings.voice_url IS 'VoiceUrl at Twilio.';
COMMENT ON COLUMN telephony_internal.voice_settings.voice_application_sid IS 'VoiceApplicationSid at Twilio.';
COMMENT ON COLUMN telephony_internal.voice_settings.trunk_sid IS 'TrunkSid at Twilio.';
COMMENT ON COLUMN telephony_internal.voice_settings.sms_url IS 'SmsUrl at Twilio, if any.';
