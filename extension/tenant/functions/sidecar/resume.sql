-- tier: sidecar
CREATE FUNCTION telephony_internal.resume(installation uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_settings telephony_internal.settings;
    v_identity text := telephony.cluster_identity();
    v_timeline text := telephony.cluster_timeline();
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    PERFORM telephony_internal.require_installation(resume.installation);
    SELECT * INTO STRICT v_settings FROM telephony_internal.settings s FOR NO KEY UPDATE;
    IF v_settings.mode <> 'recovery' AND v_settings.system_identifier IS NOT NULL
       AND (v_settings.system_identifier, v_settings.timeline)
           IS DISTINCT FROM (v_identity, v_timeline) THEN
        -- No greeting has seen the change: what it would have done for the jobs is done here.
        PERFORM telephony_internal.begin_token_series();
    END IF;
    UPDATE telephony_internal.settings s
       SET mode = 'normal', system_identifier = v_identity, timeline = v_timeline;
    PERFORM telephony_internal.wake_sidecars('mode');
    RETURN 'normal';
END
$$;
COMMENT ON FUNCTION telephony_internal.resume(uuid) IS
    'Ends recovery mode: an operator has seen to it that every number at Twilio is known here.';
