-- 0013 down: removes the limits of single organizations and the reports; no tier may call check_request() any more.

DROP FUNCTION telephony_api.request_limits();
DROP FUNCTION telephony_internal.request_limits();
DROP FUNCTION telephony_api.set_org_limit(uuid, integer);
DROP FUNCTION telephony_internal.set_org_limit(uuid, integer);
DROP TABLE telephony_internal.org_limits;
DO $$
DECLARE
    v_role name;
BEGIN
    FOR v_role IN SELECT DISTINCT t.role_name FROM telephony_internal.access_tiers t JOIN pg_catalog.pg_roles r ON r.rolname = t.role_name LOOP
        EXECUTE pg_catalog.format('REVOKE EXECUTE ON FUNCTION telephony.check_request() FROM %I', v_role);
    END LOOP;
END
$$;
DELETE FROM telephony_internal.tier_privileges p WHERE p.object ~ '\.(set_org_limit|request_limits|check_request)\(';
