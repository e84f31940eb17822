-- tier: service
CREATE FUNCTION telephony_internal.set_voice_settings(
    voice_url text DEFAULT NULL, voice_application_sid text DEFAULT NULL, trunk_sid text DEFAULT NULL,
        sms_url text DEFAULT NULL, org_id uuid DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF num_nonnulls(set_voice_settings.voice_url, set_voice_settings.voice_application_sid,
                    set_voice_settings.trunk_sid) <> 1 THEN
        RAISE EXCEPTION 'give exactly one of voice_url, voice_application_sid and trunk_sid'
            USING ERRCODE = '22023',
                  DETAIL = 'Twilio ignores the voice URL of a number that has an application or a trunk, and an '
                           'application and a trunk exclude each other.';
    ELSIF set_voice_settings.voice_url !~ '^https?://[^[:space:]]+$'
        OR set_voice_settings.sms_url !~ '^https?://[^[:space:]]+$'
          OR set_voice_settings.voice_application_sid !~ '^AP[0-9a-fA-F]{32}$'
              OR set_voice_settings.trunk_sid !~ '^TK[0-9a-fA-F]{32}$' THEN
        -- A URL may carry a password: nothing given is shown.
        RAISE EXCEPTION 'not a URL or SID that Twilio takes'
            USING ERRCODE = '22023',
                  HINT = 'URLs begin with http:// or https:// and hold no space; an application is AP, a trunk TK, and '
                         '32 hexadecimal digits.';
    END IF;
    INSERT INTO telephony_internal.voice_settings AS v (org_id, voice_url, voice_application_sid, trunk_sid, sms_url)
    VALUES (coalesce(set_voice_settings.org_id, '00000000-0000-0000-0000-000000000000'), set_voice_settings.voice_url,
            set_voice_settings.voice_application_sid, set_voice_settings.trunk_sid, set_voice_settings.sms_url)
    ON CONFLICT ON CONSTRAINT voice_settings_pkey DO UPDATE
       SET voice_url = excluded.voice_url, voice_application_sid = excluded.voice_application_sid,
           trunk_sid = excluded.trunk_sid, sms_url = excluded.sms_url;
END
$$;
COMMENT ON FUNCTION telephony_internal.set_voice_settings(text, text, text, text, uuid) IS
    'Says what answers a call: for one organization, or (org_id NULL) for all that have no settings of their own. '
    'telephony.org_uuid() makes the id of a text that tokens carry. '
    'Used for numbers bought from now on; apply_voice_settings() puts them on those that are held.';
