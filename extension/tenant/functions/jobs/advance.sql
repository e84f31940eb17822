-- tier: sidecar
-- A sidecar must not wait for a tenant's open transaction: after a second it is told so (55P03) and tries again.
CREATE FUNCTION telephony_internal.advance(job_id uuid, token bigint, event text, data jsonb DEFAULT '{}')
RETURNS telephony_internal.job_standing
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_job telephony_internal.jobs;
BEGIN
    IF advance.event = 'candidate' THEN
        -- Nothing is asked of Twilio before the next step, `send`, is on disk, and this one with it.
        PERFORM set_config('synchronous_commit', 'off', true);
    ELSE
        PERFORM telephony_internal.require_durable_commit();
    END IF;
    PERFORM telephony_internal.require_known_cluster(s) FROM telephony_internal.settings s;
    -- The organization first, then its job: the order in which every function locks them.
    PERFORM FROM telephony_api.organizations o
      WHERE o.id = (SELECT j.org_id FROM telephony_internal.jobs j WHERE j.id = advance.job_id) FOR NO KEY UPDATE;
    SELECT * INTO v_job FROM telephony_internal.jobs j WHERE j.id = advance.job_id FOR UPDATE;
    IF NOT FOUND OR v_job.token IS DISTINCT FROM advance.token THEN
        RAISE EXCEPTION 'the lease of job % is lost', advance.job_id
            USING ERRCODE = 'TL001', DETAIL = 'Another sidecar holds a newer token, or the job is gone.',
                  HINT = 'Drop the job and do nothing more for it at Twilio.';
    END IF;
    IF v_job.lease_until IS NULL THEN
        RAISE EXCEPTION 'job % is not being worked on', advance.job_id
            USING ERRCODE = 'TL001', DETAIL = format('Its attempt ended in state %s.', v_job.state),
                  HINT = 'Claim it first.';
    END IF;
    IF advance.event = ANY (ARRAY['send', 'resend']) AND v_job.lease_until <= clock_timestamp() THEN
        -- Another sidecar could claim the job while the purchase is under way.
        RAISE EXCEPTION 'the lease of job % has run out', advance.job_id
            USING ERRCODE = 'TL001', HINT = 'Renew the lease before sending a purchase.';
    END IF;
    RETURN telephony_internal.take_step(v_job, advance.event, coalesce(advance.data, '{}'), 'sidecar');
END
$$;
COMMENT ON FUNCTION telephony_internal.advance(uuid, bigint, text, jsonb) IS
    'Reports what happened to a claimed job, and returns how the job stands then. TL001: the lease is lost. '
    'TL002: the event is not legal in this state. TL004: in recovery mode, or not the cluster that ran before.';
