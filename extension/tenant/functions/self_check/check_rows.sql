-- tier: owner
CREATE FUNCTION telephony_internal.check_rows() RETURNS SETOF telephony_api.check_result
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT 'no job waits for an operator', count(*) = 0,
            string_agg(j.id::text, ', ') FROM telephony_internal.jobs j WHERE j.state = 'conflict';
    RETURN QUERY
        SELECT 'no job stands still', count(*) = 0,
            string_agg(format('%s in %s', j.id, j.state), ', ') FROM telephony_internal.jobs j
         WHERE j.claimable AND j.deadline_at < now()
           AND coalesce(j.lease_until, j.not_before) < now() - interval '5 minutes';
    RETURN QUERY
        SELECT 'no job is overdue by more than an hour', count(*) = 0,
            array_to_string((array_agg(format('%s %s, since %s', j.kind, j.id, date_trunc('second', j.deadline_at))
                                       ORDER BY j.deadline_at))[1:20], ', ')
            || format('; %s in all, telephony_internal.job_overview says what each waits for', count(*))
          FROM telephony_internal.jobs j
         WHERE NOT j.ended AND j.state <> 'conflict' AND j.deadline_at < now() - interval '1 hour';
    RETURN QUERY
        SELECT 'no purchase is in doubt for longer than an hour', count(*) = 0,
            string_agg(format('%s since %s', j.id, e.since), ', ')
          FROM telephony_internal.jobs j
          CROSS JOIN LATERAL (SELECT max(v.at) AS since FROM telephony_internal.job_events v WHERE v.job_id = j.id
                              AND v.to_state = 'in_doubt' AND v.from_state <> 'in_doubt') e
         WHERE j.state = 'in_doubt' AND e.since < now() - interval '1 hour';
    RETURN QUERY
        SELECT 'no call stands still', count(*) = 0,
            string_agg(format('%s in %s', c.id, c.state), ', ') FROM telephony_internal.calls c
         WHERE NOT c.ended AND c.deadline_at < now() - interval '10 minutes'
           AND coalesce(c.lease_until, c.not_before) < now() - interval '5 minutes';
    RETURN QUERY
        SELECT 'every live number is held', count(*) = 0,
            string_agg(p.id::text, ', ') FROM telephony_api.phone_numbers p
         WHERE p.released_at IS NULL AND NOT EXISTS (SELECT FROM telephony_internal.number_holds c
               WHERE c.number OPERATOR(telephony.=) p.number::telephony.e164
                   AND c.org_id = p.org_id AND c.state = 'live');
    RETURN QUERY
        SELECT 'what a row refers to is there', count(*) = 0, string_agg(DISTINCT r.missing, ', ' ORDER BY r.missing)
          FROM (SELECT format('country %s of carrier %s', c.country_code, c.carrier_name)
                  FROM telephony_api.carriers c
                 WHERE NOT EXISTS (SELECT FROM telephony_api.countries t WHERE t.country_code = c.country_code)
                UNION ALL
                SELECT format('country %s of organizations', k.country_code) FROM telephony_internal.country_counts() k
                 WHERE NOT EXISTS (SELECT FROM telephony_api.countries t WHERE t.country_code = k.country_code)
                UNION ALL
                SELECT format('carrier %s %s of organizations', k.country_code, k.carrier_name)
                  FROM telephony_internal.country_counts() k
                 WHERE k.carrier_name IS NOT NULL AND NOT EXISTS (SELECT FROM telephony_api.carriers c
                       WHERE c.country_code = k.country_code AND c.carrier_name = k.carrier_name)
                UNION ALL
                SELECT format('carrier %s %s of configuration %s', h.country_code, h.carrier_name, h.id)
                  FROM telephony_api.hybrid_forwarding_configs h
                 WHERE NOT EXISTS (SELECT FROM telephony_api.carriers c
                       WHERE c.country_code = h.country_code AND c.carrier_name = h.carrier_name)
                UNION ALL
                SELECT format('organization %s of %s', o.org_id, o.relation)
                  FROM (SELECT p.org_id, 'phone_numbers' AS relation FROM telephony_api.phone_numbers p
                        UNION ALL
                        SELECT h.org_id, 'hybrid_forwarding_configs' FROM telephony_api.hybrid_forwarding_configs h
                        UNION ALL
                        SELECT v.org_id, 'verified_caller_ids' FROM telephony_api.verified_caller_ids v) o
                 WHERE NOT EXISTS (SELECT FROM telephony_api.organizations r WHERE r.id = o.org_id)) r (missing);
    RETURN QUERY
        SELECT 'no two numbers have the same SID', count(*) = 0, string_agg(d.number_sid, ', ' ORDER BY d.number_sid)
          FROM (SELECT p.number_sid FROM telephony_api.phone_numbers p WHERE p.released_at IS NULL
                GROUP BY p.number_sid HAVING count(*) > 1) d;
    RETURN QUERY
        SELECT 'every hold has its owner', count(*) = 0,
            string_agg(format('%s (%s)', telephony.mask(c.number), c.state), ', ')
                FROM telephony_internal.number_holds c
         WHERE c.state = 'live' AND NOT EXISTS (SELECT FROM telephony_api.phone_numbers p
                    WHERE p.org_id = c.org_id AND p.number = c.number::text AND p.released_at IS NULL)
            OR c.state = 'in_doubt'
                AND NOT EXISTS (SELECT FROM telephony_internal.jobs j WHERE j.id = c.job_id AND NOT j.ended);
    RETURN QUERY
        SELECT 'every organization is assigned its live number', count(*) = 0,
            string_agg(coalesce(o.id, p.org_id)::text, ', ')
          FROM (SELECT r.id, r.assigned_twilio_number FROM telephony_api.organizations r
                WHERE r.assigned_twilio_number IS NOT NULL) o
          FULL JOIN (SELECT n.org_id, n.number FROM telephony_api.phone_numbers n WHERE n.status = 'live') p
              ON p.org_id = o.id
         WHERE p.number IS DISTINCT FROM o.assigned_twilio_number;
    RETURN QUERY
        SELECT 'upkeep is done in time', count(*) = 0,
               string_agg(format('%s was due %s ago%s', u.task, date_trunc('second', now() - u.due_at),
                                 ', failed ' || nullif(u.failures, 0) || ' times: ' || u.problem), '; ' ORDER BY u.task)
                 || '; a running telephonyd does it'
          FROM telephony_internal.upkeep u, telephony_internal.settings s
         WHERE u.every IS NOT NULL AND u.due_at < now() - greatest(u.every, interval '5 minutes')
             AND (u.in_recovery OR s.mode <> 'recovery');
    -- One statement sees one state of the organizations, the fold and the deltas.
    RETURN QUERY
        SELECT 'the counts by country are right', count(*) = 0,
               string_agg(format('%s %s: %s counted, %s there', coalesce(k.country_code, r.country_code),
                                 coalesce(k.carrier_name, r.carrier_name, 'no carrier'),
                   coalesce(k.organizations, 0), coalesce(r.organizations, 0)), ', ') ||
                       '; telephony_internal.recount_countries() puts them right'
          FROM telephony_internal.country_counts() k
          FULL JOIN (SELECT o.telephony_country AS country_code, o.forwarding_carrier AS carrier_name,
                     o.assigned_twilio_number IS NOT NULL AS provisioned, count(*) AS organizations
                       FROM telephony_api.organizations o WHERE o.telephony_country IS NOT NULL GROUP BY 1, 2, 3) r
            ON (r.country_code, coalesce(r.carrier_name, ''), r.provisioned)
                = (k.country_code, coalesce(k.carrier_name, ''), k.provisioned)
         WHERE k.organizations IS DISTINCT FROM r.organizations;
END
$$;
COMMENT ON FUNCTION telephony_internal.check_rows() IS 'The part of self_check() that holds rows against each other.';
