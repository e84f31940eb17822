-- tier: owner
CREATE FUNCTION telephony_internal.make_live(job telephony_internal.jobs, voice jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO telephony_api.phone_numbers
        (org_id, number, number_sid, account_sid, country_code, status, job_id, purchased_at)
    VALUES (job.org_id, job.number, job.number_sid, job.account_sid, job.country_code, 'live', job.id,
            coalesce(job.purchased_at, now()));
    UPDATE telephony_internal.number_holds c SET state = 'live', until = NULL, voice = make_live.voice
     WHERE c.number OPERATOR(telephony.=) job.number AND c.job_id = job.id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'job % does not hold its number', job.id USING ERRCODE = 'TL002';
    END IF;
    PERFORM telephony_internal.assign_live_number(job.org_id);
END
$$;
COMMENT ON FUNCTION telephony_internal.make_live(telephony_internal.jobs, jsonb) IS
    'The number of a job becomes the organization''s live number. voice: the settings it was given; NULL: its own.';
