-- tier: service
CREATE FUNCTION telephony_internal.set_call_block(org_id uuid, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_before telephony_internal.call_blocks;
BEGIN
    PERFORM FROM telephony_api.organizations o WHERE o.id = set_call_block.org_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM telephony_internal.no_such_organization(set_call_block.org_id);
    END IF;
    DELETE FROM telephony_internal.call_blocks b WHERE b.org_id = set_call_block.org_id RETURNING * INTO v_before;
    IF set_call_block.reason IS NOT NULL THEN
        IF btrim(set_call_block.reason) = '' THEN
            PERFORM telephony_internal.refuse('reason_missing', 'calls are not blocked without a reason');
        END IF;
        INSERT INTO telephony_internal.call_blocks (org_id, reason)
        VALUES (set_call_block.org_id, set_call_block.reason);
    END IF;
    PERFORM telephony_internal.audit(set_call_block.org_id, 'set_call_block', 'call_blocks',
        jsonb_build_object('reason', v_before.reason), jsonb_build_object('reason', set_call_block.reason));
END
$$;
COMMENT ON FUNCTION telephony_internal.set_call_block(uuid, text) IS
    'Has no call placed for an organization from now on, for this reason; NULL: calls are placed again. What is under '
    'way goes on to its end. telephony.org_uuid() makes the id of a text that tokens carry.';
