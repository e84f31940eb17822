-- tier: owner
CREATE FUNCTION telephony_internal.claim_type_problem() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_here     text := telephony_internal.org_claim_type();
    v_recorded text := (SELECT s.org_claim_type FROM telephony_internal.settings s);
BEGIN
    RETURN CASE WHEN v_recorded <> v_here THEN
        format('the first organization came in as %s, and telephony.org_claim_type is %s; ALTER DATABASE %I SET '
               'telephony.org_claim_type = %L, and connect anew', v_recorded, v_here, current_database(), v_recorded)
        END;
END
$$;
COMMENT ON FUNCTION telephony_internal.claim_type_problem() IS
    'What is wrong where this session reads organizations from tokens in another way than those that are here came in; '
    'NULL: nothing.';
