-- The work that running sidecars share: one row a task.

CREATE TABLE telephony_internal.upkeep (
    task        text PRIMARY KEY CHECK (task ~ '^[a-z]+(_[a-z]+)*$'),
    every       interval CHECK (every > '0'),
    in_recovery boolean NOT NULL,
    due_at      timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz,
    token       bigint NOT NULL DEFAULT 0,
    worker      text,
    failures    integer NOT NULL DEFAULT 0,
    problem     text,
    result      jsonb
);
COMMENT ON TABLE telephony_internal.upkeep IS
    'What the sidecars do regularly, once between all of them. Written by take_upkeep(), renew_upkeep() and '
    'finish_upkeep(); how often is the owner''s to change.';
COMMENT ON COLUMN telephony_internal.upkeep.task IS 'What is to be done; telephonyd knows it by this name.';
COMMENT ON COLUMN telephony_internal.upkeep.every IS 'From the end of one run to the next; empty: never.';
COMMENT ON COLUMN telephony_internal.upkeep.in_recovery IS
    'Whether it is done in recovery mode too: what neither deletes anything nor acts at Twilio.';
COMMENT ON COLUMN telephony_internal.upkeep.due_at IS
    'From when on it is to be done: moves on when it was done, and only then.';
COMMENT ON COLUMN telephony_internal.upkeep.lease_until IS
    'Until when nobody takes it: a sidecar holds it, or it has just failed.';
COMMENT ON COLUMN telephony_internal.upkeep.token IS
    'Fencing token, microseconds of the clock: grows with every taking; who has an older one holds it no more.';
COMMENT ON COLUMN telephony_internal.upkeep.worker IS 'The sidecar that holds it; empty: none.';
COMMENT ON COLUMN telephony_internal.upkeep.failures IS 'How often it has failed since it was last done.';
COMMENT ON COLUMN telephony_internal.upkeep.problem IS 'What it failed with, numbers masked.';
COMMENT ON COLUMN telephony_internal.upkeep.result IS
    'What was found when it was last done: every sidecar shows it among its metrics.';

INSERT INTO telephony_internal.upkeep (task, every, in_recovery, due_at) VALUES
    ('fold_counts',    '5 seconds', true,  now()),
    ('self_check',     '1 hour',    true,  now()),
    ('sweep_accounts', '1 hour',    false, now() + interval '1 hour');

CREATE TYPE telephony_internal.upkeep_task AS (
    task         text,
    token        bigint,
    wait_seconds double precision,
    late_seconds double precision,
    failures     integer,
    overdue      boolean,
    result       jsonb
);
COMMENT ON TYPE telephony_internal.upkeep_task IS 'How a task of upkeep stands, as take_upkeep() tells it.';
COMMENT ON COLUMN telephony_internal.upkeep_task.task IS 'Its name.';
COMMENT ON COLUMN telephony_internal.upkeep_task.token IS
    'To be passed to renew_upkeep() and finish_upkeep(); NULL: the caller did not get it.';
COMMENT ON COLUMN telephony_internal.upkeep_task.wait_seconds IS 'After what time it is worth asking for it again.';
COMMENT ON COLUMN telephony_internal.upkeep_task.late_seconds IS 'How long it has been due without being done.';
COMMENT ON COLUMN telephony_internal.upkeep_task.failures IS 'How often it has failed since it was last done.';
COMMENT ON COLUMN telephony_internal.upkeep_task.overdue IS 'So late that an operator should look.';
COMMENT ON COLUMN telephony_internal.upkeep_task.result IS 'What was found when it was last done.';
