-- tier: owner
CREATE FUNCTION telephony_internal.begin_release(org_id uuid, action text) RETURNS telephony_internal.jobs
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number telephony_api.phone_numbers;
    v_job    telephony_internal.jobs := telephony_internal.running_number_job(begin_release.org_id);
    v_before jsonb := jsonb_build_object('state', v_job.state, 'cancel_requested', v_job.cancel_requested);
BEGIN
    IF v_job.kind = 'provision' THEN
        PERFORM telephony_internal.request_cancel(v_job);
        SELECT * INTO v_job FROM telephony_internal.jobs j WHERE j.id = v_job.id;
        PERFORM telephony_internal.audit(v_job.org_id, begin_release.action, 'jobs/' || v_job.id,
            v_before, jsonb_build_object('state', v_job.state, 'cancel_requested', v_job.cancel_requested));
    ELSIF v_job.id IS NULL THEN
        UPDATE telephony_api.phone_numbers p SET status = 'releasing'
         WHERE p.org_id = begin_release.org_id AND p.status = 'live'
        RETURNING * INTO v_number;
        IF FOUND THEN
            PERFORM telephony_internal.assign_live_number(begin_release.org_id);
            INSERT INTO telephony_internal.jobs
                AS j (org_id, kind, state, deadline_at, country_code, number, account_sid, number_sid)
            SELECT v_number.org_id, 'release', 'releasing', now() + s.job_deadline, v_number.country_code,
                v_number.number::telephony.e164, v_number.account_sid, v_number.number_sid
              FROM telephony_internal.settings s
            RETURNING * INTO v_job;
            PERFORM telephony_internal.audit(v_job.org_id, begin_release.action, 'phone_numbers/' || v_number.id,
                jsonb_build_object('number', v_number.number, 'status', 'live'),
                    jsonb_build_object('number', v_number.number, 'status', 'releasing', 'job_id', v_job.id));
            PERFORM telephony_internal.wake_sidecars();
        END IF;
    END IF;
    RETURN v_job;
END
$$;
COMMENT ON FUNCTION telephony_internal.begin_release(uuid, text) IS
    'Cancels the purchase under way for a locked organization, or asks for the release of its live number; the job, '
    'or NULL when there is neither.';
