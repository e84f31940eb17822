-- 40_tenancy.sql: whose request this is.

CREATE FUNCTION telephony.current_org_id() RETURNS uuid
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_current_org_id';
COMMENT ON FUNCTION telephony.current_org_id() IS
    'the organization of this request, read from the setting request.jwt.claims at the path telephony.org_claim; NULL if it is not there or not a uuid';
