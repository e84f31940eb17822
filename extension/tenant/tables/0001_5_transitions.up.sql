-- The machine of number jobs as data: its transitions, what each state waits for, who sends which event. migrate()
-- writes the rows, from the file of transitions.

CREATE TABLE telephony_internal.job_transitions (
    from_state     text NOT NULL,
    event          text NOT NULL,
    to_state       text NOT NULL,
    when_cancelled text,
    action         text NOT NULL,
    PRIMARY KEY (from_state, event)
);
COMMENT ON TABLE telephony_internal.job_transitions IS 'The one transition table: an event not listed for a state is '
    'refused. Written by migrate(), from the file that telephonyd states prints too.';
COMMENT ON COLUMN telephony_internal.job_transitions.from_state IS 'State the job is in.';
COMMENT ON COLUMN telephony_internal.job_transitions.event IS 'What happened, as advance() was told or found out.';
COMMENT ON COLUMN telephony_internal.job_transitions.to_state IS 'State it is in next.';
COMMENT ON COLUMN telephony_internal.job_transitions.when_cancelled IS
    'State it is in next when a cancel was asked for before; NULL: the same.';
COMMENT ON COLUMN telephony_internal.job_transitions.action IS 'What the step means, for people.';


CREATE TABLE telephony_internal.job_states (
    state      text PRIMARY KEY,
    waits_for  text NOT NULL,
    bounded_by text NOT NULL
);
COMMENT ON TABLE telephony_internal.job_states IS
    'The states of a job that has not ended: whom they wait for, and what ends the wait when nothing else happens.';
COMMENT ON COLUMN telephony_internal.job_states.state IS 'State, as in job_transitions.';
COMMENT ON COLUMN telephony_internal.job_states.waits_for IS 'What a job in it waits for when no sidecar works on it.';
COMMENT ON COLUMN telephony_internal.job_states.bounded_by IS 'The deadline of the state, and what happens then.';

CREATE TABLE telephony_internal.job_event_rules (
    event        text PRIMARY KEY,
    sent_by      text[] NOT NULL,
    needs        text[] NOT NULL,
    ends_attempt boolean NOT NULL
);
COMMENT ON TABLE telephony_internal.job_event_rules IS 'Who sends an event, and what it must carry. Written by '
    'migrate().';
COMMENT ON COLUMN telephony_internal.job_event_rules.event IS 'The event, as in job_transitions.';
COMMENT ON COLUMN telephony_internal.job_event_rules.sent_by IS 'sidecar: told to advance(); database: concluded from '
    'what it was told; operator; tenant.';
COMMENT ON COLUMN telephony_internal.job_event_rules.needs IS 'Members of the data without which it is refused.';
COMMENT ON COLUMN telephony_internal.job_event_rules.ends_attempt IS 'The lease ends with it.';

CREATE TYPE telephony_internal.job_standing AS (
    state            text,
    lease_kept       boolean,
    retry_seconds    double precision,
    cancel_requested boolean,
    posts_sent       integer,
    may_resend       boolean,
    intent_at        timestamptz
);
COMMENT ON TYPE telephony_internal.job_standing IS 'What advance() and renew_lease() answer: how the job stands now.';
COMMENT ON COLUMN telephony_internal.job_standing.state IS 'State it is in.';
COMMENT ON COLUMN telephony_internal.job_standing.lease_kept IS 'The attempt goes on; false: it has ended, and the '
    'lease had ended.';
COMMENT ON COLUMN telephony_internal.job_standing.retry_seconds IS 'In how many seconds it can be claimed again; '
    'NULL: it is leased, has ended, or waits for an operator.';
COMMENT ON COLUMN telephony_internal.job_standing.cancel_requested IS 'The number is no longer wanted.';
COMMENT ON COLUMN telephony_internal.job_standing.posts_sent IS 'How often the purchase of its number was sent.';
COMMENT ON COLUMN telephony_internal.job_standing.may_resend IS 'The purchase in doubt may be sent once more.';
COMMENT ON COLUMN telephony_internal.job_standing.intent_at IS 'Twilio''s clock just before the first purchase of its '
    'number was sent; NULL while none was.';

CREATE TYPE telephony_internal.job_step AS (
    event        text,
    to_state     text,
    reason       text,
    reason_code  text,
    delay        interval,
    ends_attempt boolean
);
COMMENT ON TYPE telephony_internal.job_step IS 'What judge_step() made of what was reported.';
COMMENT ON COLUMN telephony_internal.job_step.event IS 'What happened, as the database sees it.';
COMMENT ON COLUMN telephony_internal.job_step.to_state IS 'State it leads to.';
COMMENT ON COLUMN telephony_internal.job_step.reason IS 'Why, and what to do; for the organization.';
COMMENT ON COLUMN telephony_internal.job_step.reason_code IS 'The reason as a code of reason_codes().';
COMMENT ON COLUMN telephony_internal.job_step.delay IS 'Not to be claimed before, if the attempt ends.';
COMMENT ON COLUMN telephony_internal.job_step.ends_attempt IS 'The lease ends with it.';
