-- Number jobs, their steps, the holds on numbers, and the erasures asked for.
-- PostgreSQL reads the text of each check and generated column anew in every statement that writes a row: a list is one
-- array, not an IN of many values, and the states and kinds are asked of their enums.

CREATE TABLE telephony_internal.jobs (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id           uuid NOT NULL,
    kind             text NOT NULL CHECK (kind::telephony_api.job_kind IS NOT NULL),
    state            text NOT NULL CHECK (state::telephony_api.job_state <> 'none'),
    ended            boolean NOT NULL
        GENERATED ALWAYS AS (state = ANY ('{done,released,written_off,cancelled,failed}')) STORED,
    claimable        boolean NOT NULL
        GENERATED ALWAYS AS (state <> ALL ('{done,released,written_off,cancelled,failed,conflict}')) STORED,
    token            bigint NOT NULL DEFAULT 0,
    worker           text,
    lease_until      timestamptz,
    not_before       timestamptz NOT NULL DEFAULT now(),
    deadline_at      timestamptz NOT NULL,
    country_code     text CHECK (country_code IS NOT NULL OR kind = 'erase'),
    wishes           jsonb NOT NULL DEFAULT '{}',
    number           telephony.e164,
    number_country   text CHECK (number_country ~ '^[A-Z]{2}$'),
    number_type      text CHECK (number_type = ANY ('{Local,Mobile,TollFree,National}')),
    account_sid      text CHECK (account_sid ~ '^AC[0-9a-f]{32}$'),
    credential_generation uuid,
    number_sid       text CHECK (number_sid ~ '^PN[0-9a-fA-F]{32}$'),
    purchased_at     timestamptz,
    posts_sent       integer NOT NULL DEFAULT 0,
    repeat_refused   boolean NOT NULL DEFAULT false,
    absent_since     timestamptz,
    absent_seen      integer NOT NULL DEFAULT 0,
    cancel_requested boolean NOT NULL DEFAULT false,
    reason           text,
    reason_code      text CHECK (reason_code IS NOT NULL OR reason IS NULL),
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT jobs_with_a_candidate
        CHECK (state <> ALL ('{intended,buying,in_doubt}') OR (number IS NOT NULL AND account_sid IS NOT NULL)),
    CONSTRAINT jobs_with_a_number
        CHECK (state <> ALL ('{bought,done,releasing,configuring}') OR kind = 'erase'
               OR (number IS NOT NULL AND account_sid IS NOT NULL AND number_sid IS NOT NULL)),
    CONSTRAINT jobs_ended_without_lease CHECK (claimable OR lease_until IS NULL)
-- Indexes do not depend on the state itself, and a page has room for the next version of its rows: most steps of a
-- job touch no index.
) WITH (fillfactor = 60);
CREATE UNIQUE INDEX jobs_one_running_per_organization ON telephony_internal.jobs (org_id)
    WHERE kind IN ('provision', 'release') AND NOT ended;
CREATE UNIQUE INDEX jobs_one_of_a_kind_per_sid ON telephony_internal.jobs (number_sid, kind)
    WHERE kind = ANY ('{orphan_release,configure}') AND NOT ended;
CREATE UNIQUE INDEX jobs_one_erase_per_organization ON telephony_internal.jobs (org_id)
    WHERE kind = 'erase' AND NOT ended;
CREATE INDEX jobs_claimable ON telephony_internal.jobs (not_before, created_at) WHERE claimable;
CREATE INDEX jobs_of_organization ON telephony_internal.jobs (org_id, created_at DESC);
CREATE INDEX jobs_by_number_sid ON telephony_internal.jobs (number_sid) WHERE number_sid IS NOT NULL;
COMMENT ON TABLE telephony_internal.jobs IS
    'Purchases and releases. Only advance(), claim_jobs(), renew_lease() and the functions that make or cancel a job '
    'write here.';
COMMENT ON COLUMN telephony_internal.jobs.id IS 'Job id; part of the tag at Twilio.';
COMMENT ON COLUMN telephony_internal.jobs.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_internal.jobs.kind IS
    'provision, release, orphan_release (a number of ours that belongs to nobody), adopt, configure (voice settings '
    'of a number that is held) or erase.';
COMMENT ON COLUMN telephony_internal.jobs.state IS 'See job_transitions.';
COMMENT ON COLUMN telephony_internal.jobs.ended IS
    'Nothing will happen to it any more; a job in conflict has not ended, it waits for an operator.';
COMMENT ON COLUMN telephony_internal.jobs.claimable IS 'Its state is one that a sidecar works on.';
COMMENT ON COLUMN telephony_internal.jobs.token IS
    'Fencing token, microseconds of the clock: grows with every claim, also when a crash has taken one back; a call '
    'with an older one is refused.';
COMMENT ON COLUMN telephony_internal.jobs.worker IS 'Sidecar that holds the lease.';
COMMENT ON COLUMN telephony_internal.jobs.lease_until IS 'Until when; NULL: nobody holds it.';
COMMENT ON COLUMN telephony_internal.jobs.not_before IS 'Not to be claimed before.';
COMMENT ON COLUMN telephony_internal.jobs.deadline_at IS 'A purchase still searching by then fails.';
COMMENT ON COLUMN telephony_internal.jobs.country_code IS 'Country of the organization when the job was made.';
COMMENT ON COLUMN telephony_internal.jobs.wishes IS
    'What the number of a purchase is to be like, by purchase_wishes(); offer: country and type of the one chosen.';
COMMENT ON COLUMN telephony_internal.jobs.number IS 'Candidate, then the number bought or to be released.';
COMMENT ON COLUMN telephony_internal.jobs.number_country IS
    'Country of the candidate: its regulatory profile goes with the purchase.';
COMMENT ON COLUMN telephony_internal.jobs.number_type IS 'Kind of the candidate, as in Twilio''s paths.';
COMMENT ON COLUMN telephony_internal.jobs.account_sid IS 'Twilio account it is bought in.';
COMMENT ON COLUMN telephony_internal.jobs.credential_generation IS
    'Generation of the organization''s credentials when the job was last claimed; NULL: it had none.';
COMMENT ON COLUMN telephony_internal.jobs.number_sid IS 'SID of the number, from the answer to our own purchase.';
COMMENT ON COLUMN telephony_internal.jobs.purchased_at IS 'date_created of the number at Twilio.';
COMMENT ON COLUMN telephony_internal.jobs.posts_sent IS 'How often the purchase of this number was sent.';
COMMENT ON COLUMN telephony_internal.jobs.repeat_refused IS 'A repeated purchase was refused: only looking helps now.';
COMMENT ON COLUMN telephony_internal.jobs.absent_since IS 'First look that did not find the number in doubt.';
COMMENT ON COLUMN telephony_internal.jobs.absent_seen IS 'How many looks did not find it.';
COMMENT ON COLUMN telephony_internal.jobs.cancel_requested IS 'The organization no longer wants the number.';
COMMENT ON COLUMN telephony_internal.jobs.reason IS
    'Why the job failed or waits, and what to do; shown to the organization.';
COMMENT ON COLUMN telephony_internal.jobs.reason_code IS 'The reason as a code of reason_codes().';
COMMENT ON COLUMN telephony_internal.jobs.created_at IS 'When it was asked for.';
COMMENT ON COLUMN telephony_internal.jobs.updated_at IS 'When it last changed.';

CREATE TABLE telephony_internal.job_events (
    job_id     uuid NOT NULL REFERENCES telephony_internal.jobs ON DELETE CASCADE,
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    from_state text NOT NULL,
    event      text NOT NULL,
    to_state   text NOT NULL,
    token      bigint NOT NULL,
    worker     text,
    detail     jsonb NOT NULL,
    PRIMARY KEY (job_id, seq)
);
COMMENT ON TABLE telephony_internal.job_events IS 'Every step of every job; numbers masked.';
COMMENT ON COLUMN telephony_internal.job_events.job_id IS 'The job.';
COMMENT ON COLUMN telephony_internal.job_events.seq IS 'Order of the steps.';
COMMENT ON COLUMN telephony_internal.job_events.at IS 'When the step was taken.';
COMMENT ON COLUMN telephony_internal.job_events.from_state IS 'State before.';
COMMENT ON COLUMN telephony_internal.job_events.event IS 'What happened.';
COMMENT ON COLUMN telephony_internal.job_events.to_state IS 'State after.';
COMMENT ON COLUMN telephony_internal.job_events.token IS 'Fencing token of the claim that took the step.';
COMMENT ON COLUMN telephony_internal.job_events.worker IS 'Sidecar that took it.';
COMMENT ON COLUMN telephony_internal.job_events.detail IS 'What the sidecar reported; numbers masked.';

CREATE TABLE telephony_internal.number_holds (
    number      telephony.e164 PRIMARY KEY,
    state       text NOT NULL CHECK (state = ANY ('{in_doubt,live,quarantined}')),
    until       timestamptz CHECK ((until IS NOT NULL) = (state = 'quarantined')),
    job_id      uuid NOT NULL,
    org_id      uuid NOT NULL,
    account_sid text NOT NULL CHECK (account_sid ~ '^AC[0-9a-f]{32}$'),
    posted      boolean NOT NULL DEFAULT false,
    intent_at   timestamptz CHECK (intent_at IS NOT NULL OR NOT posted),
    voice       jsonb
);
CREATE INDEX number_holds_of_job ON telephony_internal.number_holds (job_id);
CREATE INDEX number_holds_of_account ON telephony_internal.number_holds (account_sid);
COMMENT ON TABLE telephony_internal.number_holds IS
    'Who may hold a number: one row a number. A number once asked for at Twilio stays held until the late horizon has '
    'passed.';
COMMENT ON COLUMN telephony_internal.number_holds.number IS 'The number.';
COMMENT ON COLUMN telephony_internal.number_holds.state IS
    'in_doubt: being bought; live: an organization''s; quarantined: given up, but a late purchase may still take '
    'effect.';
COMMENT ON COLUMN telephony_internal.number_holds.until IS 'End of the quarantine.';
COMMENT ON COLUMN telephony_internal.number_holds.job_id IS 'Job that holds it.';
COMMENT ON COLUMN telephony_internal.number_holds.org_id IS 'Organization of that job.';
COMMENT ON COLUMN telephony_internal.number_holds.account_sid IS 'Account it is bought in.';
COMMENT ON COLUMN telephony_internal.number_holds.posted IS 'A purchase of it was, or may have been, sent.';
COMMENT ON COLUMN telephony_internal.number_holds.intent_at IS
    'Twilio''s clock just before the first purchase was sent: an older number is not ours.';
COMMENT ON COLUMN telephony_internal.number_holds.voice IS
    'Voice settings that telephonyd gave the number at Twilio, as form parameters; NULL: none yet, or taken in with '
    'its own.';

CREATE TABLE telephony_internal.erasures (
    org_id       uuid NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    requested_by text NOT NULL,
    job_id       uuid NOT NULL,
    finished_at  timestamptz,
    PRIMARY KEY (org_id, requested_at)
);
COMMENT ON TABLE telephony_internal.erasures IS
    'What was erased: kept for good, as a restored backup brings erased organizations back. See erasure_log() and '
    'replay_erasures().';
COMMENT ON COLUMN telephony_internal.erasures.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_internal.erasures.requested_at IS 'When it was asked for.';
COMMENT ON COLUMN telephony_internal.erasures.requested_by IS 'By whom: the sub claim of the token, or the login role.';
COMMENT ON COLUMN telephony_internal.erasures.job_id IS 'The job that does it.';
COMMENT ON COLUMN telephony_internal.erasures.finished_at IS 'When nothing was left; NULL: not yet.';

CREATE TYPE telephony_internal.claimed_job AS (
    job_id           uuid,
    org_id           uuid,
    kind             text,
    state            text,
    token            bigint,
    tag              text,
    country_code     text,
    buyable          jsonb,
    wishes           jsonb,
    number           text,
    number_country   text,
    number_type      text,
    account_sid      text,
    number_sid       text,
    intent_at        timestamptz,
    cancel_requested boolean,
    resumed          boolean,
    posts_sent       integer,
    may_resend       boolean,
    voice            jsonb,
    credential       jsonb
);
COMMENT ON TYPE telephony_internal.claimed_job IS
    'A job as claim_jobs() hands it out: what a sidecar needs to work on it.';
COMMENT ON COLUMN telephony_internal.claimed_job.job_id IS 'The job.';
COMMENT ON COLUMN telephony_internal.claimed_job.org_id IS 'Its organization.';
COMMENT ON COLUMN telephony_internal.claimed_job.kind IS 'What is to be done.';
COMMENT ON COLUMN telephony_internal.claimed_job.state IS 'State it is in, the claim included.';
COMMENT ON COLUMN telephony_internal.claimed_job.token IS 'Fencing token of this claim.';
COMMENT ON COLUMN telephony_internal.claimed_job.tag IS 'FriendlyName that its number carries at Twilio.';
COMMENT ON COLUMN telephony_internal.claimed_job.country_code IS 'Country of the organization when the job was made.';
COMMENT ON COLUMN telephony_internal.claimed_job.buyable IS 'What a purchase may look for, by buyable_kinds().';
COMMENT ON COLUMN telephony_internal.claimed_job.wishes IS 'What the number is to be like, by purchase_wishes().';
COMMENT ON COLUMN telephony_internal.claimed_job.number IS 'Candidate, then the number bought or to be released.';
COMMENT ON COLUMN telephony_internal.claimed_job.number_country IS 'Country of the candidate.';
COMMENT ON COLUMN telephony_internal.claimed_job.number_type IS 'Kind of the candidate, as in Twilio''s paths.';
COMMENT ON COLUMN telephony_internal.claimed_job.account_sid IS 'Twilio account of the number; NULL: none chosen yet.';
COMMENT ON COLUMN telephony_internal.claimed_job.number_sid IS 'SID of the number.';
COMMENT ON COLUMN telephony_internal.claimed_job.intent_at IS
    'Twilio''s clock just before the first purchase of the number was sent; NULL while none was.';
COMMENT ON COLUMN telephony_internal.claimed_job.cancel_requested IS 'The number is no longer wanted.';
COMMENT ON COLUMN telephony_internal.claimed_job.resumed IS
    'An earlier attempt may have acted at Twilio: look there first.';
COMMENT ON COLUMN telephony_internal.claimed_job.posts_sent IS 'How often the purchase of the number was sent.';
COMMENT ON COLUMN telephony_internal.claimed_job.may_resend IS 'The purchase in doubt may be sent once more.';
COMMENT ON COLUMN telephony_internal.claimed_job.voice IS 'Voice settings that the number gets, as form parameters.';
COMMENT ON COLUMN telephony_internal.claimed_job.credential IS
    'The organization''s own credential; NULL: that of telephonyd.';

CREATE TYPE telephony_internal.compared_number AS (
    verdict    text,
    number     text,
    number_sid text,
    tag        text,
    our_tag    text,
    job_id     uuid,
    org_id     uuid,
    detail     text,
    voice      jsonb
);
COMMENT ON TYPE telephony_internal.compared_number IS 'What reconcile_numbers() says of a number of an account.';
COMMENT ON COLUMN telephony_internal.compared_number.verdict IS 'What it is.';
COMMENT ON COLUMN telephony_internal.compared_number.number IS 'The number.';
COMMENT ON COLUMN telephony_internal.compared_number.number_sid IS 'Its SID.';
COMMENT ON COLUMN telephony_internal.compared_number.tag IS 'FriendlyName that it has at Twilio.';
COMMENT ON COLUMN telephony_internal.compared_number.our_tag IS
    'FriendlyName that it should have; NULL: it is not live.';
COMMENT ON COLUMN telephony_internal.compared_number.job_id IS 'Job that bought it, or that its tag names.';
COMMENT ON COLUMN telephony_internal.compared_number.org_id IS 'Organization of that job.';
COMMENT ON COLUMN telephony_internal.compared_number.detail IS 'What the verdict means, and what to do.';
COMMENT ON COLUMN telephony_internal.compared_number.voice IS
    'Voice settings that a live number is to have at Twilio; NULL: whatever it has.';

CREATE TYPE telephony_internal.replayed_erasure AS (
    org_id uuid,
    job_id uuid
);
COMMENT ON TYPE telephony_internal.replayed_erasure IS 'An erasure that replay_erasures() asked for again.';
COMMENT ON COLUMN telephony_internal.replayed_erasure.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_internal.replayed_erasure.job_id IS 'The job that erases it.';

-- tier: service
CREATE VIEW telephony_internal.job_overview AS
SELECT j.id AS job_id, j.org_id, j.kind, j.state, j.cancel_requested,
       telephony.mask(j.number) AS number,
       date_trunc('second', clock_timestamp() - j.created_at) AS age,
       CASE WHEN s.state IS NULL THEN NULL
            WHEN j.lease_until >= clock_timestamp() THEN format('sidecar %s, at work on it', j.worker)
            ELSE s.waits_for END AS waits_for,
       CASE WHEN s.state IS NULL OR j.state = 'conflict' THEN NULL
            ELSE greatest(j.not_before, j.lease_until) END AS until,
       s.state IS NOT NULL AND (j.state = 'conflict' OR clock_timestamp() > j.deadline_at) AS overdue,
       j.reason, j.reason_code, e.event AS last_event, e.at AS last_event_at, s.bounded_by
  FROM telephony_internal.jobs j
  LEFT JOIN telephony_internal.job_states s ON s.state = j.state
  LEFT JOIN LATERAL (SELECT e.event, e.at FROM telephony_internal.job_events e
                      WHERE e.job_id = j.id ORDER BY e.seq DESC LIMIT 1) e ON true;
COMMENT ON VIEW telephony_internal.job_overview IS
    'Every job for people; those that have not ended: WHERE waits_for IS NOT NULL. retry_job(), cancel_job() and '
    'dismiss_conflict() act on them.';
COMMENT ON COLUMN telephony_internal.job_overview.job_id IS 'The job.';
COMMENT ON COLUMN telephony_internal.job_overview.org_id IS 'Its organization.';
COMMENT ON COLUMN telephony_internal.job_overview.kind IS 'As in jobs.';
COMMENT ON COLUMN telephony_internal.job_overview.state IS 'See job_transitions.';
COMMENT ON COLUMN telephony_internal.job_overview.cancel_requested IS 'The number is no longer wanted.';
COMMENT ON COLUMN telephony_internal.job_overview.number IS 'Candidate or number, masked.';
COMMENT ON COLUMN telephony_internal.job_overview.age IS 'Since it was asked for.';
COMMENT ON COLUMN telephony_internal.job_overview.waits_for IS 'Whom or what it waits for; NULL: it has ended.';
COMMENT ON COLUMN telephony_internal.job_overview.until IS 'Until when at least.';
COMMENT ON COLUMN telephony_internal.job_overview.overdue IS
    'An operator should look: in conflict, or not ended by its deadline.';
COMMENT ON COLUMN telephony_internal.job_overview.reason IS 'Why it waits or failed, and what to do.';
COMMENT ON COLUMN telephony_internal.job_overview.reason_code IS 'The reason as a code of reason_codes().';
COMMENT ON COLUMN telephony_internal.job_overview.last_event IS 'The last step on record in job_events.';
COMMENT ON COLUMN telephony_internal.job_overview.last_event_at IS 'When it was taken.';
COMMENT ON COLUMN telephony_internal.job_overview.bounded_by IS 'What ends the wait when nothing else happens.';
