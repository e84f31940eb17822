-- tier: owner
CREATE FUNCTION telephony_internal.remarks() RETURNS SETOF telephony_api.check_result
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT 'told: lines that organizations left forwarded, or may have, to numbers they have given up', true,
               CASE WHEN count(*) > 0 THEN
                   format('lines: %s, organizations: %s (%s); provisioning_status() tells each of them what to dial',
                          sum(l.lines), count(*),
                          array_to_string((array_agg(l.org_id ORDER BY l.lines DESC, l.org_id))[1:20], ', ')
                          || CASE WHEN count(*) > 20 THEN ' and others' ELSE '' END) END
          FROM (SELECT h.org_id, count(*) AS lines
                  FROM telephony_api.hybrid_forwarding_configs h
                 WHERE h.status <> 'disabled' AND NOT EXISTS (
                        SELECT FROM telephony_api.phone_numbers p
                         WHERE p.org_id = h.org_id AND p.released_at IS NULL
                           AND p.number = h.twilio_forwarding_number)
                 GROUP BY h.org_id) l;
    RETURN QUERY
        SELECT 'told: triggers of yours on exposed tables', true,
               string_agg(format('%s on %s', g.tgname, g.tgrelid::regclass), ', ' ORDER BY g.tgrelid, g.tgname)
               || ': each runs inside the transaction that buys or releases, and what fails in it stops that; let a '
                  'publication or a query of your own server feed what it does'
          FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
         WHERE c.relnamespace = 'telephony_api'::regnamespace AND NOT g.tgisinternal
           AND g.tgfoid <> 'telephony_internal.refuse_write()'::regprocedure;
END
$$;
COMMENT ON FUNCTION telephony_internal.remarks() IS
    'The part of self_check() that is only told: rows of organizations and of users that are nothing wrong.';
