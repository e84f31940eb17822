-- tier: owner
CREATE FUNCTION telephony_internal.lock_organization(org_id uuid) RETURNS telephony_api.organizations
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_row telephony_api.organizations;
BEGIN
    -- Between the two statements another transaction may make the row, or the end of an erasure take it away.
    LOOP
        SELECT * INTO v_row FROM telephony_api.organizations o WHERE o.id = lock_organization.org_id FOR NO KEY UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO telephony_api.organizations AS o (id) VALUES (lock_organization.org_id) ON CONFLICT (id) DO NOTHING;
    END LOOP;
    RETURN v_row;
END
$$;
COMMENT ON FUNCTION telephony_internal.lock_organization(uuid) IS
    'The row of an organization, made if there is none, and locked: what comes first in whatever changes anything of '
    'it.';
