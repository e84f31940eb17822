-- tier: owner
CREATE FUNCTION telephony_internal.check_installation() RETURNS SETOF telephony_api.check_result
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT 'the schema is that of this version', s.applied = m.newest,
            format('at %s of %s; SELECT telephony.migrate()', s.applied, m.newest)
          FROM (SELECT coalesce(max(v.version), 0) AS applied FROM telephony_internal.schema_migrations v) s,
              (SELECT max(e.version) AS newest FROM telephony.embedded_migrations() e) m;
    RETURN QUERY
        SELECT 'the extension is the version that is installed', e.extversion = a.default_version,
            format('at %s, installed is %s: ALTER EXTENSION telephony UPDATE', e.extversion, a.default_version)
          FROM pg_extension e JOIN pg_available_extensions a ON a.name = e.extname WHERE e.extname = 'telephony';
    RETURN QUERY
        SELECT 'stored answers are of the present numbering plan', NOT telephony.numbering_plan_changed(),
            'telephony.numbering_plan_dependents() lists what is older'::text;
    RETURN QUERY
        SELECT 'sessions of this database find the operators on numbers', r.remedy IS NULL, r.remedy
          FROM (SELECT telephony.operators_remedy() AS remedy) r;
    RETURN QUERY
        -- PostgREST sets the search_path of its requests itself, by what its login's settings or its own file say.
        SELECT 'every API role finds the operators on numbers', count(*) = 0,
            string_agg(p.remedy, '; ' ORDER BY p.remedy)
          FROM (SELECT telephony.operators_remedy(t.role_name) AS remedy
                  FROM telephony_internal.access_tiers t JOIN pg_roles r ON r.rolname = t.role_name
                      WHERE t.tier <> 'sidecar'
                UNION
                SELECT format('ALTER ROLE %s SET pgrst.db_extra_search_path = %L', s.setrole::regrole,
                                         concat_ws(', ', nullif(split_part(c.setting, '=', 2), ''), 'telephony'))
                  FROM pg_db_role_setting s
                      JOIN unnest(s.setconfig) c (setting) ON starts_with(c.setting, 'pgrst.db_extra_search_path=')
                 WHERE c.setting !~ '[=, "]telephony($|[, "])' AND s.setrole <> 0
                   AND s.setdatabase IN (0, (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
                   AND EXISTS (SELECT FROM telephony_internal.access_tiers t JOIN pg_roles r ON r.rolname = t.role_name
                                WHERE t.tier <> 'sidecar' AND pg_has_role(s.setrole, r.oid, 'MEMBER'))) p
         WHERE p.remedy IS NOT NULL;
    RETURN QUERY
        SELECT 'organizations are read from tokens as they came in', p.problem IS NULL, p.problem
          FROM (SELECT telephony_internal.claim_type_problem() AS problem) p;
    RETURN QUERY
        SELECT 'commits wait for the disk', count(*) = 0, string_agg(format('%s is %s', g.name, g.setting), ', ')
          FROM pg_settings g WHERE (g.name, g.setting)
              IN (('synchronous_commit', 'off'), ('fsync', 'off'), ('full_page_writes', 'off'));
    RETURN QUERY
        SELECT 'something answers the calls of a new number',
            EXISTS (SELECT FROM telephony_internal.voice_settings v
                    WHERE v.org_id = '00000000-0000-0000-0000-000000000000'),
               'telephony_internal.set_voice_settings() sets it'::text;
    RETURN QUERY
        SELECT 'not in recovery mode', s.mode = 'normal',
            'telephonyd reconcile, then telephonyd resume, end it'::text FROM telephony_internal.settings s;
    RETURN QUERY
        SELECT 'every carrier''s codes can be made', count(*) = 0,
            string_agg(format('%s/%s: %s', c.country_code, c.carrier_name, p.problem), '; ')
          FROM telephony_api.carriers c CROSS JOIN LATERAL (SELECT telephony_internal.carrier_problem(c) AS problem) p
              WHERE p.problem IS NOT NULL;
    RETURN QUERY
        SELECT 'every active country has an active carrier', count(*) = 0, string_agg(c.country_code, ', ')
          FROM telephony_api.countries c WHERE c.is_active
           AND NOT EXISTS (SELECT FROM telephony_api.carriers k WHERE k.country_code = c.country_code AND k.is_active);
END
$$;
COMMENT ON FUNCTION telephony_internal.check_installation() IS
    'The part of self_check() about versions, settings and reference data.';
