-- tier: owner
CREATE FUNCTION telephony_internal.assign_live_number(org_id uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_before telephony_api.organizations;
    v_after  telephony_api.organizations;
BEGIN
    SELECT * INTO v_before FROM telephony_api.organizations o WHERE o.id = assign_live_number.org_id;
    v_after := v_before;
    v_after.assigned_twilio_number := (SELECT p.number FROM telephony_api.phone_numbers p
                                        WHERE p.org_id = assign_live_number.org_id AND p.status = 'live');
    PERFORM telephony_internal.put_organization(v_before, v_after);
END
$$;
COMMENT ON FUNCTION telephony_internal.assign_live_number(uuid) IS
    'A locked organization is assigned the number of its that is live, or none: after a number changed its status.';
