-- Every name that the schema telephony shares with pg_catalog. With telephony in the search_path, behind or before
-- the others, each expression means what it means without, whether its arguments are literals, parameters or typed
-- values; and what has a number in it is ours.

-- The names. A type of ours with a built-in name would hide it or be hidden, and so would a relation or an operator class.
SELECT 'function' AS kind, p.proname AS name, string_agg(DISTINCT p.oid::regprocedure::text, ' ') AS ours
  FROM pg_proc p WHERE p.pronamespace = 'telephony'::regnamespace
   AND EXISTS (SELECT FROM pg_proc b WHERE b.proname = p.proname AND b.pronamespace = 'pg_catalog'::regnamespace)
 GROUP BY 2
UNION ALL
SELECT 'operator', o.oprname, string_agg(DISTINCT o.oid::regoperator::text, ' ')
  FROM pg_operator o WHERE o.oprnamespace = 'telephony'::regnamespace
   AND EXISTS (SELECT FROM pg_operator b WHERE b.oprname = o.oprname AND b.oprnamespace = 'pg_catalog'::regnamespace)
 GROUP BY 2 ORDER BY 1, 2;
CREATE VIEW other_names AS
    SELECT 'type' AS kind, typname AS name, typnamespace AS schema FROM pg_type
    UNION ALL SELECT 'relation', relname, relnamespace FROM pg_class
    UNION ALL SELECT 'operator class', opcname, opcnamespace FROM pg_opclass
    UNION ALL SELECT 'operator family', opfname, opfnamespace FROM pg_opfamily
    UNION ALL SELECT 'collation', collname, collnamespace FROM pg_collation
    UNION ALL SELECT 'conversion', conname, connamespace FROM pg_conversion
    UNION ALL SELECT 'text search configuration', cfgname, cfgnamespace FROM pg_ts_config
    UNION ALL SELECT 'text search dictionary', dictname, dictnamespace FROM pg_ts_dict;
SELECT kind, name FROM other_names o WHERE o.schema = 'telephony'::regnamespace
   AND EXISTS (SELECT FROM other_names b WHERE b.schema = 'pg_catalog'::regnamespace AND (b.kind, b.name) = (o.kind, o.name));

-- A function named as a type is not called with a literal: the literal is cast. No function of ours is named as a type.
SELECT p.oid::regprocedure AS named_as_a_type
  FROM pg_proc p JOIN pg_type t ON t.typname = p.proname AND t.typnamespace IN ('telephony'::regnamespace, 'pg_catalog'::regnamespace)
 WHERE p.pronamespace = 'telephony'::regnamespace;
-- A cast that is made unasked would give built-in functions and operators a second meaning.
SELECT castsource::regtype, casttarget::regtype FROM pg_cast JOIN pg_type t ON t.oid IN (castsource, casttarget)
 WHERE t.typnamespace = 'telephony'::regnamespace AND castcontext = 'i';

-- Whether an expression can be parsed, and what parameters in it are taken for: a list of types, or the error.
CREATE FUNCTION outcome(expression text, path text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_types text;
BEGIN
    PERFORM pg_catalog.set_config('search_path', path, true);
    EXECUTE 'PREPARE tried AS SELECT (' || expression || ') IS NULL';
    SELECT s.parameter_types::oid[]::text INTO v_types
      FROM pg_catalog.pg_prepared_statements s WHERE s.name = 'tried';
    DEALLOCATE tried;
    RETURN v_types;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
-- What a condition means: the functions and operators that the parser chose.
CREATE FUNCTION meaning(condition text, path text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.set_config('search_path', path, true);
    EXECUTE 'CREATE OR REPLACE FUNCTION pg_temp.meant() RETURNS boolean BEGIN ATOMIC SELECT ' || condition || '; END';
    RETURN (SELECT pg_catalog.string_agg(m.found[1], ' ')
              FROM pg_catalog.pg_proc p,
                   pg_catalog.regexp_matches(p.prosqlbody::text, ':((?:aggfnoid|winfnoid|funcid|opno|resulttype) \d+)', 'g') m (found)
             WHERE p.proname = 'meant' AND p.pronamespace = pg_catalog.pg_my_temp_schema());
END $$;

-- Typed values: one of every built-in type that can be in a table, of a domain, an enum, a row, arrays.
CREATE DOMAIN regress_word AS text;
CREATE TYPE regress_mood AS ENUM ('calm');
CREATE TABLE typed AS
    SELECT format('NULL::%s', t.oid::regtype) AS value FROM pg_type t
     WHERE t.typnamespace = 'pg_catalog'::regnamespace
       AND (t.typtype IN ('b', 'r', 'm') AND t.typelem = 0 OR t.oid IN ('name'::regtype, 'point'::regtype, 'int2vector'::regtype))
    UNION ALL
    SELECT unnest('{NULL::public.regress_word,NULL::public.regress_mood,NULL::int[],NULL::text[],ROW(1),NULL::pg_catalog.pg_class}'::text[]);
CREATE TABLE untyped (value) AS VALUES ('''1'''), ('''+12025550123'''), ('''x'''), ('NULL'), ('$1');
CREATE TABLE names AS
    SELECT DISTINCT p.proname::text AS name, b.pronargs AS arguments, '%s(%s)' AS one, '%s(%s, %s)' AS two
      FROM pg_proc p JOIN pg_proc b ON b.proname = p.proname AND b.pronamespace = 'pg_catalog'::regnamespace
     WHERE p.pronamespace = 'telephony'::regnamespace
    UNION
    SELECT DISTINCT o.oprname, 2, NULL, '%2$s %1$s %3$s' FROM pg_operator o WHERE o.oprnamespace = 'telephony'::regnamespace;
CREATE TABLE expressions AS
    -- One argument of every kind.
    SELECT format(n.one, n.name, a.value) AS expression
      FROM names n, (TABLE typed UNION ALL TABLE untyped) a WHERE n.arguments = 1
    UNION
    -- Two of one kind, or one of them a literal or a parameter.
    SELECT format(n.two, n.name, a.left, a.right) FROM names n, (
            SELECT t.value, t.value FROM typed t
            UNION ALL SELECT t.value, u.value FROM typed t, untyped u
            UNION ALL SELECT u.value, t.value FROM typed t, untyped u
            UNION ALL SELECT u.value, w.value FROM untyped u, untyped w WHERE (u.value, w.value) <> ('$1', '$1')
            UNION ALL VALUES ('$1', '$2')) a ("left", "right")
     WHERE n.arguments = 2
    UNION
    -- And every pair of types that a built-in operator or function of that name takes.
    SELECT format('NULL::%s %s NULL::%s', b.oprleft::regtype, b.oprname, b.oprright::regtype)
      FROM pg_operator b JOIN names n ON n.name = b.oprname WHERE b.oprnamespace = 'pg_catalog'::regnamespace AND b.oprleft <> 0
    UNION
    SELECT format('%s(%s)', b.proname, string_agg(format('NULL::%s', t.type::regtype), ', ' ORDER BY t.n))
      FROM pg_proc b JOIN names n ON n.name = b.proname, unnest(b.proargtypes) WITH ORDINALITY t (type, n)
     WHERE b.pronamespace = 'pg_catalog'::regnamespace GROUP BY b.oid, b.proname;

CREATE TABLE tried AS
    SELECT expression, row_number() OVER (ORDER BY expression COLLATE "C") / 200 AS batch,
           outcome(expression, 'public') AS plain, outcome(expression, 'public, telephony') AS behind,
           outcome(expression, 'telephony, public') AS before, outcome(expression, 'telephony, pg_catalog, public') AS first
      FROM expressions;
SELECT count(*) > 2500 AS enough, count(*) FILTER (WHERE plain ~ '^{') > 1500 AS with_a_meaning,
       count(*) FILTER (WHERE expression ~ '[$]') > 800 AS with_parameters FROM tried;
SELECT * FROM tried WHERE plain IS DISTINCT FROM behind OR plain IS DISTINCT FROM before OR plain IS DISTINCT FROM first;
-- What has a parameter in it means what the types above say; of all else the parser's choices are compared, many at a time.
SELECT batch, chosen, same FROM (
    SELECT batch, plain ~ '[0-9]' AS chosen, plain = behind AND plain = before AND plain = first AS same
      FROM (SELECT batch, meaning(all_of_it, 'public') AS plain, meaning(all_of_it, 'public, telephony') AS behind,
                   meaning(all_of_it, 'telephony, public') AS before, meaning(all_of_it, 'telephony, pg_catalog, public') AS first
              FROM (SELECT batch, string_agg(format('(%s) IS NULL', expression), ' AND ' ORDER BY expression COLLATE "C") AS all_of_it
                      FROM tried WHERE '{}' = ALL (ARRAY[plain, behind, before, first]) GROUP BY batch) b OFFSET 0) m) compared
 WHERE chosen IS NOT TRUE OR same IS NOT TRUE;

-- With a number beside it each of these names is ours, and a literal or parameter there is what our operator takes.
CREATE TABLE ours AS
    SELECT format('NULL::telephony.e164 %s %s', o.oprname, u.value) AS expression, 'opno ' || o.oid AS meant
      FROM pg_operator o, (VALUES ('NULL::telephony.e164'), ('NULL'), ('''+12''')) u (value)
     WHERE o.oprnamespace = 'telephony'::regnamespace AND (o.oprright <> 'text'::regtype OR u.value !~ 'e164')
    UNION ALL
    SELECT format('%s %s NULL::telephony.e164', u.value, o.oprname), 'opno ' || o.oid
      FROM pg_operator o, (VALUES ('NULL'), ('''+12''')) u (value)
     WHERE o.oprnamespace = 'telephony'::regnamespace AND o.oprright <> 'text'::regtype
    UNION ALL
    SELECT format('%s(%s)', p.proname, CASE p.pronargs WHEN 1 THEN 'NULL::telephony.e164' ELSE 'NULL::telephony.e164, ''+1''' END),
           CASE p.prokind WHEN 'a' THEN 'aggfnoid ' ELSE 'funcid ' END || p.oid
      FROM pg_proc p JOIN (SELECT DISTINCT name FROM names) n ON n.name = p.proname WHERE p.pronamespace = 'telephony'::regnamespace;
SELECT count(*) AS tried,
       count(*) FILTER (WHERE strpos(meaning(format('(%s) IS NULL', expression), 'public, telephony'), meant) = 0) AS hidden_behind,
       count(*) FILTER (WHERE strpos(meaning(format('(%s) IS NULL', expression), 'telephony, public'), meant) = 0) AS hidden_before
  FROM ours;
SELECT o.oid::regoperator AS wrong, path FROM (VALUES ('public, telephony'), ('telephony, public')) p (path), pg_operator o
 WHERE o.oprnamespace = 'telephony'::regnamespace
   AND outcome(format('NULL::telephony.e164 %s $1', o.oprname), path) IS DISTINCT FROM format('{%s}', o.oprright::oid);

-- Any literal does for every function that takes a number; where one takes text as well, that one is meant.
CREATE FUNCTION answer(call text, path text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_answer text;
BEGIN
    PERFORM pg_catalog.set_config('search_path', path, true);
    EXECUTE 'SELECT ' || call INTO v_answer;
    RETURN v_answer;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLERRM;
END $$;
SELECT call, answer(call, 'public, telephony'), answer(call, 'telephony, public') = answer(call, 'public, telephony') AS same_before,
       answer('telephony.' || call, 'public') = answer(call, 'telephony, public') AS same_qualified
  FROM (SELECT format('%s(%s)', p.proname, string_agg(
                   CASE WHEN t.type = 'telephony.e164'::regtype THEN '''+447400123456'''
                        WHEN t.n > p.pronargs - p.pronargdefaults THEN NULL
                        WHEN t.type = 'text'::regtype THEN '''+44''' ELSE '1' END, ', ' ORDER BY t.n)) AS call
          FROM pg_proc p, unnest(p.proargtypes) WITH ORDINALITY t (type, n)
         WHERE p.pronamespace = 'telephony'::regnamespace AND 'telephony.e164'::regtype = ANY (p.proargtypes)
           AND p.proname <> 'dial_codes' AND p.proname !~ '_(out|send)$'
         GROUP BY p.oid, p.proname) c ORDER BY call COLLATE "C";

-- The commonest shapes of dynamic SQL, with telephony where the manual says to put it, and before everything else.
SET search_path = public, telephony;
SELECT format('DROP TABLE %I', 'x'::text), format('Hello %s', 'World'), min('b'), max('a'), text('c'), starts_with('+12', '+1'), '+12' ^@ '+1', '+12' = '+1 2';
SET search_path = telephony, public;
SELECT format('DROP TABLE %I', 'x'::text), format('Hello %s', 'World'), min('b'), max('a'), text('c'), starts_with('+12', '+1'), '+12' ^@ '+1', '+12' = '+1 2';
RESET search_path;

DROP VIEW other_names;
DROP TABLE typed, untyped, names, expressions, tried, ours;
DROP FUNCTION outcome, meaning, answer;
DROP DOMAIN regress_word;
DROP TYPE regress_mood;
