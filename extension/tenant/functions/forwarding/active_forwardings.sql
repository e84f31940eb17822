-- tier: owner
CREATE FUNCTION telephony_internal.active_forwardings(org_id uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'Lines that are still forwarded, and what to dial on each to end it: '
           || string_agg(format('%s: %s', telephony.mask(h.sim_phone_number), telephony_internal.off_codes(h)),
                         '; ' ORDER BY h.created_at, h.id) || '.'
      FROM telephony_api.hybrid_forwarding_configs h WHERE h.org_id = active_forwardings.org_id AND h.status = 'active'
$$;
COMMENT ON FUNCTION telephony_internal.active_forwardings(uuid) IS
    'What callers of an organization will run into when its number is gone, as a sentence; NULL: no line is forwarded.';
