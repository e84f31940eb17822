-- Request limits of single organizations.

CREATE TABLE telephony_internal.org_limits (
    org_id   uuid PRIMARY KEY,
    per_hour integer NOT NULL CHECK (per_hour >= 0),
    set_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE telephony_internal.org_limits IS
    'Organizations that may make another number of requests than telephony.org_limit. check_request() reads a row '
    'when the organization''s window begins; written by set_org_limit().';
COMMENT ON COLUMN telephony_internal.org_limits.org_id IS 'The organization; it may be one that has not come yet.';
COMMENT ON COLUMN telephony_internal.org_limits.per_hour IS
    'Requests an hour, whatever telephony.org_window is; 0: none at all.';
COMMENT ON COLUMN telephony_internal.org_limits.set_at IS 'When it was set last.';
