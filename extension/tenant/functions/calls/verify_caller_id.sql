-- tier: tenant
CREATE FUNCTION telephony_api.verify_caller_id(phone_number text, friendly_name text DEFAULT NULL)
RETURNS TABLE (id uuid, status text, validation_code text, expires_at timestamptz, attempts_left integer)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number telephony.e164 := telephony_internal.number_argument('phone_number', verify_caller_id.phone_number);
BEGIN
    PERFORM telephony_internal.require_org();
    IF v_number IS NULL OR NOT telephony.is_possible(v_number) THEN
        RAISE EXCEPTION 'the number to be shown cannot be a telephone number: %',
            coalesce(telephony.mask(v_number), 'none given')
            USING ERRCODE = 'PT400', HINT = 'Give it in E.164 form, such as +12025550123.';
    ELSIF NOT length(verify_caller_id.friendly_name) BETWEEN 1 AND 64 THEN
        RAISE EXCEPTION 'a friendly name has 1 to 64 characters' USING ERRCODE = 'PT400',
            HINT = 'Give a shorter one, or none.';
    END IF;
    RAISE EXCEPTION 'this version does not verify caller ids'
        USING ERRCODE = 'PT501', DETAIL = 'Nothing was stored and nobody is called.',
              HINT = 'Verify the number in the Twilio console, under Verified Caller IDs.';
END
$$;
COMMENT ON FUNCTION telephony_api.verify_caller_id(text, text) IS
    'Has Twilio call a number of yours and ask for the code shown here, so that it may be shown as caller. PT501: '
    'this version does not do that yet.';
