-- tier: tenant
CREATE FUNCTION telephony_internal.provisioning_status()
RETURNS telephony_api.job
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid := telephony_internal.require_org();
    v_job telephony_internal.jobs;
BEGIN
    SELECT j.* INTO v_job FROM telephony_internal.jobs j
     WHERE j.org_id = v_org AND j.kind NOT IN ('orphan_release', 'configure')
     ORDER BY j.created_at DESC, j.ended LIMIT 1;
    RETURN telephony_internal.shown_job(v_job);
END
$$;
COMMENT ON FUNCTION telephony_internal.provisioning_status() IS 'Does the work of telephony_api.provisioning_status().';

CREATE FUNCTION telephony_api.provisioning_status()
RETURNS telephony_api.job
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.provisioning_status();
END
$$;
COMMENT ON FUNCTION telephony_api.provisioning_status() IS
    'How the latest job of your organization stands: state, number, and the reason when it waits or failed. State '
    'none: nothing was ever asked for.';
