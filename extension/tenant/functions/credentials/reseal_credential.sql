-- tier: sidecar
CREATE FUNCTION telephony_internal.reseal_credential(org_id uuid, generation uuid, key_id text, sealed bytea)
    RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
BEGIN
    IF (reseal_credential.key_id = encode(substr(reseal_credential.sealed, 2, 8), 'hex')
        AND octet_length(reseal_credential.sealed) BETWEEN 100 AND 1024) IS NOT TRUE THEN
        RAISE EXCEPTION 'not a sealed box for that key' USING ERRCODE = '22023',
            HINT = 'A box has 100 to 1024 bytes, of which the second to ninth are the key id.';
    END IF;
    UPDATE telephony_internal.twilio_credentials c
       SET sealed = reseal_credential.sealed, key_id = reseal_credential.key_id
     WHERE c.org_id = reseal_credential.org_id AND c.generation = reseal_credential.generation;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION telephony_internal.reseal_credential(uuid, uuid, text, bytea) IS
    'The same credentials in a box for another key of telephonyd. False: they were replaced meanwhile.';
