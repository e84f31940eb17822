-- The shapes that calls answer with and that exposed tables are made of: an object is of a named type, what is one of
-- a closed set of an enum, a number is text: generators of types know no type of an extension.

CREATE DOMAIN telephony_api.phone_number AS text COLLATE "C"
    CONSTRAINT phone_number_is_e164 CHECK (telephony.is_e164(VALUE));
COMMENT ON DOMAIN telephony_api.phone_number IS
    'A number in E.164 form, as exposed tables have it. It sorts by its digits; cast to telephony.e164, it is compared, '
    'formatted and searched as in docs/numbers.md.';

CREATE TYPE telephony_api.job_kind AS ENUM ('provision', 'release', 'orphan_release', 'adopt', 'configure', 'erase',
    'search');
COMMENT ON TYPE telephony_api.job_kind IS 'What a job does.';

CREATE TYPE telephony_api.job_state AS ENUM ('none', 'queued', 'searching', 'intended', 'buying', 'in_doubt', 'bought',
    'done', 'releasing', 'configuring', 'erasing', 'released', 'written_off', 'conflict', 'cancelled', 'failed');
COMMENT ON TYPE telephony_api.job_state IS
    'Where a job stands; none: nothing was ever asked for. docs/architecture.md shows what leads where.';

CREATE TYPE telephony_api.credential_status AS ENUM ('none', 'unverified', 'verified', 'refused');
COMMENT ON TYPE telephony_api.credential_status IS 'What is known of Twilio credentials; none: none were handed in.';

CREATE TYPE telephony_api.account_type AS ENUM ('Trial', 'Full');
COMMENT ON TYPE telephony_api.account_type IS 'What kind of account Twilio says that it is.';

CREATE TYPE telephony_api.forwarding_type AS ENUM ('total_ai', 'safety_net');
COMMENT ON TYPE telephony_api.forwarding_type IS 'Which calls are forwarded: all, or those that are not taken.';

CREATE TYPE telephony_api.forwarding_condition AS ENUM ('unconditional', 'all_conditional', 'no_reply',
    'not_reachable', 'busy', 'busy_or_no_reply');
COMMENT ON TYPE telephony_api.forwarding_condition IS 'When a code forwards a call.';

CREATE TYPE telephony_api.forwarding_status AS ENUM ('pending_setup', 'active', 'disabled');
COMMENT ON TYPE telephony_api.forwarding_status IS 'Where the forwarding of a line stands.';

CREATE TYPE telephony_api.forwarding_verdict AS ENUM ('verified', 'not_forwarded', 'untestable');
COMMENT ON TYPE telephony_api.forwarding_verdict IS 'What a test call showed.';

CREATE TYPE telephony_api.verification_status AS ENUM ('pending', 'verified', 'failed', 'expired');
COMMENT ON TYPE telephony_api.verification_status IS 'Where the verification of a caller id stands.';

CREATE TYPE telephony_api.number_type AS ENUM ('Local', 'Mobile', 'TollFree', 'National');
COMMENT ON TYPE telephony_api.number_type IS 'Kinds of numbers, as in the paths of Twilio.';

CREATE TYPE telephony_api.number_status AS ENUM ('live', 'releasing', 'released', 'written_off');
COMMENT ON TYPE telephony_api.number_status IS 'Where a number that was bought stands.';

CREATE TYPE telephony_api.dialect AS ENUM ('mmi', 'star');
COMMENT ON TYPE telephony_api.dialect IS
    'What codes of a carrier look like: mmi, 3GPP TS 22.030 codes; star, North American *72 codes.';

CREATE TYPE telephony_api.number_style AS ENUM ('e164', 'national', 'ten_digits', 'eleven_digits');
COMMENT ON TYPE telephony_api.number_style IS
    'How a code writes the number to forward to: e164 (+...), national (trunk prefix), ten_digits, eleven_digits '
    '(leading 1).';

CREATE TYPE telephony_api.country AS (
    country_code text,
    country_name text,
    recommended_twilio_country text,
    forwarding_cost_estimate text,
    warning_message text
);
COMMENT ON TYPE telephony_api.country IS
    'A country that an organization can choose.';
COMMENT ON COLUMN telephony_api.country.country_code IS 'Its two-letter code.';
COMMENT ON COLUMN telephony_api.country.country_name IS 'Its name.';
COMMENT ON COLUMN telephony_api.country.recommended_twilio_country IS 'Where the number comes from.';
COMMENT ON COLUMN telephony_api.country.forwarding_cost_estimate IS 'What forwarding costs there.';
COMMENT ON COLUMN telephony_api.country.warning_message IS 'What a subscriber must know.';

CREATE TYPE telephony_api.carrier AS (
    carrier_name text,
    display_name text,
    ring_time_adjustable boolean,
    verified_on date,
    notes text
);
COMMENT ON TYPE telephony_api.carrier IS
    'A carrier whose forwarding codes are known.';
COMMENT ON COLUMN telephony_api.carrier.carrier_name IS 'Its name for calls.';
COMMENT ON COLUMN telephony_api.carrier.display_name IS 'Its name for people.';
COMMENT ON COLUMN telephony_api.carrier.ring_time_adjustable IS 'Whether a ring time can be dialled.';
COMMENT ON COLUMN telephony_api.carrier.verified_on IS
    'When its codes were last checked against a source of the operator itself; NULL: never.';
COMMENT ON COLUMN telephony_api.carrier.notes IS 'What a subscriber should know; NULL: nothing.';

CREATE TYPE telephony_api.number_check AS (
    e164 text,
    is_possible boolean,
    is_valid boolean,
    region text,
    number_type telephony.phone_number_type,
    "national" text,
    international text,
    extension text,
    problem text,
    problem_code text
);
COMMENT ON TYPE telephony_api.number_check IS
    'What validate_number() says of a number.';
COMMENT ON COLUMN telephony_api.number_check.e164 IS 'The number in E.164 form; NULL: it is none.';
COMMENT ON COLUMN telephony_api.number_check.is_possible IS 'Whether its calling code has numbers of that length.';
COMMENT ON COLUMN telephony_api.number_check.is_valid IS 'Whether it is in the numbering plan.';
COMMENT ON COLUMN telephony_api.number_check.region IS 'Its region.';
COMMENT ON COLUMN telephony_api.number_check.number_type IS 'Its type.';
COMMENT ON COLUMN telephony_api.number_check."national" IS 'As it is written inside its country.';
COMMENT ON COLUMN telephony_api.number_check.international IS 'As it is written abroad.';
COMMENT ON COLUMN telephony_api.number_check.extension IS 'The digits of the extension behind it.';
COMMENT ON COLUMN telephony_api.number_check.problem IS 'Why it is none, or what of the text is no part of it.';
COMMENT ON COLUMN telephony_api.number_check.problem_code IS 'The problem as a reason code.';

CREATE TYPE telephony_api.dial_step AS (
    step integer,
    condition telephony_api.forwarding_condition,
    activation_code text,
    deactivation_code text,
    status_code text,
    activation_uri text,
    deactivation_uri text,
    status_uri text,
    ring_time_seconds integer,
    note text,
    source text,
    verified boolean
);
COMMENT ON TYPE telephony_api.dial_step IS
    'One step of setting a forwarding up: what is dialled, and what undoes and queries it.';
COMMENT ON COLUMN telephony_api.dial_step.step IS 'Its place in the order.';
COMMENT ON COLUMN telephony_api.dial_step.condition IS 'When it forwards a call.';
COMMENT ON COLUMN telephony_api.dial_step.activation_code IS 'What is dialled.';
COMMENT ON COLUMN telephony_api.dial_step.deactivation_code IS 'What undoes it.';
COMMENT ON COLUMN telephony_api.dial_step.status_code IS 'What queries it; NULL: the carrier has no such code.';
COMMENT ON COLUMN telephony_api.dial_step.activation_uri IS 'What is dialled, as a link.';
COMMENT ON COLUMN telephony_api.dial_step.deactivation_uri IS 'What undoes it, as a link.';
COMMENT ON COLUMN telephony_api.dial_step.status_uri IS 'What queries it, as a link.';
COMMENT ON COLUMN telephony_api.dial_step.ring_time_seconds IS 'How long it rings first; NULL: as the carrier has it.';
COMMENT ON COLUMN telephony_api.dial_step.note IS 'What a subscriber should know; NULL: nothing.';
COMMENT ON COLUMN telephony_api.dial_step.source IS
    'Where the codes are from, for whoever looks after carriers: not to be shown to subscribers.';
COMMENT ON COLUMN telephony_api.dial_step.verified IS
    'Whether they were checked against a source of the operator itself.';

CREATE DOMAIN telephony_api.dial_steps AS jsonb
    CONSTRAINT dial_steps_is_list CHECK (jsonb_typeof(VALUE) = 'array');
COMMENT ON DOMAIN telephony_api.dial_steps IS
    'A list of dial_step, kept as it was when it was shown: columns that later versions add are not in it.';

CREATE TYPE telephony_api.forwarded_line AS (
    id uuid,
    sim_phone_number text,
    status telephony_api.forwarding_status,
    deactivation_codes text[]
);
COMMENT ON TYPE telephony_api.forwarded_line IS
    'A line that is forwarded to a number, or may be.';
COMMENT ON COLUMN telephony_api.forwarded_line.id IS 'Its configuration.';
COMMENT ON COLUMN telephony_api.forwarded_line.sim_phone_number IS 'The line.';
COMMENT ON COLUMN telephony_api.forwarded_line.status IS
    'active: the subscriber says that the codes were dialled; pending_setup: they were shown, and may have been.';
COMMENT ON COLUMN telephony_api.forwarded_line.deactivation_codes IS 'What to dial on it to end that.';

CREATE TYPE telephony_api.job AS (
    job_id uuid,
    kind telephony_api.job_kind,
    state telephony_api.job_state,
    country_code text,
    number text,
    reason text,
    reason_code text,
    retry_at timestamptz,
    cancel_requested boolean,
    created_at timestamptz,
    updated_at timestamptz,
    poll_after_seconds integer,
    forwarded_lines telephony_api.forwarded_line[]
);
COMMENT ON TYPE telephony_api.job IS
    'A job as its organization sees it.';
COMMENT ON COLUMN telephony_api.job.job_id IS 'The job; NULL: nothing was ever asked for.';
COMMENT ON COLUMN telephony_api.job.kind IS 'What it does.';
COMMENT ON COLUMN telephony_api.job.state IS 'Where it stands.';
COMMENT ON COLUMN telephony_api.job.country_code IS 'Country it is for.';
COMMENT ON COLUMN telephony_api.job.number IS 'Candidate or number; NULL: none yet.';
COMMENT ON COLUMN telephony_api.job.reason IS 'Why it waits or failed, and what to do.';
COMMENT ON COLUMN telephony_api.job.reason_code IS 'The reason as a code.';
COMMENT ON COLUMN telephony_api.job.retry_at IS 'When it is tried again, if it waits.';
COMMENT ON COLUMN telephony_api.job.cancel_requested IS 'Whether the number is no longer wanted.';
COMMENT ON COLUMN telephony_api.job.created_at IS 'When it was asked for.';
COMMENT ON COLUMN telephony_api.job.updated_at IS 'When it last changed.';
COMMENT ON COLUMN telephony_api.job.poll_after_seconds IS 'When to ask again; NULL: it has ended.';
COMMENT ON COLUMN telephony_api.job.forwarded_lines IS
    'Lines forwarded, or perhaps forwarded, to a number that is released, or being released.';

CREATE TYPE telephony_api.number_offer AS (
    number text,
    formatted text,
    country_code text,
    number_type telephony_api.number_type,
    locality text,
    region text,
    capabilities jsonb,
    monthly_price numeric,
    price_unit text,
    needs_regulatory_profile boolean
);
COMMENT ON TYPE telephony_api.number_offer IS 'A number that Twilio has for sale.';
COMMENT ON COLUMN telephony_api.number_offer.number IS 'The number in E.164 form: provision_number(number) buys it.';
COMMENT ON COLUMN telephony_api.number_offer.formatted IS 'The number as people write it.';
COMMENT ON COLUMN telephony_api.number_offer.country_code IS
    'Country of the number, which need not be the one that was searched for.';
COMMENT ON COLUMN telephony_api.number_offer.number_type IS 'What kind of number it is.';
COMMENT ON COLUMN telephony_api.number_offer.locality IS 'Town; NULL: not told.';
COMMENT ON COLUMN telephony_api.number_offer.region IS 'State or province; NULL: not told.';
COMMENT ON COLUMN telephony_api.number_offer.capabilities IS
    'What its calls and messages may be, as in {"voice": true}; NULL: not told.';
COMMENT ON COLUMN telephony_api.number_offer.monthly_price IS 'What Twilio asks for it each month; NULL: not told.';
COMMENT ON COLUMN telephony_api.number_offer.price_unit IS 'Currency of the price (ISO 4217); NULL: not told.';
COMMENT ON COLUMN telephony_api.number_offer.needs_regulatory_profile IS
    'set_regulatory_profile() must come before a purchase.';

CREATE TYPE telephony_api.number_offers AS (
    search_id uuid,
    state telephony_api.job_state,
    reason text,
    reason_code text,
    expires_at timestamptz,
    poll_after_seconds integer,
    offers telephony_api.number_offer[]
);
COMMENT ON TYPE telephony_api.number_offers IS
    'What a search for numbers has found.';
COMMENT ON COLUMN telephony_api.number_offers.search_id IS 'The search, as search_numbers() named it.';
COMMENT ON COLUMN telephony_api.number_offers.state IS 'queued or searching while under way, then done or failed.';
COMMENT ON COLUMN telephony_api.number_offers.reason IS 'Why it waits, failed or found nothing, and what to do.';
COMMENT ON COLUMN telephony_api.number_offers.reason_code IS 'The reason as a code.';
COMMENT ON COLUMN telephony_api.number_offers.expires_at IS 'Until when the offers count; NULL: none were made yet.';
COMMENT ON COLUMN telephony_api.number_offers.poll_after_seconds IS 'When to ask again; NULL: it has ended.';
COMMENT ON COLUMN telephony_api.number_offers.offers IS
    'At most 20 numbers; empty until they are found, and when they have expired.';

CREATE TYPE telephony_api.forwarding_config AS (
    id uuid,
    sim_phone_number text,
    forwarding_type telephony_api.forwarding_type,
    country_code text,
    carrier_name text,
    twilio_forwarding_number text,
    ring_time_seconds integer,
    codes telephony_api.dial_step[],
    superseded_codes telephony_api.dial_step[],
    status telephony_api.forwarding_status,
    user_confirmed_setup boolean,
    confirmed_at timestamptz,
    forwarding_verdict telephony_api.forwarding_verdict,
    tested_at timestamptz,
    warning_message text,
    warning_code text,
    created_at timestamptz,
    updated_at timestamptz
);
COMMENT ON TYPE telephony_api.forwarding_config IS
    'How a line is forwarded, with the codes as they were shown.';
COMMENT ON COLUMN telephony_api.forwarding_config.id IS 'Key within the organization.';
COMMENT ON COLUMN telephony_api.forwarding_config.sim_phone_number IS 'The line whose calls are forwarded.';
COMMENT ON COLUMN telephony_api.forwarding_config.forwarding_type IS 'Which calls.';
COMMENT ON COLUMN telephony_api.forwarding_config.country_code IS 'Country of the carrier.';
COMMENT ON COLUMN telephony_api.forwarding_config.carrier_name IS 'Carrier of the line.';
COMMENT ON COLUMN telephony_api.forwarding_config.twilio_forwarding_number IS 'Number the codes forward to.';
COMMENT ON COLUMN telephony_api.forwarding_config.ring_time_seconds IS 'How long it rings first.';
COMMENT ON COLUMN telephony_api.forwarding_config.codes IS 'What to dial, step by step.';
COMMENT ON COLUMN telephony_api.forwarding_config.superseded_codes IS 'Earlier steps that these do not undo.';
COMMENT ON COLUMN telephony_api.forwarding_config.status IS 'Where it stands.';
COMMENT ON COLUMN telephony_api.forwarding_config.user_confirmed_setup IS 'Whether the codes were dialled.';
COMMENT ON COLUMN telephony_api.forwarding_config.confirmed_at IS 'When that was said.';
COMMENT ON COLUMN telephony_api.forwarding_config.forwarding_verdict IS 'What the last test call showed.';
COMMENT ON COLUMN telephony_api.forwarding_config.tested_at IS 'When it was tested.';
COMMENT ON COLUMN telephony_api.forwarding_config.warning_message IS 'What is odd about the line.';
COMMENT ON COLUMN telephony_api.forwarding_config.warning_code IS 'The warning as a reason code.';
COMMENT ON COLUMN telephony_api.forwarding_config.created_at IS 'When it was made.';
COMMENT ON COLUMN telephony_api.forwarding_config.updated_at IS 'When it last changed.';

CREATE TYPE telephony_api.twilio_account AS (
    account text,
    status telephony_api.credential_status,
    account_type telephony_api.account_type,
    key_id text,
    problem text,
    problem_code text,
    verified_at timestamptz,
    set_at timestamptz,
    poll_after_seconds integer
);
COMMENT ON TYPE telephony_api.twilio_account IS
    'Twilio credentials as their organization may see them: the account masked, never the box.';
COMMENT ON COLUMN telephony_api.twilio_account.account IS 'The account, masked.';
COMMENT ON COLUMN telephony_api.twilio_account.status IS 'What is known of them.';
COMMENT ON COLUMN telephony_api.twilio_account.account_type IS 'As Twilio says.';
COMMENT ON COLUMN telephony_api.twilio_account.key_id IS 'Which key of telephonyd opens the box.';
COMMENT ON COLUMN telephony_api.twilio_account.problem IS 'Why they are refused, and what to do.';
COMMENT ON COLUMN telephony_api.twilio_account.problem_code IS 'The problem as a reason code.';
COMMENT ON COLUMN telephony_api.twilio_account.verified_at IS 'When Twilio last showed the account active.';
COMMENT ON COLUMN telephony_api.twilio_account.set_at IS 'When they were handed in.';
COMMENT ON COLUMN telephony_api.twilio_account.poll_after_seconds IS 'When to ask again; NULL: nothing is under way.';

CREATE TYPE telephony_api.caller_id AS (
    id uuid,
    phone_number text,
    status telephony_api.verification_status,
    validation_code text,
    expires_at timestamptz,
    attempts_left integer,
    reason text,
    reason_code text,
    poll_after_seconds integer
);
COMMENT ON TYPE telephony_api.caller_id IS
    'A number that may be shown as caller, and how its verification stands.';
COMMENT ON COLUMN telephony_api.caller_id.id IS 'Key within the organization.';
COMMENT ON COLUMN telephony_api.caller_id.phone_number IS 'The number.';
COMMENT ON COLUMN telephony_api.caller_id.status IS 'Where it stands.';
COMMENT ON COLUMN telephony_api.caller_id.validation_code IS
    'What to type during the call, while pending; NULL: Twilio has not told it yet.';
COMMENT ON COLUMN telephony_api.caller_id.expires_at IS
    'Until when the code counts: NULL while the call lasts; of a verified one until when it counts as verified.';
COMMENT ON COLUMN telephony_api.caller_id.attempts_left IS 'How often the number may still be called today.';
COMMENT ON COLUMN telephony_api.caller_id.reason IS
    'Why it failed or has lapsed; while pending, what stands in the way of the call. NULL: nothing.';
COMMENT ON COLUMN telephony_api.caller_id.reason_code IS 'The reason as a code.';
COMMENT ON COLUMN telephony_api.caller_id.poll_after_seconds IS 'When to ask again; NULL: it has ended.';

CREATE TYPE telephony_api.regulatory_profile AS (
    org_id uuid,
    country_code text,
    number_type telephony_api.number_type,
    address_sid text,
    bundle_sid text,
    set_at timestamptz
);
COMMENT ON TYPE telephony_api.regulatory_profile IS
    'Address and bundle that a kind of number is bought with.';
COMMENT ON COLUMN telephony_api.regulatory_profile.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_api.regulatory_profile.country_code IS 'Country of the number.';
COMMENT ON COLUMN telephony_api.regulatory_profile.number_type IS 'Kind of number.';
COMMENT ON COLUMN telephony_api.regulatory_profile.address_sid IS 'AddressSid of the purchase.';
COMMENT ON COLUMN telephony_api.regulatory_profile.bundle_sid IS 'BundleSid of the purchase.';
COMMENT ON COLUMN telephony_api.regulatory_profile.set_at IS 'When it was set.';

CREATE TYPE telephony_api.organization AS (
    id uuid,
    telephony_country text,
    assigned_twilio_number text,
    forwarding_carrier text,
    created_at timestamptz,
    updated_at timestamptz,
    original_id text
);
COMMENT ON TYPE telephony_api.organization IS
    'An organization.';
COMMENT ON COLUMN telephony_api.organization.id IS 'Its id: as the tokens carry it, or made of original_id.';
COMMENT ON COLUMN telephony_api.organization.telephony_country IS 'Country its people call from.';
COMMENT ON COLUMN telephony_api.organization.assigned_twilio_number IS
    'The live number; NULL: none, or one that is being released.';
COMMENT ON COLUMN telephony_api.organization.forwarding_carrier IS 'Carrier last used in that country.';
COMMENT ON COLUMN telephony_api.organization.created_at IS 'When it became known.';
COMMENT ON COLUMN telephony_api.organization.updated_at IS 'When it last changed.';
COMMENT ON COLUMN telephony_api.organization.original_id IS
    'The text that its tokens carry; NULL: they carry the id, or the text was never told.';

CREATE TYPE telephony_api.chosen_country AS (
    org_id uuid,
    telephony_country text,
    country_name text,
    recommended_twilio_country text,
    warning_message text,
    warning_code text,
    carriers telephony_api.carrier[]
);
COMMENT ON TYPE telephony_api.chosen_country IS
    'What select_country() answers.';
COMMENT ON COLUMN telephony_api.chosen_country.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_api.chosen_country.telephony_country IS 'The country, as a two-letter code.';
COMMENT ON COLUMN telephony_api.chosen_country.country_name IS 'Its name.';
COMMENT ON COLUMN telephony_api.chosen_country.recommended_twilio_country IS 'Where the number comes from.';
COMMENT ON COLUMN telephony_api.chosen_country.warning_message IS 'What a subscriber must know.';
COMMENT ON COLUMN telephony_api.chosen_country.warning_code IS
    'number_kept: the warning also says that a number of another country stays; NULL: it is the one of '
    'supported_countries(), told apart by its country.';
COMMENT ON COLUMN telephony_api.chosen_country.carriers IS 'The carriers known there.';

CREATE TYPE telephony_api.country_count AS (
    country_code text,
    carrier_name text,
    provisioned boolean,
    organizations bigint
);
COMMENT ON TYPE telephony_api.country_count IS 'Organizations of a country and carrier, with a number or without.';
COMMENT ON COLUMN telephony_api.country_count.country_code IS 'Country chosen.';
COMMENT ON COLUMN telephony_api.country_count.carrier_name IS 'Carrier chosen; NULL: none.';
COMMENT ON COLUMN telephony_api.country_count.provisioned IS 'Whether a number is assigned.';
COMMENT ON COLUMN telephony_api.country_count.organizations IS 'How many.';

CREATE TYPE telephony_api.org_limit AS (
    organization uuid,
    requests_per_hour integer,
    set_at timestamptz
);
COMMENT ON TYPE telephony_api.org_limit IS 'The request limit of an organization.';
COMMENT ON COLUMN telephony_api.org_limit.organization IS 'The organization.';
COMMENT ON COLUMN telephony_api.org_limit.requests_per_hour IS 'Requests an hour; NULL: the limit that all have.';
COMMENT ON COLUMN telephony_api.org_limit.set_at IS 'When it was set.';

CREATE TYPE telephony_api.check_result AS (
    "check" text,
    ok boolean,
    detail text
);
COMMENT ON TYPE telephony_api.check_result IS 'One line of self_check().';
COMMENT ON COLUMN telephony_api.check_result."check" IS 'What must be so, or what is only told.';
COMMENT ON COLUMN telephony_api.check_result.ok IS 'Whether it is; always, of what is only told.';
COMMENT ON COLUMN telephony_api.check_result.detail IS 'What there is of it, and what to do; NULL: nothing.';

CREATE TYPE telephony_api.request_limit_report AS (
    since timestamptz,
    requests bigint,
    refused bigint,
    refused_percent numeric,
    refused_by_address bigint,
    refused_by_site bigint,
    refused_by_organization bigint,
    overflowed bigint,
    unaddressed bigint,
    exempt bigint,
    addresses bigint,
    sites bigint,
    organizations bigint,
    entries integer,
    memory_bytes bigint,
    memory text,
    settings jsonb,
    most_refused jsonb
);
COMMENT ON TYPE telephony_api.request_limit_report IS 'The request limits of this server.';
COMMENT ON COLUMN telephony_api.request_limit_report.since IS 'Since when is counted.';
COMMENT ON COLUMN telephony_api.request_limit_report.requests IS 'Requests counted.';
COMMENT ON COLUMN telephony_api.request_limit_report.refused IS 'Of them refused.';
COMMENT ON COLUMN telephony_api.request_limit_report.refused_percent IS 'In percent.';
COMMENT ON COLUMN telephony_api.request_limit_report.refused_by_address IS 'Refused for their address.';
COMMENT ON COLUMN telephony_api.request_limit_report.refused_by_site IS 'Refused for their IPv6 site, a /48.';
COMMENT ON COLUMN telephony_api.request_limit_report.refused_by_organization IS 'Refused for their organization.';
COMMENT ON COLUMN telephony_api.request_limit_report.overflowed IS
    'Counted together in an overflow bucket, as no place was free.';
COMMENT ON COLUMN telephony_api.request_limit_report.unaddressed IS 'Without an address.';
COMMENT ON COLUMN telephony_api.request_limit_report.exempt IS 'From networks that are not limited.';
COMMENT ON COLUMN telephony_api.request_limit_report.addresses IS 'Addresses counted now.';
COMMENT ON COLUMN telephony_api.request_limit_report.sites IS 'IPv6 sites counted now.';
COMMENT ON COLUMN telephony_api.request_limit_report.organizations IS 'Organizations counted now.';
COMMENT ON COLUMN telephony_api.request_limit_report.entries IS 'Places in the table.';
COMMENT ON COLUMN telephony_api.request_limit_report.memory_bytes IS 'Its size.';
COMMENT ON COLUMN telephony_api.request_limit_report.memory IS 'Where it is.';
COMMENT ON COLUMN telephony_api.request_limit_report.settings IS 'The settings.';
COMMENT ON COLUMN telephony_api.request_limit_report.most_refused IS 'Who is refused most.';
