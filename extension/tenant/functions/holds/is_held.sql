-- tier: owner
CREATE FUNCTION telephony_internal.is_held(hold telephony_internal.number_holds) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN hold.state <> 'quarantined' OR hold.until >= clock_timestamp();
END
$$;
COMMENT ON FUNCTION telephony_internal.is_held(telephony_internal.number_holds) IS
    'Whether a hold still keeps its number from others: until the end of its quarantine.';
