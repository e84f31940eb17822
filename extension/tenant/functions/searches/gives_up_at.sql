-- tier: owner
CREATE FUNCTION telephony_internal.gives_up_at(search telephony_internal.number_searches) RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN greatest(search.created_at + interval '2 minutes', search.lease_until);
END
$$;
COMMENT ON FUNCTION telephony_internal.gives_up_at(telephony_internal.number_searches) IS
    'Until when a search that has not ended may find something: people wait for it. Whoever has it may finish.';
