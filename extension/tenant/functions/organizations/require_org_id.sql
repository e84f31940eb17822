-- tier: owner
CREATE FUNCTION telephony_internal.require_org_id(org_id uuid, original_id text DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org    uuid := require_org_id.org_id;
    v_reason text;
BEGIN
    IF require_org_id.original_id IS NOT NULL AND telephony_internal.org_claim_type() = 'text' THEN
        BEGIN
            v_org := telephony.org_uuid(require_org_id.original_id);
        EXCEPTION WHEN data_exception THEN
            v_reason := SQLERRM;
        END;
        IF v_org <> require_org_id.org_id THEN
            v_reason := 'org_id is another than telephony.org_uuid(original_id)';
        END IF;
    ELSIF require_org_id.original_id IS NOT NULL THEN
        v_reason := 'tokens carry the organization''s uuid itself: telephony.org_claim_type is uuid';
    END IF;
    IF v_reason IS NOT NULL THEN
        PERFORM telephony_internal.refuse('original_id_not_allowed', 'not what the organization''s id is made of',
            detail => v_reason,
            hint => CASE WHEN telephony_internal.org_claim_type() <> 'text'
                    THEN 'Give org_id, the uuid that the organization''s tokens carry, and leave original_id out.' END);
    ELSIF coalesce(v_org, '00000000-0000-0000-0000-000000000000') = '00000000-0000-0000-0000-000000000000' THEN
        PERFORM telephony_internal.refuse('organization_missing', 'no organization given');
    END IF;
    RETURN v_org;
END
$$;
COMMENT ON FUNCTION telephony_internal.require_org_id(uuid, text) IS
    'The organization that an operator''s call is for, by its id or by the text that it is made of.';
