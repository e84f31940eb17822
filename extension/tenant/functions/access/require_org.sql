-- tier: tenant
CREATE FUNCTION telephony_internal.require_org() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid := telephony.current_org_id();
BEGIN
    PERFORM telephony_internal.require_claim_type();
    IF coalesce(v_org, '00000000-0000-0000-0000-000000000000') = '00000000-0000-0000-0000-000000000000' THEN
        PERFORM telephony_internal.refuse('no_organization', 'no organization in the token',
            detail => format('The claim %s is missing%s.', current_setting('telephony.org_claim'),
                CASE current_setting('telephony.org_claim_type')
                    WHEN 'text' THEN ' or not a text of 1 to 255 bytes' ELSE ', zero or not a uuid' END));
    END IF;
    RETURN v_org;
END
$$;
COMMENT ON FUNCTION telephony_internal.require_org() IS
    'The organization of the request; PT401 when the token names none, PT409 when tokens are read in another way than '
    'before.';
