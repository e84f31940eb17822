-- tier: owner
-- What the column jobs.ended is of a state that no row has yet; a test holds both and every index against each other.
CREATE FUNCTION telephony_internal.is_ended(state text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN is_ended.state = ANY (ARRAY['done', 'released', 'cancelled', 'failed']);
END
$$;
COMMENT ON FUNCTION telephony_internal.is_ended(text) IS 'Whether nothing will happen any more to a job in this state.';
