-- tier: owner
CREATE FUNCTION telephony_internal.hurry_jobs(org_id uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE telephony_internal.jobs j SET not_before = clock_timestamp()
     WHERE j.org_id = hurry_jobs.org_id AND j.lease_until IS NULL AND j.not_before > clock_timestamp()
       AND NOT j.ended AND j.state NOT IN ('in_doubt', 'conflict');
    PERFORM telephony_internal.wake_sidecars();
END
$$;
COMMENT ON FUNCTION telephony_internal.hurry_jobs(uuid) IS
    'What an organization''s jobs waited for has come: they may be claimed now. A purchase in doubt keeps its pauses, '
    'which are part of the proof.';
