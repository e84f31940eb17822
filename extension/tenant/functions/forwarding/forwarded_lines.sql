-- tier: owner
CREATE FUNCTION telephony_internal.forwarded_lines(org_id uuid, to_live boolean)
RETURNS telephony_api.forwarded_line[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce((
        SELECT array_agg((h.id, h.sim_phone_number, h.status, telephony_internal.off_codes(h))
                             ::telephony_api.forwarded_line ORDER BY h.created_at, h.id)
          FROM telephony_api.hybrid_forwarding_configs h
         WHERE h.org_id = forwarded_lines.org_id AND h.status <> 'disabled'
           AND forwarded_lines.to_live = EXISTS (
                SELECT FROM telephony_api.phone_numbers p
                 WHERE p.org_id = h.org_id AND p.status = 'live' AND p.number = h.twilio_forwarding_number)), '{}');
END
$$;
COMMENT ON FUNCTION telephony_internal.forwarded_lines(uuid, boolean) IS
    'The lines of an organization that are forwarded to its live number, or may be as codes were shown; or else to one '
    'that it has not, or not for long.';
