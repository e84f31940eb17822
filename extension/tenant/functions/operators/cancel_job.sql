-- tier: service
CREATE FUNCTION telephony_internal.cancel_job(job_id uuid) RETURNS SETOF telephony_internal.job_overview
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job telephony_internal.jobs;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    v_job := telephony_internal.lock_job_at_work(cancel_job.job_id);
    IF v_job.kind <> 'provision' THEN
        PERFORM telephony_internal.refuse('job_not_cancellable',
            format('a job of kind %s is not cancelled', v_job.kind),
            detail => 'Twilio may have been told already; what was released cannot be had again.',
            hint => 'retry_job() has it tried at once. Where nobody can release the number any more (its account is '
                'closed for good, it was ported away), telephony_internal.write_off_number(number, reason) ends it.');
    END IF;
    PERFORM telephony_internal.request_cancel(v_job);
    PERFORM telephony_internal.audit(v_job.org_id, 'cancel_job', 'jobs/' || v_job.id,
        jsonb_build_object('state', v_job.state, 'cancel_requested', v_job.cancel_requested),
        (SELECT jsonb_build_object('state', j.state, 'cancel_requested', j.cancel_requested)
         FROM telephony_internal.jobs j WHERE j.id = v_job.id));
    RETURN QUERY SELECT * FROM telephony_internal.job_overview o WHERE o.job_id = v_job.id;
END
$$;
COMMENT ON FUNCTION telephony_internal.cancel_job(uuid) IS
    'Cancels a purchase, as release_number() of its organization would: at once if none was ever sent, else when '
    'Twilio was asked and what was bought is released. PT409 for other jobs.';
