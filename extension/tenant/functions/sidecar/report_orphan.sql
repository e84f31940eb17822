-- tier: sidecar
CREATE FUNCTION telephony_internal.report_orphan(account_sid text, number_sid text, number text, tag text,
    date_created timestamptz, date_updated timestamptz)
RETURNS uuid
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
        jsonb_build_array(jsonb_build_object(
            'sid', report_orphan.number_sid, 'phone_number', report_orphan.number,
            'friendly_name', report_orphan.tag, 'date_created', report_orphan.date_created,
            'date_updated', report_orphan.date_updated))) r
     WHERE r.number_sid = report_orphan.number_sid;
    IF v_row.verdict IS DISTINCT FROM 'orphan' THEN
        RETURN NULL;
    END IF;
    -- An erasure of the organization either waits for this job or has taken the one that bought the number away.
    PERFORM FROM telephony_api.organizations o WHERE o.id = v_row.org_id FOR NO KEY UPDATE;
    INSERT INTO telephony_internal.jobs
        AS j (org_id, kind, state, deadline_at, country_code, number, account_sid, number_sid, purchased_at)
    SELECT o.org_id, 'orphan_release', 'releasing', now() + s.job_deadline, o.country_code,
           report_orphan.number::telephony.e164, report_orphan.account_sid, report_orphan.number_sid,
               report_orphan.date_created
      FROM telephony_internal.jobs o, telephony_internal.settings s WHERE o.id = v_row.job_id
    ON CONFLICT DO NOTHING
    RETURNING j.id INTO v_job;
    PERFORM telephony_internal.wake_sidecars();
    RETURN v_job;
END
$$;
COMMENT ON FUNCTION telephony_internal.report_orphan(text, text, text, text, timestamptz, timestamptz) IS
    'Asks for the release of a number that belongs to nobody. The database judges again; NULL: it is '
    'not provably ours, or its release is under way.';
