-- 0013: limits of single organizations, and what operators see of the request limits.

CREATE TABLE telephony_internal.org_limits (
    org_id   uuid PRIMARY KEY,
    per_hour integer NOT NULL CHECK (per_hour >= 0),
    set_at   timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE telephony_internal.org_limits IS 'Organizations that may make another number of requests than telephony.org_limit. check_request() reads a row when the organization''s window begins; written by set_org_limit().';
COMMENT ON COLUMN telephony_internal.org_limits.org_id IS 'The organization; it may be one that has not come yet.';
COMMENT ON COLUMN telephony_internal.org_limits.per_hour IS 'Requests an hour, whatever telephony.org_window is; 0: none at all.';
COMMENT ON COLUMN telephony_internal.org_limits.set_at IS 'When it was set last.';

CREATE FUNCTION telephony_internal.set_org_limit(org_id uuid, per_hour integer)
RETURNS TABLE (organization uuid, requests_per_hour integer, set_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_before telephony_internal.org_limits;
    v_after  telephony_internal.org_limits;
BEGIN
    IF set_org_limit.org_id IS NULL THEN
        RAISE EXCEPTION 'which organization?'
            USING ERRCODE = 'PT400', HINT = 'Give its id as org_id.';
    ELSIF set_org_limit.per_hour < 0 OR set_org_limit.per_hour > 1000000000 THEN
        RAISE EXCEPTION 'not a number of requests an hour: %', set_org_limit.per_hour
            USING ERRCODE = 'PT400', HINT = 'Give 0 to 1000000000, or null for the limit that all organizations have.';
    END IF;
    PERFORM telephony.org_limits_changed();
    SELECT * INTO v_before FROM telephony_internal.org_limits l WHERE l.org_id = set_org_limit.org_id FOR UPDATE;
    IF set_org_limit.per_hour IS NULL THEN
        DELETE FROM telephony_internal.org_limits l WHERE l.org_id = set_org_limit.org_id;
    ELSE
        INSERT INTO telephony_internal.org_limits AS l (org_id, per_hour) VALUES (set_org_limit.org_id, set_org_limit.per_hour)
        ON CONFLICT ON CONSTRAINT org_limits_pkey DO UPDATE SET per_hour = excluded.per_hour, set_at = excluded.set_at
        RETURNING * INTO v_after;
    END IF;
    PERFORM telephony_internal.audit(set_org_limit.org_id, 'set_org_limit', 'org_limits', pg_catalog.jsonb_build_object('per_hour', v_before.per_hour),
        pg_catalog.jsonb_build_object('per_hour', v_after.per_hour));
    RETURN QUERY SELECT set_org_limit.org_id, v_after.per_hour, v_after.set_at;
END
$$;
COMMENT ON FUNCTION telephony_internal.set_org_limit(uuid, integer) IS 'Does the work of telephony_api.set_org_limit().';

CREATE FUNCTION telephony_api.set_org_limit(org_id uuid, per_hour integer)
RETURNS TABLE (organization uuid, requests_per_hour integer, set_at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.set_org_limit($1, $2);
END
$$;
COMMENT ON FUNCTION telephony_api.set_org_limit(uuid, integer) IS 'Gives an organization a request limit of its own, in requests an hour; 0 lets nothing pass, null takes it back. On this server from the commit on, on a replica from the organization''s next window on.';

CREATE FUNCTION telephony_internal.request_limits()
RETURNS TABLE (since timestamptz, requests bigint, refused bigint, refused_percent numeric, refused_by_address bigint, refused_by_organization bigint,
               overflowed bigint, unaddressed bigint, exempt bigint, addresses bigint, organizations bigint, entries integer, memory_bytes bigint,
               memory text, settings jsonb, most_refused jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count record;
BEGIN
    SELECT * INTO v_count FROM telephony.request_limit_counters();
    RETURN QUERY SELECT
        v_count.since, v_count.requests, v_count.refused_by_address + v_count.refused_by_organization,
        pg_catalog.round(100.0 * (v_count.refused_by_address + v_count.refused_by_organization) / GREATEST(v_count.requests, 1), 2),
        v_count.refused_by_address, v_count.refused_by_organization, v_count.address_overflow + v_count.organization_overflow,
        v_count.unaddressed, v_count.exempt, v_count.addresses, v_count.organizations, v_count.entries, v_count.memory_bytes,
        CASE WHEN v_count.preloaded THEN 'shared_preload_libraries' ELSE 'named segment' END,
        (SELECT pg_catalog.jsonb_object_agg(pg_catalog.split_part(s.name, '.', 2), CASE s.vartype WHEN 'integer' THEN s.setting::jsonb ELSE pg_catalog.to_jsonb(s.setting) END)
           FROM pg_catalog.pg_settings s
          WHERE s.name = ANY (ARRAY['telephony.ip_limit', 'telephony.ip_window', 'telephony.org_limit', 'telephony.org_window',
                                    'telephony.client_address_header', 'telephony.trusted_hops', 'telephony.exempt_networks', 'telephony.request_limit_entries'])),
        (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(r) ORDER BY r.refused DESC, r.kind, r.key), '[]') FROM telephony.request_limit_refusals(20) r);
END
$$;
COMMENT ON FUNCTION telephony_internal.request_limits() IS 'Does the work of telephony_api.request_limits().';

CREATE FUNCTION telephony_api.request_limits()
RETURNS TABLE (since timestamptz, requests bigint, refused bigint, refused_percent numeric, refused_by_address bigint, refused_by_organization bigint,
               overflowed bigint, unaddressed bigint, exempt bigint, addresses bigint, organizations bigint, entries integer, memory_bytes bigint,
               memory text, settings jsonb, most_refused jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.request_limits();
END
$$;
COMMENT ON FUNCTION telephony_api.request_limits() IS 'The request limits of this server: settings, requests and refusals since the start, clients and organizations counted now, and who of this database is refused most (addresses only as the network they are in).';

INSERT INTO telephony_internal.tier_privileges (tier, privilege, object) VALUES
    ('anon', 'EXECUTE', 'telephony.check_request()'),
    ('service', 'EXECUTE', 'telephony_api.set_org_limit(uuid, integer)'),
    ('service', 'EXECUTE', 'telephony_internal.set_org_limit(uuid, integer)'),
    ('service', 'EXECUTE', 'telephony_api.request_limits()'),
    ('service', 'EXECUTE', 'telephony_internal.request_limits()');
