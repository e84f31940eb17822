-- tier: owner
CREATE FUNCTION telephony_internal.expected_indexes() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY['carriers_aliases', 'hybrid_forwarding_configs_carrier', 'hybrid_forwarding_configs_sim', 'jobs_by_number_sid', 'jobs_claimable', 'jobs_of_organization',
                 'jobs_one_erase_per_organization', 'jobs_one_orphan_release_per_sid', 'jobs_one_running_per_organization', 'number_claims_of_account', 'number_claims_of_job',
                 'organizations_telephony_country', 'phone_numbers_account', 'phone_numbers_one_live', 'phone_numbers_sid', 'twilio_credentials_to_check', 'verified_caller_ids_number']
$$;
COMMENT ON FUNCTION telephony_internal.expected_indexes() IS 'The indexes of the tenant schema besides primary keys.';
