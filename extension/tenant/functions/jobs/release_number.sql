-- tier: tenant
CREATE FUNCTION telephony_internal.release_number()
RETURNS SETOF telephony_api.number_job
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid := telephony_internal.require_org();
    v_job telephony_internal.jobs;
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    PERFORM telephony_internal.organization_to_change(v_org);
    v_job := telephony_internal.begin_release(v_org, 'release_number');
    IF v_job.id IS NULL THEN
        RAISE EXCEPTION 'your organization has no number to release'
            USING ERRCODE = 'PT404',
                  HINT = 'provisioning_status() tells how things stand; provision_number() asks for a number.';
    END IF;
    RETURN QUERY SELECT v_job.id, v_job.state, v_job.number,
        nullif(concat_ws(' ', v_job.reason,
                         CASE WHEN v_job.kind = 'release' THEN telephony_internal.active_forwardings(v_org) END), ''),
                             v_job.created_at, v_job.updated_at;
END
$$;
COMMENT ON FUNCTION telephony_internal.release_number() IS 'Does the work of telephony_api.release_number().';

CREATE FUNCTION telephony_api.release_number()
RETURNS SETOF telephony_api.number_job
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.release_number();
END
$$;
COMMENT ON FUNCTION telephony_api.release_number() IS
    'Gives the number of your organization back to Twilio, for good; while a number is being bought, cancels that. '
    'The reason names lines that are still forwarded to it, with the codes to dial. PT404 when there is neither.';
