-- tier: owner
CREATE FUNCTION telephony_internal.require_claim_type() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF telephony_internal.claim_type_problem() IS NOT NULL THEN
        PERFORM telephony_internal.refuse('claim_type_changed',
            'the server reads organizations from tokens in another way than before');
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_internal.require_claim_type() IS
    'PT409 where one token would be another organization than before.';
