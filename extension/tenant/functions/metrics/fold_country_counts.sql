-- tier: sidecar
CREATE FUNCTION telephony_internal.fold_country_counts() RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_folded bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(7628140, 2) THEN
        RETURN 0;   -- another sidecar is at it
    END IF;
    WITH taken AS (
        -- Not more than a second's work: what nobody folded for a month is folded in steps.
        DELETE FROM telephony_internal.country_count_deltas d
         WHERE d.ctid = ANY (ARRAY (SELECT b.ctid FROM telephony_internal.country_count_deltas b LIMIT 100000))
        RETURNING d.*
    ), added AS (
        INSERT INTO telephony_internal.country_counts AS c (country_code, carrier_name, provisioned, organizations)
        SELECT t.country_code, t.carrier_name, t.provisioned, sum(t.change) FROM taken t GROUP BY t.country_code,
            t.carrier_name, t.provisioned
        ON CONFLICT ON CONSTRAINT country_counts_pkey DO UPDATE
            SET organizations = c.organizations + excluded.organizations)
    SELECT count(*) INTO v_folded FROM taken;
    RETURN v_folded;
END
$$;
COMMENT ON FUNCTION telephony_internal.fold_country_counts() IS
    'Adds the deltas up into country_counts, at most 100,000 a call, and returns how many they were. Run by '
    'telephonyd every few seconds: how often changes no answer, only how much a count must read.';
