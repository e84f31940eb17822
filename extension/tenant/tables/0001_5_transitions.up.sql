-- The machine of number jobs as data: its transitions, and what each state waits for.

CREATE TABLE telephony_internal.job_transitions (
    from_state     text NOT NULL,
    event          text NOT NULL,
    to_state       text NOT NULL,
    when_cancelled text,
    action         text NOT NULL,
    PRIMARY KEY (from_state, event)
);
COMMENT ON TABLE telephony_internal.job_transitions IS
    'The one transition table: an event not listed for a state is refused. telephonyd states prints the same table.';
COMMENT ON COLUMN telephony_internal.job_transitions.from_state IS 'State the job is in.';
COMMENT ON COLUMN telephony_internal.job_transitions.event IS 'What happened, as advance() was told or found out.';
COMMENT ON COLUMN telephony_internal.job_transitions.to_state IS 'State it is in next.';
COMMENT ON COLUMN telephony_internal.job_transitions.when_cancelled IS
    'State it is in next when a cancel was asked for before; NULL: the same.';
COMMENT ON COLUMN telephony_internal.job_transitions.action IS 'What the step means, for people.';

INSERT INTO telephony_internal.job_transitions (from_state, event, to_state, when_cancelled, action) VALUES
    ('queued',    'start',          'searching', NULL,        'a sidecar took the job'),
    ('queued',    'cancel',         'cancelled', NULL,        'cancelled: no purchase was ever sent'),
    ('searching', 'candidate',      'intended',  'cancelled', 'the number is claimed and the intent written'),
    ('searching', 'taken',          'searching', 'cancelled', 'somebody else holds the number: try the next'),
    ('searching', 'purchased',      'bought',    'releasing', 'an earlier attempt had bought it: its SID is recorded'),
    ('searching', 'foreign',        'conflict',  NULL,        'a number with our tag that we cannot prove to be ours'),
    ('searching', 'no_number',      'failed',    'cancelled', 'no number to be had'),
    ('searching', 'postpone',       'queued',    NULL,        'try again later'),
    ('searching', 'cancel',         'cancelled', NULL,
     'cancelled: no purchase was ever sent, or Twilio lists none'),
    ('intended',  'send',           'buying',    'cancelled', 'the purchase may be sent: committed before it is'),
    ('intended',  'taken',          'searching', 'cancelled', 'the account holds the number already: try the next'),
    ('intended',  'purchased',      'bought',    'releasing', 'an earlier attempt had bought it: its SID is recorded'),
    ('intended',  'foreign',        'conflict',  NULL,        'a number with our tag that we cannot prove to be ours'),
    ('intended',  'postpone',       'intended',  NULL,        'try again later'),
    ('intended',  'cancel',         'cancelled', NULL,
     'cancelled: no purchase was ever sent, or Twilio lists none'),
    ('intended',  'no_number',      'failed',    'cancelled', 'the deadline passed before the purchase could be sent'),
    ('buying',    'purchased',      'bought',    'releasing', 'Twilio answered with the SID'),
    ('buying',    'unavailable',    'searching', 'cancelled', 'Twilio does not sell this number: try the next'),
    ('buying',    'refused',        'failed',    NULL,        'Twilio refuses, and another number would not help'),
    ('buying',    'repeat_refused', 'in_doubt',  NULL,
     'a repeated purchase was refused: no proof that the first was not made'),
    ('buying',    'throttled',      'intended',  'cancelled', 'Twilio did not process the purchase: try again later'),
    ('buying',    'throttled_again', 'in_doubt', NULL,
     'a repeated purchase was not processed: what came of the first is still open'),
    ('buying',    'ambiguous',      'in_doubt',  NULL,        'no answer, or one that does not tell'),
    ('buying',    'foreign',        'conflict',  NULL,        'the number was in the account before the intent'),
    ('buying',    'rolled_back',    'failed',    'cancelled', 'bought and released again while the database was away'),
    ('in_doubt',  'purchased',      'bought',    'releasing', 'found at Twilio: its SID is recorded'),
    ('in_doubt',  'resend',         'buying',    'in_doubt',
     'the same purchase may be sent again: committed before it is'),
    ('in_doubt',  'not_seen',       'in_doubt',  NULL,        'not at Twilio when looked for; not yet proof'),
    ('in_doubt',  'absent',         'searching', 'cancelled', 'seen absent often and long enough: not bought'),
    ('in_doubt',  'foreign',        'conflict',  NULL,        'the number was in the account before the intent'),
    ('in_doubt',  'rolled_back',    'failed',    'cancelled', 'bought and released again while the database was away'),
    ('in_doubt',  'postpone',       'in_doubt',  NULL,        'look again later'),
    ('bought',    'settle',         'done',      'releasing', 'the number is the organization''s and answers'),
    ('bought',    'postpone',       'bought',    'releasing', 'try again later'),
    ('bought',    'gone',           'failed',    'cancelled',
     'a person deleted the number at Twilio before it was settled'),
    ('releasing', 'released',       'released',  'cancelled', 'Twilio confirmed the release'),
    ('releasing', 'postpone',       'releasing', NULL,        'try again later'),
    ('conflict',  'dismiss',        'failed',    NULL,        'a person looked into it');
INSERT INTO telephony_internal.job_transitions (from_state, event, to_state, when_cancelled, action) VALUES
    ('erasing',   'look',           'erasing',   NULL,        'the database judges what is left of the organization'),
    ('erasing',   'postpone',       'erasing',   NULL,        'something is left: look again later'),
    ('erasing',   'erased',         'done',      NULL,        'nothing of the organization is left');

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

INSERT INTO telephony_internal.job_states (state, waits_for, bounded_by) VALUES
    ('queued',    'a sidecar that takes it',
     'settings.job_deadline: put back after it, the purchase fails with its last reason'),
    ('searching', 'the next attempt, after its lease',
     'lease_until: then another sidecar takes over; settings.job_deadline as above'),
    ('intended',  'the next attempt to send the purchase',    'lease_until and settings.job_deadline, as above'),
    ('buying',    'a sidecar that looks what came of it',
     'lease_until plus settings.request_life: then another sidecar takes over, in doubt'),
    ('in_doubt',  'the next look at Twilio',
     'settings.absence_window and absence_observations: seen absent for that long, it was not bought'),
    ('bought',    'the next attempt to settle it',
     'lease_until: then another sidecar takes over; tried at least every 5 minutes; overdue after '
     'settings.job_deadline'),
    ('releasing', 'the next attempt to release it',
     'lease_until: then another sidecar takes over; tried at least every hour; overdue after settings.job_deadline'),
    ('erasing',   'everything that must end before',
     'lease_until: then another sidecar takes over; settings.late_horizon for numbers that may still show up'),
    ('conflict',  'a person: telephony_internal.dismiss_conflict()',
     'nobody else may touch the number: overdue at once, alerted when it happens');
