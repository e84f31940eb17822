-- tier: service
CREATE FUNCTION telephony_internal.replay_erasures(log jsonb DEFAULT '[]')
RETURNS SETOF telephony_internal.replayed_erasure
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_replayed telephony_internal.replayed_erasure;
BEGIN
    INSERT INTO telephony_internal.erasures (org_id, requested_at, requested_by, job_id, finished_at)
    SELECT l.org_id, l.requested_at, l.requested_by, l.job_id, l.finished_at
      FROM jsonb_to_recordset(replay_erasures.log)
          AS l (org_id uuid, requested_at timestamptz, requested_by text, job_id uuid, finished_at timestamptz)
    ON CONFLICT ON CONSTRAINT erasures_pkey DO NOTHING;
    -- An organization that came (again) after it was erased is not meant.
    FOR v_replayed.org_id IN
        SELECT o.id FROM telephony_api.organizations o
         WHERE EXISTS (SELECT FROM telephony_internal.erasures e
                        WHERE e.org_id = o.id AND e.requested_at >= o.created_at)
         ORDER BY o.id
    LOOP
        SELECT e.job_id INTO v_replayed.job_id FROM telephony_internal.erase_org(v_replayed.org_id) e;
        RETURN NEXT v_replayed;
    END LOOP;
END
$$;
COMMENT ON FUNCTION telephony_internal.replay_erasures(jsonb) IS
    'After a restore: takes the log that was kept apart in, and erases again what the backup brought back. Returns '
    'the jobs; telephonyd works on them once it is resumed.';
