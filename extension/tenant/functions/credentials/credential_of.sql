-- tier: owner
CREATE FUNCTION telephony_internal.credential_of(credential telephony_internal.twilio_credentials) RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN jsonb_build_object('org_id', credential.org_id, 'account_sid', credential.account_sid, 'generation',
                              credential.generation,
        'key_id', credential.key_id, 'sealed', translate(encode(credential.sealed, 'base64'), E'\n', ''),
        'set_at', credential.set_at, 'status', credential.status);
END
$$;
COMMENT ON FUNCTION telephony_internal.credential_of(telephony_internal.twilio_credentials) IS
    'A row of twilio_credentials as telephonyd reads it.';
