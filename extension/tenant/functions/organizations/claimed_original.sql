-- tier: owner
CREATE FUNCTION telephony_internal.claimed_original(org_id uuid) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF telephony.current_org_id() = claimed_original.org_id THEN
        RETURN telephony_internal.request_setting('request.jwt.claims')
            #>> string_to_array(current_setting('telephony.org_claim'), '.');
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION telephony_internal.claimed_original(uuid) IS
    'The text that names this organization in the token of the request; NULL: it is another''s, or nobody''s.';
