-- tier: owner
CREATE FUNCTION telephony_internal.own_caller_id(id uuid) RETURNS telephony_api.verified_caller_ids
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid := telephony_internal.require_org();
    v_row telephony_api.verified_caller_ids;
BEGIN
    SELECT * INTO v_row FROM telephony_api.verified_caller_ids v WHERE v.org_id = v_org AND v.id = own_caller_id.id;
    IF NOT FOUND THEN
        PERFORM telephony_internal.refuse('caller_id_not_found', 'no such caller id');
    END IF;
    RETURN v_row;
END
$$;
COMMENT ON FUNCTION telephony_internal.own_caller_id(uuid) IS
    'A caller id of the organization of the request; PT404: not one of its own.';
