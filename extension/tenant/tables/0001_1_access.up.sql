-- The settings of this installation, and which role may do what.

-- tier: anon USAGE telephony
-- tier: anon USAGE telephony_api
-- tier: anon USAGE telephony_internal
-- tier: sidecar USAGE telephony_internal
-- tier: anon EXECUTE telephony.check_request()

CREATE TABLE telephony_internal.settings (
    only_row             boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    installation         uuid NOT NULL DEFAULT gen_random_uuid(),
    mode                 text NOT NULL DEFAULT 'normal' CHECK (mode IN ('normal', 'recovery')),
    system_identifier    text,
    timeline             text,
    platform_account_sid text CHECK (platform_account_sid ~ '^AC[0-9a-f]{32}$'),
    late_horizon         interval NOT NULL DEFAULT '24 hours' CHECK (late_horizon > '0' AND late_horizon <= '30 days'),
    request_life         interval NOT NULL DEFAULT '90 seconds' CHECK (request_life > '0' AND request_life <= '1 hour'),
    absence_window       interval NOT NULL DEFAULT '2 minutes' CHECK (absence_window BETWEEN '0' AND '1 day'),
    absence_observations integer NOT NULL DEFAULT 3 CHECK (absence_observations BETWEEN 2 AND 1000),
    absence_poll         interval NOT NULL DEFAULT '15 seconds' CHECK (absence_poll BETWEEN '0' AND '1 hour'),
    job_deadline         interval NOT NULL DEFAULT '1 hour' CHECK (job_deadline > '0' AND job_deadline <= '30 days'),
    purchases_per_hour   integer NOT NULL DEFAULT 5 CHECK (purchases_per_hour > 0),
    searches_per_hour    integer NOT NULL DEFAULT 30 CHECK (searches_per_hour > 0),
    caller_id_calls_per_day integer NOT NULL DEFAULT 3 CHECK (caller_id_calls_per_day > 0),
    caller_ids_per_day   integer NOT NULL DEFAULT 5 CHECK (caller_ids_per_day > 0),
    calls_per_hour       integer NOT NULL DEFAULT 10 CHECK (calls_per_hour > 0),
    calls_per_day        integer NOT NULL DEFAULT 1000 CHECK (calls_per_day >= 0),
    call_price_limit     numeric NOT NULL DEFAULT 0.50 CHECK (call_price_limit >= 0),
    call_prices_per_day  numeric NOT NULL DEFAULT 50 CHECK (call_prices_per_day >= 0),
    call_price_unit      text NOT NULL DEFAULT 'USD' CHECK (call_price_unit ~ '^[A-Z]{3}$'),
    call_deadline        interval NOT NULL DEFAULT '10 minutes' CHECK (call_deadline BETWEEN '1 second' AND '1 day'),
    call_time_limit      interval NOT NULL DEFAULT '75 seconds' CHECK (call_time_limit BETWEEN '1 second'
        AND '10 minutes'),
    call_poll            interval NOT NULL DEFAULT '2 seconds' CHECK (call_poll BETWEEN '0' AND '1 minute'),
    caller_id_grace      interval NOT NULL DEFAULT '15 seconds' CHECK (caller_id_grace BETWEEN '0' AND '10 minutes'),
    caller_id_life       interval NOT NULL DEFAULT '180 days' CHECK (caller_id_life > '0'),
    caller_id_check      interval NOT NULL DEFAULT '1 day' CHECK (caller_id_check > '0'),
    org_claim_type       text CHECK (org_claim_type IN ('uuid', 'text'))
);
COMMENT ON TABLE telephony_internal.settings IS
    'One row: who this installation is and how patient it is with Twilio. The owner may UPDATE the intervals.';
COMMENT ON COLUMN telephony_internal.settings.installation IS
    'Names this installation in every tag written at Twilio; telephonyd must be configured with the same id.';
COMMENT ON COLUMN telephony_internal.settings.mode IS
    'recovery: the cluster is not the one that ran before (restore, failover): nothing is bought or deleted until '
    'telephonyd resume.';
COMMENT ON COLUMN telephony_internal.settings.system_identifier IS
    'System identifier of the cluster that last ran; NULL until the first sidecar says hello.';
COMMENT ON COLUMN telephony_internal.settings.timeline IS
    'WAL timeline of the cluster that last ran; a restore or failover changes it.';
COMMENT ON COLUMN telephony_internal.settings.platform_account_sid IS
    'Account that telephonyd runs with for organizations without one of their own, as its last hello() said; NULL: '
    'none.';
COMMENT ON COLUMN telephony_internal.settings.late_horizon IS
    'How long a purchase request may still take effect at Twilio after it was sent; a number once asked for is not '
    'offered again before.';
COMMENT ON COLUMN telephony_internal.settings.request_life IS
    'Upper bound of one Twilio request; a job whose lease ran out in the middle of a purchase is taken over only '
    'after this has passed too.';
COMMENT ON COLUMN telephony_internal.settings.absence_window IS
    'A number must have been seen absent for this long before an unanswered purchase counts as not made.';
COMMENT ON COLUMN telephony_internal.settings.absence_observations IS 'And at least this many times.';
COMMENT ON COLUMN telephony_internal.settings.absence_poll IS 'Pause between two such looks.';
COMMENT ON COLUMN telephony_internal.settings.job_deadline IS
    'A purchase that has not found a number by then fails with its last reason.';
COMMENT ON COLUMN telephony_internal.settings.purchases_per_hour IS
    'Spend guard: purchases of one organization within an hour, released or not; a further one waits. Refused '
    'purchases do not count.';
COMMENT ON COLUMN telephony_internal.settings.searches_per_hour IS
    'Searches for numbers of one organization within an hour; a further one is refused.';
COMMENT ON COLUMN telephony_internal.settings.caller_id_calls_per_day IS
    'Calls that ask for a code to one number within a day, of all organizations together; a further one is refused.';
COMMENT ON COLUMN telephony_internal.settings.caller_ids_per_day IS
    'Numbers that one organization has called to be verified within a day; a further one is refused.';
COMMENT ON COLUMN telephony_internal.settings.calls_per_hour IS
    'Calls of one organization within an hour; a further one is refused.';
COMMENT ON COLUMN telephony_internal.settings.calls_per_day IS
    'Calls of the whole installation within a day; a further one is not placed. 0: none is.';
COMMENT ON COLUMN telephony_internal.settings.call_price_limit IS
    'The dearest call that is placed, by the price of a minute; one whose price Twilio does not tell is not placed.';
COMMENT ON COLUMN telephony_internal.settings.call_prices_per_day IS
    'What the calls of the whole installation within a day may cost together, each counted as two minutes.';
COMMENT ON COLUMN telephony_internal.settings.call_price_unit IS
    'Currency of the two limits; a price in another one counts as not told.';
COMMENT ON COLUMN telephony_internal.settings.call_deadline IS
    'A call that could not be placed by then fails with its last reason.';
COMMENT ON COLUMN telephony_internal.settings.call_time_limit IS
    'How long a call lasts at most once it is answered, and how long it rings at most.';
COMMENT ON COLUMN telephony_internal.settings.call_poll IS 'Pause between two looks at a call that is under way.';
COMMENT ON COLUMN telephony_internal.settings.caller_id_grace IS
    'How long after the end of its call a verification may still turn up at Twilio.';
COMMENT ON COLUMN telephony_internal.settings.caller_id_life IS
    'How long a caller id counts as verified; then it must be verified anew.';
COMMENT ON COLUMN telephony_internal.settings.caller_id_check IS
    'How often it is looked whether a verified caller id is still at Twilio.';
COMMENT ON COLUMN telephony_internal.settings.org_claim_type IS
    'What telephony.org_claim_type was when the first organization came in, and has to stay; NULL: none has.';
COMMENT ON COLUMN telephony_internal.settings.only_row IS 'Allows one row only.';

INSERT INTO telephony_internal.settings DEFAULT VALUES;

CREATE TABLE telephony_internal.access_tiers (
    role_name  name NOT NULL,
    tier       text NOT NULL CHECK (tier IN ('anon', 'tenant', 'service', 'operator', 'sidecar')),
    granted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (role_name, tier)
);
COMMENT ON TABLE telephony_internal.access_tiers IS 'Roles and the tiers given to them by grant_access().';
COMMENT ON COLUMN telephony_internal.access_tiers.role_name IS 'A database role, such as authenticated.';
COMMENT ON COLUMN telephony_internal.access_tiers.tier IS
    'anon, tenant (includes anon), service (includes tenant), operator (includes service) or sidecar.';
COMMENT ON COLUMN telephony_internal.access_tiers.granted_at IS 'When grant_access() recorded it.';

CREATE TABLE telephony_internal.tier_privileges (
    tier        text NOT NULL CHECK (tier IN ('anon', 'tenant', 'service', 'operator', 'sidecar')),
    privilege   text NOT NULL CHECK (privilege IN ('USAGE', 'SELECT', 'EXECUTE')),
    object      text NOT NULL,
    PRIMARY KEY (tier, privilege, object)
);
COMMENT ON TABLE telephony_internal.tier_privileges IS
    'What each tier is granted: USAGE on a schema, SELECT on a table, EXECUTE on a function. Filled by migrations.';
COMMENT ON COLUMN telephony_internal.tier_privileges.tier IS 'The tier.';
COMMENT ON COLUMN telephony_internal.tier_privileges.privilege IS 'USAGE, SELECT or EXECUTE.';
COMMENT ON COLUMN telephony_internal.tier_privileges.object IS
    'Schema name, table name or function signature, always schema-qualified.';

CREATE TYPE telephony_internal.granted_right AS (
    role_name name,
    privilege text,
    object    text
);
COMMENT ON TYPE telephony_internal.granted_right IS 'A right that a role has, or is to have.';
COMMENT ON COLUMN telephony_internal.granted_right.role_name IS 'The role, or PUBLIC.';
COMMENT ON COLUMN telephony_internal.granted_right.privilege IS 'As in GRANT.';
COMMENT ON COLUMN telephony_internal.granted_right.object IS 'Schema, table, column or function.';
