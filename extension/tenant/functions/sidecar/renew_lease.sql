-- tier: sidecar
CREATE FUNCTION telephony_internal.renew_lease(job_id uuid, token bigint, lease_seconds integer)
RETURNS telephony_internal.job_standing
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_job telephony_internal.jobs;
BEGIN
    IF (renew_lease.lease_seconds >= 1) IS NOT TRUE THEN
        RAISE EXCEPTION 'lease_seconds must be at least 1' USING ERRCODE = '22023';
    END IF;
    -- A sidecar that is cut off may roll a purchase back as long as it holds the lease: a crash must not make the lease
    -- shorter here than there.
    PERFORM telephony_internal.require_durable_commit();
    PERFORM telephony_internal.require_known_cluster(s) FROM telephony_internal.settings s;
    UPDATE telephony_internal.jobs j
       SET lease_until = CASE WHEN j.lease_until IS NULL THEN NULL
           ELSE clock_timestamp() + make_interval(secs => renew_lease.lease_seconds) END
     WHERE j.id = renew_lease.job_id AND j.token = renew_lease.token
    RETURNING j.* INTO v_job;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the lease of job % is lost', renew_lease.job_id
            USING ERRCODE = 'TL001', DETAIL = 'Another sidecar holds a newer token, or the job is gone.',
                  HINT = 'Drop the job and do nothing more for it at Twilio.';
    END IF;
    RETURN telephony_internal.standing_of(v_job);
END
$$;
COMMENT ON FUNCTION telephony_internal.renew_lease(uuid, bigint, integer) IS 'Keeps a lease and returns how the job '
    'stands: also the way to learn whether a COMMIT whose answer was lost took place. TL001: the lease is lost. '
    'TL004: not the cluster that ran before.';
