-- tier: owner
CREATE FUNCTION telephony_internal.lost_with_extension() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Nothing of the extension is named but as text: it may be gone.
    IF EXISTS (SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                 JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
                 JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
                WHERE a.attrelid = to_regclass('telephony_internal.number_holds') AND e.extname = 'telephony') THEN
        RETURN NULL;
    END IF;
    RETURN 'The extension telephony was dropped with CASCADE, and with it went the numbers of holds and jobs, '
           'policies, constraints and functions of the tenant schema. A backup has them: docs/backup.md, '
           '"What DROP EXTENSION ... CASCADE takes".';
END
$$;
COMMENT ON FUNCTION telephony_internal.lost_with_extension() IS
    'What has happened and what to do where DROP EXTENSION telephony CASCADE took columns away; NULL: they are there.';
