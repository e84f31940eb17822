-- 40_tenancy.sql: whose request this is, and how it is refused.

CREATE FUNCTION telephony.current_org_id() RETURNS uuid
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_current_org_id';
COMMENT ON FUNCTION telephony.current_org_id() IS
    'the organization of this request, read from the setting request.jwt.claims at the path telephony.org_claim; NULL if it is not there or not what telephony.org_claim_type says: a uuid, or a text that org_uuid() makes the id of';

CREATE FUNCTION telephony.org_uuid(claim text) RETURNS uuid
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_org_uuid';
COMMENT ON FUNCTION telephony.org_uuid(text) IS
    'the id of the organization that a token names by this text where telephony.org_claim_type is text: UUID version 8 of the SHA-256 of ''telephony.org_uuid:'' and its bytes in UTF-8, of which there are 1 to 255; nothing is trimmed or folded, and a text that looks like a uuid is a text like any other. See docs/postgrest.md';

CREATE FUNCTION telephony.refuse(code text, status integer, message text, detail text, hint text) RETURNS void
    LANGUAGE c VOLATILE PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_refuse';
COMMENT ON FUNCTION telephony.refuse(text, integer, text, text, text) IS
    'raises the error of a refused request: for PostgREST (the setting request.method is not empty) the body and the status of its answer, else SQLSTATE PTnnn with the reason code as constraint; detail and hint may be NULL';
