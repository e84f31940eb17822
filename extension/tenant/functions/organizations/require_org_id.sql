-- tier: owner
CREATE FUNCTION telephony_internal.require_org_id(org_id uuid) RETURNS uuid
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(require_org_id.org_id, '00000000-0000-0000-0000-000000000000') = '00000000-0000-0000-0000-000000000000'
        THEN
        PERFORM telephony_internal.refuse('organization_missing', 'no organization given');
    END IF;
    RETURN require_org_id.org_id;
END
$$;
COMMENT ON FUNCTION telephony_internal.require_org_id(uuid) IS
    'The organization that a service names; PT400 when it names none.';
