-- Telephone calls that telephonyd has Twilio place, and the looks at what came of them: the machine of calls as data,
-- like that of numbers in 0001_5_transitions; the calls, their steps, and the organizations for which none is placed.

CREATE TABLE telephony_internal.call_transitions (
    from_state     text NOT NULL,
    event          text NOT NULL,
    to_state       text NOT NULL,
    when_cancelled text,
    action         text NOT NULL,
    PRIMARY KEY (from_state, event)
);
COMMENT ON TABLE telephony_internal.call_transitions IS 'As job_transitions, of calls.';
COMMENT ON COLUMN telephony_internal.call_transitions.from_state IS 'State the call is in.';
COMMENT ON COLUMN telephony_internal.call_transitions.event IS
    'What happened, as advance_call() was told or found out.';
COMMENT ON COLUMN telephony_internal.call_transitions.to_state IS 'State it is in next.';
COMMENT ON COLUMN telephony_internal.call_transitions.when_cancelled IS
    'Not used: a call that is placed is waited out.';
COMMENT ON COLUMN telephony_internal.call_transitions.action IS 'What the step means, for people.';

CREATE TABLE telephony_internal.call_states (
    state      text PRIMARY KEY,
    waits_for  text NOT NULL,
    bounded_by text NOT NULL
);
COMMENT ON TABLE telephony_internal.call_states IS 'As job_states, of calls.';
COMMENT ON COLUMN telephony_internal.call_states.state IS 'State, as in call_transitions.';
COMMENT ON COLUMN telephony_internal.call_states.waits_for IS
    'What a call in it waits for when no sidecar works on it.';
COMMENT ON COLUMN telephony_internal.call_states.bounded_by IS 'The deadline of the state, and what happens then.';

CREATE TABLE telephony_internal.call_event_rules (
    event        text PRIMARY KEY,
    sent_by      text[] NOT NULL,
    needs        text[] NOT NULL,
    ends_attempt boolean NOT NULL
);
COMMENT ON TABLE telephony_internal.call_event_rules IS 'As job_event_rules, of calls.';
COMMENT ON COLUMN telephony_internal.call_event_rules.event IS 'The event, as in call_transitions.';
COMMENT ON COLUMN telephony_internal.call_event_rules.sent_by IS
    'sidecar: told to advance_call(); database: concluded.';
COMMENT ON COLUMN telephony_internal.call_event_rules.needs IS 'Members of the data without which it is refused.';
COMMENT ON COLUMN telephony_internal.call_event_rules.ends_attempt IS 'The lease ends with it.';

CREATE TABLE telephony_internal.calls (
    org_id        uuid NOT NULL REFERENCES telephony_api.organizations,
    id            uuid NOT NULL DEFAULT gen_random_uuid(),
    kind          text NOT NULL CHECK (kind = ANY ('{caller_id,caller_id_check,caller_id_removal}')),
    state         text NOT NULL CHECK (state = ANY
        ('{queued,preparing,placing,in_doubt,calling,checking,removing,done,cancelled,failed}')),
    ended         boolean NOT NULL GENERATED ALWAYS AS (state = ANY ('{done,cancelled,failed}')) STORED,
    token         bigint NOT NULL DEFAULT 0,
    worker        text,
    lease_until   timestamptz,
    not_before    timestamptz NOT NULL DEFAULT clock_timestamp(),
    deadline_at   timestamptz NOT NULL,
    caller_id     uuid NOT NULL,
    number        telephony.e164 NOT NULL,
    account_sid   text NOT NULL CHECK (account_sid ~ '^AC[0-9a-f]{32}$'),
    caller_id_sid text CHECK (caller_id_sid ~ '^PN[0-9a-fA-F]{32}$'),
    sent_at       timestamptz,
    intent_at     timestamptz CHECK ((intent_at IS NOT NULL) = (sent_at IS NOT NULL)),
    price         numeric,
    call_sid      text CHECK (call_sid ~ '^CA[0-9a-fA-F]{32}$'),
    call_status   text,
    answered_at   timestamptz,
    call_ended_at timestamptz,
    absent_seen   integer NOT NULL DEFAULT 0,
    reason        text,
    reason_code   text CHECK ((reason_code IS NOT NULL) = (reason IS NOT NULL)),
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT calls_placed_after_intent CHECK (sent_at IS NOT NULL OR state <> ALL ('{placing,in_doubt,calling}')),
    CONSTRAINT calls_ended_without_lease CHECK (lease_until IS NULL OR state <> ALL ('{done,cancelled,failed}'))
);
CREATE UNIQUE INDEX calls_one_running_per_number ON telephony_internal.calls (number)
    WHERE kind = 'caller_id' AND state <> ALL ('{done,cancelled,failed}');
CREATE UNIQUE INDEX calls_one_running_per_caller_id ON telephony_internal.calls (org_id, caller_id)
    WHERE state <> ALL ('{done,cancelled,failed}');
CREATE INDEX calls_to_do ON telephony_internal.calls (not_before, created_at)
    WHERE state <> ALL ('{done,cancelled,failed}');
CREATE INDEX calls_of_organization ON telephony_internal.calls (org_id, created_at DESC);
CREATE INDEX calls_to_number ON telephony_internal.calls (number, sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX calls_by_time ON telephony_internal.calls (sent_at) WHERE sent_at IS NOT NULL;
COMMENT ON TABLE telephony_internal.calls IS
    'Calls that Twilio is to place, each at most once, and looks at caller ids. Only advance_call(), claim_calls() and '
    'the functions that make or end one write here.';
COMMENT ON COLUMN telephony_internal.calls.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_internal.calls.id IS
    'Key within the organization; part of the name of the caller id at Twilio.';
COMMENT ON COLUMN telephony_internal.calls.kind IS
    'caller_id: a call that asks for a code; caller_id_check: a look whether the caller id is still there; '
    'caller_id_removal: it is deleted at Twilio.';
COMMENT ON COLUMN telephony_internal.calls.state IS 'See call_transitions.';
COMMENT ON COLUMN telephony_internal.calls.ended IS 'Nothing will happen to it any more.';
COMMENT ON COLUMN telephony_internal.calls.token IS 'Fencing token, as in jobs.';
COMMENT ON COLUMN telephony_internal.calls.worker IS 'Sidecar that holds the lease.';
COMMENT ON COLUMN telephony_internal.calls.lease_until IS 'Until when; NULL: nobody holds it.';
COMMENT ON COLUMN telephony_internal.calls.not_before IS 'Not to be claimed before.';
COMMENT ON COLUMN telephony_internal.calls.deadline_at IS
    'What has not been placed, seen or deleted by then is given up.';
COMMENT ON COLUMN telephony_internal.calls.caller_id IS 'Row of verified_caller_ids that it is for.';
COMMENT ON COLUMN telephony_internal.calls.number IS 'Number that is called.';
COMMENT ON COLUMN telephony_internal.calls.account_sid IS 'Twilio account that calls.';
COMMENT ON COLUMN telephony_internal.calls.caller_id_sid IS 'Caller id at Twilio that is looked at or deleted.';
COMMENT ON COLUMN telephony_internal.calls.sent_at IS
    'When the call was about to be asked for, on our clock; NULL: it was not, or Twilio did not process it.';
COMMENT ON COLUMN telephony_internal.calls.intent_at IS 'The same on Twilio''s clock.';
COMMENT ON COLUMN telephony_internal.calls.price IS 'Price of a minute, as Twilio told it before.';
COMMENT ON COLUMN telephony_internal.calls.call_sid IS 'SID of the call; NULL: not placed, or Twilio did not tell it.';
COMMENT ON COLUMN telephony_internal.calls.call_status IS 'How Twilio said that the call stands, at the last look.';
COMMENT ON COLUMN telephony_internal.calls.answered_at IS 'When it was first seen answered.';
COMMENT ON COLUMN telephony_internal.calls.call_ended_at IS 'When it was first seen to have ended.';
COMMENT ON COLUMN telephony_internal.calls.absent_seen IS 'How many looks did not find the caller id.';
COMMENT ON COLUMN telephony_internal.calls.reason IS 'Why it failed or waits, and what to do.';
COMMENT ON COLUMN telephony_internal.calls.reason_code IS 'The reason as a code of reason_codes().';
COMMENT ON COLUMN telephony_internal.calls.created_at IS 'When it was asked for.';
COMMENT ON COLUMN telephony_internal.calls.updated_at IS 'When it last changed.';

CREATE TABLE telephony_internal.call_events (
    org_id     uuid NOT NULL,
    call_id    uuid NOT NULL,
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    from_state text NOT NULL,
    event      text NOT NULL,
    to_state   text NOT NULL,
    token      bigint NOT NULL,
    worker     text,
    detail     jsonb NOT NULL,
    PRIMARY KEY (org_id, call_id, seq)
);
COMMENT ON TABLE telephony_internal.call_events IS
    'The steps of calls: numbers masked, codes left out, looks that showed nothing new left out.';
COMMENT ON COLUMN telephony_internal.call_events.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_internal.call_events.call_id IS 'The call.';
COMMENT ON COLUMN telephony_internal.call_events.seq IS 'Order of the steps.';
COMMENT ON COLUMN telephony_internal.call_events.at IS 'When the step was taken.';
COMMENT ON COLUMN telephony_internal.call_events.from_state IS 'State before.';
COMMENT ON COLUMN telephony_internal.call_events.event IS 'What happened.';
COMMENT ON COLUMN telephony_internal.call_events.to_state IS 'State after.';
COMMENT ON COLUMN telephony_internal.call_events.token IS 'Fencing token of the claim that took the step.';
COMMENT ON COLUMN telephony_internal.call_events.worker IS 'Sidecar that took it.';
COMMENT ON COLUMN telephony_internal.call_events.detail IS 'What the sidecar reported.';

CREATE TABLE telephony_internal.call_blocks (
    org_id     uuid PRIMARY KEY REFERENCES telephony_api.organizations,
    reason     text NOT NULL CHECK (btrim(reason) <> ''),
    blocked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE telephony_internal.call_blocks IS
    'Organizations for which no call is placed. Written by set_call_block().';
COMMENT ON COLUMN telephony_internal.call_blocks.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_internal.call_blocks.reason IS 'Why, for operators.';
COMMENT ON COLUMN telephony_internal.call_blocks.blocked_at IS 'Since when.';

CREATE TYPE telephony_internal.claimed_call AS (
    org_id        uuid,
    call_id       uuid,
    kind          text,
    state         text,
    token         bigint,
    tag           text,
    number        text,
    account_sid   text,
    caller_id_sid text,
    call_sid      text,
    intent_at     timestamptz,
    call_status   text,
    overdue       boolean,
    credential    jsonb
);
COMMENT ON TYPE telephony_internal.claimed_call IS 'A call as claim_calls() hands it out.';
COMMENT ON COLUMN telephony_internal.claimed_call.org_id IS 'Its organization.';
COMMENT ON COLUMN telephony_internal.claimed_call.call_id IS 'The call.';
COMMENT ON COLUMN telephony_internal.claimed_call.kind IS 'What is to be done.';
COMMENT ON COLUMN telephony_internal.claimed_call.state IS 'State it is in, the claim included.';
COMMENT ON COLUMN telephony_internal.claimed_call.token IS 'Fencing token of this claim.';
COMMENT ON COLUMN telephony_internal.claimed_call.tag IS 'FriendlyName that a caller id made by it gets at Twilio.';
COMMENT ON COLUMN telephony_internal.claimed_call.number IS 'Number that is called.';
COMMENT ON COLUMN telephony_internal.claimed_call.account_sid IS 'Twilio account that calls.';
COMMENT ON COLUMN telephony_internal.claimed_call.caller_id_sid IS 'Caller id that is looked at or deleted.';
COMMENT ON COLUMN telephony_internal.claimed_call.call_sid IS 'SID of the call; NULL: not known.';
COMMENT ON COLUMN telephony_internal.claimed_call.intent_at IS 'Twilio''s clock just before it was asked for.';
COMMENT ON COLUMN telephony_internal.claimed_call.call_status IS 'How the call stood at the last look.';
COMMENT ON COLUMN telephony_internal.claimed_call.overdue IS 'The call lasts too long: it is to be ended.';
COMMENT ON COLUMN telephony_internal.claimed_call.credential IS
    'The organization''s own credential for that account; NULL: that of telephonyd.';

CREATE TYPE telephony_internal.call_standing AS (
    state         text,
    lease_kept    boolean,
    retry_seconds double precision
);
COMMENT ON TYPE telephony_internal.call_standing IS 'What advance_call() answers: how the call stands now.';
COMMENT ON COLUMN telephony_internal.call_standing.state IS 'State it is in.';
COMMENT ON COLUMN telephony_internal.call_standing.lease_kept IS 'The attempt goes on; false: it has ended.';
COMMENT ON COLUMN telephony_internal.call_standing.retry_seconds IS
    'In how many seconds it can be claimed again; NULL: it is leased, or has ended.';

INSERT INTO telephony_internal.upkeep (task, every, in_recovery, due_at)
VALUES ('lapse_caller_ids', '10 minutes', false, now() + interval '10 minutes');
