-- 0011: is everything as it should be? The catalog against what the migrations made and recorded, and the rows against each other.

CREATE FUNCTION telephony_internal.carrier_problem(carrier telephony_api.carriers) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_type text;
    v_step record;
BEGIN
    FOREACH v_type IN ARRAY ARRAY['total_ai', 'safety_net'] LOOP
        FOR v_step IN
            SELECT d.* FROM telephony.dial_codes(carrier.dialect, carrier.safety_net_codes, CASE carrier.number_style WHEN 'national' THEN 'e164' ELSE carrier.number_style END,
                v_type, '+12015550123', CASE WHEN carrier.ring_time_adjustable AND v_type = 'safety_net' THEN 20 END, carrier.service_group) d
        LOOP
            IF carrier.dialect = 'mmi' AND NOT (telephony.is_mmi(v_step.activation_code) AND telephony.is_mmi(v_step.deactivation_code)) THEN
                RETURN pg_catalog.format('%s: a code cannot be read back', v_type);
            END IF;
        END LOOP;
    END LOOP;
    IF EXISTS (SELECT FROM telephony_api.carriers o
                WHERE o.country_code = carrier.country_code AND o.carrier_name <> carrier.carrier_name
                  AND (o.aliases && carrier.aliases OR carrier.carrier_name = ANY (o.aliases))) THEN
        RETURN 'a name or alias is another carrier''s too';
    END IF;
    RETURN NULL;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN SQLERRM;
END
$$;
COMMENT ON FUNCTION telephony_internal.carrier_problem(telephony_api.carriers) IS 'What keeps the codes of a carrier from being made, or NULL.';

-- The rights as recorded, and the rights there are.

CREATE FUNCTION telephony_internal.recorded_rights() RETURNS TABLE (role_name name, privilege text, object text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.role_name, p.privilege,
           CASE p.privilege WHEN 'USAGE' THEN p.object
                WHEN 'SELECT' THEN coalesce(pg_catalog.to_regclass(p.object)::text, p.object || ' (missing)')
                ELSE coalesce(pg_catalog.to_regprocedure(p.object)::text, p.object || ' (missing)') END
      FROM telephony_internal.access_tiers t
      JOIN telephony_internal.tier_privileges p
        ON p.tier = t.tier OR (t.tier = 'tenant' AND p.tier = 'anon') OR (t.tier = 'service' AND p.tier IN ('anon', 'tenant'))
     WHERE p.object !~ '^telephony(\.|$)'
$$;
COMMENT ON FUNCTION telephony_internal.recorded_rights() IS 'What apply_grants() grants in the tenant schemas, to whom.';

CREATE FUNCTION telephony_internal.actual_rights() RETURNS TABLE (role_name name, privilege text, object text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(r.rolname, 'PUBLIC'), a.privilege_type, o.object
      FROM (SELECT n.nspname::text AS object, n.nspowner AS owner, coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner)) AS acl
              FROM pg_catalog.pg_namespace n WHERE n.nspname IN ('telephony_api', 'telephony_internal')
            UNION ALL
            SELECT c.oid::pg_catalog.regclass::text, c.relowner, coalesce(c.relacl, pg_catalog.acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))
              FROM pg_catalog.pg_class c WHERE c.relnamespace IN ('telephony_api'::pg_catalog.regnamespace, 'telephony_internal'::pg_catalog.regnamespace) AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
            UNION ALL
            SELECT c.oid::pg_catalog.regclass::text || '.' || t.attname, c.relowner, t.attacl
              FROM pg_catalog.pg_attribute t JOIN pg_catalog.pg_class c ON c.oid = t.attrelid
             WHERE c.relnamespace IN ('telephony_api'::pg_catalog.regnamespace, 'telephony_internal'::pg_catalog.regnamespace) AND t.attacl IS NOT NULL
            UNION ALL
            SELECT p.oid::pg_catalog.regprocedure::text, p.proowner, coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))
              FROM pg_catalog.pg_proc p WHERE p.pronamespace IN ('telephony_api'::pg_catalog.regnamespace, 'telephony_internal'::pg_catalog.regnamespace)) o
     CROSS JOIN LATERAL pg_catalog.aclexplode(o.acl) a
      LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
     WHERE a.grantee <> o.owner
$$;
COMMENT ON FUNCTION telephony_internal.actual_rights() IS 'Who but the owner has which right on what in the tenant schemas, as the catalog says.';

CREATE FUNCTION telephony_internal.expected_indexes() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY['carriers_aliases', 'hybrid_forwarding_configs_carrier', 'hybrid_forwarding_configs_sim', 'jobs_by_number_sid', 'jobs_claimable', 'jobs_of_organization',
                 'jobs_one_erase_per_organization', 'jobs_one_orphan_release_per_sid', 'jobs_one_running_per_organization', 'number_claims_of_account', 'number_claims_of_job',
                 'organizations_telephony_country', 'phone_numbers_account', 'phone_numbers_one_live', 'phone_numbers_sid', 'twilio_credentials_to_check', 'verified_caller_ids_number']
$$;
COMMENT ON FUNCTION telephony_internal.expected_indexes() IS 'The indexes of the tenant schema besides primary keys.';

CREATE FUNCTION telephony_internal.check_catalog() RETURNS TABLE ("check" text, ok boolean, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_schemas oid[] := ARRAY['telephony_api'::pg_catalog.regnamespace, 'telephony_internal'::pg_catalog.regnamespace];
BEGIN
    RETURN QUERY
        SELECT 'row-level security on every exposed table', pg_catalog.count(*) = 0, pg_catalog.string_agg(c.relname, ', ' ORDER BY c.relname)
          FROM pg_catalog.pg_class c WHERE c.relnamespace = v_schemas[1] AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity;
    RETURN QUERY
        SELECT 'every exposed table has its policy, as it was made', pg_catalog.count(*) = 0, pg_catalog.string_agg(c.relname, ', ' ORDER BY c.relname)
          FROM pg_catalog.pg_class c
         WHERE c.relnamespace = v_schemas[1] AND c.relkind IN ('r', 'p') AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_policy p
                 WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd = 'r' AND p.polroles = '{0}' AND p.polwithcheck IS NULL
                   AND p.polname || ' ' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) = CASE
                         WHEN c.relname IN ('countries', 'carriers') THEN 'readable_by_all true'
                         WHEN c.relname = 'organizations' THEN 'own_organization (id = telephony.current_org_id())'
                         ELSE 'own_organization (org_id = telephony.current_org_id())' END);
    RETURN QUERY
        SELECT 'no other policy lets more be seen', pg_catalog.count(*) = 0, pg_catalog.string_agg(pg_catalog.format('%s on %s', p.polname, c.relname), ', ' ORDER BY c.relname, p.polname)
          FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
         WHERE c.relnamespace = ANY (v_schemas) AND p.polpermissive AND p.polname NOT IN ('readable_by_all', 'own_organization')
           AND (0 = ANY (p.polroles) OR EXISTS (SELECT FROM telephony_internal.access_tiers t JOIN pg_catalog.pg_roles r ON r.rolname = t.role_name
                     JOIN pg_catalog.unnest(p.polroles) g (role) ON g.role <> 0 AND pg_catalog.pg_has_role(r.oid, g.role, 'USAGE')
                 WHERE t.tier IN ('anon', 'tenant', 'sidecar') AND NOT r.rolsuper));
    RETURN QUERY
        SELECT 'every recorded right is granted', pg_catalog.count(*) = 0,
               pg_catalog.string_agg(pg_catalog.format('%s on %s to %s', m.privilege, m.object, m.role_name), ', ' ORDER BY m.object) || '; telephony_internal.apply_grants() grants them'
          FROM (SELECT * FROM telephony_internal.recorded_rights() EXCEPT SELECT * FROM telephony_internal.actual_rights()) m
          JOIN pg_catalog.pg_roles r ON r.rolname = m.role_name WHERE NOT r.rolsuper;
    RETURN QUERY
        SELECT 'nobody has a right that is not recorded', pg_catalog.count(*) = 0,
               pg_catalog.string_agg(pg_catalog.format('%s on %s to %s', m.privilege, m.object, m.role_name), ', ' ORDER BY m.object, m.role_name)
          FROM (SELECT * FROM telephony_internal.actual_rights() EXCEPT SELECT * FROM telephony_internal.recorded_rights()) m;
    RETURN QUERY
        SELECT 'every function has a pinned search_path', pg_catalog.count(*) = 0, pg_catalog.string_agg(p.oid::pg_catalog.regprocedure::text, ', ')
          FROM pg_catalog.pg_proc p WHERE p.pronamespace = ANY (v_schemas) AND NOT coalesce(p.proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false);
    RETURN QUERY
        SELECT 'definer functions are not exposed, and take no organization where tenants reach them', pg_catalog.count(*) = 0, pg_catalog.string_agg(p.oid::pg_catalog.regprocedure::text, ', ')
          FROM pg_catalog.pg_proc p
         WHERE p.pronamespace = ANY (v_schemas) AND p.prosecdef
           AND (p.pronamespace = v_schemas[1]
                OR EXISTS (SELECT FROM telephony_internal.tier_privileges t WHERE t.tier IN ('anon', 'tenant') AND t.privilege = 'EXECUTE' AND pg_catalog.to_regprocedure(t.object) = p.oid)
                   AND ('uuid'::pg_catalog.regtype = ANY (p.proargtypes) AND NOT coalesce(p.proargnames[1:p.pronargs] = ARRAY['id'], false)));
    RETURN QUERY
        SELECT 'everything belongs to one owner, who is no superuser and does not bypass row-level security', pg_catalog.count(*) = 0, pg_catalog.string_agg(o.object, ', ')
          FROM (SELECT c.oid::pg_catalog.regclass::text AS object, c.relowner AS owner FROM pg_catalog.pg_class c WHERE c.relnamespace = ANY (v_schemas) AND c.relkind IN ('r', 'p', 'v')
                UNION ALL
                SELECT p.oid::pg_catalog.regprocedure::text, p.proowner FROM pg_catalog.pg_proc p WHERE p.pronamespace = ANY (v_schemas)) o
          JOIN pg_catalog.pg_roles r ON r.oid = o.owner
         WHERE r.rolsuper OR r.rolbypassrls OR r.rolname <> current_user;
    RETURN QUERY
        SELECT 'no trigger or rule on a table', pg_catalog.count(*) = 0, pg_catalog.string_agg(t.object, ', ')
          FROM (SELECT pg_catalog.format('%s on %s', g.tgname, g.tgrelid::pg_catalog.regclass) AS object FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid
                 WHERE c.relnamespace = ANY (v_schemas) AND NOT g.tgisinternal
                UNION ALL
                SELECT pg_catalog.format('%s on %s', w.rulename, w.ev_class::pg_catalog.regclass) FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_class c ON c.oid = w.ev_class
                 WHERE c.relnamespace = ANY (v_schemas) AND c.relkind <> 'v') t;
    RETURN QUERY
        SELECT 'every index is there and valid', pg_catalog.count(*) = 0, pg_catalog.string_agg(i.name, ', ' ORDER BY i.name)
          FROM (SELECT e.name FROM pg_catalog.unnest(telephony_internal.expected_indexes()) e (name)
                 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = ANY (v_schemas) AND c.relkind IN ('i', 'I') AND c.relname = e.name)
                UNION
                SELECT x.indexrelid::pg_catalog.regclass::text FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid
                 WHERE c.relnamespace = ANY (v_schemas)
                   AND NOT (x.indisvalid AND x.indisready AND (x.indisunique OR c.relname !~ '_one_|^hybrid_forwarding_configs_sim$|^verified_caller_ids_number$'))
                UNION
                SELECT pg_catalog.format('primary key of %s', c.relname) FROM pg_catalog.pg_class c
                 WHERE c.relnamespace = ANY (v_schemas) AND c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT FROM pg_catalog.pg_index x WHERE x.indrelid = c.oid AND x.indisprimary)) i;
    RETURN QUERY
        SELECT 'every constraint is there and validated', pg_catalog.count(*) = 0, pg_catalog.string_agg(i.name, ', ' ORDER BY i.name)
          FROM (SELECT pg_catalog.format('%s of %s', k.conname, k.conrelid::pg_catalog.regclass) FROM pg_catalog.pg_constraint k
                 WHERE k.connamespace = ANY (v_schemas) AND NOT k.convalidated
                UNION ALL
                -- A tenant's row belongs to an organization; what is kept without one is a record, or the default of all.
                SELECT pg_catalog.format('foreign key of %s', a.attrelid::pg_catalog.regclass) FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
                 WHERE c.relnamespace = ANY (v_schemas) AND c.relkind IN ('r', 'p') AND a.attname = 'org_id' AND NOT a.attisdropped
                   AND c.relname = ANY (ARRAY['phone_numbers', 'hybrid_forwarding_configs', 'verified_caller_ids', 'twilio_credentials', 'regulatory_profiles'])
                   AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conkey[1] = a.attnum)) i (name);
    RETURN QUERY
        SELECT 'views see with the rights of who asks', pg_catalog.count(*) = 0, pg_catalog.string_agg(c.relname, ', ')
          FROM pg_catalog.pg_class c WHERE c.relnamespace = v_schemas[1] AND c.relkind = 'v' AND NOT coalesce(c.reloptions && ARRAY['security_invoker=true', 'security_invoker=on'], false);
    RETURN QUERY
        SELECT 'what the engine keeps from everybody is kept', pg_catalog.count(*) = 0, pg_catalog.string_agg(p.oid::pg_catalog.regprocedure::text, ', ')
          FROM pg_catalog.pg_proc p
         WHERE p.pronamespace = 'telephony'::pg_catalog.regnamespace AND p.proname = ANY (ARRAY['seal_credential', 'refuse_quietly', 'migrate', 'embedded_migrations', 'ensure_owner_role', 'ensure_schemas'])
           AND EXISTS (SELECT FROM pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a WHERE a.grantee = 0);
    -- Who can become a tenant's role can be any tenant: only PostgREST's login may, which inherits nothing.
    RETURN QUERY
        SELECT 'nobody logs in with the rights of an API role', pg_catalog.count(*) = 0,
               pg_catalog.string_agg(DISTINCT pg_catalog.format('%s (%s)', l.rolname, t.role_name), ', ')
          FROM telephony_internal.access_tiers t
          JOIN pg_catalog.pg_roles r ON r.rolname = t.role_name
          JOIN pg_catalog.pg_roles l ON l.rolcanlogin AND NOT l.rolsuper AND NOT l.rolbypassrls AND NOT l.rolcreaterole
                AND pg_catalog.pg_has_role(l.oid, r.oid, 'USAGE') AND NOT pg_catalog.pg_has_role(l.oid, current_user, 'USAGE')
         WHERE t.tier IN ('anon', 'tenant', 'service');
    RETURN QUERY
        SELECT 'roles of tenants do not bypass row-level security', pg_catalog.count(*) = 0, pg_catalog.string_agg(t.role_name, ', ')
          FROM telephony_internal.access_tiers t JOIN pg_catalog.pg_roles r ON r.rolname = t.role_name
         WHERE t.tier IN ('anon', 'tenant', 'sidecar') AND (r.rolsuper OR r.rolbypassrls);
    -- Membership is enough: SET ROLE makes a member of the owner the owner.
    RETURN QUERY
        SELECT 'no API role is a member of a more powerful one', pg_catalog.count(*) = 0, pg_catalog.string_agg(DISTINCT pg_catalog.format('%s in %s', r.rolname, g.rolname), ', ')
          FROM telephony_internal.access_tiers t
          JOIN pg_catalog.pg_roles r ON r.rolname = t.role_name AND NOT r.rolsuper
          JOIN pg_catalog.pg_roles g ON g.oid <> r.oid AND pg_catalog.pg_has_role(r.oid, g.oid, 'MEMBER')
         WHERE g.rolsuper OR g.rolname = current_user
            OR t.tier IN ('anon', 'tenant', 'sidecar') AND NOT EXISTS (SELECT FROM telephony_internal.access_tiers o WHERE o.role_name = t.role_name AND o.tier = 'service')
               AND (g.rolbypassrls OR EXISTS (SELECT FROM telephony_internal.access_tiers o WHERE o.role_name = g.rolname AND o.tier = 'service'));
END
$$;
COMMENT ON FUNCTION telephony_internal.check_catalog() IS 'The part of self_check() that reads the catalog.';

CREATE FUNCTION telephony_internal.check_installation() RETURNS TABLE ("check" text, ok boolean, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
        SELECT 'the schema is that of this version', s.applied = m.newest, pg_catalog.format('at %s of %s; SELECT telephony.migrate()', s.applied, m.newest)
          FROM (SELECT pg_catalog.max(v.version) AS applied FROM telephony_internal.schema_migrations v) s, (SELECT pg_catalog.max(e.version) AS newest FROM telephony.embedded_migrations() e) m;
    RETURN QUERY
        SELECT 'the extension is the version that is installed', e.extversion = a.default_version, pg_catalog.format('at %s, installed is %s: ALTER EXTENSION telephony UPDATE', e.extversion, a.default_version)
          FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_available_extensions a ON a.name = e.extname WHERE e.extname = 'telephony';
    RETURN QUERY
        SELECT 'stored answers are of the present numbering plan', NOT telephony.numbering_plan_changed(), 'telephony.numbering_plan_dependents() lists what is older'::text;
    RETURN QUERY
        SELECT 'commits wait for the disk', pg_catalog.count(*) = 0, pg_catalog.string_agg(pg_catalog.format('%s is %s', g.name, g.setting), ', ')
          FROM pg_catalog.pg_settings g WHERE (g.name, g.setting) IN (('synchronous_commit', 'off'), ('fsync', 'off'), ('full_page_writes', 'off'));
    RETURN QUERY
        SELECT 'something answers the calls of a new number', EXISTS (SELECT FROM telephony_internal.voice_settings v WHERE v.org_id = '00000000-0000-0000-0000-000000000000'),
               'telephony_internal.set_voice_settings() sets it'::text;
    RETURN QUERY
        SELECT 'not in recovery mode', s.mode = 'normal', 'telephonyd reconcile, then telephonyd resume, end it'::text FROM telephony_internal.settings s;
    RETURN QUERY
        SELECT 'every carrier''s codes can be made', pg_catalog.count(*) = 0, pg_catalog.string_agg(pg_catalog.format('%s/%s: %s', c.country_code, c.carrier_name, p.problem), '; ')
          FROM telephony_api.carriers c CROSS JOIN LATERAL (SELECT telephony_internal.carrier_problem(c) AS problem) p WHERE p.problem IS NOT NULL;
    RETURN QUERY
        SELECT 'every active country has an active carrier', pg_catalog.count(*) = 0, pg_catalog.string_agg(c.country_code, ', ')
          FROM telephony_api.countries c WHERE c.is_active
           AND NOT EXISTS (SELECT FROM telephony_api.carriers k WHERE k.country_code = c.country_code AND k.is_active);
END
$$;
COMMENT ON FUNCTION telephony_internal.check_installation() IS 'The part of self_check() about versions, settings and reference data.';

CREATE FUNCTION telephony_internal.check_rows() RETURNS TABLE ("check" text, ok boolean, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_ended text[] := ARRAY['done', 'released', 'cancelled', 'failed'];
BEGIN
    RETURN QUERY
        SELECT 'no job waits for a person', pg_catalog.count(*) = 0, pg_catalog.string_agg(j.id::text, ', ') FROM telephony_internal.jobs j WHERE j.state = 'conflict';
    RETURN QUERY
        SELECT 'no job stands still', pg_catalog.count(*) = 0, pg_catalog.string_agg(pg_catalog.format('%s in %s', j.id, j.state), ', ') FROM telephony_internal.jobs j
         WHERE j.state <> ALL (v_ended) AND j.state <> 'conflict' AND j.deadline_at < pg_catalog.now()
           AND coalesce(j.lease_until, j.not_before) < pg_catalog.now() - interval '5 minutes';
    RETURN QUERY
        SELECT 'no purchase is in doubt for longer than an hour', pg_catalog.count(*) = 0, pg_catalog.string_agg(pg_catalog.format('%s since %s', j.id, e.since), ', ')
          FROM telephony_internal.jobs j
          CROSS JOIN LATERAL (SELECT pg_catalog.max(v.at) AS since FROM telephony_internal.job_events v WHERE v.job_id = j.id AND v.to_state = 'in_doubt' AND v.from_state <> 'in_doubt') e
         WHERE j.state = 'in_doubt' AND e.since < pg_catalog.now() - interval '1 hour';
    RETURN QUERY
        SELECT 'every live number has its claim', pg_catalog.count(*) = 0, pg_catalog.string_agg(p.id::text, ', ') FROM telephony_api.phone_numbers p
         WHERE p.status <> 'released' AND NOT EXISTS (SELECT FROM telephony_internal.number_claims c
               WHERE c.number OPERATOR(telephony.=) p.number AND c.org_id = p.org_id AND c.state = 'live');
    RETURN QUERY
        SELECT 'no two numbers have the same SID', pg_catalog.count(*) = 0, pg_catalog.string_agg(d.number_sid, ', ' ORDER BY d.number_sid)
          FROM (SELECT p.number_sid FROM telephony_api.phone_numbers p WHERE p.status <> 'released' GROUP BY p.number_sid HAVING pg_catalog.count(*) > 1) d;
    RETURN QUERY
        SELECT 'every claim has its owner', pg_catalog.count(*) = 0, pg_catalog.string_agg(pg_catalog.format('%s (%s)', telephony.mask(c.number), c.state), ', ') FROM telephony_internal.number_claims c
         WHERE c.state = 'live' AND NOT EXISTS (SELECT FROM telephony_api.phone_numbers p
                    WHERE p.org_id = c.org_id AND p.number OPERATOR(telephony.=) c.number AND p.status <> 'released')
            OR c.state = 'in_doubt' AND NOT EXISTS (SELECT FROM telephony_internal.jobs j WHERE j.id = c.job_id AND j.state <> ALL (v_ended));
    RETURN QUERY
        SELECT 'every organization is assigned the number it holds', pg_catalog.count(*) = 0, pg_catalog.string_agg(coalesce(o.id, p.org_id)::text, ', ')
          FROM (SELECT r.id, r.assigned_twilio_number FROM telephony_api.organizations r WHERE r.assigned_twilio_number IS NOT NULL) o
          FULL JOIN (SELECT n.org_id, n.number FROM telephony_api.phone_numbers n WHERE n.status <> 'released') p ON p.org_id = o.id
         WHERE (p.number OPERATOR(telephony.=) o.assigned_twilio_number) IS NOT TRUE;
    RETURN QUERY
        SELECT 'no line is forwarded to a number that is not held', pg_catalog.count(*) = 0, pg_catalog.string_agg(h.id::text, ', ') FROM telephony_api.hybrid_forwarding_configs h
         WHERE h.status = 'active' AND NOT EXISTS (SELECT FROM telephony_api.phone_numbers p
               WHERE p.org_id = h.org_id AND p.number OPERATOR(telephony.=) h.twilio_forwarding_number AND p.status <> 'released');
    -- One statement sees one state of the organizations, the fold and the deltas.
    RETURN QUERY
        SELECT 'the counts by country are right', pg_catalog.count(*) = 0,
               pg_catalog.string_agg(pg_catalog.format('%s %s: %s counted, %s there', coalesce(k.country_code, r.country_code), coalesce(k.carrier_name, r.carrier_name, 'no carrier'),
                   coalesce(k.organizations, 0), coalesce(r.organizations, 0)), ', ') || '; telephony_internal.recount_countries() puts them right'
          FROM telephony_internal.country_counts() k
          FULL JOIN (SELECT o.telephony_country AS country_code, o.forwarding_carrier AS carrier_name, o.assigned_twilio_number IS NOT NULL AS provisioned, pg_catalog.count(*) AS organizations
                       FROM telephony_api.organizations o WHERE o.telephony_country IS NOT NULL GROUP BY 1, 2, 3) r
            ON (r.country_code, coalesce(r.carrier_name, ''), r.provisioned) = (k.country_code, coalesce(k.carrier_name, ''), k.provisioned)
         WHERE k.organizations IS DISTINCT FROM r.organizations;
END
$$;
COMMENT ON FUNCTION telephony_internal.check_rows() IS 'The part of self_check() that holds rows against each other.';

CREATE FUNCTION telephony_internal.run_self_check() RETURNS TABLE ("check" text, ok boolean, detail text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_part text;
BEGIN
    FOREACH v_part IN ARRAY ARRAY['check_catalog', 'check_installation', 'check_rows'] LOOP
        -- What keeps one part from being checked must not keep the others from being told.
        BEGIN
            RETURN QUERY EXECUTE pg_catalog.format('SELECT c."check", c.ok, CASE WHEN NOT c.ok THEN c.detail END FROM telephony_internal.%I() c', v_part);
        EXCEPTION WHEN insufficient_privilege OR undefined_table OR undefined_function OR undefined_column THEN
            "check" := pg_catalog.format('%s() can read what it checks', v_part);
            ok := false;
            detail := SQLERRM;
            RETURN NEXT;
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION telephony_internal.run_self_check() IS 'Does the work of telephony_api.self_check(); telephonyd runs it every hour.';

CREATE FUNCTION telephony_api.self_check() RETURNS TABLE ("check" text, ok boolean, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.run_self_check();
END
$$;
COMMENT ON FUNCTION telephony_api.self_check() IS 'Whether row-level security, policies, rights, functions, indexes, logins, versions, settings, carriers, jobs, claims, numbers and counts are in order; detail says what is not.';

INSERT INTO telephony_internal.tier_privileges (tier, privilege, object) VALUES
    ('service', 'EXECUTE', 'telephony_api.self_check()'),
    ('service', 'EXECUTE', 'telephony_internal.run_self_check()'),
    ('sidecar', 'EXECUTE', 'telephony_internal.run_self_check()');
