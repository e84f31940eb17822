-- tier: sidecar
CREATE FUNCTION telephony_internal.record_absence(org uuid, account_sid text, number_sid text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_number telephony_api.phone_numbers;
    v_job    telephony_internal.jobs;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    PERFORM FROM telephony_api.organizations o WHERE o.id = record_absence.org FOR NO KEY UPDATE;
    SELECT * INTO v_number FROM telephony_api.phone_numbers p
     WHERE p.org_id = record_absence.org AND p.number_sid = record_absence.number_sid
     ORDER BY p.released_at DESC LIMIT 1;
    IF v_number.id IS NULL THEN
        RAISE EXCEPTION 'organization % has no number %', record_absence.org, record_absence.number_sid
            USING ERRCODE = 'TL005', HINT = 'telephonyd reconcile tells whose it is.';
    ELSIF v_number.released_at IS NOT NULL THEN
        RETURN NULL;
    ELSIF v_number.account_sid <> record_absence.account_sid THEN
        RAISE EXCEPTION 'number % was bought in account %', telephony.mask(v_number.number::telephony.e164),
            v_number.account_sid
            USING ERRCODE = 'TL005', HINT = 'That it is not in another account proves nothing: give --account.';
    END IF;
    v_job := telephony_internal.running_number_job(record_absence.org);
    IF v_job.id IS NOT NULL AND v_job.number_sid IS DISTINCT FROM v_number.number_sid
       OR v_job.lease_until > clock_timestamp() THEN
        RAISE EXCEPTION 'job % is at work for organization %', v_job.id, record_absence.org
            USING ERRCODE = 'TL005',
                  HINT = format('Try again when it has ended%s.', to_char(v_job.lease_until AT TIME ZONE 'UTC',
                                '", or its lease has, at" HH24:MI:SS "UTC"'));
    ELSIF v_job.id IS NULL THEN
        v_job := telephony_internal.begin_release(record_absence.org, 'record_absence');
    END IF;
    PERFORM telephony_internal.take_step(v_job, 'released', '{"how": "absent"}', 'sidecar');
    PERFORM telephony_internal.audit(v_job.org_id, 'record_absence', 'jobs/' || v_job.id,
        jsonb_build_object('state', v_job.state, 'number', v_job.number, 'account', v_job.account_sid),
        jsonb_build_object('state', 'released', 'number', v_job.number,
                           'proof', 'two looks at Twilio: the account is active, and has the number neither under its '
                                    'SID nor in its list'));
    RETURN v_job.id;
END
$$;
COMMENT ON FUNCTION telephony_internal.record_absence(uuid, text, text) IS
    'Enters the release of a number that Twilio does not have any more, as the caller has proved, also in recovery '
    'mode: the end that a release job would find. Returns the job; NULL: it was released before. TL005 says why not.';
