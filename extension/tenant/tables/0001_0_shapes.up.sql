-- The shapes that calls answer with: one type for the exposed function and the one that does its work.

CREATE TYPE telephony_api.number_job AS (
    job_id uuid,
    state text,
    number telephony.e164,
    reason text,
    created_at timestamptz,
    updated_at timestamptz
);
COMMENT ON TYPE telephony_api.number_job IS 'A job as an organization sees it.';
COMMENT ON COLUMN telephony_api.number_job.job_id IS 'The job.';
COMMENT ON COLUMN telephony_api.number_job.state IS 'State it is in.';
COMMENT ON COLUMN telephony_api.number_job.number IS 'Candidate or number; NULL: none yet.';
COMMENT ON COLUMN telephony_api.number_job.reason IS 'Why it waits or failed, and what to do.';
COMMENT ON COLUMN telephony_api.number_job.created_at IS 'When it was asked for.';
COMMENT ON COLUMN telephony_api.number_job.updated_at IS 'When it last changed.';

CREATE TYPE telephony_api.number_status AS (
    state text,
    number telephony.e164,
    country_code text,
    reason text,
    job_id uuid,
    updated_at timestamptz
);
COMMENT ON TYPE telephony_api.number_status IS 'How the latest job of an organization stands.';
COMMENT ON COLUMN telephony_api.number_status.state IS 'State it is in; none: nothing was ever asked for.';
COMMENT ON COLUMN telephony_api.number_status.number IS 'Candidate or number; NULL: none yet.';
COMMENT ON COLUMN telephony_api.number_status.country_code IS 'Country it is for.';
COMMENT ON COLUMN telephony_api.number_status.reason IS 'Why it waits or failed, and what to do.';
COMMENT ON COLUMN telephony_api.number_status.job_id IS 'The job.';
COMMENT ON COLUMN telephony_api.number_status.updated_at IS 'When it last changed.';

CREATE TYPE telephony_api.twilio_account AS (
    account text,
    status text,
    account_type text,
    key_id text,
    problem text,
    verified_at timestamptz,
    set_at timestamptz
);
COMMENT ON TYPE telephony_api.twilio_account IS
    'Twilio credentials as their organization may see them: the account masked, never the box.';
COMMENT ON COLUMN telephony_api.twilio_account.account IS 'The account, masked.';
COMMENT ON COLUMN telephony_api.twilio_account.status IS 'unverified, verified or refused.';
COMMENT ON COLUMN telephony_api.twilio_account.account_type IS 'Trial or Full, as Twilio says.';
COMMENT ON COLUMN telephony_api.twilio_account.key_id IS 'Which key of telephonyd opens the box.';
COMMENT ON COLUMN telephony_api.twilio_account.problem IS 'Why they are refused, and what to do.';
COMMENT ON COLUMN telephony_api.twilio_account.verified_at IS 'When Twilio last showed the account active.';
COMMENT ON COLUMN telephony_api.twilio_account.set_at IS 'When they were handed in.';

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

CREATE TYPE telephony_api.chosen_country AS (
    org_id uuid,
    telephony_country text,
    country_name text,
    recommended_twilio_country text,
    warning_message text,
    carriers jsonb
);
COMMENT ON TYPE telephony_api.chosen_country IS 'What select_country() answers.';
COMMENT ON COLUMN telephony_api.chosen_country.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_api.chosen_country.telephony_country IS 'The country, as a two-letter code.';
COMMENT ON COLUMN telephony_api.chosen_country.country_name IS 'Its name.';
COMMENT ON COLUMN telephony_api.chosen_country.recommended_twilio_country IS 'Where the number comes from.';
COMMENT ON COLUMN telephony_api.chosen_country.warning_message IS 'What the subscriber must know.';
COMMENT ON COLUMN telephony_api.chosen_country.carriers IS 'The carriers known there.';

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
COMMENT ON COLUMN telephony_api.check_result."check" IS 'What must be so.';
COMMENT ON COLUMN telephony_api.check_result.ok IS 'Whether it is.';
COMMENT ON COLUMN telephony_api.check_result.detail IS 'What is not, and what to do.';

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
