-- tier: owner
CREATE FUNCTION telephony_internal.is_being_erased(org_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM telephony_internal.jobs j WHERE j.org_id = is_being_erased.org_id AND j.kind = 'erase'
                   AND j.state = 'erasing');
END
$$;
COMMENT ON FUNCTION telephony_internal.is_being_erased(uuid) IS
    'Whether an erasure of the organization has begun and not ended.';
