-- tier: sidecar
CREATE FUNCTION telephony_internal.resume(installation uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
BEGIN
    PERFORM telephony_internal.require_installation(resume.installation);
    UPDATE telephony_internal.settings s
       SET mode = 'normal', system_identifier = c.system_identifier, timeline = c.timeline
      FROM telephony_internal.cluster_identity() c;
    PERFORM telephony_internal.wake_sidecars();
    RETURN 'normal';
END
$$;
COMMENT ON FUNCTION telephony_internal.resume(uuid) IS 'Ends recovery mode: a person has seen to it that every number at Twilio is known here.';
