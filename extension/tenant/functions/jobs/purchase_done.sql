-- tier: owner
CREATE FUNCTION telephony_internal.purchase_done(organization telephony_api.organizations, country_code text)
RETURNS telephony_internal.jobs
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job telephony_internal.jobs;
BEGIN
    SELECT j.* INTO v_job
      FROM telephony_api.phone_numbers p
      JOIN telephony_internal.jobs j ON j.id = p.job_id AND j.kind = 'provision' AND j.state = 'done'
     WHERE p.org_id = organization.id AND p.status = 'live'
       AND j.country_code = upper(btrim(coalesce(purchase_done.country_code, organization.telephony_country)));
    RETURN v_job;
END
$$;
COMMENT ON FUNCTION telephony_internal.purchase_done(telephony_api.organizations, text) IS
    'The purchase that made the live number of an organization, where this country is what it was asked for: whoever '
    'lost its answer asks again. The carrier has no part in a purchase. NULL: there is none.';
