-- 25_numbering_plan_updates.sql: what an update of the numbering plan touches: stored answers of the older plan.

-- The plan's functions are IMMUTABLE, because the plan is part of the library; a newer library brings a newer plan,
-- as a newer operating system brings newer collations. What was stored by the older one is listed here, with what
-- brings it up to date.

CREATE TABLE telephony.accepted_numbering_plan (
    version text NOT NULL,
    source text NOT NULL,
    states integer NOT NULL,
    bytes bigint NOT NULL,
    regions integer NOT NULL,
    accepted_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
CREATE UNIQUE INDEX accepted_numbering_plan_one_row ON telephony.accepted_numbering_plan ((true));
COMMENT ON TABLE telephony.accepted_numbering_plan IS
    'the numbering plan by which everything stored in this database was judged; one row. Not dumped: a restore judges '
        'anew';
COMMENT ON INDEX telephony.accepted_numbering_plan_one_row IS 'keeps the table at one row';
INSERT INTO telephony.accepted_numbering_plan SELECT * FROM telephony.numbering_plan();

CREATE FUNCTION telephony.numbering_plan_changed() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT NOT EXISTS (
        SELECT version, source, states, bytes, regions FROM telephony.accepted_numbering_plan
        INTERSECT SELECT version, source, states, bytes, regions FROM telephony.numbering_plan()
    );
END;
COMMENT ON FUNCTION telephony.numbering_plan_changed() IS
    'true if the library has another numbering plan than the one accepted in this database: see '
        'numbering_plan_dependents()';

CREATE FUNCTION telephony.numbering_plan_dependents(
    OUT object_type text, OUT object text, OUT plan_functions text[], OUT remedy text
) RETURNS SETOF record
    LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH RECURSIVE reached (classid, objid, objsubid, root) AS (
        SELECT 'pg_proc'::regclass::oid, f.oid, 0, f.oid
          FROM unnest(ARRAY['telephony.is_valid(telephony.e164)'::regprocedure::oid,
                            'telephony.is_valid(text)'::regprocedure::oid,
                            'telephony.is_possible(telephony.e164)'::regprocedure::oid,
                            'telephony.region(telephony.e164)'::regprocedure::oid,
                            'telephony.number_type(telephony.e164)'::regprocedure::oid,
                            'telephony.parse(text, text)'::regprocedure::oid,
                            'telephony.try_parse(text, text)'::regprocedure::oid,
                            'telephony.parse_problem(text, text)'::regprocedure::oid,
                            'telephony.number_extension(text, text)'::regprocedure::oid,
                            'telephony.format_number(telephony.e164, text)'::regprocedure::oid,
                            'telephony.numbering_plan()'::regprocedure::oid]) AS f (oid)
        UNION
        -- On through functions, operators and views, which store nothing themselves; a rule stands for its view.
        SELECT CASE WHEN v.oid IS NULL THEN d.classid ELSE 'pg_class'::regclass::oid END,
               coalesce(v.oid, d.objid), d.objsubid, r.root
          FROM reached r
          JOIN pg_depend d ON d.refclassid = r.classid AND d.refobjid = r.objid AND d.deptype IN ('n', 'a')
          LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
          LEFT JOIN pg_class v ON v.oid = w.ev_class AND v.relkind IN ('v', 'm')
         WHERE r.classid IN ('pg_proc'::regclass, 'pg_operator'::regclass)
            OR r.classid = 'pg_class'::regclass AND (SELECT relkind FROM pg_class WHERE oid = r.objid) IN ('v', 'm')
    ), stored (object_type, object, root, remedy) AS (
        SELECT 'index', c.oid::regclass::text, r.root, format('REINDEX INDEX CONCURRENTLY %s', c.oid::regclass)
          FROM reached r JOIN pg_class c ON r.classid = 'pg_class'::regclass AND c.oid = r.objid AND c.relkind = 'i'
        UNION ALL
        -- coalesce() keeps the planner from concluding by the constraint itself that no row is in breach of it.
        SELECT 'table constraint', format('%s on %s', quote_ident(k.conname), k.conrelid::regclass), r.root,
               format('SELECT * FROM %s WHERE NOT coalesce(%s, true)', k.conrelid::regclass,
                   pg_get_expr(k.conbin, k.conrelid))
          FROM reached r JOIN pg_constraint k ON r.classid = 'pg_constraint'::regclass AND k.oid = r.objid
           AND k.contype = 'c' AND k.conrelid <> 0
        UNION ALL
        SELECT 'domain constraint', format('%s on %s', quote_ident(k.conname), k.contypid::regtype), r.root,
               format('ALTER DOMAIN %s DROP CONSTRAINT %I; ALTER DOMAIN %1$s ADD CONSTRAINT %2$I %3$s',
                   k.contypid::regtype, k.conname, pg_get_constraintdef(k.oid))
          FROM reached r JOIN pg_constraint k ON r.classid = 'pg_constraint'::regclass AND k.oid = r.objid
           AND k.contypid <> 0
        UNION ALL
        SELECT 'generated column', format('%s of %s', quote_ident(a.attname), a.attrelid::regclass), r.root,
               format('UPDATE ONLY %s SET %I = DEFAULT WHERE %2$I IS DISTINCT FROM (%s)', a.attrelid::regclass,
                   a.attname, pg_get_expr(g.adbin, g.adrelid))
          FROM reached r JOIN pg_attrdef g ON r.classid = 'pg_attrdef'::regclass AND g.oid = r.objid
          JOIN pg_attribute a ON a.attrelid = g.adrelid AND a.attnum = g.adnum AND a.attgenerated = 's'
        UNION ALL
        SELECT 'materialized view', c.oid::regclass::text, r.root,
               format('REFRESH MATERIALIZED VIEW %s', c.oid::regclass)
          FROM reached r JOIN pg_class c ON r.classid = 'pg_class'::regclass AND c.oid = r.objid AND c.relkind = 'm'
        UNION ALL
        SELECT 'partition key', c.oid::regclass::text, r.root,
               format('UPDATE %s SET %I = %2$I', c.oid::regclass,
                   (SELECT attname FROM pg_attribute
                     WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                     ORDER BY attnum LIMIT 1))
          FROM reached r JOIN pg_class c ON r.classid = 'pg_class'::regclass AND c.oid = r.objid AND c.relkind = 'p'
        UNION ALL
        SELECT 'statistics', format('%I.%I', n.nspname, s.stxname), r.root, format('ANALYZE %s', s.stxrelid::regclass)
          FROM reached r JOIN pg_statistic_ext s ON r.classid = 'pg_statistic_ext'::regclass AND s.oid = r.objid
          JOIN pg_namespace n ON n.oid = s.stxnamespace
    )
    SELECT object_type, object, array_agg(DISTINCT root::regprocedure::text ORDER BY root::regprocedure::text), remedy
      FROM stored GROUP BY object_type, object, remedy
     ORDER BY object_type <> 'index', object_type, object;  -- indexes first: the other remedies read through them
END;
COMMENT ON FUNCTION telephony.numbering_plan_dependents() IS
    'what stores answers of the numbering plan (indexes, check constraints, generated columns, materialized views, '
        'partition keys, statistics), also through views and SQL-standard function bodies, and the statement that '
        'brings each up to date, or for table constraints lists the rows in breach; a function whose body is a string '
        'hides what it calls';

CREATE FUNCTION telephony.accept_numbering_plan(dependents text DEFAULT 'refuse') RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_old telephony.accepted_numbering_plan;
    v_new record;
    v_dependents text[];
BEGIN
    IF dependents IS NULL OR dependents NOT IN ('refuse', 'keep') THEN
        RAISE EXCEPTION 'unknown way to treat what depends on the numbering plan'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Ways are refuse and keep.';
    END IF;
    IF NOT telephony.numbering_plan_changed() THEN
        RETURN;
    END IF;
    SELECT * INTO v_old FROM telephony.accepted_numbering_plan;
    SELECT * INTO v_new FROM telephony.numbering_plan();
    IF dependents = 'refuse' THEN
        SELECT array_agg(format('%s %s', object_type, object)) INTO v_dependents
          FROM telephony.numbering_plan_dependents();
        IF v_dependents IS NOT NULL THEN
            RAISE EXCEPTION 'the numbering plan changed from % to %, and % objects hold answers of the old one',
                v_old.version, v_new.version, cardinality(v_dependents)
                USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = array_to_string(v_dependents, E'\n'),
                      HINT = 'Run what telephony.numbering_plan_dependents() gives as remedies, then SELECT '
                          'telephony.accept_numbering_plan(''keep'').';
        END IF;
    END IF;
    DELETE FROM telephony.accepted_numbering_plan;
    INSERT INTO telephony.accepted_numbering_plan SELECT * FROM telephony.numbering_plan();
END $$;
COMMENT ON FUNCTION telephony.accept_numbering_plan(text) IS
    'records that this database goes by the library''s numbering plan; while stored answers depend on the plan it '
        'refuses (55000) and lists them, unless told to keep them because they have been brought up to date';
