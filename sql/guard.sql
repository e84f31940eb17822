-- The exception guard: every kind of error arrives with its own fields, and leaves nothing behind.
-- The module goes to the server through the connection: the tree may be in a private home, which the server cannot read.
\getenv built GUARD_TEST_MODULE
\lo_import :built
SELECT current_setting('data_directory') || '/telephony_guard_test' AS module, :LASTOID AS module_object \gset
SELECT lo_export(:module_object, :'module'), lo_unlink(:module_object);
CREATE FUNCTION guard_raise(kind text) RETURNS void LANGUAGE c STRICT AS :'module', 'telephony_guard_test_raise';
CREATE FUNCTION guard_live_objects() RETURNS int LANGUAGE c AS :'module', 'telephony_guard_test_live_objects';
CREATE FUNCTION guard_states_not_restored() RETURNS int LANGUAGE c AS :'module', 'telephony_guard_test_states_not_restored';
CREATE FUNCTION guard_call() RETURNS text LANGUAGE c AS :'module', 'telephony_guard_test_call';

-- Without an error, and each kind as a client sees it.
SELECT guard_call();
SELECT guard_raise('none');
SELECT guard_raise('sql');
SELECT guard_raise('bad_alloc');
SELECT guard_raise('exception');
SELECT guard_raise('number');
SELECT guard_raise('postgres');
SELECT guard_raise('palloc');
SELECT guard_raise('nested');
SELECT guard_raise('thrown_inside_call');

-- The SQLSTATE and every field, as a handler in PL/pgSQL sees them.
CREATE FUNCTION guard_caught(kind text, OUT code text, OUT message text, OUT detail text, OUT hint text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM guard_raise(kind);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END $$;
CREATE TABLE guard_kinds AS
    SELECT kind FROM unnest('{sql,bad_alloc,exception,number,postgres,palloc,nested,thrown_inside_call,long}'::text[]) kind;
SELECT kind, caught.* FROM guard_kinds, guard_caught(kind) caught WHERE kind <> 'long';

-- Long texts are cut at the end of a character.
SELECT octet_length(message), right(message, 1), octet_length(detail), octet_length(hint) FROM guard_caught('long');

-- A thousand of each in one transaction: no C++ object survives its error, every destructor saw the caller's memory
-- context and resource owner, no lock of a failed call is held, and the backend's memory has not grown by a byte an error.
CREATE FUNCTION guard_memory() RETURNS bigint LANGUAGE sql AS 'SELECT sum(used_bytes)::bigint FROM pg_backend_memory_contexts';
CREATE FUNCTION guard_repeat(times int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_before bigint := guard_memory();
BEGIN
    FOR i IN 1..times LOOP
        PERFORM count(caught.code) FROM guard_kinds, guard_caught(kind) caught;
    END LOOP;
    RETURN guard_memory() - v_before;
END $$;
BEGIN;
SELECT guard_repeat(10) IS NOT NULL AS warmed_up;
SELECT guard_repeat(1000) < 1000 * (SELECT count(*) FROM guard_kinds) AS memory_kept;
SELECT guard_live_objects(), guard_states_not_restored();
SELECT count(*) AS locks_left FROM pg_locks WHERE pid = pg_backend_pid() AND mode = 'ShareUpdateExclusiveLock';
COMMIT;

DROP TABLE guard_kinds;
DROP FUNCTION guard_repeat(int), guard_memory(), guard_caught(text), guard_call(), guard_states_not_restored(),
    guard_live_objects(), guard_raise(text);
\set remove 'cat && rm "' :module '"'
COPY (SELECT) TO PROGRAM :'remove';
