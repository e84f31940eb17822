-- 0010: giving a number back, and the life of an organization: registered, imported from an earlier system, exported, erased.

CREATE FUNCTION telephony_internal.active_forwardings(org_id uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'Lines that are still forwarded, and what to dial on each to end it: '
           || pg_catalog.string_agg(pg_catalog.format('%s: %s', telephony.mask(h.sim_phone_number), telephony_internal.off_codes(h)), '; ' ORDER BY h.created_at, h.id) || '.'
      FROM telephony_api.hybrid_forwarding_configs h WHERE h.org_id = active_forwardings.org_id AND h.status = 'active'
$$;
COMMENT ON FUNCTION telephony_internal.active_forwardings(uuid) IS 'What callers of an organization will run into when its number is gone, as a sentence; NULL: no line is forwarded.';

CREATE FUNCTION telephony_internal.give_back_number(org_id uuid, action text) RETURNS telephony_internal.jobs
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number telephony_api.phone_numbers;
    v_job    telephony_internal.jobs := telephony_internal.running_number_job(give_back_number.org_id);
    v_before jsonb := pg_catalog.jsonb_build_object('state', v_job.state, 'cancel_requested', v_job.cancel_requested);
BEGIN
    IF v_job.kind = 'provision' THEN
        PERFORM telephony_internal.request_cancel(v_job);
        SELECT * INTO v_job FROM telephony_internal.jobs j WHERE j.id = v_job.id;
        PERFORM telephony_internal.audit(v_job.org_id, give_back_number.action, 'jobs/' || v_job.id,
            v_before, pg_catalog.jsonb_build_object('state', v_job.state, 'cancel_requested', v_job.cancel_requested));
    ELSIF v_job.id IS NULL THEN
        UPDATE telephony_api.phone_numbers p SET status = 'releasing'
         WHERE p.org_id = give_back_number.org_id AND p.status = 'live'
        RETURNING * INTO v_number;
        IF FOUND THEN
            INSERT INTO telephony_internal.jobs AS j (org_id, kind, state, deadline_at, country_code, number, account_sid, number_sid)
            SELECT v_number.org_id, 'release', 'releasing', pg_catalog.now() + s.job_deadline, v_number.country_code, v_number.number, v_number.account_sid, v_number.number_sid
              FROM telephony_internal.settings s
            RETURNING * INTO v_job;
            PERFORM telephony_internal.audit(v_job.org_id, give_back_number.action, 'phone_numbers/' || v_number.id,
                pg_catalog.jsonb_build_object('number', v_number.number, 'status', 'live'), pg_catalog.jsonb_build_object('number', v_number.number, 'status', 'releasing', 'job_id', v_job.id));
            PERFORM telephony_internal.wake_sidecars();
        END IF;
    END IF;
    RETURN v_job;
END
$$;
COMMENT ON FUNCTION telephony_internal.give_back_number(uuid, text) IS 'Cancels the purchase under way for a locked organization, or asks for the release of its live number; the job, or NULL when there is neither.';

CREATE FUNCTION telephony_internal.release_number()
RETURNS TABLE (job_id uuid, state text, number telephony.e164, reason text, created_at timestamptz, updated_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid := telephony_internal.require_org();
    v_job telephony_internal.jobs;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    PERFORM telephony_internal.organization_to_change(v_org);
    v_job := telephony_internal.give_back_number(v_org, 'release_number');
    IF v_job.id IS NULL THEN
        RAISE EXCEPTION 'your organization has no number to release'
            USING ERRCODE = 'PT404', HINT = 'provisioning_status() tells how things stand; provision_number() asks for a number.';
    END IF;
    RETURN QUERY SELECT v_job.id, v_job.state, v_job.number,
        nullif(pg_catalog.concat_ws(' ', v_job.reason, CASE WHEN v_job.kind = 'release' THEN telephony_internal.active_forwardings(v_org) END), ''), v_job.created_at, v_job.updated_at;
END
$$;
COMMENT ON FUNCTION telephony_internal.release_number() IS 'Does the work of telephony_api.release_number().';

CREATE FUNCTION telephony_api.release_number()
RETURNS TABLE (job_id uuid, state text, number telephony.e164, reason text, created_at timestamptz, updated_at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.release_number();
END
$$;
COMMENT ON FUNCTION telephony_api.release_number() IS 'Gives the number of your organization back to Twilio, for good; while a number is being bought, cancels that. The reason names lines that are still forwarded to it, with the codes to dial. PT404 when there is neither.';

-- What the operator's service does for an organization. The application's back end calls these with the id, not a tenant.

CREATE FUNCTION telephony_internal.require_org_id(org_id uuid) RETURNS uuid
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(require_org_id.org_id, '00000000-0000-0000-0000-000000000000') = '00000000-0000-0000-0000-000000000000' THEN
        RAISE EXCEPTION 'no organization given' USING ERRCODE = 'PT400', HINT = 'Give the id that the organization''s tokens carry, a uuid that is not all zero.';
    END IF;
    RETURN require_org_id.org_id;
END
$$;
COMMENT ON FUNCTION telephony_internal.require_org_id(uuid) IS 'The organization that a service names; PT400 when it names none.';

CREATE FUNCTION telephony_internal.no_such_organization(org_id uuid) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'organization % is not known here', no_such_organization.org_id
        USING ERRCODE = 'PT404', HINT = 'Organizations appear by select_country(), register_org() or import_org().';
END
$$;
COMMENT ON FUNCTION telephony_internal.no_such_organization(uuid) IS 'Raises PT404.';

CREATE FUNCTION telephony_internal.register_org(org_id uuid) RETURNS telephony_api.organizations
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid    := telephony_internal.require_org_id(register_org.org_id);
    v_new boolean := NOT EXISTS (SELECT FROM telephony_api.organizations o WHERE o.id = v_org);
    v_row telephony_api.organizations := telephony_internal.organization_to_change(v_org);
BEGIN
    IF v_new THEN
        PERFORM telephony_internal.audit(v_org, 'register_org', 'organizations', NULL, telephony_internal.audited(v_row));
    END IF;
    RETURN v_row;
END
$$;
COMMENT ON FUNCTION telephony_internal.register_org(uuid) IS 'Does the work of telephony_api.register_org().';

CREATE FUNCTION telephony_api.register_org(org_id uuid) RETURNS telephony_api.organizations
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.register_org(register_org.org_id);
END
$$;
COMMENT ON FUNCTION telephony_api.register_org(uuid) IS 'Makes an organization known, with neither country nor number; one that is known stays as it is. PT409 while it is being erased.';

CREATE FUNCTION telephony_internal.import_org(org_id uuid, country_code text, carrier_name text, number text, number_sid text, account_sid text, purchased_at timestamptz)
RETURNS telephony_api.organizations
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org     uuid := telephony_internal.require_org_id(import_org.org_id);
    v_country telephony_api.countries := telephony_internal.resolve_country(import_org.country_code);
    v_number  telephony.e164 := import_org.number::telephony.e164;
    v_before  telephony_api.organizations;
    v_after   telephony_api.organizations;
    v_message text;
    v_hint    text;
BEGIN
    IF pg_catalog.num_nonnulls(import_org.number, import_org.number_sid, import_org.account_sid) NOT IN (0, 3) THEN
        RAISE EXCEPTION 'a number is imported with its SID and its account'
            USING ERRCODE = 'PT400', HINT = 'Give number, number_sid and account_sid as Twilio lists the number, or none of them.';
    ELSIF import_org.number_sid !~ '^PN[0-9a-fA-F]{32}$' OR import_org.account_sid !~ '^AC[0-9a-f]{32}$' THEN
        RAISE EXCEPTION 'not the SIDs of a number and an account'
            USING ERRCODE = 'PT400', HINT = 'number_sid is PN and 32 hexadecimal digits, account_sid AC and 32 in lower case.';
    END IF;
    PERFORM telephony_internal.require_durable_commit();
    -- Adopting locks the settings before the organization: so does whoever adopts or releases by hand.
    PERFORM FROM telephony_internal.settings s FOR UPDATE;
    v_before := telephony_internal.organization_to_change(v_org);
    v_after := v_before;
    v_after.telephony_country := v_country.country_code;
    v_after.forwarding_carrier := CASE WHEN import_org.carrier_name IS NOT NULL THEN (telephony_internal.resolve_carrier(v_country, import_org.carrier_name)).carrier_name
                                       WHEN v_before.telephony_country = v_country.country_code THEN v_before.forwarding_carrier END;
    PERFORM telephony_internal.put_organization(v_before, v_after);
    IF v_number IS NOT NULL AND NOT EXISTS (SELECT FROM telephony_api.phone_numbers p
            WHERE p.org_id = v_org AND p.number_sid = import_org.number_sid AND p.number OPERATOR(telephony.=) v_number AND p.status = 'live') THEN
        BEGIN
            PERFORM telephony_internal.adopt_number(v_org, import_org.account_sid, import_org.number_sid, import_org.number, coalesce(import_org.purchased_at, pg_catalog.now()));
        EXCEPTION WHEN SQLSTATE 'TL005' THEN
            GET STACKED DIAGNOSTICS v_message = MESSAGE_TEXT, v_hint = PG_EXCEPTION_HINT;
            RAISE EXCEPTION '%', v_message USING ERRCODE = 'PT409', HINT = v_hint;
        END;
    END IF;
    SELECT * INTO v_after FROM telephony_api.organizations o WHERE o.id = v_org;
    PERFORM telephony_internal.audit(v_org, 'import_org', 'organizations', telephony_internal.audited(v_before), telephony_internal.audited(v_after));
    RETURN v_after;
END
$$;
COMMENT ON FUNCTION telephony_internal.import_org(uuid, text, text, text, text, text, timestamptz) IS 'Does the work of telephony_api.import_org().';

CREATE FUNCTION telephony_api.import_org(org_id uuid, country_code text, carrier_name text DEFAULT NULL, number text DEFAULT NULL, number_sid text DEFAULT NULL,
    account_sid text DEFAULT NULL, purchased_at timestamptz DEFAULT NULL) RETURNS telephony_api.organizations
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.import_org(import_org.org_id, import_org.country_code, import_org.carrier_name, import_org.number, import_org.number_sid,
        import_org.account_sid, import_org.purchased_at);
END
$$;
COMMENT ON FUNCTION telephony_api.import_org(uuid, text, text, text, text, text, timestamptz) IS 'Brings an organization of an earlier system in: its country, carrier, and the number it has at Twilio (E.164, PN..., AC..., date_created; default now), which is its live number from then on and is not touched at Twilio. Again with the same values: nothing changes. PT409 says why a number is not taken in.';

CREATE FUNCTION telephony_internal.tenant_tables() RETURNS SETOF regclass
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.oid::pg_catalog.regclass
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'erasures'
       AND c.relnamespace IN ('telephony_api'::pg_catalog.regnamespace, 'telephony_internal'::pg_catalog.regnamespace)
     ORDER BY c.relname = 'twilio_credentials', c.relname = 'audit_log', c.relname
$$;
COMMENT ON FUNCTION telephony_internal.tenant_tables() IS 'Every table with rows of organizations, by its column org_id (but erasures, which stay), in the order in which an erasure empties them: the record of changes and the credentials last.';

CREATE FUNCTION telephony_internal.export_org(org_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org   uuid := telephony_internal.require_org_id(export_org.org_id);
    v_all   jsonb;
    v_table pg_catalog.regclass;
    v_rows  jsonb;
BEGIN
    SELECT pg_catalog.jsonb_build_object('exported_at', pg_catalog.now(), 'organization', pg_catalog.to_jsonb(o)) INTO v_all
      FROM telephony_api.organizations o WHERE o.id = v_org;
    IF NOT FOUND THEN
        PERFORM telephony_internal.no_such_organization(v_org);
    END IF;
    FOR v_table IN SELECT t FROM telephony_internal.tenant_tables() t LOOP
        -- What is sealed or internal to a lease says nothing about the organization.
        EXECUTE pg_catalog.format('SELECT coalesce(pg_catalog.jsonb_agg(x.r ORDER BY x.r::text), ''[]'') FROM (SELECT pg_catalog.to_jsonb(t) - ARRAY[''org_id'', ''sealed'', ''key_id'', ''generation'', ''token'', ''worker''] AS r FROM %s t WHERE t.org_id = $1) x', v_table)
           INTO v_rows USING v_org;
        v_all := v_all || pg_catalog.jsonb_build_object((SELECT c.relname FROM pg_catalog.pg_class c WHERE c.oid = v_table), v_rows);
    END LOOP;
    RETURN v_all || pg_catalog.jsonb_build_object('job_events', (
        SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(e) - ARRAY['token', 'worker'] ORDER BY e.job_id, e.seq), '[]')
          FROM telephony_internal.job_events e JOIN telephony_internal.jobs j ON j.id = e.job_id WHERE j.org_id = v_org));
END
$$;
COMMENT ON FUNCTION telephony_internal.export_org(uuid) IS 'Does the work of telephony_api.export_org().';

CREATE FUNCTION telephony_api.export_org(org_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.export_org(export_org.org_id);
END
$$;
COMMENT ON FUNCTION telephony_api.export_org(uuid) IS 'All that is kept of an organization, numbers in full, one list a table; of its Twilio credentials all but the token. PT404: not known here.';

-- Erasing: a job that cancels, gives the number back, waits until nothing can come of a purchase any more, and then deletes.

CREATE TABLE telephony_internal.erasures (
    org_id       uuid NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    requested_by text NOT NULL,
    job_id       uuid NOT NULL,
    finished_at  timestamptz,
    PRIMARY KEY (org_id, requested_at)
);
COMMENT ON TABLE telephony_internal.erasures IS 'What was erased: kept for good, as a restored backup brings erased organizations back. See erasure_log() and replay_erasures().';
COMMENT ON COLUMN telephony_internal.erasures.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_internal.erasures.requested_at IS 'When it was asked for.';
COMMENT ON COLUMN telephony_internal.erasures.requested_by IS 'By whom: the sub claim of the token, or the login role.';
COMMENT ON COLUMN telephony_internal.erasures.job_id IS 'The job that does it.';
COMMENT ON COLUMN telephony_internal.erasures.finished_at IS 'When nothing was left; NULL: not yet.';

INSERT INTO telephony_internal.job_transitions (from_state, event, to_state, when_cancelled, action) VALUES
    ('erasing',   'look',           'erasing',   NULL,        'the database judges what is left of the organization'),
    ('erasing',   'postpone',       'erasing',   NULL,        'something is left: look again later'),
    ('erasing',   'erased',         'done',      NULL,        'nothing of the organization is left');

CREATE FUNCTION telephony_internal.erase_what_is_left(job telephony_internal.jobs, OUT remains text, OUT wait interval)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org   telephony_api.organizations;
    v_other telephony_internal.jobs;
    v_until timestamptz;
    v_table pg_catalog.regclass;
    v_referrer text;
BEGIN
    SELECT * INTO v_org FROM telephony_api.organizations o WHERE o.id = job.org_id FOR UPDATE;
    PERFORM telephony_internal.give_back_number(job.org_id, 'erase_org');
    -- Looks grow rarer as the erasure grows old: from a second to a quarter of an hour.
    wait := least(interval '15 minutes', greatest(interval '1 second', (pg_catalog.clock_timestamp() - job.created_at) / 4));
    SELECT * INTO v_other FROM telephony_internal.jobs j
     WHERE j.org_id = job.org_id AND j.id <> job.id AND j.state NOT IN ('done', 'released', 'cancelled', 'failed')
     ORDER BY j.state <> 'conflict', j.created_at LIMIT 1;
    IF v_other.state = 'conflict' THEN
        remains := pg_catalog.format('job %s is in conflict: a person must look into it and call dismiss_conflict()', v_other.id);
        RETURN;
    ELSIF v_other.id IS NOT NULL THEN
        remains := pg_catalog.concat_ws(': ', pg_catalog.format('job %s is still %s', v_other.id, v_other.state), v_other.reason);
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM telephony_api.phone_numbers p WHERE p.org_id = job.org_id AND p.status <> 'released')
       OR EXISTS (SELECT FROM telephony_internal.number_claims c WHERE c.org_id = job.org_id AND c.state <> 'quarantined') THEN
        remains := 'a number is held and no job is at work on it: self_check() and telephonyd reconcile tell more';
        RETURN;
    END IF;
    SELECT pg_catalog.max(c.until) INTO v_until FROM telephony_internal.number_claims c
     WHERE c.org_id = job.org_id AND c.until >= pg_catalog.clock_timestamp();
    IF v_until IS NOT NULL THEN
        remains := pg_catalog.format('a number given up may still turn up at Twilio until %s', pg_catalog.to_char(v_until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'));
        wait := v_until - pg_catalog.clock_timestamp() + interval '1 second';
        RETURN;
    END IF;
    BEGIN
        DELETE FROM telephony_internal.jobs j WHERE j.org_id = job.org_id AND j.id <> job.id;
        FOR v_table IN SELECT t FROM telephony_internal.tenant_tables() t WHERE t <> 'telephony_internal.jobs'::pg_catalog.regclass LOOP
            EXECUTE pg_catalog.format('DELETE FROM %s t WHERE t.org_id = $1', v_table) USING job.org_id;
        END LOOP;
        DELETE FROM telephony_api.organizations o WHERE o.id = job.org_id;
    EXCEPTION WHEN foreign_key_violation THEN
        GET STACKED DIAGNOSTICS v_referrer = TABLE_NAME;
        remains := pg_catalog.format('a table of the application (%s) refers to it: delete those rows first', coalesce(nullif(v_referrer, ''), 'unnamed'));
        RETURN;
    END;
    PERFORM telephony_internal.count_organization(v_org, NULL);
    UPDATE telephony_internal.erasures e SET finished_at = pg_catalog.clock_timestamp() WHERE e.org_id = job.org_id AND e.job_id = job.id;
    wait := '0';
END
$$;
COMMENT ON FUNCTION telephony_internal.erase_what_is_left(telephony_internal.jobs) IS 'One look of an erasure: gives the number back, says what must still be waited for and how long; when there is nothing, deletes every row of the organization.';

CREATE FUNCTION telephony_internal.erase_org(org_id uuid)
RETURNS TABLE (job_id uuid, state text, number telephony.e164, reason text, created_at timestamptz, updated_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org   uuid := telephony_internal.require_org_id(erase_org.org_id);
    v_row   telephony_api.organizations;
    v_job   telephony_internal.jobs;
    v_actor text;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    SELECT * INTO v_row FROM telephony_api.organizations o WHERE o.id = v_org FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM telephony_internal.no_such_organization(v_org);
    END IF;
    SELECT * INTO v_job FROM telephony_internal.jobs j WHERE j.org_id = v_org AND j.kind = 'erase' AND j.state = 'erasing' FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO telephony_internal.jobs AS j (org_id, kind, state, deadline_at, country_code)
        SELECT v_org, 'erase', 'erasing', pg_catalog.now() + s.job_deadline, v_row.telephony_country FROM telephony_internal.settings s
        RETURNING * INTO v_job;
        PERFORM telephony_internal.audit(v_org, 'erase_org', 'organizations', telephony_internal.audited(v_row), pg_catalog.jsonb_build_object('job_id', v_job.id));
        SELECT a.actor INTO v_actor FROM telephony_api.audit_log a WHERE a.org_id = v_org ORDER BY a.seq DESC LIMIT 1;
        INSERT INTO telephony_internal.erasures (org_id, requested_by, job_id) VALUES (v_org, v_actor, v_job.id);
        PERFORM telephony_internal.give_back_number(v_org, 'erase_org');
        PERFORM telephony_internal.wake_sidecars();
    END IF;
    RETURN QUERY SELECT v_job.id, v_job.state, v_row.assigned_twilio_number,
        nullif(pg_catalog.concat_ws(' ', v_job.reason, telephony_internal.active_forwardings(v_org)), ''), v_job.created_at, v_job.updated_at;
END
$$;
COMMENT ON FUNCTION telephony_internal.erase_org(uuid) IS 'Does the work of telephony_api.erase_org().';

CREATE FUNCTION telephony_api.erase_org(org_id uuid)
RETURNS TABLE (job_id uuid, state text, number telephony.e164, reason text, created_at timestamptz, updated_at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.erase_org(erase_org.org_id);
END
$$;
COMMENT ON FUNCTION telephony_api.erase_org(uuid) IS 'Erases an organization for good, by a job: a purchase is cancelled, its number given back, what may still turn up at Twilio waited for (24 hours after a purchase or release), then all its rows are deleted, the credentials last. Until then every change of it is refused. The reason names lines that are still forwarded. Take its members'' tokens away first. PT404: not known here.';

CREATE FUNCTION telephony_internal.erasure_log() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(e) ORDER BY e.requested_at), '[]') FROM telephony_internal.erasures e);
END
$$;
COMMENT ON FUNCTION telephony_internal.erasure_log() IS 'The erasures so far, to be kept apart from the backups, for replay_erasures().';

CREATE FUNCTION telephony_internal.replay_erasures(log jsonb DEFAULT '[]') RETURNS TABLE (org_id uuid, job_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO telephony_internal.erasures (org_id, requested_at, requested_by, job_id, finished_at)
    SELECT l.org_id, l.requested_at, l.requested_by, l.job_id, l.finished_at
      FROM pg_catalog.jsonb_to_recordset(replay_erasures.log) AS l (org_id uuid, requested_at timestamptz, requested_by text, job_id uuid, finished_at timestamptz)
    ON CONFLICT ON CONSTRAINT erasures_pkey DO NOTHING;
    -- An organization that came (again) after it was erased is not meant.
    FOR replay_erasures.org_id IN
        SELECT o.id FROM telephony_api.organizations o
         WHERE EXISTS (SELECT FROM telephony_internal.erasures e WHERE e.org_id = o.id AND e.requested_at >= o.created_at) ORDER BY o.id
    LOOP
        SELECT e.job_id INTO replay_erasures.job_id FROM telephony_internal.erase_org(replay_erasures.org_id) e;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION telephony_internal.replay_erasures(jsonb) IS 'After a restore: takes the log that was kept apart in, and erases again what the backup brought back. Returns the jobs; telephonyd works on them once it is resumed.';

CREATE FUNCTION telephony_api.country_counts()
RETURNS TABLE (country_code text, carrier_name text, provisioned boolean, organizations bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.country_counts();
END
$$;
COMMENT ON FUNCTION telephony_api.country_counts() IS 'How many organizations there are by country, carrier (empty: none chosen) and whether they have a number. Those without a country are not counted.';

INSERT INTO telephony_internal.tier_privileges (tier, privilege, object) VALUES
    ('tenant',  'EXECUTE', 'telephony_api.release_number()'),
    ('tenant',  'EXECUTE', 'telephony_internal.release_number()'),
    ('service', 'EXECUTE', 'telephony_api.register_org(uuid)'),
    ('service', 'EXECUTE', 'telephony_internal.register_org(uuid)'),
    ('service', 'EXECUTE', 'telephony_api.import_org(uuid, text, text, text, text, text, timestamp with time zone)'),
    ('service', 'EXECUTE', 'telephony_internal.import_org(uuid, text, text, text, text, text, timestamp with time zone)'),
    ('service', 'EXECUTE', 'telephony_api.export_org(uuid)'),
    ('service', 'EXECUTE', 'telephony_internal.export_org(uuid)'),
    ('service', 'EXECUTE', 'telephony_api.erase_org(uuid)'),
    ('service', 'EXECUTE', 'telephony_internal.erase_org(uuid)'),
    ('service', 'EXECUTE', 'telephony_internal.erasure_log()'),
    ('service', 'EXECUTE', 'telephony_internal.replay_erasures(jsonb)'),
    ('service', 'EXECUTE', 'telephony_api.country_counts()');
