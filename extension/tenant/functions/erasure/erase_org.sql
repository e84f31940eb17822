-- tier: service
CREATE FUNCTION telephony_internal.erase_org(org_id uuid)
RETURNS telephony_api.job
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
    SELECT * INTO v_job FROM telephony_internal.jobs j WHERE j.org_id = v_org AND j.kind = 'erase'
        AND j.state = 'erasing' FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO telephony_internal.jobs AS j (org_id, kind, state, deadline_at, country_code)
        SELECT v_org, 'erase', 'erasing', now() + s.job_deadline,
            v_row.telephony_country FROM telephony_internal.settings s
        RETURNING * INTO v_job;
        PERFORM telephony_internal.audit(v_org, 'erase_org', 'organizations', telephony_internal.audited(v_row),
                                         jsonb_build_object('job_id', v_job.id));
        SELECT a.actor INTO v_actor FROM telephony_api.audit_log a WHERE a.org_id = v_org ORDER BY a.seq DESC LIMIT 1;
        INSERT INTO telephony_internal.erasures (org_id, requested_by, job_id) VALUES (v_org, v_actor, v_job.id);
        PERFORM telephony_internal.begin_release(v_org, 'erase_org');
        PERFORM telephony_internal.end_caller_ids(v_org);
        UPDATE telephony_internal.jobs j SET (reason, reason_code) =
               (SELECT w.remains, w.remains_code FROM telephony_internal.what_erasure_waits_for(v_job) w)
         WHERE j.id = v_job.id;
        PERFORM telephony_internal.wake_sidecars();
    END IF;
    RETURN telephony_internal.shown_job(v_job);
END
$$;
COMMENT ON FUNCTION telephony_internal.erase_org(uuid) IS 'Does the work of telephony_api.erase_org().';

CREATE FUNCTION telephony_api.erase_org(org_id uuid)
RETURNS telephony_api.job
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.erase_org(erase_org.org_id);
END
$$;
COMMENT ON FUNCTION telephony_api.erase_org(uuid) IS
    'Erases an organization for good, by a job: a purchase is cancelled, its number released, what may still turn '
    'up at Twilio waited for (24 hours after a purchase or release), then all its rows are deleted, the credentials '
    'last. Until then every change of it is refused; asked again, reason says what it waits for. forwarded_lines names '
    'lines that are still forwarded. Take its members'' tokens away first. telephony.org_uuid() makes the id of a text '
    'that tokens carry. organization_unknown (404): not known here.';
