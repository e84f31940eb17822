-- tier: owner
CREATE FUNCTION telephony_internal.off_codes(config telephony_api.hybrid_forwarding_configs) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(DISTINCT s.step ->> 'deactivation_code')
      FROM jsonb_array_elements(config.codes || config.superseded_codes) s (step)
$$;
COMMENT ON FUNCTION telephony_internal.off_codes(telephony_api.hybrid_forwarding_configs) IS
    'What to dial to undo all that was ever shown for a line.';
