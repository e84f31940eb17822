-- tier: owner
CREATE FUNCTION telephony_internal.what_erasure_waits_for(job telephony_internal.jobs, OUT remains text,
                                                          OUT remains_code text, OUT until timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_other telephony_internal.jobs;
BEGIN
    SELECT * INTO v_other FROM telephony_internal.jobs j
     WHERE j.org_id = job.org_id AND j.id <> job.id AND NOT j.ended
     ORDER BY j.state <> 'conflict', j.created_at LIMIT 1;
    IF v_other.state = 'conflict' THEN
        remains_code := 'job_in_conflict';
        remains := format('job %s is in conflict: an operator must look into it and call dismiss_conflict()',
            v_other.id);
        RETURN;
    ELSIF v_other.id IS NOT NULL THEN
        remains_code := 'other_job_running';
        remains := concat_ws(': ', format('job %s is still %s', v_other.id, v_other.state), v_other.reason)
            || CASE WHEN v_other.deadline_at < clock_timestamp()
                    THEN ' (overdue; where nobody can release its number any more, write_off_number() ends it)'
                    ELSE '' END;
        RETURN;
    END IF;
    SELECT concat_ws(': ', CASE c.kind WHEN 'caller_id_removal' THEN 'a caller id is being deleted at Twilio'
                                       ELSE 'a call is under way' END, c.reason)
      INTO remains FROM telephony_internal.calls c WHERE c.org_id = job.org_id AND NOT c.ended
     ORDER BY c.kind, c.created_at LIMIT 1;
    IF remains IS NOT NULL
       OR EXISTS (SELECT FROM telephony_api.verified_caller_ids v WHERE v.org_id = job.org_id AND v.made_here) THEN
        remains_code := 'call_running';
        remains := coalesce(remains, 'a caller id is to be deleted at Twilio');
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM telephony_api.phone_numbers p WHERE p.org_id = job.org_id AND p.released_at IS NULL)
       OR EXISTS (SELECT FROM telephony_internal.number_holds c WHERE c.org_id = job.org_id
                  AND c.state <> 'quarantined') THEN
        remains_code := 'number_held';
        remains := 'a number is held and no job is at work on it: self_check() and telephonyd reconcile tell more';
        RETURN;
    END IF;
    SELECT max(c.until) INTO until FROM telephony_internal.number_holds c
     WHERE c.org_id = job.org_id AND telephony_internal.is_held(c);
    IF until IS NOT NULL THEN
        remains_code := 'late_horizon';
        remains := format('a number given up may still turn up at Twilio until %s',
                          to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'));
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_internal.what_erasure_waits_for(telephony_internal.jobs) IS
    'What keeps an erasure from deleting the rows of its organization now, and until when that is certain; NULL: '
    'nothing that is known here.';
