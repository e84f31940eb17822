-- tier: owner
CREATE FUNCTION telephony_internal.organization_to_change(org_id uuid, original_id text DEFAULT NULL)
RETURNS telephony_api.organizations
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_row telephony_api.organizations := telephony_internal.lock_organization(
        organization_to_change.org_id, organization_to_change.original_id);
BEGIN
    IF telephony_internal.is_being_erased(v_row.id) THEN
        PERFORM telephony_internal.refuse('being_erased', 'the organization is being erased',
            detail => 'Its number is released and all that is kept of it is deleted.');
    END IF;
    RETURN v_row;
END
$$;
COMMENT ON FUNCTION telephony_internal.organization_to_change(uuid, text) IS
    'As lock_organization(), but PT409 while the organization is being erased.';
