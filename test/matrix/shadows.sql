-- For the role matrix: functions, operators and tables of an attacker, named like those that ours use, each of which
-- raises when it is reached.

CREATE FUNCTION public.reached(what text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'SHADOW REACHED: %', what; END $$;

DO $$
DECLARE
    v record;
BEGIN
    -- The same name and arguments as in pg_catalog, found first by whoever does not pin a search_path.
    FOR v IN
        SELECT p.proname, pg_get_function_identity_arguments(p.oid) AS arguments, format_type(p.prorettype, NULL)
            AS result
          FROM pg_proc p
         WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND p.provariadic = 0 AND NOT p.proretset
           AND p.proname IN ('now', 'clock_timestamp', 'lower', 'upper', 'btrim', 'rtrim', 'length', 'left', 'right',
               'substr', 'current_setting', 'set_config', 'pg_notify', 'gen_random_uuid',
                             'to_jsonb', 'jsonb_typeof', 'array_position', 'cardinality', 'encode', 'decode',
                                 'translate', 'starts_with', 'regexp_replace', 'quote_literal', 'to_char',
                                     'date_trunc', 'make_interval')
           AND pg_get_function_identity_arguments(p.oid) !~ 'internal|cstring|any'
    LOOP
        EXECUTE format('CREATE FUNCTION public.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', v.proname, v.arguments,
            v.result,
                       format('BEGIN PERFORM public.reached(%L); END', v.proname));
    END LOOP;
    FOR v IN
        SELECT o.oprname, format_type(o.oprleft, NULL) AS l, format_type(o.oprright, NULL) AS r, row_number() OVER ()
            AS n
          FROM pg_operator o
         WHERE o.oprname IN ('=', '<>', '<', '<=', '>', '>=', '||', '~', '->', '->>', '-', '+')
             AND o.oprleft = o.oprright
           AND o.oprleft IN ('text'::regtype, 'uuid'::regtype, 'int4'::regtype, 'int8'::regtype, 'bool'::regtype,
               'timestamptz'::regtype, 'jsonb'::regtype, 'telephony.e164'::regtype)
           AND o.oprresult = 'bool'::regtype
    LOOP
        EXECUTE format('CREATE FUNCTION public.operator_%s(%s, %s) RETURNS boolean LANGUAGE sql AS %L', v.n, v.l, v.r,
            format('SELECT public.reached(%L)', v.oprname));
        EXECUTE format('CREATE OPERATOR public.%s (FUNCTION = public.operator_%s, LEFTARG = %s, RIGHTARG = %s)',
            v.oprname, v.n, v.l, v.r);
    END LOOP;
    FOR v IN SELECT c.relname FROM pg_class c WHERE c.relnamespace IN ('telephony_api'::regnamespace,
        'telephony_internal'::regnamespace) AND c.relkind = 'r' LOOP
        EXECUTE format('CREATE TABLE public.%I ()', v.relname);
    END LOOP;
END
$$;
CREATE FUNCTION public.current_org_id() RETURNS uuid LANGUAGE sql AS $$
    SELECT 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'::uuid $$;
