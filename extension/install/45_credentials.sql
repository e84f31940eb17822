-- Tenants' Twilio credentials: sealed so that only telephonyd can read them.

CREATE FUNCTION telephony.seal_credential(org uuid, account_sid text, token text) RETURNS bytea
    LANGUAGE c VOLATILE COST 1000 AS '$libdir/telephony_libsodium', 'telephony_seal_credential';
COMMENT ON FUNCTION telephony.seal_credential(uuid, text, text) IS
    'Twilio credentials in a box that only telephonyd can open; token is an auth token, an API key as SK...:secret, or a box sealed by the client. Keeps the statement that calls it out of the server log. malformed_credentials and malformed_sid say what is wrong, without the value. org is the organization''s id: telephony.org_uuid() makes it of a text that tokens carry. See docs/credentials.md';

CREATE FUNCTION telephony.hide_statement() RETURNS void
    LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'telephony_hide_statement';
COMMENT ON FUNCTION telephony.hide_statement() IS
    'keeps the statement that is running out of the server log and of pg_stat_activity: for requests that carry a secret';
