-- Searches for numbers, and what they found. They spend nothing and hold nothing, so they are no jobs: a search that is
-- carried out twice does no harm.

CREATE TABLE telephony_internal.number_searches (
    org_id       uuid NOT NULL REFERENCES telephony_api.organizations,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    country_code text NOT NULL CHECK (country_code ~ '^[A-Z]{2}$'),
    account_sid  text NOT NULL CHECK (account_sid ~ '^AC[0-9a-f]{32}$'),
    wishes       jsonb NOT NULL CHECK (jsonb_typeof(wishes) = 'object'),
    state        text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'searching', 'done', 'failed')),
    token        bigint NOT NULL DEFAULT 0,
    lease_until  timestamptz CHECK ((lease_until IS NOT NULL) = (state = 'searching')),
    not_before   timestamptz NOT NULL DEFAULT clock_timestamp(),
    reason       text CHECK (reason IS NOT NULL OR state <> 'failed'),
    reason_code  text CHECK ((reason_code IS NOT NULL) = (reason IS NOT NULL)),
    offers       jsonb CHECK ((offers IS NOT NULL) = (state = 'done')),
    expires_at   timestamptz CHECK ((expires_at IS NOT NULL) = (state = 'done')),
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, id)
);
CREATE INDEX number_searches_to_do ON telephony_internal.number_searches (not_before)
    WHERE state IN ('queued', 'searching');
CREATE INDEX number_searches_of_organization ON telephony_internal.number_searches (org_id, created_at DESC);
CREATE INDEX number_searches_by_age ON telephony_internal.number_searches (created_at);
COMMENT ON TABLE telephony_internal.number_searches IS
    'What organizations look for before they buy, and the offers found. Kept for an hour, the offers for ten minutes.';
COMMENT ON COLUMN telephony_internal.number_searches.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_internal.number_searches.id IS 'Key within the organization.';
COMMENT ON COLUMN telephony_internal.number_searches.country_code IS 'Country that the number is for.';
COMMENT ON COLUMN telephony_internal.number_searches.account_sid IS 'Twilio account that is asked.';
COMMENT ON COLUMN telephony_internal.number_searches.wishes IS 'What the numbers are to be like, by number_wishes().';
COMMENT ON COLUMN telephony_internal.number_searches.state IS 'queued, searching, done or failed.';
COMMENT ON COLUMN telephony_internal.number_searches.token IS
    'Fencing token: grows with every claim; a report with an older one is not taken.';
COMMENT ON COLUMN telephony_internal.number_searches.lease_until IS 'Until when a sidecar has it; NULL: none has.';
COMMENT ON COLUMN telephony_internal.number_searches.not_before IS 'Not to be claimed before.';
COMMENT ON COLUMN telephony_internal.number_searches.reason IS 'Why it waits, failed or found nothing, and what to do.';
COMMENT ON COLUMN telephony_internal.number_searches.reason_code IS 'The reason as a code of reason_codes().';
COMMENT ON COLUMN telephony_internal.number_searches.offers IS 'What was found; empty again once it has expired.';
COMMENT ON COLUMN telephony_internal.number_searches.expires_at IS 'Until when the offers count.';
COMMENT ON COLUMN telephony_internal.number_searches.created_at IS 'When it was asked for.';
COMMENT ON COLUMN telephony_internal.number_searches.updated_at IS 'When it last changed.';

CREATE TYPE telephony_internal.claimed_search AS (
    org_id      uuid,
    search_id   uuid,
    token       bigint,
    account_sid text,
    wishes      jsonb,
    kinds       jsonb,
    credential  jsonb
);
COMMENT ON TYPE telephony_internal.claimed_search IS 'A search as claim_number_searches() hands it out.';
COMMENT ON COLUMN telephony_internal.claimed_search.org_id IS 'Its organization.';
COMMENT ON COLUMN telephony_internal.claimed_search.search_id IS 'The search.';
COMMENT ON COLUMN telephony_internal.claimed_search.token IS 'Fencing token of this claim.';
COMMENT ON COLUMN telephony_internal.claimed_search.account_sid IS 'Twilio account to ask.';
COMMENT ON COLUMN telephony_internal.claimed_search.wishes IS 'What the numbers are to be like, by number_wishes().';
COMMENT ON COLUMN telephony_internal.claimed_search.kinds IS
    'Kinds of number to look for until one has any, by searchable_kinds().';
COMMENT ON COLUMN telephony_internal.claimed_search.credential IS
    'The organization''s own credential; NULL: that of telephonyd.';

INSERT INTO telephony_internal.upkeep (task, every, in_recovery) VALUES ('forget_searches', '1 minute', true);
