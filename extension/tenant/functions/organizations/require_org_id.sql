-- tier: owner
CREATE FUNCTION telephony_internal.require_org_id(org_id uuid) RETURNS uuid
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(require_org_id.org_id, '00000000-0000-0000-0000-000000000000') = '00000000-0000-0000-0000-000000000000'
        THEN
        RAISE EXCEPTION 'no organization given' USING ERRCODE = 'PT400',
            HINT = 'Give the id that the organization''s tokens carry, a uuid that is not all zero.';
    END IF;
    RETURN require_org_id.org_id;
END
$$;
COMMENT ON FUNCTION telephony_internal.require_org_id(uuid) IS
    'The organization that a service names; PT400 when it names none.';
