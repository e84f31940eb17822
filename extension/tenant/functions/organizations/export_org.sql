-- tier: service
CREATE FUNCTION telephony_internal.export_org(org_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org   uuid := telephony_internal.require_org_id(export_org.org_id);
    v_all   jsonb;
    v_table regclass;
    v_rows  jsonb;
BEGIN
    SELECT jsonb_build_object('exported_at', now(), 'organization', to_jsonb(o)) INTO v_all
      FROM telephony_api.organizations o WHERE o.id = v_org;
    IF NOT FOUND THEN
        PERFORM telephony_internal.no_such_organization(v_org);
    END IF;
    FOR v_table IN SELECT t FROM telephony_internal.tenant_tables() t LOOP
        -- What is sealed or internal to a lease says nothing about the organization.
        EXECUTE
            format('SELECT coalesce(jsonb_agg(x.r ORDER BY x.r::text), ''[]'') FROM (SELECT to_jsonb(t) - '
                   'ARRAY[''org_id'', ''sealed'', ''key_id'', ''generation'', ''token'', ''worker'', '
                   '''validation_code''] AS r FROM %s t '
                   'WHERE t.org_id = $1) x', v_table)
           INTO v_rows USING v_org;
        v_all := v_all || jsonb_build_object((SELECT c.relname FROM pg_class c WHERE c.oid = v_table), v_rows);
    END LOOP;
    RETURN v_all || jsonb_build_object('job_events', (
        SELECT coalesce(jsonb_agg(to_jsonb(e) - ARRAY['token', 'worker'] ORDER BY e.job_id, e.seq), '[]')
          FROM telephony_internal.job_events e JOIN telephony_internal.jobs j ON j.id = e.job_id
              WHERE j.org_id = v_org));
END
$$;
COMMENT ON FUNCTION telephony_internal.export_org(uuid) IS 'Does the work of telephony_api.export_org().';

CREATE FUNCTION telephony_api.export_org(org_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.export_org(export_org.org_id);
END
$$;
COMMENT ON FUNCTION telephony_api.export_org(uuid) IS
    'All that is kept of an organization, numbers in full, one list a table; of its Twilio credentials all but the '
    'token. telephony.org_uuid() makes the id of a text that tokens carry, which the answer has as original_id. '
    'organization_unknown (404): not known here.';
