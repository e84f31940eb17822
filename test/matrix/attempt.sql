-- For the role matrix: tries a statement as a role with given claims, undoes it, and tells how it ended.

CREATE SCHEMA matrix;

CREATE TABLE matrix.outcomes (
    caller    text NOT NULL,
    action    text NOT NULL,
    object    text NOT NULL,
    sqlstate  text NOT NULL,
    message   text NOT NULL
);

-- The SQLSTATE and the message; 00000 when it worked. Nothing of what it did remains.
CREATE FUNCTION matrix.attempt(role_name name, claims text, statement text, OUT sqlstate text, OUT message text)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('request.jwt.claims', claims, true);
    EXECUTE format('SET LOCAL ROLE %I', role_name);
    BEGIN
        EXECUTE statement;
        RAISE EXCEPTION USING ERRCODE = 'MX000', MESSAGE = '';
    EXCEPTION WHEN OTHERS THEN
        attempt.sqlstate := CASE SQLSTATE WHEN 'MX000' THEN '00000' ELSE SQLSTATE END;
        attempt.message := SQLERRM;
    END;
    RESET ROLE;
END
$$;

-- A call with NULL for every argument, written so that it is executed: a strict function of constants is not.
CREATE FUNCTION matrix.call_of(routine regprocedure) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT format('SELECT %s(%s) FROM (SELECT %s OFFSET 0) a', p.oid::regproc,
                  coalesce(string_agg(format('a.c%s', t.n), ', ' ORDER BY t.n) FILTER (WHERE t.n IS NOT NULL), ''),
                  coalesce(string_agg(format('NULL::%s AS c%s', format_type(t.type, NULL), t.n),
                      ', ' ORDER BY t.n) FILTER (WHERE t.n IS NOT NULL), '1'))
      FROM pg_proc p LEFT JOIN LATERAL unnest(p.proargtypes) WITH ORDINALITY t (type, n) ON true
     WHERE p.oid = call_of.routine GROUP BY p.oid
$$;

-- For what can be asked only: as if it had been tried.
CREATE FUNCTION matrix.insist(has_privilege boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT has_privilege THEN
        RAISE insufficient_privilege;
    END IF;
END
$$;

-- Everything that can be done to a relation, but reading it, which is tried by column.
CREATE FUNCTION matrix.changes_of(relation regclass) RETURNS TABLE (action text, statement text)
LANGUAGE sql STABLE AS $$
    SELECT v.action, format(v.statement, relation)
      FROM (VALUES ('DELETE', 'DELETE FROM %s WHERE false'),
                   ('TRUNCATE', 'TRUNCATE %s'),
                   ('LOCK', 'LOCK TABLE %s IN ACCESS EXCLUSIVE MODE'),
                   ('SELECT FOR UPDATE', 'SELECT FROM %s FOR UPDATE'),
                   ('ALTER', 'ALTER TABLE %s ADD COLUMN matrix integer'),
                   ('DISABLE RLS', 'ALTER TABLE %s DISABLE ROW LEVEL SECURITY'),
                   ('POLICY', 'CREATE POLICY matrix ON %s USING (true)'),
                   ('TRIGGER', 'CREATE TRIGGER matrix BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()'),
                   ('RULE', 'CREATE RULE matrix AS ON INSERT TO %s DO INSTEAD NOTHING'),
                   ('INHERIT', 'CREATE TABLE public.matrix () INHERITS (%s)'),
                   ('COMMENT', 'COMMENT ON TABLE %s IS ''matrix'''),
                   ('DROP', 'DROP TABLE %s')) v (action, statement)
     WHERE EXISTS (SELECT FROM pg_class c WHERE c.oid = relation AND c.relkind IN ('r', 'p'))
    UNION ALL
    SELECT v.action || ' ' || a.attname, format(v.statement, relation, a.attname, relation::oid)
      FROM pg_attribute a,
           (VALUES ('INSERT', 'INSERT INTO %1$s (%2$I) VALUES (DEFAULT)'),
                   ('UPDATE', 'UPDATE %1$s SET %2$I = DEFAULT WHERE false'),
                   -- A foreign key to a column without a unique index fails before anybody looks at privileges.
                   ('REFERENCES', 'SELECT matrix.insist(has_column_privilege(%3$s::oid, %2$L, ''REFERENCES''))')) v
                       (action, statement)
     WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    -- To grant what one may not is a warning only.
    SELECT 'GRANT', format('SELECT matrix.insist(has_table_privilege(%s::oid, ''SELECT WITH GRANT OPTION, INSERT WITH GRANT OPTION, TRIGGER''))', relation::oid)
$$;

GRANT USAGE ON SCHEMA matrix TO PUBLIC;
GRANT CREATE ON SCHEMA public TO PUBLIC;
