-- tier: owner
-- Making sure that "committed" means on disk: a role or session may have switched it off.
CREATE FUNCTION telephony_internal.require_durable_commit() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF current_setting('synchronous_commit') = ANY (ARRAY['off', 'local']) THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_internal.require_durable_commit() IS
    'Makes the COMMIT of this transaction wait for the disk (a SET clause on a function would end before it).';
