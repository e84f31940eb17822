-- tier: service
CREATE FUNCTION telephony_internal.apply_voice_settings(org_id uuid DEFAULT NULL)
RETURNS SETOF telephony_internal.job_overview
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- So that purchases do not wait behind thousands of numbers.
    v_apart CONSTANT interval := '0.1 seconds';
    v_begin timestamptz := clock_timestamp();
    v_org   uuid;
    v_job   telephony_internal.jobs;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    IF apply_voice_settings.org_id IS NOT NULL THEN
        IF NOT EXISTS (SELECT FROM telephony_api.phone_numbers p
                        WHERE p.org_id = apply_voice_settings.org_id AND p.status = 'live') THEN
            PERFORM telephony_internal.refuse('number_not_held',
                format('organization %s has no live number', apply_voice_settings.org_id));
        ELSIF telephony_internal.voice_parameters(apply_voice_settings.org_id) IS NULL THEN
            PERFORM telephony_internal.refuse('no_voice_settings', 'there are no voice settings to apply',
                hint => 'Call telephony_internal.set_voice_settings() first.');
        END IF;
    END IF;
    FOR v_org IN
        SELECT p.org_id FROM telephony_api.phone_numbers p
          JOIN telephony_internal.number_holds h
            ON h.number OPERATOR(telephony.=) p.number::telephony.e164 AND h.org_id = p.org_id
         WHERE p.status = 'live'
           AND CASE WHEN apply_voice_settings.org_id IS NULL
                    THEN h.voice <> telephony_internal.voice_parameters(p.org_id)
                    ELSE p.org_id = apply_voice_settings.org_id END
         ORDER BY p.org_id
    LOOP
        PERFORM FROM telephony_api.organizations o WHERE o.id = v_org FOR NO KEY UPDATE;
        INSERT INTO telephony_internal.jobs
            AS j (org_id, kind, state, not_before, deadline_at, country_code, number, account_sid, number_sid)
        SELECT v_org, 'configure', 'configuring', v_begin, v_begin + s.job_deadline, p.country_code,
               p.number::telephony.e164, p.account_sid, p.number_sid
          FROM telephony_api.phone_numbers p, telephony_internal.settings s
         WHERE p.org_id = v_org AND p.status = 'live'
        ON CONFLICT DO NOTHING
        RETURNING * INTO v_job;
        -- Released meanwhile, or about to be set already.
        CONTINUE WHEN NOT FOUND;
        v_begin := v_begin + v_apart;
        PERFORM telephony_internal.audit(v_org, 'apply_voice_settings', 'jobs/' || v_job.id, NULL,
                                         jsonb_build_object('number', v_job.number));
    END LOOP;
    PERFORM telephony_internal.wake_sidecars();
    RETURN QUERY
        SELECT o.* FROM telephony_internal.job_overview o
         WHERE o.kind = 'configure' AND o.waits_for IS NOT NULL
           AND (apply_voice_settings.org_id IS NULL OR o.org_id = apply_voice_settings.org_id);
END
$$;
COMMENT ON FUNCTION telephony_internal.apply_voice_settings(uuid) IS
    'Has the live number of an organization set at Twilio to the voice settings of today, by a job; without org_id '
    'every number that telephonyd once gave other ones, ten a second. A number that was adopted or imported keeps its '
    'own until its organization is named. telephony.org_uuid() makes the id of a text that tokens carry. Returns the '
    'jobs. PT404: no live number; PT409: no voice settings.';
