-- What a tenant brings from Twilio: its account's sealed credentials and its regulatory profiles.

CREATE TABLE telephony_internal.twilio_credentials (
    org_id       uuid PRIMARY KEY REFERENCES telephony_api.organizations,
    account_sid  text NOT NULL CHECK (account_sid ~ '^AC[0-9a-f]{32}$'),
    sealed       bytea NOT NULL CHECK (octet_length(sealed) BETWEEN 100 AND 1024),
    key_id       text NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),
    generation   uuid NOT NULL DEFAULT gen_random_uuid(),
    status       text NOT NULL DEFAULT 'unverified' CHECK (status IN ('unverified', 'verified', 'refused')),
    account_type text CHECK (account_type IN ('Trial', 'Full')),
    problem      text CHECK (problem IS NOT NULL OR status <> 'refused'),
    problem_code text CHECK ((problem_code IS NOT NULL) = (problem IS NOT NULL)),
    set_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    verified_at  timestamptz CHECK (verified_at IS NOT NULL OR status <> 'verified'),
    check_after  timestamptz DEFAULT now() CHECK (check_after IS NOT NULL OR status <> 'unverified')
);
CREATE INDEX twilio_credentials_to_check ON telephony_internal.twilio_credentials (check_after)
    WHERE check_after IS NOT NULL;
COMMENT ON TABLE telephony_internal.twilio_credentials IS
    'Each organization''s own Twilio account. The token is in a libsodium sealed box that only telephonyd can open.';
COMMENT ON COLUMN telephony_internal.twilio_credentials.org_id IS 'The organization; the box names it too.';
COMMENT ON COLUMN telephony_internal.twilio_credentials.account_sid IS 'Its account; the box names it too.';
COMMENT ON COLUMN telephony_internal.twilio_credentials.sealed IS
    'Version byte, key id, sealed box; see docs/credentials.md.';
COMMENT ON COLUMN telephony_internal.twilio_credentials.key_id IS 'Which key of telephonyd opens it.';
COMMENT ON COLUMN telephony_internal.twilio_credentials.generation IS
    'New with every set_twilio_credentials(), kept by a reseal: what a sidecar has learnt of the credentials holds '
    'for one generation.';
COMMENT ON COLUMN telephony_internal.twilio_credentials.status IS
    'unverified: not yet tried at Twilio; verified: a GET of the account showed it active; refused: see problem.';
COMMENT ON COLUMN telephony_internal.twilio_credentials.account_type IS 'Trial or Full, as Twilio says.';
COMMENT ON COLUMN telephony_internal.twilio_credentials.problem IS
    'Why they are refused and what to do; shown to the organization.';
COMMENT ON COLUMN telephony_internal.twilio_credentials.problem_code IS
    'The problem as a code of reason_codes().';
COMMENT ON COLUMN telephony_internal.twilio_credentials.set_at IS 'When they were handed in.';
COMMENT ON COLUMN telephony_internal.twilio_credentials.verified_at IS 'When Twilio last showed the account active.';
COMMENT ON COLUMN telephony_internal.twilio_credentials.check_after IS
    'When a sidecar is to try them (again); NULL: no need.';

CREATE TABLE telephony_internal.regulatory_profiles (
    org_id       uuid NOT NULL REFERENCES telephony_api.organizations,
    country_code text NOT NULL CHECK (country_code ~ '^[A-Z]{2}$'),
    number_type  text NOT NULL CHECK (number_type IN ('Local', 'Mobile', 'TollFree', 'National')),
    address_sid  text CHECK (address_sid ~ '^AD[0-9a-fA-F]{32}$'),
    bundle_sid   text CHECK (bundle_sid ~ '^BU[0-9a-fA-F]{32}$'),
    set_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, country_code, number_type),
    CONSTRAINT regulatory_profiles_say_something CHECK (num_nonnulls(address_sid, bundle_sid) > 0)
);
COMMENT ON TABLE telephony_internal.regulatory_profiles IS
    'Address and regulatory bundle in the organization''s Twilio account that a kind of number is bought with.';
COMMENT ON COLUMN telephony_internal.regulatory_profiles.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_internal.regulatory_profiles.country_code IS
    'Country of the number (not of the people who call).';
COMMENT ON COLUMN telephony_internal.regulatory_profiles.number_type IS 'Kind of number, as in Twilio''s paths.';
COMMENT ON COLUMN telephony_internal.regulatory_profiles.address_sid IS 'AddressSid of the purchase.';
COMMENT ON COLUMN telephony_internal.regulatory_profiles.bundle_sid IS 'BundleSid of the purchase.';
COMMENT ON COLUMN telephony_internal.regulatory_profiles.set_at IS 'When it was set.';
