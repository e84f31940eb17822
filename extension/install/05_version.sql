-- 05_version.sql: which library answers, and whether it is the one that this SQL was made for.

CREATE FUNCTION telephony.library_version() RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'telephony_library_version';
COMMENT ON FUNCTION telephony.library_version() IS
    'version of the library that this session has loaded; pg_extension.extversion is that of the SQL';

CREATE FUNCTION telephony.require_matching_library() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_sql     text := (SELECT e.extversion FROM pg_catalog.pg_extension e WHERE e.extname = 'telephony');
    v_library text := telephony.library_version();
BEGIN
    IF v_sql <> v_library THEN
        RAISE EXCEPTION 'the SQL of the extension is version %, the library is version %', v_sql, v_library
            USING ERRCODE = '55000',
                  HINT = 'After an upgrade of the package: ALTER EXTENSION telephony UPDATE in every database, then '
                      'connect anew.';
    END IF;
END
$$;
COMMENT ON FUNCTION telephony.require_matching_library() IS
    'raises 55000 with what to do when SQL and library are of different versions, as between an upgrade of the '
        'package and ALTER EXTENSION UPDATE';
