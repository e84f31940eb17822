-- Tenants' Twilio credentials: sealed so that only telephonyd can read them, and refused without a trace in the log.

CREATE FUNCTION telephony.seal_credential(org uuid, account_sid text, token text) RETURNS bytea
    LANGUAGE c VOLATILE COST 1000 AS '$libdir/telephony_libsodium', 'telephony_seal_credential';
COMMENT ON FUNCTION telephony.seal_credential(uuid, text, text) IS
    'Twilio credentials in a box that only telephonyd can open; token is an auth token, an API key as SK...:secret, or a box sealed by the client. Keeps the statement that calls it out of the server log. PT400 says what is wrong, without the value. See docs/credentials.md';

CREATE FUNCTION telephony.refuse_quietly(sqlstate text, message text, detail text, hint text) RETURNS void
    LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'telephony_refuse_quietly';
COMMENT ON FUNCTION telephony.refuse_quietly(text, text, text, text) IS
    'raises an error of SQLSTATE PT400 to PT499 of which the server log keeps neither statement nor context: for requests that carry a secret';

REVOKE ALL ON FUNCTION telephony.seal_credential(uuid, text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION telephony.refuse_quietly(text, text, text, text) FROM PUBLIC;
