-- tier: owner
CREATE FUNCTION telephony_internal.erase_what_is_left(job telephony_internal.jobs, OUT remains text,
                                                      OUT remains_code text, OUT wait interval)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org      telephony_api.organizations;
    v_until    timestamptz;
    v_table    regclass;
    v_referrer text;
BEGIN
    SELECT * INTO v_org FROM telephony_api.organizations o WHERE o.id = job.org_id FOR UPDATE;
    PERFORM telephony_internal.begin_release(job.org_id, 'erase_org');
    PERFORM telephony_internal.end_caller_ids(job.org_id);
    -- Looks grow rarer as the erasure grows old: from a second to a quarter of an hour.
    wait := least(interval '15 minutes', greatest(interval '1 second', (clock_timestamp() - job.created_at) / 4));
    SELECT w.remains, w.remains_code, w.until INTO remains, remains_code, v_until
      FROM telephony_internal.what_erasure_waits_for(job) w;
    IF remains IS NOT NULL THEN
        wait := coalesce(v_until - clock_timestamp() + interval '1 second', wait);
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
