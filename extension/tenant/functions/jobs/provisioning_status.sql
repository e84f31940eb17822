-- tier: tenant
CREATE FUNCTION telephony_internal.provisioning_status()
RETURNS SETOF telephony_api.number_status
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid := telephony_internal.require_org();
BEGIN
    RETURN QUERY
        SELECT j.state, j.number, j.country_code, j.reason, j.id, j.updated_at
          FROM telephony_internal.jobs j
         WHERE j.org_id = v_org AND j.kind <> 'orphan_release'
         ORDER BY j.created_at DESC, j.ended LIMIT 1;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'none'::text, NULL::telephony.e164,
            (SELECT o.telephony_country FROM telephony_api.organizations o WHERE o.id = v_org),
                            NULL::text, NULL::uuid, NULL::timestamptz;
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_internal.provisioning_status() IS 'Does the work of telephony_api.provisioning_status().';

CREATE FUNCTION telephony_api.provisioning_status()
RETURNS SETOF telephony_api.number_status
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.provisioning_status();
END
$$;
COMMENT ON FUNCTION telephony_api.provisioning_status() IS
    'How the latest job of your organization stands: state, number, and the reason when it waits or failed. State '
    'none: nothing was ever asked for.';
