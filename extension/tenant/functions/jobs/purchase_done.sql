-- tier: owner
CREATE FUNCTION telephony_internal.purchase_done(organization telephony_api.organizations, country_code text,
                                                 carrier_name text) RETURNS telephony_internal.jobs
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job     telephony_internal.jobs;
    v_country telephony_api.countries;
BEGIN
    SELECT j.* INTO v_job
      FROM telephony_api.phone_numbers p
      JOIN telephony_internal.jobs j ON j.id = p.job_id AND j.kind = 'provision' AND j.state = 'done'
     WHERE p.org_id = organization.id AND p.status = 'live'
       AND j.country_code = upper(btrim(coalesce(purchase_done.country_code, organization.telephony_country)));
    IF v_job.id IS NOT NULL AND purchase_done.carrier_name IS NOT NULL THEN
        SELECT * INTO v_country FROM telephony_api.countries c WHERE c.country_code = v_job.country_code;
        IF (telephony_internal.resolve_carrier(v_country, purchase_done.carrier_name)).carrier_name
           IS DISTINCT FROM organization.forwarding_carrier THEN
            RETURN NULL;
        END IF;
    END IF;
    RETURN v_job;
END
$$;
COMMENT ON FUNCTION telephony_internal.purchase_done(telephony_api.organizations, text, text) IS
    'The purchase that made the live number of an organization, where this country and carrier are what it was asked '
    'for: whoever lost its answer asks again. NULL: there is none.';
