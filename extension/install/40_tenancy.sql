-- 40_tenancy.sql: whose request this is, and how it is refused.

CREATE FUNCTION telephony.current_org_id() RETURNS uuid
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_current_org_id';
COMMENT ON FUNCTION telephony.current_org_id() IS
    'the organization of this request, read from the setting request.jwt.claims at the path telephony.org_claim; NULL if it is not there or not a uuid';

CREATE FUNCTION telephony.refuse(code text, status integer, message text, detail text, hint text) RETURNS void
    LANGUAGE c VOLATILE PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_refuse';
COMMENT ON FUNCTION telephony.refuse(text, integer, text, text, text) IS
    'raises the error of a refused request: for PostgREST (the setting request.method is not empty) the body and the status of its answer, else SQLSTATE PTnnn with the reason code as constraint; detail and hint may be NULL';
