-- 0004: number jobs as a state machine in data: transitions, jobs, their events, claims on numbers, and advance(), the only way a job changes.

CREATE TABLE telephony_internal.job_transitions (
    from_state     text NOT NULL,
    event          text NOT NULL,
    to_state       text NOT NULL,
    when_cancelled text,
    action         text NOT NULL,
    PRIMARY KEY (from_state, event)
);
COMMENT ON TABLE telephony_internal.job_transitions IS 'The one transition table: an event not listed for a state is refused. telephonyd states prints the same table.';
COMMENT ON COLUMN telephony_internal.job_transitions.from_state IS 'State the job is in.';
COMMENT ON COLUMN telephony_internal.job_transitions.event IS 'What happened, as advance() was told or found out.';
COMMENT ON COLUMN telephony_internal.job_transitions.to_state IS 'State it is in next.';
COMMENT ON COLUMN telephony_internal.job_transitions.when_cancelled IS 'State it is in next when a cancel was asked for before; NULL: the same.';
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
    ('searching', 'cancel',         'cancelled', NULL,        'cancelled: no purchase was ever sent, or Twilio lists none'),
    ('intended',  'send',           'buying',    'cancelled', 'the purchase may be sent: committed before it is'),
    ('intended',  'taken',          'searching', 'cancelled', 'the account holds the number already: try the next'),
    ('intended',  'purchased',      'bought',    'releasing', 'an earlier attempt had bought it: its SID is recorded'),
    ('intended',  'foreign',        'conflict',  NULL,        'a number with our tag that we cannot prove to be ours'),
    ('intended',  'postpone',       'intended',  NULL,        'try again later'),
    ('intended',  'cancel',         'cancelled', NULL,        'cancelled: no purchase was ever sent, or Twilio lists none'),
    ('intended',  'no_number',      'failed',    'cancelled', 'the deadline passed before the purchase could be sent'),
    ('buying',    'purchased',      'bought',    'releasing', 'Twilio answered with the SID'),
    ('buying',    'unavailable',    'searching', 'cancelled', 'Twilio does not sell this number: try the next'),
    ('buying',    'refused',        'failed',    NULL,        'Twilio refuses, and another number would not help'),
    ('buying',    'repeat_refused', 'in_doubt',  NULL,        'a repeated purchase was refused: no proof that the first was not made'),
    ('buying',    'throttled',      'intended',  'cancelled', 'Twilio did not process the purchase: try again later'),
    ('buying',    'throttled_again', 'in_doubt', NULL,        'a repeated purchase was not processed: what came of the first is still open'),
    ('buying',    'ambiguous',      'in_doubt',  NULL,        'no answer, or one that does not tell'),
    ('buying',    'foreign',        'conflict',  NULL,        'the number was in the account before the intent'),
    ('buying',    'rolled_back',    'failed',    'cancelled', 'bought and released again while the database was away'),
    ('in_doubt',  'purchased',      'bought',    'releasing', 'found at Twilio: its SID is recorded'),
    ('in_doubt',  'resend',         'buying',    'in_doubt',  'the same purchase may be sent again: committed before it is'),
    ('in_doubt',  'not_seen',       'in_doubt',  NULL,        'not at Twilio when looked for; not yet proof'),
    ('in_doubt',  'absent',         'searching', 'cancelled', 'seen absent often and long enough: not bought'),
    ('in_doubt',  'foreign',        'conflict',  NULL,        'the number was in the account before the intent'),
    ('in_doubt',  'rolled_back',    'failed',    'cancelled', 'bought and released again while the database was away'),
    ('in_doubt',  'postpone',       'in_doubt',  NULL,        'look again later'),
    ('bought',    'settle',         'done',      'releasing', 'the number is the organization''s and answers'),
    ('bought',    'postpone',       'bought',    'releasing', 'try again later'),
    ('bought',    'gone',           'failed',    'cancelled', 'a person deleted the number at Twilio before it was settled'),
    ('releasing', 'released',       'released',  'cancelled', 'Twilio confirmed the release'),
    ('releasing', 'postpone',       'releasing', NULL,        'try again later'),
    ('conflict',  'dismiss',        'failed',    NULL,        'a person looked into it');

CREATE TABLE telephony_internal.jobs (
    id               uuid PRIMARY KEY DEFAULT pg_catalog.gen_random_uuid(),
    org_id           uuid NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('provision', 'release', 'orphan_release', 'adopt', 'erase')),
    state            text NOT NULL CHECK (state IN ('queued', 'searching', 'intended', 'buying', 'in_doubt', 'bought', 'done',
                                                    'releasing', 'erasing', 'released', 'conflict', 'cancelled', 'failed')),
    token            bigint NOT NULL DEFAULT 0,
    worker           text,
    lease_until      timestamptz,
    not_before       timestamptz NOT NULL DEFAULT pg_catalog.now(),
    deadline_at      timestamptz NOT NULL,
    country_code     text CHECK (country_code IS NOT NULL OR kind = 'erase'),
    number           telephony.e164,
    number_country   text CHECK (number_country ~ '^[A-Z]{2}$'),
    number_type      text CHECK (number_type IN ('Local', 'Mobile', 'TollFree', 'National')),
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
    created_at       timestamptz NOT NULL DEFAULT pg_catalog.now(),
    updated_at       timestamptz NOT NULL DEFAULT pg_catalog.now(),
    CONSTRAINT jobs_with_a_candidate CHECK (state NOT IN ('intended', 'buying', 'in_doubt') OR (number IS NOT NULL AND account_sid IS NOT NULL)),
    CONSTRAINT jobs_with_a_number CHECK (state NOT IN ('bought', 'done', 'releasing') OR kind = 'erase' OR (number IS NOT NULL AND account_sid IS NOT NULL AND number_sid IS NOT NULL)),
    CONSTRAINT jobs_ended_without_lease CHECK (state NOT IN ('done', 'released', 'cancelled', 'failed', 'conflict') OR lease_until IS NULL)
);
CREATE UNIQUE INDEX jobs_one_running_per_organization ON telephony_internal.jobs (org_id)
    WHERE kind IN ('provision', 'release') AND state NOT IN ('done', 'released', 'cancelled', 'failed');
CREATE UNIQUE INDEX jobs_one_orphan_release_per_sid ON telephony_internal.jobs (number_sid)
    WHERE kind = 'orphan_release' AND state NOT IN ('done', 'released', 'cancelled', 'failed');
CREATE UNIQUE INDEX jobs_one_erase_per_organization ON telephony_internal.jobs (org_id) WHERE kind = 'erase' AND state = 'erasing';
CREATE INDEX jobs_claimable ON telephony_internal.jobs (not_before, created_at)
    WHERE state NOT IN ('done', 'released', 'cancelled', 'failed', 'conflict');
CREATE INDEX jobs_of_organization ON telephony_internal.jobs (org_id, created_at DESC);
CREATE INDEX jobs_by_number_sid ON telephony_internal.jobs (number_sid) WHERE number_sid IS NOT NULL;
COMMENT ON TABLE telephony_internal.jobs IS 'Purchases and releases. Only advance(), claim_jobs(), renew_lease() and the functions that make or cancel a job write here.';
COMMENT ON COLUMN telephony_internal.jobs.id IS 'Job id; part of the tag at Twilio.';
COMMENT ON COLUMN telephony_internal.jobs.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_internal.jobs.kind IS 'provision, release, orphan_release (a number of ours that belongs to nobody), adopt or erase.';
COMMENT ON COLUMN telephony_internal.jobs.state IS 'See job_transitions.';
COMMENT ON COLUMN telephony_internal.jobs.token IS 'Fencing token, microseconds of the clock: grows with every claim, also when a crash has taken one back; a call with an older one is refused.';
COMMENT ON COLUMN telephony_internal.jobs.worker IS 'Sidecar that holds the lease.';
COMMENT ON COLUMN telephony_internal.jobs.lease_until IS 'Until when; NULL: nobody holds it.';
COMMENT ON COLUMN telephony_internal.jobs.not_before IS 'Not to be claimed before.';
COMMENT ON COLUMN telephony_internal.jobs.deadline_at IS 'A purchase still searching by then fails.';
COMMENT ON COLUMN telephony_internal.jobs.country_code IS 'Country of the organization when the job was made.';
COMMENT ON COLUMN telephony_internal.jobs.number IS 'Candidate, then the number bought or to be released.';
COMMENT ON COLUMN telephony_internal.jobs.number_country IS 'Country of the candidate: its regulatory profile goes with the purchase.';
COMMENT ON COLUMN telephony_internal.jobs.number_type IS 'Kind of the candidate, as in Twilio''s paths.';
COMMENT ON COLUMN telephony_internal.jobs.account_sid IS 'Twilio account it is bought in.';
COMMENT ON COLUMN telephony_internal.jobs.credential_generation IS 'Generation of the organization''s credentials when the job was last claimed; NULL: it had none.';
COMMENT ON COLUMN telephony_internal.jobs.number_sid IS 'SID of the number, from the answer to our own purchase.';
COMMENT ON COLUMN telephony_internal.jobs.purchased_at IS 'date_created of the number at Twilio.';
COMMENT ON COLUMN telephony_internal.jobs.posts_sent IS 'How often the purchase of this number was sent.';
COMMENT ON COLUMN telephony_internal.jobs.repeat_refused IS 'A repeated purchase was refused: only looking helps now.';
COMMENT ON COLUMN telephony_internal.jobs.absent_since IS 'First look that did not find the number in doubt.';
COMMENT ON COLUMN telephony_internal.jobs.absent_seen IS 'How many looks did not find it.';
COMMENT ON COLUMN telephony_internal.jobs.cancel_requested IS 'The organization no longer wants the number.';
COMMENT ON COLUMN telephony_internal.jobs.reason IS 'Why the job failed or waits, and what to do; shown to the organization.';
COMMENT ON COLUMN telephony_internal.jobs.created_at IS 'When it was asked for.';
COMMENT ON COLUMN telephony_internal.jobs.updated_at IS 'When it last changed.';

CREATE TABLE telephony_internal.job_events (
    job_id     uuid NOT NULL REFERENCES telephony_internal.jobs ON DELETE CASCADE,
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
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

CREATE TABLE telephony_internal.number_claims (
    number      telephony.e164 PRIMARY KEY,
    state       text NOT NULL CHECK (state IN ('in_doubt', 'live', 'quarantined')),
    until       timestamptz CHECK ((until IS NOT NULL) = (state = 'quarantined')),
    job_id      uuid NOT NULL,
    org_id      uuid NOT NULL,
    account_sid text NOT NULL CHECK (account_sid ~ '^AC[0-9a-f]{32}$'),
    posted      boolean NOT NULL DEFAULT false,
    intent_at   timestamptz CHECK (intent_at IS NOT NULL OR NOT posted)
);
CREATE INDEX number_claims_of_job ON telephony_internal.number_claims (job_id);
CREATE INDEX number_claims_of_account ON telephony_internal.number_claims (account_sid);
COMMENT ON TABLE telephony_internal.number_claims IS 'Who may hold a number: one row a number. A number once asked for at Twilio stays claimed until the late horizon has passed.';
COMMENT ON COLUMN telephony_internal.number_claims.number IS 'The number.';
COMMENT ON COLUMN telephony_internal.number_claims.state IS 'in_doubt: being bought; live: an organization''s; quarantined: given up, but a late purchase may still take effect.';
COMMENT ON COLUMN telephony_internal.number_claims.until IS 'End of the quarantine.';
COMMENT ON COLUMN telephony_internal.number_claims.job_id IS 'Job that claimed it.';
COMMENT ON COLUMN telephony_internal.number_claims.org_id IS 'Organization of that job.';
COMMENT ON COLUMN telephony_internal.number_claims.account_sid IS 'Account it is bought in.';
COMMENT ON COLUMN telephony_internal.number_claims.posted IS 'A purchase of it was, or may have been, sent.';
COMMENT ON COLUMN telephony_internal.number_claims.intent_at IS 'Twilio''s clock just before the first purchase was sent: an older number is not ours.';

-- The tag that names a purchase at Twilio (FriendlyName, at most 64 characters): telephony:<installation>:<job>, ids as base64url.

-- In plpgsql, as other functions that every step calls: its plans are kept for the session, while a function in SQL that cannot be inlined is planned each time.
CREATE FUNCTION telephony_internal.short_id(id uuid) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN pg_catalog.translate(pg_catalog.rtrim(pg_catalog.encode(pg_catalog.uuid_send(short_id.id), 'base64'), '='), '+/', '-_');
END
$$;
COMMENT ON FUNCTION telephony_internal.short_id(uuid) IS 'A uuid as 22 characters of base64url.';

CREATE FUNCTION telephony_internal.long_id(id text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE WHEN id ~ '^[A-Za-z0-9_-]{21}[AQgw]$'
             THEN pg_catalog.encode(pg_catalog.decode(pg_catalog.translate(id, '-_', '+/') || '==', 'base64'), 'hex')::uuid END $$;
COMMENT ON FUNCTION telephony_internal.long_id(text) IS 'The uuid that short_id() shortened; NULL for anything else.';

CREATE FUNCTION telephony_internal.tag_prefix() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT 'telephony:' || telephony_internal.short_id(s.installation) || ':' FROM telephony_internal.settings s);
END
$$;
COMMENT ON FUNCTION telephony_internal.tag_prefix() IS 'What every tag of this installation begins with.';

CREATE FUNCTION telephony_internal.tag_of(job_id uuid) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$ SELECT telephony_internal.tag_prefix() || telephony_internal.short_id(job_id) $$;
COMMENT ON FUNCTION telephony_internal.tag_of(uuid) IS 'FriendlyName of the numbers that this job buys.';

-- Making sure that "committed" means on disk: a role or session may have switched it off.

CREATE FUNCTION telephony_internal.require_durable_commit() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF pg_catalog.current_setting('synchronous_commit') = ANY (ARRAY['off', 'local']) THEN
        PERFORM pg_catalog.set_config('synchronous_commit', 'on', true);
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_internal.require_durable_commit() IS 'Makes the COMMIT of this transaction wait for the disk (a SET clause on a function would end before it).';

CREATE FUNCTION telephony_internal.wake_sidecars() RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$ SELECT pg_catalog.pg_notify('telephony_jobs', '') $$;
COMMENT ON FUNCTION telephony_internal.wake_sidecars() IS 'A hint without content; the poll of the sidecar is the truth.';

-- Whose account a purchase is made in.

CREATE FUNCTION telephony_internal.account_of(org_id uuid) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT coalesce((SELECT c.account_sid FROM telephony_internal.twilio_credentials c WHERE c.org_id = account_of.org_id), s.platform_account_sid)
      FROM telephony_internal.settings s);
END
$$;
COMMENT ON FUNCTION telephony_internal.account_of(uuid) IS 'The Twilio account that numbers of an organization are bought in: its own, else the platform''s, else NULL.';

-- What may be bought for whom.

CREATE FUNCTION telephony_internal.buyable_kinds(org_id uuid, country_code text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('country_code', p.country, 'number_type', t.type, 'address_sid', r.address_sid, 'bundle_sid', r.bundle_sid)
                                    ORDER BY p.place, t.place)
          FROM telephony_api.countries c
         CROSS JOIN LATERAL pg_catalog.unnest(c.provision_countries) WITH ORDINALITY p (country, place)
         CROSS JOIN LATERAL pg_catalog.unnest(c.number_types) WITH ORDINALITY t (type, place)
          LEFT JOIN telephony_internal.regulatory_profiles r ON r.org_id = buyable_kinds.org_id AND r.country_code = p.country AND r.number_type = t.type
         WHERE c.country_code = buyable_kinds.country_code
           AND (r.org_id IS NOT NULL
                OR NOT EXISTS (SELECT FROM telephony_api.countries n WHERE n.country_code = p.country AND n.needs_regulatory_profile)));
END
$$;
COMMENT ON FUNCTION telephony_internal.buyable_kinds(uuid, text) IS 'Kinds of number to search for an organization in a country, in this order, as an array of {country_code, number_type, address_sid, bundle_sid}; those that need a regulatory profile the organization does not have are left out. NULL: none is left.';

CREATE FUNCTION telephony_internal.next_purchase_at(org_id uuid) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT e.at + interval '1 hour'
      FROM telephony_internal.jobs j
      JOIN telephony_internal.job_events e ON e.job_id = j.id
     WHERE j.org_id = next_purchase_at.org_id AND j.updated_at > pg_catalog.now() - interval '1 hour'
       AND e.event = 'send' AND e.to_state = 'buying' AND e.at > pg_catalog.clock_timestamp() - interval '1 hour'
       -- Refused by Twilio, or not processed: nothing was spent.
       AND coalesce((SELECT n.event FROM telephony_internal.job_events n WHERE n.job_id = e.job_id AND n.seq > e.seq ORDER BY n.seq LIMIT 1), '')
           <> ALL (ARRAY['unavailable', 'refused', 'throttled'])
     ORDER BY e.at DESC
    OFFSET (SELECT s.purchases_per_hour - 1 FROM telephony_internal.settings s) LIMIT 1);
END
$$;
COMMENT ON FUNCTION telephony_internal.next_purchase_at(uuid) IS 'The spend guard: when an organization may have a further number bought; NULL: now.';

-- Claims on numbers.

CREATE FUNCTION telephony_internal.claim_number(number telephony.e164, job telephony_internal.jobs, account_sid text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM telephony_internal.number_claims c
     WHERE c.number OPERATOR(telephony.=) claim_number.number AND c.state = 'quarantined' AND c.until < pg_catalog.now();
    INSERT INTO telephony_internal.number_claims AS c (number, state, job_id, org_id, account_sid)
    VALUES (claim_number.number, 'in_doubt', job.id, job.org_id, claim_number.account_sid)
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION telephony_internal.claim_number(telephony.e164, telephony_internal.jobs, text) IS 'Claims a number for a job; false when somebody holds it, this job''s own quarantined numbers included.';

CREATE FUNCTION telephony_internal.let_go_of_numbers(job_id uuid, but telephony.e164 DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE telephony_internal.number_claims c
       SET state = 'quarantined', until = pg_catalog.now() + s.late_horizon
      FROM telephony_internal.settings s
     WHERE c.job_id = let_go_of_numbers.job_id AND c.state <> 'quarantined' AND c.posted
       AND (let_go_of_numbers.but IS NULL OR c.number OPERATOR(telephony.<>) let_go_of_numbers.but);
    DELETE FROM telephony_internal.number_claims c
     WHERE c.job_id = let_go_of_numbers.job_id AND c.state <> 'quarantined' AND NOT c.posted
       AND (let_go_of_numbers.but IS NULL OR c.number OPERATOR(telephony.<>) let_go_of_numbers.but);
END
$$;
COMMENT ON FUNCTION telephony_internal.let_go_of_numbers(uuid, telephony.e164) IS 'Frees what a job still claims, but one number: at once if no purchase was sent, else after the late horizon.';

-- What a job must prove before Twilio's number counts as its own (rule 3): our tag, our claim, not older than the intent. Both times are whole seconds of
-- different clocks at Twilio (the Date header of one answer, date_created of another), so the intent may seem up to two seconds the later of them.

CREATE FUNCTION telephony_internal.is_ours(job_id uuid, number telephony.e164, tag text, date_created timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce(is_ours.tag = telephony_internal.tag_of(is_ours.job_id), false) AND EXISTS (
        SELECT FROM telephony_internal.number_claims c
         WHERE c.number OPERATOR(telephony.=) is_ours.number AND c.job_id = is_ours.job_id AND c.posted AND is_ours.date_created >= c.intent_at - interval '2 seconds');
END
$$;
COMMENT ON FUNCTION telephony_internal.is_ours(uuid, telephony.e164, text, timestamptz) IS 'True when a number at Twilio provably comes from this job: its tag, a purchase we sent, and not older than the intent.';

CREATE FUNCTION telephony_internal.may_have_bought(job_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM telephony_internal.number_claims c
                    WHERE c.job_id = may_have_bought.job_id AND c.posted AND (c.until IS NULL OR c.until >= pg_catalog.now()));
END
$$;
COMMENT ON FUNCTION telephony_internal.may_have_bought(uuid) IS 'True when a purchase of this job was sent, and may have taken effect or still do: it is cancelled only after a look at Twilio.';

-- The only mutator of a running job.

-- A sidecar must not wait for a tenant's open transaction: after a second it is told so (55P03) and tries again.
CREATE FUNCTION telephony_internal.advance(job_id uuid, token bigint, event text, data jsonb DEFAULT '{}') RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_job telephony_internal.jobs;
BEGIN
    IF advance.event = 'candidate' THEN
        -- Nothing is asked of Twilio before the next step, `send`, is on disk, and this one with it.
        PERFORM pg_catalog.set_config('synchronous_commit', 'off', true);
    ELSE
        PERFORM telephony_internal.require_durable_commit();
    END IF;
    -- The organization first, then its job: the order in which every function locks them.
    PERFORM FROM telephony_api.organizations o
      WHERE o.id = (SELECT j.org_id FROM telephony_internal.jobs j WHERE j.id = advance.job_id) FOR NO KEY UPDATE;
    SELECT * INTO v_job FROM telephony_internal.jobs j WHERE j.id = advance.job_id FOR UPDATE;
    IF NOT FOUND OR v_job.token IS DISTINCT FROM advance.token THEN
        RAISE EXCEPTION 'the lease of job % is lost', advance.job_id
            USING ERRCODE = 'TL001', DETAIL = 'Another sidecar holds a newer token, or the job is gone.', HINT = 'Drop the job and do nothing more for it at Twilio.';
    END IF;
    IF v_job.lease_until IS NULL THEN
        RAISE EXCEPTION 'job % is not being worked on', advance.job_id
            USING ERRCODE = 'TL001', DETAIL = pg_catalog.format('Its attempt ended in state %s.', v_job.state), HINT = 'Claim it first.';
    END IF;
    IF advance.event = ANY (ARRAY['send', 'resend']) AND v_job.lease_until <= pg_catalog.clock_timestamp() THEN
        -- Another sidecar could claim the job while the purchase is under way.
        RAISE EXCEPTION 'the lease of job % has run out', advance.job_id
            USING ERRCODE = 'TL001', HINT = 'Renew the lease before sending a purchase.';
    END IF;
    RETURN telephony_internal.take_step(v_job, advance.event, coalesce(advance.data, '{}'));
END
$$;
COMMENT ON FUNCTION telephony_internal.advance(uuid, bigint, text, jsonb) IS 'Tells what happened to a claimed job and returns its new state. TL001: the lease is lost. TL002: the event is not legal in this state. TL004: not in recovery mode.';

CREATE FUNCTION telephony_internal.take_step(job telephony_internal.jobs, event text, data jsonb) RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_settings telephony_internal.settings;
    v_event    text := take_step.event;
    v_rule     telephony_internal.job_transitions;
    v_state    text;
    v_number   telephony.e164 := take_step.data ->> 'number';
    v_created  timestamptz := take_step.data ->> 'date_created';
    v_reason   text := telephony_internal.masked(coalesce(take_step.data ->> 'reason', take_step.data ->> 'message', take_step.data ->> 'detail'));
    v_delay    interval := pg_catalog.make_interval(secs => least(3600, greatest(0, coalesce((take_step.data ->> 'delay_seconds')::double precision, 0))));
    v_cancelled boolean := job.cancel_requested;
    v_next     timestamptz;
BEGIN
    SELECT * INTO STRICT v_settings FROM telephony_internal.settings;

    IF v_event = 'candidate' AND (v_number IS NULL OR coalesce(take_step.data ->> 'account_sid', '') !~ '^AC[0-9a-f]{32}$')
       OR v_event = 'purchased' AND (v_number IS NULL OR v_created IS NULL OR coalesce(take_step.data ->> 'sid', '') !~ '^PN[0-9a-fA-F]{32}$') THEN
        RAISE EXCEPTION 'event % does not carry what it must', pg_catalog.quote_literal(v_event)
            USING ERRCODE = '22023', HINT = 'candidate needs number and account_sid; purchased needs number, sid, tag and date_created.';
    END IF;

    -- Recovery: this cluster may not know what was bought. Nothing is bought from here.
    IF v_settings.mode = 'recovery' AND v_event = ANY (ARRAY['candidate', 'send', 'resend']) THEN
        RAISE EXCEPTION 'nothing is bought in recovery mode'
            USING ERRCODE = 'TL004', HINT = 'Run telephonyd reconcile, adopt what is missing here, then telephonyd resume.';
    END IF;

    IF v_event = 'candidate' AND NOT v_cancelled AND take_step.data ->> 'account_sid' IS DISTINCT FROM telephony_internal.account_of(job.org_id) THEN
        RAISE EXCEPTION 'job % is to buy in another account', job.id
            USING ERRCODE = 'TL001', DETAIL = 'The credentials were changed.', HINT = 'Drop the job: it is claimed again with the new ones.';
    END IF;

    IF v_event = 'send' AND NOT v_cancelled THEN
        v_next := telephony_internal.next_purchase_at(job.org_id);
        IF v_next IS NOT NULL THEN
            v_event := 'postpone';
            v_reason := pg_catalog.format('your organization has bought %s numbers within the hour, which is the limit (settings.purchases_per_hour): the purchase waits until %s',
                v_settings.purchases_per_hour, pg_catalog.to_char(v_next AT TIME ZONE 'UTC', 'HH24:MI "UTC"'));
            v_delay := v_next - pg_catalog.clock_timestamp();
        END IF;
    END IF;

    -- What the database knows better than the one who reports.
    IF v_event = ANY (ARRAY['start', 'postpone']) AND v_cancelled AND job.state = ANY (ARRAY['queued', 'searching', 'intended'])
       AND NOT telephony_internal.may_have_bought(job.id) THEN
        v_event := 'cancel';
    ELSIF v_event = 'cancel' AND (NOT v_cancelled OR job.state = 'queued' AND telephony_internal.may_have_bought(job.id)) THEN
        RAISE EXCEPTION 'job % is not to be cancelled', job.id
            USING ERRCODE = 'TL002', HINT = 'Nobody asked for it, or a purchase was sent before and Twilio was not asked what came of it.';
    ELSIF v_event = 'candidate' AND NOT v_cancelled AND NOT telephony_internal.claim_number(v_number, job, take_step.data ->> 'account_sid') THEN
        v_event := 'taken';
    ELSIF v_event = 'purchased' AND NOT telephony_internal.is_ours(job.id, v_number, take_step.data ->> 'tag', v_created) THEN
        v_event := 'foreign';
        v_reason := 'the number was in the account before, or does not carry the tag of this job';
    ELSIF v_event = ANY (ARRAY['unavailable', 'refused']) AND job.posts_sent > 1 THEN
        v_event := 'repeat_refused';
    ELSIF v_event = 'throttled' AND job.posts_sent > 1 THEN
        v_event := 'throttled_again';
    ELSIF v_event = 'not_seen' THEN
        job.absent_seen := job.absent_seen + 1;
        job.absent_since := coalesce(job.absent_since, pg_catalog.clock_timestamp());
        v_delay := v_settings.absence_poll;
        IF job.absent_seen >= v_settings.absence_observations
           AND pg_catalog.clock_timestamp() - job.absent_since >= v_settings.absence_window THEN
            v_event := 'absent';
        END IF;
    ELSIF v_event = 'absent' THEN
        RAISE EXCEPTION 'absence is concluded by the database, from not_seen' USING ERRCODE = 'TL002';
    ELSIF v_event = 'look' AND job.state = 'erasing' THEN
        SELECT e.remains, e.wait INTO v_reason, v_delay FROM telephony_internal.erase_what_is_left(job) e;
        v_event := CASE WHEN v_reason IS NULL THEN 'erased' ELSE 'postpone' END;
    ELSIF v_event = 'erased' THEN
        RAISE EXCEPTION 'the end of an erasure is concluded by the database, from look' USING ERRCODE = 'TL002';
    ELSIF v_event = 'resend' AND NOT v_cancelled AND (job.repeat_refused OR job.posts_sent >= 3) THEN
        RAISE EXCEPTION 'this purchase is not to be sent again'
            USING ERRCODE = 'TL002', HINT = 'It was refused when repeated, or sent three times: only looking helps.';
    ELSIF v_event = 'postpone' AND job.state = ANY (ARRAY['searching', 'intended']) AND pg_catalog.clock_timestamp() >= job.deadline_at AND NOT v_cancelled THEN
        v_event := 'no_number';
        v_reason := pg_catalog.format('gave up after %s: %s', v_settings.job_deadline, v_reason);
    END IF;

    SELECT * INTO v_rule FROM telephony_internal.job_transitions t WHERE t.from_state = job.state AND t.event = v_event;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'event % is not legal in state %', pg_catalog.quote_nullable(v_event), job.state
            USING ERRCODE = 'TL002', DETAIL = (SELECT 'Legal here: ' || coalesce(pg_catalog.string_agg(t.event, ', ' ORDER BY t.event), 'nothing') || '.'
                                                 FROM telephony_internal.job_transitions t WHERE t.from_state = job.state);
    END IF;
    v_state := CASE WHEN v_cancelled THEN coalesce(v_rule.when_cancelled, v_rule.to_state) ELSE v_rule.to_state END;

    -- What the step carries with it.
    IF v_event = 'candidate' AND v_state = 'intended' THEN
        job.number := v_number;
        job.number_country := take_step.data ->> 'number_country';
        job.number_type := take_step.data ->> 'number_type';
        job.account_sid := take_step.data ->> 'account_sid';
    ELSIF v_event = ANY (ARRAY['send', 'resend']) AND v_state = 'buying' THEN
        job.posts_sent := job.posts_sent + 1;
        job.absent_since := NULL;
        job.absent_seen := 0;
        UPDATE telephony_internal.number_claims c
           SET posted = true, intent_at = coalesce(c.intent_at, (take_step.data ->> 'server_date')::timestamptz, pg_catalog.date_trunc('second', pg_catalog.now()))
         WHERE c.number OPERATOR(telephony.=) job.number AND c.job_id = job.id;
    ELSIF v_event = ANY (ARRAY['throttled', 'throttled_again']) THEN
        job.posts_sent := job.posts_sent - 1;
    ELSIF v_event = 'repeat_refused' THEN
        job.repeat_refused := true;
    ELSIF v_event = 'purchased' THEN
        job.number := v_number;
        job.number_sid := take_step.data ->> 'sid';
        job.purchased_at := v_created;
        job.account_sid := (SELECT c.account_sid FROM telephony_internal.number_claims c WHERE c.number OPERATOR(telephony.=) v_number);
        UPDATE telephony_internal.number_claims c SET state = 'in_doubt', until = NULL
         WHERE c.number OPERATOR(telephony.=) v_number AND c.job_id = job.id;
        PERFORM telephony_internal.let_go_of_numbers(job.id, but => v_number);
    ELSIF v_event = 'gone' THEN
        v_reason := 'the number was deleted at Twilio before your organization got it. Ask for a number again.';
    ELSIF v_event = 'settle' AND v_state = 'done' THEN
        PERFORM telephony_internal.make_live(job);
    ELSIF v_event = 'released' THEN
        PERFORM telephony_internal.retire_number(job);
    ELSIF v_event = 'rolled_back' THEN
        v_reason := 'the number was bought while the database was out of reach, so the purchase was rolled back: it was released at Twilio and nothing is held. Ask for a number again.';
    END IF;

    -- Leaving a number behind.
    IF v_state = ANY (ARRAY['searching', 'failed', 'cancelled', 'released']) AND v_event <> 'start' THEN
        PERFORM telephony_internal.let_go_of_numbers(job.id);
        job.posts_sent := 0;
        job.repeat_refused := false;
        job.absent_since := NULL;
        job.absent_seen := 0;
        IF v_state = ANY (ARRAY['searching', 'failed', 'cancelled']) AND job.number_sid IS NULL THEN
            -- The next candidate may be in another account: the organization can bring its own meanwhile.
            job.number := NULL;
            job.account_sid := NULL;
        END IF;
    END IF;

    -- What an attempt met with credentials that were replaced meanwhile holds nothing up, as if they had come after it: see hurry_jobs().
    IF v_event = 'postpone' AND job.state <> ALL (ARRAY['in_doubt', 'erasing']) AND v_delay > interval '0'
       AND job.credential_generation IS DISTINCT FROM (SELECT c.generation FROM telephony_internal.twilio_credentials c WHERE c.org_id = job.org_id) THEN
        v_delay := '0';
        PERFORM telephony_internal.wake_sidecars();
    END IF;

    -- The end of an attempt gives the lease back.
    IF v_state = ANY (ARRAY['done', 'released', 'cancelled', 'failed', 'conflict'])
       OR v_event = ANY (ARRAY['postpone', 'throttled', 'throttled_again', 'not_seen']) THEN
        job.lease_until := NULL;
        job.not_before := pg_catalog.clock_timestamp() + v_delay;
    END IF;
    job.reason := CASE WHEN v_event = ANY (ARRAY['no_number', 'refused', 'rolled_back', 'gone', 'foreign', 'postpone', 'throttled', 'throttled_again', 'dismiss']) THEN coalesce(v_reason, v_rule.action)
                       WHEN v_event = ANY (ARRAY['settle', 'released', 'erased']) THEN NULL
                       ELSE job.reason END;

    UPDATE telephony_internal.jobs j
       SET state = v_state, token = job.token, lease_until = job.lease_until, not_before = job.not_before,
           worker = CASE WHEN job.lease_until IS NOT NULL THEN job.worker END,
           number = job.number, number_country = job.number_country, number_type = job.number_type, account_sid = job.account_sid, credential_generation = job.credential_generation,
           number_sid = job.number_sid, purchased_at = job.purchased_at,
           posts_sent = job.posts_sent, repeat_refused = job.repeat_refused, absent_since = job.absent_since, absent_seen = job.absent_seen,
           reason = job.reason, updated_at = pg_catalog.clock_timestamp()
     WHERE j.id = job.id;
    INSERT INTO telephony_internal.job_events (job_id, from_state, event, to_state, token, worker, detail)
    VALUES (job.id, job.state, v_event, v_state, job.token, job.worker,
            CASE WHEN take_step.data = '{}' THEN take_step.data ELSE telephony_internal.masked(take_step.data) END);
    RETURN v_state;
END
$$;
COMMENT ON FUNCTION telephony_internal.take_step(telephony_internal.jobs, text, jsonb) IS 'One step of a job whose row is locked: looks the event up in job_transitions, applies it, records it.';

CREATE FUNCTION telephony_internal.request_cancel(job telephony_internal.jobs) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE telephony_internal.jobs j SET cancel_requested = true, updated_at = pg_catalog.clock_timestamp() WHERE j.id = job.id AND NOT j.cancel_requested;
    job.cancel_requested := true;
    IF job.state = 'queued' AND NOT telephony_internal.may_have_bought(job.id) THEN
        PERFORM telephony_internal.take_step(job, 'cancel', '{}');
        RETURN;
    END IF;
    UPDATE telephony_internal.jobs j SET not_before = pg_catalog.clock_timestamp()
     WHERE j.id = job.id AND j.state = ANY (ARRAY['queued', 'intended', 'bought']) AND j.lease_until IS NULL AND j.not_before > pg_catalog.clock_timestamp();
    PERFORM telephony_internal.wake_sidecars();
END
$$;
COMMENT ON FUNCTION telephony_internal.request_cancel(telephony_internal.jobs) IS 'Cancels a purchase whose row is locked: at once if none was ever sent, else as soon as Twilio was asked and what was bought is given back.';

CREATE FUNCTION telephony_internal.make_live(job telephony_internal.jobs) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_before telephony_api.organizations;
    v_after  telephony_api.organizations;
BEGIN
    INSERT INTO telephony_api.phone_numbers (org_id, number, number_sid, account_sid, country_code, status, job_id, purchased_at)
    VALUES (job.org_id, job.number, job.number_sid, job.account_sid, job.country_code, 'live', job.id, coalesce(job.purchased_at, pg_catalog.now()));
    UPDATE telephony_internal.number_claims c SET state = 'live', until = NULL
     WHERE c.number OPERATOR(telephony.=) job.number AND c.job_id = job.id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'job % does not hold the claim on its number', job.id USING ERRCODE = 'TL002';
    END IF;
    SELECT * INTO v_before FROM telephony_api.organizations o WHERE o.id = job.org_id;
    v_after := v_before;
    v_after.assigned_twilio_number := job.number;
    PERFORM telephony_internal.put_organization(v_before, v_after);
END
$$;
COMMENT ON FUNCTION telephony_internal.make_live(telephony_internal.jobs) IS 'The number of a job becomes the organization''s live number.';

CREATE FUNCTION telephony_internal.retire_number(job telephony_internal.jobs) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_before telephony_api.organizations;
    v_after  telephony_api.organizations;
BEGIN
    UPDATE telephony_api.phone_numbers p SET status = 'released', released_at = pg_catalog.clock_timestamp()
     WHERE p.org_id = job.org_id AND p.number_sid = job.number_sid AND p.status <> 'released';
    SELECT * INTO v_before FROM telephony_api.organizations o WHERE o.id = job.org_id;
    v_after := v_before;
    v_after.assigned_twilio_number := (SELECT p.number FROM telephony_api.phone_numbers p WHERE p.org_id = job.org_id AND p.status <> 'released');
    PERFORM telephony_internal.put_organization(v_before, v_after);
    -- The claim may be of the job that bought the number, not of the one that released it.
    UPDATE telephony_internal.number_claims c SET state = 'quarantined', until = pg_catalog.now() + s.late_horizon
      FROM telephony_internal.settings s
     WHERE c.number OPERATOR(telephony.=) job.number AND c.org_id = job.org_id AND c.state <> 'quarantined'
       AND NOT EXISTS (SELECT FROM telephony_api.phone_numbers p
                        WHERE p.org_id = job.org_id AND p.number OPERATOR(telephony.=) job.number AND p.status <> 'released');
END
$$;
COMMENT ON FUNCTION telephony_internal.retire_number(telephony_internal.jobs) IS 'The number of a job is gone at Twilio: its row, the organization and the claim say so.';

INSERT INTO telephony_internal.tier_privileges (tier, privilege, object) VALUES
    ('sidecar', 'EXECUTE', 'telephony_internal.advance(uuid, bigint, text, jsonb)');
