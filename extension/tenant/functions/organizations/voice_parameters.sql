-- tier: owner
CREATE FUNCTION telephony_internal.voice_parameters(org_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_row telephony_internal.voice_settings;
BEGIN
    SELECT * INTO v_row FROM telephony_internal.voice_settings v
     WHERE v.org_id = ANY (ARRAY[voice_parameters.org_id, '00000000-0000-0000-0000-000000000000'])
     ORDER BY v.org_id = voice_parameters.org_id DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    RETURN jsonb_strip_nulls(jsonb_build_object('VoiceUrl', v_row.voice_url,
        'VoiceApplicationSid', v_row.voice_application_sid, 'TrunkSid', v_row.trunk_sid, 'SmsUrl', v_row.sms_url));
END
$$;
COMMENT ON FUNCTION telephony_internal.voice_parameters(uuid) IS
    'The voice settings of an organization as the form parameters of a Twilio purchase; NULL when not even a default '
    'is set.';
