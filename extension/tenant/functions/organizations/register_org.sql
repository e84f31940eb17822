-- tier: service
CREATE FUNCTION telephony_internal.register_org(org_id uuid, original_id text DEFAULT NULL)
RETURNS telephony_api.organization
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid    := telephony_internal.require_org_id(register_org.org_id, register_org.original_id);
    v_new boolean := NOT EXISTS (SELECT FROM telephony_api.organizations o WHERE o.id = v_org);
    v_row telephony_api.organizations := telephony_internal.organization_to_change(v_org, register_org.original_id);
BEGIN
    IF v_new THEN
        PERFORM telephony_internal.audit(v_org, 'register_org', 'organizations', NULL,
                                         telephony_internal.audited(v_row));
    END IF;
    RETURN telephony_internal.shown_organization(v_row);
END
$$;
COMMENT ON FUNCTION telephony_internal.register_org(uuid, text) IS 'Does the work of telephony_api.register_org().';

CREATE FUNCTION telephony_api.register_org(org_id uuid DEFAULT NULL, original_id text DEFAULT NULL)
RETURNS telephony_api.organization
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.register_org(register_org.org_id, register_org.original_id);
END
$$;
COMMENT ON FUNCTION telephony_api.register_org(uuid, text) IS
    'Makes an organization known, with neither country nor number; one that is known stays as it is. Where tokens '
    'name organizations by a text, give it as original_id: the answer has the id, which is telephony.org_uuid() of it. '
    'being_erased (409) while it is being erased.';
