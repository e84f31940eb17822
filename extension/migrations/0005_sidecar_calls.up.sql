-- 0005: what telephonyd calls: hello, claims and leases, reconciliation, adoption, resume. It holds no other SQL.

CREATE FUNCTION telephony_internal.require_installation(installation uuid) RETURNS telephony_internal.settings
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_settings telephony_internal.settings;
BEGIN
    SELECT * INTO STRICT v_settings FROM telephony_internal.settings;
    IF v_settings.installation IS DISTINCT FROM require_installation.installation THEN
        RAISE EXCEPTION 'this database belongs to another installation'
            USING ERRCODE = 'TL003', DETAIL = pg_catalog.format('Configured: %s. Database: %s.', coalesce(require_installation.installation::text, 'none'), v_settings.installation),
                  HINT = 'Configure the id that SELECT telephony_internal.installation_id() returns. If this database is a copy, give it an id of its own first: UPDATE telephony_internal.settings SET installation = gen_random_uuid().';
    END IF;
    RETURN v_settings;
END
$$;
COMMENT ON FUNCTION telephony_internal.require_installation(uuid) IS 'The settings; TL003 when the caller is configured for another installation.';

CREATE FUNCTION telephony_internal.cluster_identity(OUT system_identifier text, OUT timeline text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT pg_catalog.format('%s.%s', c.system_identifier, (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())),
             pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8) FROM pg_catalog.pg_control_system() c $$;
COMMENT ON FUNCTION telephony_internal.cluster_identity() IS 'Which database this is: system identifier of the cluster and oid, which a restore elsewhere changes, and the timeline, which a point-in-time restore or a failover changes.';

CREATE FUNCTION telephony_internal.hello(installation uuid, version text, platform_account_sid text DEFAULT NULL,
    OUT mode text, OUT schema_version integer, OUT extension_version text, OUT request_life_seconds integer, OUT absence_poll_seconds integer, OUT voice_settings boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_settings telephony_internal.settings;
    v_cluster  record;
    v_locked   boolean := false;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    v_settings := telephony_internal.require_installation(hello.installation);
    SELECT * INTO v_cluster FROM telephony_internal.cluster_identity();
    LOOP
        hello.mode := CASE WHEN v_settings.system_identifier IS NULL THEN v_settings.mode
                           WHEN (v_settings.system_identifier, v_settings.timeline) IS DISTINCT FROM (v_cluster.system_identifier, v_cluster.timeline) THEN 'recovery'
                           ELSE v_settings.mode END;
        EXIT WHEN v_locked OR v_settings.system_identifier IS NOT NULL AND hello.mode = v_settings.mode
              AND v_settings.platform_account_sid IS NOT DISTINCT FROM nullif(coalesce(hello.platform_account_sid, v_settings.platform_account_sid), '');
        -- Something is to be written: decided on the row as it is once it is ours, for another hello() or resume() may have been before us.
        SELECT * INTO STRICT v_settings FROM telephony_internal.settings s FOR NO KEY UPDATE;
        v_locked := true;
    END LOOP;
    IF v_locked THEN
        -- The identity is kept until resume(), so that a second hello still sees the change.
        UPDATE telephony_internal.settings s
           SET mode = hello.mode,
               platform_account_sid = nullif(coalesce(hello.platform_account_sid, s.platform_account_sid), ''),
               system_identifier = coalesce(s.system_identifier, v_cluster.system_identifier),
               timeline = coalesce(s.timeline, v_cluster.timeline);
    END IF;
    IF hello.mode = 'recovery' AND v_settings.mode <> 'recovery' THEN
        -- Tokens have gone back as well: without a new series, an attempt from before would hold one that is given out again.
        UPDATE telephony_internal.jobs j SET token = j.token + 4294967296;
    END IF;
    SELECT pg_catalog.max(m.version) INTO hello.schema_version FROM telephony_internal.schema_migrations m;
    SELECT e.extversion INTO hello.extension_version FROM pg_catalog.pg_extension e WHERE e.extname = 'telephony';
    hello.request_life_seconds := pg_catalog.floor(EXTRACT(epoch FROM v_settings.request_life));
    hello.absence_poll_seconds := pg_catalog.ceil(EXTRACT(epoch FROM v_settings.absence_poll));
    hello.voice_settings := EXISTS (SELECT FROM telephony_internal.voice_settings);
END
$$;
COMMENT ON FUNCTION telephony_internal.hello(uuid, text, text) IS 'First call of a sidecar after every connect. Enters recovery mode when the cluster is not the one that ran before. platform_account_sid: the account it has for organizations without one of their own; empty: none; NULL: not told. TL003: other installation.';

CREATE FUNCTION telephony_internal.resume(installation uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
BEGIN
    PERFORM telephony_internal.require_installation(resume.installation);
    UPDATE telephony_internal.settings s
       SET mode = 'normal', system_identifier = c.system_identifier, timeline = c.timeline
      FROM telephony_internal.cluster_identity() c;
    PERFORM telephony_internal.wake_sidecars();
    RETURN 'normal';
END
$$;
COMMENT ON FUNCTION telephony_internal.resume(uuid) IS 'Ends recovery mode: a person has seen to it that every number at Twilio is known here.';

CREATE FUNCTION telephony_internal.claim_jobs(worker text, max_jobs integer, lease_seconds integer)
RETURNS TABLE (job_id uuid, org_id uuid, kind text, state text, token bigint, tag text, country_code text, kinds jsonb,
               number text, number_country text, number_type text, account_sid text, number_sid text, intent_at timestamptz, cancel_requested boolean, resumed boolean,
               posts_sent integer, repeat_refused boolean, voice jsonb, credential jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_settings telephony_internal.settings;
    v_job      telephony_internal.jobs;
    v_own      telephony_internal.twilio_credentials;
    v_before   text;
    v_prefix   text := telephony_internal.tag_prefix();
    v_now      timestamptz := pg_catalog.clock_timestamp();
BEGIN
    IF (claim_jobs.max_jobs >= 1 AND claim_jobs.lease_seconds >= 1) IS NOT TRUE THEN
        RAISE EXCEPTION 'max_jobs and lease_seconds must be at least 1' USING ERRCODE = '22023';
    END IF;
    -- A claim that a crash takes back does no harm, so the sidecar need not wait for the disk: until its first advance(), which does wait and
    -- makes the claim durable too, it only reads at Twilio, or deletes and updates by the SID of a state that was durable before.
    PERFORM pg_catalog.set_config('synchronous_commit', 'off', true);
    -- migrate() holds this lock alone: no job starts while the schema changes.
    BEGIN
        LOCK TABLE telephony_internal.schema_migrations IN ROW SHARE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        RETURN;
    END;
    SELECT * INTO STRICT v_settings FROM telephony_internal.settings;
    IF v_settings.mode = 'recovery' THEN
        RETURN;
    END IF;
    FOR v_job IN
        SELECT j.* FROM telephony_internal.jobs j
         WHERE j.state NOT IN ('done', 'released', 'cancelled', 'failed', 'conflict')
           AND j.not_before <= v_now
           AND (j.lease_until IS NULL
                -- A request of the worker before may still be under way: wait out its life as well.
                OR j.lease_until + CASE WHEN j.state IN ('buying', 'in_doubt', 'bought') THEN v_settings.request_life ELSE '0' END < v_now)
         ORDER BY j.not_before, j.created_at
         LIMIT claim_jobs.max_jobs
           FOR UPDATE SKIP LOCKED
    LOOP
        v_before := v_job.state;
        -- By the clock, so that a token is not given twice even if a crash takes this claim back.
        v_job.token := greatest(v_job.token + 1, (EXTRACT(epoch FROM v_now) * 1000000)::bigint);
        v_job.worker := claim_jobs.worker;
        v_job.lease_until := v_now + pg_catalog.make_interval(secs => claim_jobs.lease_seconds);
        SELECT * INTO v_own FROM telephony_internal.twilio_credentials c WHERE c.org_id = v_job.org_id;
        v_job.credential_generation := v_own.generation;
        IF v_job.state = 'queued' THEN
            v_job.state := telephony_internal.take_step(v_job, 'start', '{}');
            CONTINUE WHEN v_job.state = 'cancelled';
        ELSE
            UPDATE telephony_internal.jobs j
               SET token = v_job.token, worker = v_job.worker, lease_until = v_job.lease_until, credential_generation = v_job.credential_generation, updated_at = v_now
             WHERE j.id = v_job.id;
        END IF;
        claim_jobs.job_id := v_job.id;
        claim_jobs.org_id := v_job.org_id;
        claim_jobs.kind := v_job.kind;
        claim_jobs.state := v_job.state;
        claim_jobs.token := v_job.token;
        claim_jobs.tag := v_prefix || telephony_internal.short_id(v_job.id);
        claim_jobs.country_code := v_job.country_code;
        claim_jobs.kinds := CASE WHEN v_job.kind = 'provision' THEN telephony_internal.buyable_kinds(v_job.org_id, v_job.country_code) END;
        claim_jobs.number := v_job.number;
        claim_jobs.number_country := v_job.number_country;
        claim_jobs.number_type := v_job.number_type;
        claim_jobs.account_sid := v_job.account_sid;
        claim_jobs.number_sid := v_job.number_sid;
        claim_jobs.intent_at := NULL;
        IF v_job.number IS NOT NULL THEN
            SELECT c.intent_at INTO claim_jobs.intent_at
              FROM telephony_internal.number_claims c WHERE c.job_id = v_job.id AND c.number OPERATOR(telephony.=) v_job.number;
        END IF;
        claim_jobs.cancel_requested := v_job.cancel_requested;
        claim_jobs.resumed := v_before <> ALL (ARRAY['queued', 'searching']);
        claim_jobs.posts_sent := v_job.posts_sent;
        claim_jobs.repeat_refused := v_job.repeat_refused;
        claim_jobs.voice := telephony_internal.voice_parameters(v_job.org_id);
        claim_jobs.credential := CASE WHEN v_own.account_sid = coalesce(v_job.account_sid, v_own.account_sid) THEN telephony_internal.credential_of(v_own) END;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION telephony_internal.claim_jobs(text, integer, integer) IS 'Leases jobs that nobody holds, at most max_jobs, for lease_seconds, each under a new fencing token. Nothing in recovery mode or while migrate() runs.';

CREATE FUNCTION telephony_internal.renew_lease(job_id uuid, token bigint, lease_seconds integer, OUT state text, OUT cancel_requested boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
BEGIN
    IF (renew_lease.lease_seconds >= 1) IS NOT TRUE THEN
        RAISE EXCEPTION 'lease_seconds must be at least 1' USING ERRCODE = '22023';
    END IF;
    -- A sidecar that is cut off may roll a purchase back as long as it holds the lease: a crash must not make the lease shorter here than there.
    PERFORM telephony_internal.require_durable_commit();
    UPDATE telephony_internal.jobs j
       SET lease_until = CASE WHEN j.lease_until IS NULL THEN NULL ELSE pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => renew_lease.lease_seconds) END
     WHERE j.id = renew_lease.job_id AND j.token = renew_lease.token
    RETURNING j.state, j.cancel_requested INTO renew_lease.state, renew_lease.cancel_requested;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the lease of job % is lost', renew_lease.job_id
            USING ERRCODE = 'TL001', DETAIL = 'Another sidecar holds a newer token, or the job is gone.', HINT = 'Drop the job and do nothing more for it at Twilio.';
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_internal.renew_lease(uuid, bigint, integer) IS 'Keeps a lease and tells the state: also the way to learn whether a COMMIT whose answer was lost took place. TL001: the lease is lost.';

CREATE FUNCTION telephony_internal.live_claims(account_sid text)
RETURNS TABLE (number text, number_sid text, org_id uuid, job_id uuid, state text, tag text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_ours text := telephony_internal.tag_prefix();
BEGIN
    RETURN QUERY
        SELECT c.number::text, p.number_sid, c.org_id, c.job_id, c.state, v_ours || telephony_internal.short_id(c.job_id)
          FROM telephony_internal.number_claims c
          LEFT JOIN telephony_api.phone_numbers p
            ON p.org_id = c.org_id AND p.job_id = c.job_id AND p.number OPERATOR(telephony.=) c.number AND p.status <> 'released'
         WHERE c.account_sid = live_claims.account_sid
         ORDER BY c.number;
END
$$;
COMMENT ON FUNCTION telephony_internal.live_claims(text) IS 'What this database claims in a Twilio account: live, in doubt and quarantined numbers.';

CREATE FUNCTION telephony_internal.reconcile_numbers(account_sid text, listed jsonb)
RETURNS TABLE (verdict text, number text, number_sid text, tag text, job_id uuid, org_id uuid, detail text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_ours text := telephony_internal.tag_prefix();
BEGIN
    RETURN QUERY
    WITH at_twilio AS (
        SELECT l.sid, l.phone_number, l.friendly_name, l.date_created,
               CASE WHEN pg_catalog.starts_with(l.friendly_name, v_ours)
                    THEN telephony_internal.long_id(pg_catalog.substr(l.friendly_name, pg_catalog.length(v_ours) + 1)) END AS tag_job
          FROM pg_catalog.jsonb_to_recordset(reconcile_numbers.listed)
            AS l (sid text, phone_number text, friendly_name text, date_created timestamptz)
    ), judged AS (
        -- The live SID and the claim are looked at before any tag: a person may have renamed the number.
        SELECT CASE
                 WHEN p.id IS NOT NULL AND p.account_sid <> reconcile_numbers.account_sid THEN 'moved'
                 WHEN p.id IS NOT NULL AND a.friendly_name IS DISTINCT FROM v_ours || telephony_internal.short_id(p.job_id) THEN 'retag'
                 WHEN p.id IS NOT NULL THEN 'live'
                 WHEN running.id IS NOT NULL THEN 'pending'
                 WHEN a.tag_job IS NULL AND a.friendly_name ~ '^telephony:[A-Za-z0-9_-]{22}:' AND NOT pg_catalog.starts_with(a.friendly_name, v_ours) THEN 'foreign_installation'
                 WHEN a.tag_job IS NULL THEN 'untagged'
                 WHEN j.id IS NULL THEN 'unknown_job'
                 WHEN NOT j.state = ANY (ARRAY['done', 'released', 'cancelled', 'failed', 'conflict']) THEN 'pending'
                 WHEN j.state = 'conflict' OR claimed.state = 'live' THEN 'conflict'
                 -- A person who dismissed the conflict was promised that the number stays; a purchase that came late can have put our tag on it since.
                 WHEN EXISTS (SELECT FROM telephony_internal.job_events e WHERE e.job_id = j.id AND e.event = 'dismiss') THEN 'conflict'
                 WHEN j.number_sid = a.sid
                   OR telephony_internal.is_ours(j.id, a.phone_number::telephony.e164, a.friendly_name, a.date_created) THEN 'orphan'
                 ELSE 'conflict'
               END AS verdict,
               a.phone_number, a.sid, coalesce(a.friendly_name, '') AS tag,
               coalesce(p.job_id, j.id, a.tag_job) AS job_id, coalesce(p.org_id, j.org_id) AS org_id
          FROM at_twilio a
          LEFT JOIN telephony_api.phone_numbers p ON p.number_sid = a.sid AND p.status <> 'released'
          LEFT JOIN telephony_internal.number_claims claimed ON claimed.number OPERATOR(telephony.=) a.phone_number::telephony.e164
          LEFT JOIN telephony_internal.jobs j ON j.id = a.tag_job
          LEFT JOIN LATERAL (SELECT r.id FROM telephony_internal.jobs r
                              WHERE r.number_sid = a.sid AND r.state NOT IN ('done', 'released', 'cancelled', 'failed') LIMIT 1) running ON true
        UNION ALL
        SELECT 'missing', p.number::text, p.number_sid, v_ours || telephony_internal.short_id(p.job_id), p.job_id, p.org_id
          FROM telephony_api.phone_numbers p
         WHERE p.account_sid = reconcile_numbers.account_sid AND p.status <> 'released'
           AND NOT EXISTS (SELECT FROM at_twilio a WHERE a.sid = p.number_sid)
    )
    SELECT d.verdict, d.phone_number, d.sid, d.tag, d.job_id, d.org_id,
           CASE d.verdict
             WHEN 'live' THEN 'in the database and at Twilio'
             WHEN 'retag' THEN 'live; renamed at Twilio: --repair gives it its tag back'
             WHEN 'moved' THEN 'live, but in another account than the database says: a person moved it'
             WHEN 'pending' THEN 'a job is at work on it'
             WHEN 'missing' THEN 'the database has it, Twilio does not'
             WHEN 'orphan' THEN 'bought by a job of ours, belongs to nobody: --repair releases it'
             WHEN 'unknown_job' THEN 'our tag, but this database does not know the job (restored backup?): never released; --adopt takes it in'
             WHEN 'foreign_installation' THEN 'belongs to another installation: never touched'
             WHEN 'untagged' THEN 'not bought by telephony: never touched'
             ELSE 'carries our tag, but is not provably ours: a person must look'
           END
      FROM judged d
     ORDER BY d.verdict, d.phone_number, d.sid;
END
$$;
COMMENT ON FUNCTION telephony_internal.reconcile_numbers(text, jsonb) IS 'Compares all numbers of a Twilio account, as listed there, with the database, and says of each what it is.';

CREATE FUNCTION telephony_internal.report_orphan(account_sid text, number_sid text, number text, tag text, date_created timestamptz) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_row record;
    v_job uuid;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    -- Adopting and releasing look at the same numbers: one at a time.
    IF (SELECT s.mode FROM telephony_internal.settings s FOR UPDATE) = 'recovery' THEN
        RAISE EXCEPTION 'nothing is released in recovery mode'
            USING ERRCODE = 'TL004', HINT = 'Run telephonyd resume once every number at Twilio is known here.';
    END IF;
    SELECT r.* INTO v_row FROM telephony_internal.reconcile_numbers(report_orphan.account_sid,
        pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('sid', report_orphan.number_sid, 'phone_number', report_orphan.number,
            'friendly_name', report_orphan.tag, 'date_created', report_orphan.date_created))) r
     WHERE r.number_sid = report_orphan.number_sid;
    IF v_row.verdict IS DISTINCT FROM 'orphan' THEN
        RETURN NULL;
    END IF;
    -- An erasure of the organization either waits for this job or has taken the one that bought the number away.
    PERFORM FROM telephony_api.organizations o WHERE o.id = v_row.org_id FOR NO KEY UPDATE;
    INSERT INTO telephony_internal.jobs AS j (org_id, kind, state, deadline_at, country_code, number, account_sid, number_sid, purchased_at)
    SELECT o.org_id, 'orphan_release', 'releasing', pg_catalog.now() + s.job_deadline, o.country_code,
           report_orphan.number::telephony.e164, report_orphan.account_sid, report_orphan.number_sid, report_orphan.date_created
      FROM telephony_internal.jobs o, telephony_internal.settings s WHERE o.id = v_row.job_id
    ON CONFLICT DO NOTHING
    RETURNING j.id INTO v_job;
    PERFORM telephony_internal.wake_sidecars();
    RETURN v_job;
END
$$;
COMMENT ON FUNCTION telephony_internal.report_orphan(text, text, text, text, timestamptz) IS 'Asks for the release of a number that belongs to nobody. The database judges again; NULL: it is not provably ours, or its release is under way.';

CREATE FUNCTION telephony_internal.adopt_number(org uuid, account_sid text, number_sid text, number text, date_created timestamptz) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_org    telephony_api.organizations;
    v_number telephony.e164 := adopt_number.number::telephony.e164;
    v_job    telephony_internal.jobs;
    v_until  timestamptz;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    IF v_number IS NULL OR adopt_number.date_created IS NULL OR coalesce(adopt_number.number_sid, '') !~ '^PN[0-9a-fA-F]{32}$'
       OR coalesce(adopt_number.account_sid, '') !~ '^AC[0-9a-f]{32}$' THEN
        RAISE EXCEPTION 'adopting needs a number, its SID, its account and its date' USING ERRCODE = 'TL005', HINT = 'Give them as Twilio lists the number.';
    END IF;
    PERFORM FROM telephony_internal.settings s FOR UPDATE;
    IF EXISTS (SELECT FROM telephony_internal.jobs j WHERE j.number_sid = adopt_number.number_sid AND j.state NOT IN ('done', 'released', 'cancelled', 'failed')) THEN
        RAISE EXCEPTION 'a job is at work on number %', telephony.mask(v_number)
            USING ERRCODE = 'TL005', HINT = 'Wait until it has ended; telephonyd reconcile calls the number pending until then.';
    END IF;
    -- The SID is the authority to release: two organizations with the same one could release each other's number.
    IF EXISTS (SELECT FROM telephony_api.phone_numbers p WHERE p.number_sid = adopt_number.number_sid AND p.status <> 'released') THEN
        RAISE EXCEPTION 'the SID given for number % is that of a number held already', telephony.mask(v_number)
            USING ERRCODE = 'TL005', HINT = 'Give number and SID as Twilio lists them; telephonyd reconcile tells whose it is.';
    END IF;
    SELECT * INTO v_org FROM telephony_api.organizations o WHERE o.id = adopt_number.org FOR NO KEY UPDATE;
    IF NOT FOUND OR v_org.telephony_country IS NULL THEN
        RAISE EXCEPTION 'organization % has not chosen a country yet', adopt_number.org
            USING ERRCODE = 'TL005', HINT = 'It must call select_country() first.';
    END IF;
    IF EXISTS (SELECT FROM telephony_internal.jobs j WHERE j.org_id = adopt_number.org AND j.kind = 'erase' AND j.state = 'erasing') THEN
        RAISE EXCEPTION 'organization % is being erased', adopt_number.org USING ERRCODE = 'TL005', HINT = 'Adopt for another organization.';
    END IF;
    IF EXISTS (SELECT FROM telephony_api.phone_numbers p WHERE p.org_id = adopt_number.org AND p.status <> 'released')
       OR EXISTS (SELECT FROM telephony_internal.jobs j WHERE j.org_id = adopt_number.org AND j.kind IN ('provision', 'release')
                     AND j.state NOT IN ('done', 'released', 'cancelled', 'failed')) THEN
        RAISE EXCEPTION 'organization % has a number, or a job at work on one', adopt_number.org
            USING ERRCODE = 'TL005', HINT = 'Release that number first (a job in conflict: dismiss_conflict), or adopt for another organization.';
    END IF;
    INSERT INTO telephony_internal.jobs AS j (org_id, kind, state, deadline_at, country_code, number, account_sid, number_sid, purchased_at)
    SELECT v_org.id, 'adopt', 'done', pg_catalog.now() + s.job_deadline, v_org.telephony_country, v_number, adopt_number.account_sid, adopt_number.number_sid, adopt_number.date_created
      FROM telephony_internal.settings s
    RETURNING * INTO v_job;
    PERFORM telephony_internal.claim_number(v_number, v_job, adopt_number.account_sid);
    -- Ours now, or the quarantine of a number that the same organization gave up: nothing lives on that.
    UPDATE telephony_internal.number_claims c
       SET job_id = v_job.id, account_sid = adopt_number.account_sid, posted = true, intent_at = coalesce(c.intent_at, adopt_number.date_created)
     WHERE c.number OPERATOR(telephony.=) v_number AND c.org_id = v_org.id AND (c.job_id = v_job.id OR c.state = 'quarantined');
    IF NOT FOUND THEN
        SELECT c.until INTO v_until FROM telephony_internal.number_claims c WHERE c.number OPERATOR(telephony.=) v_number;
        RAISE EXCEPTION 'number % is claimed by another job', telephony.mask(v_number)
            USING ERRCODE = 'TL005', HINT = CASE WHEN v_until IS NULL THEN 'Run telephonyd reconcile to see by which.'
                ELSE pg_catalog.format('That job gave it up, but a late purchase may still take effect: wait until %s.',
                    pg_catalog.to_char(v_until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')) END;
    END IF;
    PERFORM telephony_internal.make_live(v_job);
    INSERT INTO telephony_internal.job_events (job_id, from_state, event, to_state, token, detail)
    VALUES (v_job.id, 'done', 'adopt', 'done', 0, pg_catalog.jsonb_build_object('sid', adopt_number.number_sid, 'number', telephony.mask(v_number)));
    RETURN v_job.id;
END
$$;
COMMENT ON FUNCTION telephony_internal.adopt_number(uuid, text, text, text, timestamptz) IS 'Takes a number that the account already holds in as an organization''s live number. TL005 says why not.';

CREATE FUNCTION telephony_internal.dismiss_conflict(job_id uuid, reason text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job telephony_internal.jobs;
BEGIN
    SELECT * INTO v_job FROM telephony_internal.jobs j WHERE j.id = dismiss_conflict.job_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no job %', dismiss_conflict.job_id USING ERRCODE = 'PT404', HINT = 'Look for state conflict in telephony_internal.jobs.';
    END IF;
    RETURN telephony_internal.take_step(v_job, 'dismiss', pg_catalog.jsonb_build_object('reason', dismiss_conflict.reason));
END
$$;
COMMENT ON FUNCTION telephony_internal.dismiss_conflict(uuid, text) IS 'A person has looked into a job in conflict and closes it. The number stays at Twilio untouched.';

INSERT INTO telephony_internal.tier_privileges (tier, privilege, object) VALUES
    ('sidecar', 'EXECUTE', 'telephony_internal.hello(uuid, text, text)'),
    ('sidecar', 'EXECUTE', 'telephony_internal.resume(uuid)'),
    ('sidecar', 'EXECUTE', 'telephony_internal.claim_jobs(text, integer, integer)'),
    ('sidecar', 'EXECUTE', 'telephony_internal.renew_lease(uuid, bigint, integer)'),
    ('sidecar', 'EXECUTE', 'telephony_internal.live_claims(text)'),
    ('sidecar', 'EXECUTE', 'telephony_internal.reconcile_numbers(text, jsonb)'),
    ('sidecar', 'EXECUTE', 'telephony_internal.report_orphan(text, text, text, text, timestamp with time zone)'),
    ('sidecar', 'EXECUTE', 'telephony_internal.adopt_number(uuid, text, text, text, timestamp with time zone)'),
    ('service', 'EXECUTE', 'telephony_internal.dismiss_conflict(uuid, text)');
