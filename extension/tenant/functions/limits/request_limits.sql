-- tier: service
CREATE FUNCTION telephony_internal.request_limits()
RETURNS telephony_api.request_limit_report
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count   record;
    v_refused bigint;
    v_report  telephony_api.request_limit_report;
BEGIN
    SELECT * INTO v_count FROM telephony.request_limit_counters();
    v_refused := v_count.refused_by_address + v_count.refused_by_site + v_count.refused_by_organization;
    SELECT
        v_count.since, v_count.requests, v_refused, round(100.0 * v_refused / GREATEST(v_count.requests, 1), 2),
        v_count.refused_by_address, v_count.refused_by_site, v_count.refused_by_organization,
        v_count.address_overflow + v_count.site_overflow + v_count.organization_overflow,
        v_count.unaddressed, v_count.exempt, v_count.addresses, v_count.sites, v_count.organizations,
        v_count.entries, v_count.memory_bytes,
        CASE WHEN v_count.preloaded THEN 'shared_preload_libraries' ELSE 'named segment' END,
        (SELECT jsonb_object_agg(split_part(s.name, '.', 2),
                                 CASE s.vartype WHEN 'integer' THEN s.setting::jsonb ELSE to_jsonb(s.setting) END)
           FROM pg_settings s
          WHERE s.name = ANY (ARRAY['telephony.ip_limit', 'telephony.ip_window', 'telephony.site_limit',
                                    'telephony.org_limit', 'telephony.org_window',
                                    'telephony.client_address_header', 'telephony.trusted_hops',
                                    'telephony.exempt_networks', 'telephony.request_limit_entries'])),
        (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.refused DESC, r.kind, r.key), '[]')
         FROM telephony.request_limit_refusals(20) r)
      INTO v_report;
    RETURN v_report;
END
$$;
COMMENT ON FUNCTION telephony_internal.request_limits() IS 'Does the work of telephony_api.request_limits().';

CREATE FUNCTION telephony_api.request_limits()
RETURNS telephony_api.request_limit_report
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.request_limits();
END
$$;
COMMENT ON FUNCTION telephony_api.request_limits() IS
    'The request limits of this server: settings, requests and refusals since the start, clients and organizations '
    'counted now, and who of this database is refused most (addresses only as the network they are in).';
