-- The work that running sidecars share: one row a task.

CREATE TABLE telephony_internal.upkeep (
    task        text PRIMARY KEY CHECK (task ~ '^[a-z]+(_[a-z]+)*$'),
    due_at      timestamptz NOT NULL DEFAULT pg_catalog.now(),
    lease_until timestamptz,
    token       bigint NOT NULL DEFAULT 0,
    in_recovery boolean NOT NULL
);
COMMENT ON TABLE telephony_internal.upkeep IS
    'What the sidecars do regularly, once between all of them. Written by take_upkeep(), renew_upkeep() and finish_upkeep().';
COMMENT ON COLUMN telephony_internal.upkeep.task IS 'What is to be done.';
COMMENT ON COLUMN telephony_internal.upkeep.due_at IS 'When next, unless a sidecar holds it.';
COMMENT ON COLUMN telephony_internal.upkeep.lease_until IS
    'Until when a sidecar holds it; after that another takes it over. NULL: nobody holds it.';
COMMENT ON COLUMN telephony_internal.upkeep.token IS
    'Fencing token, microseconds of the clock: grows with every taking; who has an older one holds it no more.';
COMMENT ON COLUMN telephony_internal.upkeep.in_recovery IS
    'Whether it is done in recovery mode too: what neither deletes anything nor acts at Twilio.';

INSERT INTO telephony_internal.upkeep (task, in_recovery) VALUES
    ('fold_counts',    true),
    ('gauges',         true),
    ('self_check',     true),
    ('sweep_accounts', false),
    ('retention',      false),
    ('watched_lines',  false);

CREATE TYPE telephony_internal.upkeep_task AS (
    task         text,
    token        bigint,
    wait_seconds double precision
);
COMMENT ON TYPE telephony_internal.upkeep_task IS 'What take_upkeep() gives out.';
COMMENT ON COLUMN telephony_internal.upkeep_task.task IS 'The task to do now; NULL: none is due.';
COMMENT ON COLUMN telephony_internal.upkeep_task.token IS 'To be given back to renew_upkeep() and finish_upkeep().';
COMMENT ON COLUMN telephony_internal.upkeep_task.wait_seconds IS
    'How long until another may be due, of those asked for; at most 60.';
