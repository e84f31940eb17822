-- tier: owner
CREATE FUNCTION telephony_internal.request_cancel(job telephony_internal.jobs) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE telephony_internal.jobs j SET cancel_requested = true, updated_at = clock_timestamp() WHERE j.id = job.id
        AND NOT j.cancel_requested;
    job.cancel_requested := true;
    IF job.state = 'queued' AND NOT telephony_internal.may_have_bought(job.id) THEN
        PERFORM telephony_internal.take_step(job, 'cancel', '{}', 'tenant');
        RETURN;
    END IF;
    UPDATE telephony_internal.jobs j SET not_before = clock_timestamp()
     WHERE j.id = job.id AND j.state = ANY (ARRAY['queued', 'intended', 'bought']) AND j.lease_until IS NULL
         AND j.not_before > clock_timestamp();
    PERFORM telephony_internal.wake_sidecars();
END
$$;
COMMENT ON FUNCTION telephony_internal.request_cancel(telephony_internal.jobs) IS
    'Cancels a purchase whose row is locked: at once if none was ever sent, else as soon as Twilio was asked and what '
    'was bought is released.';
