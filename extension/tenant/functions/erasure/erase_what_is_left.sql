-- tier: owner
CREATE FUNCTION telephony_internal.erase_what_is_left(job telephony_internal.jobs, OUT remains text,
                                                      OUT remains_code text, OUT wait interval)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org      telephony_api.organizations;
    v_other    telephony_internal.jobs;
    v_until    timestamptz;
    v_table    regclass;
    v_referrer text;
BEGIN
    SELECT * INTO v_org FROM telephony_api.organizations o WHERE o.id = job.org_id FOR UPDATE;
    PERFORM telephony_internal.begin_release(job.org_id, 'erase_org');
    -- Looks grow rarer as the erasure grows old: from a second to a quarter of an hour.
    wait := least(interval '15 minutes', greatest(interval '1 second', (clock_timestamp() - job.created_at) / 4));
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
        remains := concat_ws(': ', format('job %s is still %s', v_other.id, v_other.state), v_other.reason);
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM telephony_api.phone_numbers p WHERE p.org_id = job.org_id AND p.status <> 'released')
       OR EXISTS (SELECT FROM telephony_internal.number_holds c WHERE c.org_id = job.org_id
                  AND c.state <> 'quarantined') THEN
        remains_code := 'number_held';
        remains := 'a number is held and no job is at work on it: self_check() and telephonyd reconcile tell more';
        RETURN;
    END IF;
    SELECT max(c.until) INTO v_until FROM telephony_internal.number_holds c
     WHERE c.org_id = job.org_id AND telephony_internal.is_held(c);
    IF v_until IS NOT NULL THEN
        remains_code := 'late_horizon';
        remains := format('a number given up may still turn up at Twilio until %s',
                          to_char(v_until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'));
        wait := v_until - clock_timestamp() + interval '1 second';
        RETURN;
    END IF;
    BEGIN
        DELETE FROM telephony_internal.jobs j WHERE j.org_id = job.org_id AND j.id <> job.id;
        FOR v_table IN
            SELECT t FROM telephony_internal.tenant_tables() t WHERE t <> 'telephony_internal.jobs'::regclass
        LOOP
            EXECUTE format('DELETE FROM %s t WHERE t.org_id = $1', v_table) USING job.org_id;
        END LOOP;
        DELETE FROM telephony_api.organizations o WHERE o.id = job.org_id;
    EXCEPTION WHEN foreign_key_violation THEN
        GET STACKED DIAGNOSTICS v_referrer = TABLE_NAME;
        remains_code := 'rows_refer';
        remains := format('a table of the application (%s) refers to it: delete those rows first',
                          coalesce(nullif(v_referrer, ''), 'unnamed'));
        RETURN;
    END;
    PERFORM telephony_internal.count_organization(v_org, NULL);
    UPDATE telephony_internal.erasures e SET finished_at = clock_timestamp()
     WHERE e.org_id = job.org_id AND e.job_id = job.id;
    wait := '0';
END
$$;
COMMENT ON FUNCTION telephony_internal.erase_what_is_left(telephony_internal.jobs) IS
    'One look of an erasure: releases the number, says what must still be waited for and how long; when there is '
    'nothing, deletes every row of the organization.';
