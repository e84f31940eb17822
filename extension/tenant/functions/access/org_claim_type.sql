-- tier: owner
CREATE FUNCTION telephony_internal.org_claim_type() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Before the library is loaded, anybody's placeholder may stand where its setting will be.
    PERFORM telephony.current_org_id();
    RETURN current_setting('telephony.org_claim_type');
END
$$;
COMMENT ON FUNCTION telephony_internal.org_claim_type() IS
    'How this session reads organizations from tokens: uuid or text.';
