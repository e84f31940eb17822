-- seal_credential(), hide_statement(), refuse() and the setting that names the key: shapes, refusals and their texts, none of
-- which holds anything of an argument. That boxes open, and what the server log keeps, is tested in test/e2e.
\set org '11111111-1111-4111-8111-111111111111'
SELECT 'AC' || repeat('0a', 16) AS account, repeat('0b', 16) AS token \gset

-- Nobody but those who may migrate has them.
SELECT oid::regprocedure, provolatile, proisstrict, proparallel, proacl IS NOT NULL AND NOT has_function_privilege('pg_monitor', oid, 'EXECUTE') AS not_public
  FROM pg_proc WHERE oid IN ('telephony.seal_credential(uuid, text, text)'::regprocedure, 'telephony.hide_statement()'::regprocedure) ORDER BY 1;

-- NULL is a refusal too, not a NULL box.
SELECT telephony.seal_credential(NULL, :'account', :'token');
SELECT telephony.seal_credential(:'org', NULL, :'token');
SELECT telephony.seal_credential(:'org', :'account', NULL);

-- Shapes: what is refused, by which message. The token in the place of the account is shown no more than elsewhere.
CREATE FUNCTION refusal(account_sid text, token text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_state text; v_message text; v_detail text; v_hint text; v_all text;
BEGIN
    PERFORM telephony.seal_credential('11111111-1111-4111-8111-111111111111', account_sid, token);
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL, v_hint = PG_EXCEPTION_HINT;
    v_all := concat_ws(' ', v_message, v_detail, v_hint);
    IF length(token) > 7 AND strpos(v_all, token) > 0 OR length(account_sid) > 2 AND strpos(v_all, account_sid) > 0 THEN
        RETURN 'THE TEXT SHOWS AN ARGUMENT';
    END IF;
    RETURN v_state || ' ' || v_message || CASE WHEN v_message = 'not a sealed box' THEN ': ' || v_detail ELSE '' END;
END $$;
SELECT what, refusal(account_sid, :'token') FROM (VALUES
    ('empty', ''), ('the token', :'token'), ('short', left(:'account', 33)), ('long', :'account' || '0'), ('upper case', upper(:'account')),
    ('not hexadecimal', 'AC' || repeat('0g', 16)), ('an API key', 'SK' || repeat('0a', 16)), ('space before', ' ' || :'account'),
    ('line end after', :'account' || E'\n'), ('fullwidth digits', 'AC' || repeat(E'\uFF10', 32))) AS given (what, account_sid);
SELECT what, refusal(:'account', token) FROM (VALUES
    ('empty', ''), ('a password', 'correct horse battery staple'), ('short', left(:'token', 31)), ('long', :'token' || '0'), ('upper case', upper(:'token')),
    ('line end after', :'token' || E'\n'), ('the account', :'account'), ('a key without secret', 'SK' || repeat('0a', 16)),
    ('a key with an empty secret', 'SK' || repeat('0a', 16) || ':'), ('a key with a short secret', 'SK' || repeat('0a', 16) || ':' || repeat('a', 31)),
    ('a key with a long secret', 'SK' || repeat('0a', 16) || ':' || repeat('a', 33)), ('a key with a quote in its secret', 'SK' || repeat('0a', 16) || ':' || repeat('"', 32)),
    ('an account as key', 'AC' || repeat('0a', 16) || ':' || repeat('a', 32)), ('sealed', 'sealed'), ('Sealed:', 'Sealed:AAAA')) AS given (what, token);

-- Boxes sealed by a client: the form, the length and the version are checked, and the bytes come back as they are.
CREATE FUNCTION box(bytes int, version int DEFAULT 1) RETURNS bytea LANGUAGE sql AS
$$ SELECT set_byte(decode(repeat('f7fb', bytes / 2) || CASE bytes % 2 WHEN 1 THEN '00' ELSE '' END, 'hex'), 0, version) $$;
CREATE FUNCTION sealed(box bytea) RETURNS text LANGUAGE sql AS
$$ SELECT 'sealed:' || rtrim(translate(encode(box, 'base64'), E'+/\n', '-_'), '=') $$;
SELECT bytes, telephony.seal_credential(:'org', :'account', sealed(box(bytes))) = box(bytes) AS same FROM unnest(ARRAY[100, 101, 102, 1023, 1024]) bytes;
SELECT what, refusal(:'account', token) FROM (VALUES
    ('nothing in it', 'sealed:'), ('too short', sealed(box(99))), ('too long', sealed(box(1025))), ('far too long', sealed(box(1000000))),
    ('version 0', sealed(box(200, 0))), ('version 2', sealed(box(200, 2))), ('padded', sealed(box(100)) || '=='), ('line end after', sealed(box(102)) || E'\n'),
    ('standard base64', translate(sealed(box(102)), '-_', '+/')), ('spare bits set', 'sealed:' || repeat('A', 198) || 'B'), ('one character too many', sealed(box(102)) || 'A'),
    ('space in it', 'sealed: ' || repeat('A', 200))) AS given (what, token);
-- The account is checked for them too.
SELECT refusal('AC', sealed(box(200)));

-- What the caller is told, whole.
SELECT telephony.seal_credential(:'org', :'token', :'token');
SELECT telephony.seal_credential(:'org', :'account', :'account');
SELECT telephony.seal_credential(:'org', :'account', 'sealed:' || :'token');

-- refuse(): the reason code is the constraint in SQL, and the `code` of the body where PostgREST asks.
CREATE FUNCTION refused(code text, status int, message text, detail text, hint text, method text, OUT state text,
                        OUT said text, OUT told text, OUT advice text, OUT reason text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('request.method', method, true);
    PERFORM telephony.refuse(code, status, message, detail, hint);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, said = MESSAGE_TEXT, told = PG_EXCEPTION_DETAIL,
        advice = PG_EXCEPTION_HINT, reason = CONSTRAINT_NAME;
END $$;
\x on
SELECT * FROM refused('number_exists', 409, 'not "now"', 'The reason.', 'What to do.', '');
SELECT * FROM refused('number_exists', 409, 'not "now"', 'The reason.', 'What to do.', 'POST');
SELECT * FROM refused('no_number', 404, 'not so', NULL, NULL, '');
SELECT * FROM refused('no_number', 404, 'not so', NULL, NULL, 'GET');
\x off
SELECT telephony.refuse('no_number', 200, 'not so', NULL, NULL);
SELECT telephony.refuse(NULL, 400, 'not so', NULL, NULL);
SELECT telephony.refuse('no_number', 400, NULL, NULL, NULL);

-- The setting: for the configuration file only, checked when set, not shown to everybody.
SELECT context, vartype, short_desc FROM pg_settings WHERE name = 'telephony.sidecar_public_key_file';
SET telephony.sidecar_public_key_file = '/etc/sidecar.key.pub';
ALTER SYSTEM SET telephony.sidecar_public_key_file = 'sidecar.key.pub';
ALTER SYSTEM SET telephony.sidecar_public_key_file = '/nonexistent/sidecar.key.pub';
ALTER SYSTEM SET telephony.sidecar_public_key_file = '/dev/null';
ALTER SYSTEM SET telephony.sidecar_public_key_file = '/etc';
ALTER SYSTEM SET telephony.sidecar_public_key_file = '/etc/passwd';
CREATE ROLE regress_telephony_reader;
SET ROLE regress_telephony_reader;
-- PostgreSQL says it in words of its own, which differ between its versions.
\set VERBOSITY sqlstate
SHOW telephony.sidecar_public_key_file;
\set VERBOSITY default
RESET ROLE;
DROP ROLE regress_telephony_reader;

DROP FUNCTION refused(text, int, text, text, text, text), refusal(text, text), sealed(bytea), box(int, int);
