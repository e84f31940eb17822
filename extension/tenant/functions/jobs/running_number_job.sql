-- tier: owner
CREATE FUNCTION telephony_internal.running_number_job(org_id uuid) RETURNS telephony_internal.jobs
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job telephony_internal.jobs;
BEGIN
    SELECT * INTO v_job FROM telephony_internal.jobs j
     WHERE j.org_id = running_number_job.org_id AND j.kind IN ('provision', 'release') AND NOT j.ended
       FOR UPDATE;
    RETURN v_job;
END
$$;
COMMENT ON FUNCTION telephony_internal.running_number_job(uuid) IS
    'The purchase or release under way for an organization, locked; NULL when there is none.';
