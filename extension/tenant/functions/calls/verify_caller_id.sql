-- tier: tenant
CREATE FUNCTION telephony_api.verify_caller_id(phone_number text, friendly_name text DEFAULT NULL)
RETURNS telephony_api.caller_id
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number telephony.e164 := telephony_internal.number_argument('phone_number', verify_caller_id.phone_number);
BEGIN
    PERFORM telephony_internal.require_org();
    IF v_number IS NULL OR NOT telephony.is_possible(v_number) THEN
        PERFORM telephony_internal.refuse('number_impossible',
            format('the number to be shown cannot be a telephone number: %s', coalesce(telephony.mask(v_number),
                'none given')),
            hint => 'Give it in E.164 form, such as +12025550123.');
    ELSIF NOT length(verify_caller_id.friendly_name) BETWEEN 1 AND 64 THEN
        PERFORM telephony_internal.refuse('friendly_name_length', 'a friendly name has 1 to 64 characters');
    END IF;
    PERFORM telephony_internal.refuse('not_offered', 'this version does not verify caller ids',
        detail => 'Nothing was stored and nobody is called.',
        hint => 'Verify the number in the Twilio console, under Verified Caller IDs.');
END
$$;
COMMENT ON FUNCTION telephony_api.verify_caller_id(text, text) IS
    'Has Twilio call a number of yours and ask for the code shown here, so that it may be shown as caller. not_offered '
    '(501): this version does not do that yet.';
