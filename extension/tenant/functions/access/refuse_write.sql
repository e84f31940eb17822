-- tier: owner
CREATE FUNCTION telephony_internal.refuse_write() RETURNS trigger
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'the view % is not written', TG_TABLE_NAME
        USING ERRCODE = '42501', HINT = 'Write the tables that it shows.';
END
$$;
COMMENT ON FUNCTION telephony_internal.refuse_write() IS
    'INSTEAD OF trigger of views: without it PostgreSQL refuses a write as a view that cannot be written, status 500, '
    'before it looks at rights.';
