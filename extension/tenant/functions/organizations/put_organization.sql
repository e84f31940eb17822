-- tier: owner
CREATE FUNCTION telephony_internal.put_organization(before telephony_api.organizations,
                                                    after telephony_api.organizations) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF before::text = after::text THEN
        RETURN;
    END IF;
    UPDATE telephony_api.organizations o
       SET telephony_country = after.telephony_country, forwarding_carrier = after.forwarding_carrier,
           assigned_twilio_number = after.assigned_twilio_number, updated_at = now()
     WHERE o.id = before.id;
    IF before.telephony_country <> after.telephony_country AND before.forwarding_carrier IS NOT NULL THEN
        PERFORM telephony_internal.remember_carrier(before.id, before.telephony_country, before.forwarding_carrier);
    END IF;
    PERFORM telephony_internal.count_organization(before, after);
END
$$;
COMMENT ON FUNCTION telephony_internal.put_organization(telephony_api.organizations, telephony_api.organizations) IS
    'The one way an organization changes: writes and counts what is after, where before is the row as the caller '
    'locked it.';
