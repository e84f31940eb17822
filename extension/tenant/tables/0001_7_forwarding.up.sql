-- How people's own lines are forwarded, and the caller ids that Twilio has verified.

-- tier: tenant
CREATE TABLE telephony_api.hybrid_forwarding_configs (
    org_id                   uuid NOT NULL,
    id                       uuid NOT NULL DEFAULT gen_random_uuid(),
    sim_phone_number         telephony_api.phone_number NOT NULL,
    forwarding_type          telephony_api.forwarding_type NOT NULL,
    country_code             text NOT NULL,
    carrier_name             text NOT NULL,
    twilio_forwarding_number telephony_api.phone_number NOT NULL,
    ring_time_seconds        integer CHECK (ring_time_seconds = ANY ('{5,10,15,20,25,30}')),
    codes                    telephony_api.dial_steps NOT NULL CHECK (jsonb_array_length(codes) > 0),
    superseded_codes         telephony_api.dial_steps NOT NULL DEFAULT '[]',
    status                   telephony_api.forwarding_status NOT NULL DEFAULT 'pending_setup',
    user_confirmed_setup     boolean NOT NULL DEFAULT false,
    confirmed_at             timestamptz,
    forwarding_verdict       telephony_api.forwarding_verdict,
    tested_at                timestamptz,
    created_at               timestamptz NOT NULL DEFAULT now(),
    updated_at               timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT hybrid_forwarding_configs_sim UNIQUE (org_id, sim_phone_number),
    CONSTRAINT hybrid_forwarding_configs_confirmed
        CHECK (user_confirmed_setup = (confirmed_at IS NOT NULL) AND (status <> 'active' OR user_confirmed_setup)),
    CONSTRAINT hybrid_forwarding_configs_tested CHECK ((forwarding_verdict IS NULL) = (tested_at IS NULL)),
    CONSTRAINT hybrid_forwarding_configs_no_loop
        CHECK (sim_phone_number <> twilio_forwarding_number)
);
CREATE INDEX hybrid_forwarding_configs_carrier ON telephony_api.hybrid_forwarding_configs (country_code, carrier_name);
COMMENT ON TABLE telephony_api.hybrid_forwarding_configs IS
    'How a subscriber''s own line is forwarded to the organization''s number: one row a line, with the codes as they were '
    'when they were shown.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.id IS 'Key within the organization.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.sim_phone_number IS 'The line whose calls are forwarded.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.forwarding_type IS
    'total_ai: all calls; safety_net: those not taken.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.country_code IS 'Country of the carrier.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.carrier_name IS 'Carrier of the line, a slug of carriers.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.twilio_forwarding_number IS 'Number the codes forward to.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.ring_time_seconds IS
    'How long the line rings before the call is forwarded; NULL: as the network has it.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.codes IS
    'The steps as generated: activation, deactivation and status codes. Never made again: the off code shown later '
    'undoes the on code that was dialled.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.superseded_codes IS
    'Steps shown for this line earlier that the present codes do not undo: if one was dialled, its deactivation code '
    'ends it.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.status IS
    'pending_setup: codes shown; active: the subscriber says they were dialled; disabled: no longer wanted, the '
    'deactivation codes were shown.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.user_confirmed_setup IS
    'The subscriber says the codes were dialled.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.confirmed_at IS 'When they said so.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.forwarding_verdict IS
    'Result of the last test call: verified, not_forwarded or untestable; NULL: never tested.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.tested_at IS 'When it was tested.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.created_at IS 'When the row was made.';
COMMENT ON COLUMN telephony_api.hybrid_forwarding_configs.updated_at IS 'When it last changed.';

ALTER TABLE telephony_api.hybrid_forwarding_configs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON telephony_api.hybrid_forwarding_configs FOR SELECT
    USING (org_id OPERATOR(pg_catalog.=) telephony.current_org_id());
COMMENT ON POLICY own_organization ON telephony_api.hybrid_forwarding_configs IS
    'A tenant sees its own configurations.';

-- tier: tenant
CREATE TABLE telephony_api.verified_caller_ids (
    org_id          uuid NOT NULL,
    id              uuid NOT NULL DEFAULT gen_random_uuid(),
    phone_number    telephony_api.phone_number NOT NULL,
    friendly_name   text CHECK (length(friendly_name) BETWEEN 1 AND 64),
    status          telephony_api.verification_status NOT NULL DEFAULT 'pending',
    validation_code text CHECK (validation_code IS NULL OR validation_code ~ '^[0-9A-Za-z*#]{1,32}$'
        AND status = 'pending'),
    expires_at      timestamptz CHECK (expires_at IS NOT NULL OR status <> 'verified'),
    verified_at     timestamptz CHECK ((verified_at IS NOT NULL) = (status = 'verified')),
    account_sid     text NOT NULL CHECK (account_sid ~ '^AC[0-9a-f]{32}$'),
    caller_id_sid   text CHECK (caller_id_sid ~ '^PN[0-9a-fA-F]{32}$'),
    made_here       boolean NOT NULL DEFAULT false CHECK (caller_id_sid IS NOT NULL OR NOT made_here),
    checked_at      timestamptz,
    reason          text,
    reason_code     text CHECK ((reason_code IS NOT NULL) = (reason IS NOT NULL)),
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT verified_caller_ids_number UNIQUE (org_id, phone_number)
);
CREATE INDEX verified_caller_ids_to_check ON telephony_api.verified_caller_ids (checked_at) WHERE status = 'verified';
COMMENT ON TABLE telephony_api.verified_caller_ids IS
    'Numbers of an organization that it may show as caller, as Twilio has verified them by a call.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.id IS 'Key within the organization.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.phone_number IS 'The number to be shown.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.friendly_name IS
    'What the organization calls it, at most 64 characters.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.status IS
    'pending: Twilio calls, or is about to; verified; failed: the code was not entered, or Twilio did not call; '
    'expired: nobody answered, or the verification has lapsed.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.validation_code IS
    'What is to be typed during the call, while pending; NULL: not told yet.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.expires_at IS
    'Until when the code counts, known when the call has ended; of a verified one until when it counts as verified.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.verified_at IS 'When Twilio said so.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.account_sid IS
    'Twilio account that it is, or is to be, verified in.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.caller_id_sid IS
    'SID of the caller id at Twilio; NULL: not verified there, as far as is known.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.made_here IS
    'Whether a call of ours has made it at Twilio: the erasure of the organization deletes it there.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.checked_at IS 'When it was last seen at Twilio.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.reason IS
    'Why it failed, has lapsed or waits, and what to do.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.reason_code IS 'The reason as a code of reason_codes().';
COMMENT ON COLUMN telephony_api.verified_caller_ids.created_at IS 'When it was asked for.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.updated_at IS 'When it last changed.';

ALTER TABLE telephony_api.verified_caller_ids ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON telephony_api.verified_caller_ids FOR SELECT
    USING (org_id OPERATOR(pg_catalog.=) telephony.current_org_id());
COMMENT ON POLICY own_organization ON telephony_api.verified_caller_ids IS 'A tenant sees its own caller ids.';
