-- DROP EXTENSION telephony CASCADE: refused while a tenant schema is there, by whatever statement; where nothing could
-- keep it from happening, migrate(), self_check() and the greeting say what has happened and what to do.
\ir set_up.psql
CREATE FUNCTION tap.error_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_state text; v_message text; v_hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' ', v_state, v_message, v_hint);
END $$;

SELECT telephony_internal.installation_id() AS installation \gset
SELECT is(tap.error_of('DROP EXTENSION telephony CASCADE'), '2BP01 the tenant schema needs the extension telephony '
    'SELECT telephony.migrate(0) takes the tenant schema away and says what would be lost; then DROP EXTENSION '
    'telephony.',
    'the statement that PostgreSQL proposes');
SELECT matches(tap.error_of(s), '^2BP01 the tenant schema needs the extension', s)
  FROM unnest(ARRAY['DROP SCHEMA telephony CASCADE', 'DROP EXTENSION plpgsql CASCADE']) s;
SELECT matches(tap.error_of('DROP EXTENSION telephony'), '^2BP01 cannot drop extension', 'without CASCADE as ever');

-- The library was loaded by the first of these; a session that has not loaded it does so in time.
SELECT is((SELECT string_agg(t.tag, ', ' ORDER BY t.tag) FROM pg_event_trigger e CROSS JOIN unnest(e.evttags) t (tag)
            WHERE e.evtname = 'telephony_protect_tenant_schema' AND e.evtenabled = 'O'),
    'DROP EXTENSION, DROP LANGUAGE, DROP OWNED, DROP SCHEMA', 'before each statement that can');

-- As the statement left it where nothing stood in its way: what is of the extension's types is gone.
SAVEPOINT whole;
ALTER TABLE telephony_internal.jobs DROP COLUMN number CASCADE;
ALTER TABLE telephony_internal.number_holds DROP COLUMN number CASCADE;
SELECT is(tap.error_of('SELECT telephony.migrate(' || n || ')'),
    '55000 the tenant schema has lost what is of the extension''s types Restore a backup. To begin anew with nothing '
    'of what is left: DROP SCHEMA telephony_api, telephony_internal CASCADE; SELECT telephony.migrate();',
    format('migrate(%s) says so', n)) FROM unnest(ARRAY['', '0']) n;
SELECT matches((SELECT s.ok || ' ' || s.detail FROM telephony_api.self_check() s
                 WHERE s."check" ~ '^the extension is there'),
    '^false The extension telephony was dropped with CASCADE', 'self_check() too');
SELECT matches(tap.error_of(format('SELECT telephony_internal.hello(%L, ''1'', NULL, 1)', :'installation')),
    '^42883 functions that telephonyd calls are missing: .* The extension telephony was dropped with CASCADE',
    'and the greeting');
DROP SCHEMA telephony_api, telephony_internal CASCADE;
SELECT is((SELECT count(*) FROM telephony.migrate()), :migrations::bigint, 'begun anew');
ROLLBACK TO whole;

SET LOCAL telephony.allow_data_loss = on;
SELECT telephony.migrate(0) \gset
SELECT lives_ok('DROP EXTENSION telephony CASCADE', 'without a tenant schema it is a statement like any other');

SELECT * FROM finish();
ROLLBACK;
