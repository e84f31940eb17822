-- tier: owner
CREATE FUNCTION telephony_internal.record_release(job telephony_internal.jobs) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_before telephony_api.organizations;
    v_after  telephony_api.organizations;
BEGIN
    UPDATE telephony_api.phone_numbers p
       SET status = (CASE job.state WHEN 'written_off' THEN 'written_off' ELSE 'released' END)
                    ::telephony_api.number_status,
           released_at = clock_timestamp()
     WHERE p.org_id = job.org_id AND p.number_sid = job.number_sid AND p.released_at IS NULL;
    SELECT * INTO v_before FROM telephony_api.organizations o WHERE o.id = job.org_id;
    v_after := v_before;
    v_after.assigned_twilio_number :=
        (SELECT p.number FROM telephony_api.phone_numbers p WHERE p.org_id = job.org_id AND p.released_at IS NULL);
    PERFORM telephony_internal.put_organization(v_before, v_after);
    -- The hold may be of the job that bought the number, not of the one that released it.
    UPDATE telephony_internal.number_holds c SET state = 'quarantined', until = now() + s.late_horizon
      FROM telephony_internal.settings s
     WHERE c.number OPERATOR(telephony.=) job.number AND c.org_id = job.org_id AND c.state <> 'quarantined'
       AND NOT EXISTS (SELECT FROM telephony_api.phone_numbers p
                        WHERE p.org_id = job.org_id AND p.number = job.number::text
                            AND p.released_at IS NULL);
END
$$;
COMMENT ON FUNCTION telephony_internal.record_release(telephony_internal.jobs) IS
    'The number of a job is gone at Twilio, or written off: its row, the organization and the hold say so.';
