-- tier: owner
CREATE FUNCTION telephony_internal.record_release(job telephony_internal.jobs) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE telephony_api.phone_numbers p
       SET status = (CASE job.state WHEN 'written_off' THEN 'written_off' ELSE 'released' END)
                    ::telephony_api.number_status,
           released_at = clock_timestamp()
     WHERE p.org_id = job.org_id AND p.number_sid = job.number_sid AND p.released_at IS NULL;
    PERFORM telephony_internal.assign_live_number(job.org_id);
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
