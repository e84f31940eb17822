-- tier: owner
CREATE FUNCTION telephony_internal.lock_organization(org_id uuid, original_id text DEFAULT NULL)
RETURNS telephony_api.organizations
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_row telephony_api.organizations;
BEGIN
    -- Between the two statements another transaction may make the row, or the end of an erasure take it away.
    LOOP
        SELECT * INTO v_row FROM telephony_api.organizations o WHERE o.id = lock_organization.org_id FOR NO KEY UPDATE;
        EXIT WHEN FOUND;
        -- The first organization says how all are read from tokens.
        UPDATE telephony_internal.settings s SET org_claim_type = telephony_internal.org_claim_type()
         WHERE s.org_claim_type IS NULL;
        PERFORM telephony_internal.require_claim_type();
        INSERT INTO telephony_api.organizations AS o (id) VALUES (lock_organization.org_id) ON CONFLICT (id) DO NOTHING;
    END LOOP;
    IF v_row.original_id IS NULL AND telephony_internal.org_claim_type() = 'text' THEN
        v_row.original_id := coalesce(lock_organization.original_id,
                                      telephony_internal.claimed_original(lock_organization.org_id));
        UPDATE telephony_api.organizations o SET original_id = v_row.original_id
         WHERE o.id = lock_organization.org_id AND v_row.original_id IS NOT NULL;
    END IF;
    RETURN v_row;
END
$$;
COMMENT ON FUNCTION telephony_internal.lock_organization(uuid, text) IS
    'The row of an organization, made if there is none, and locked: what comes first in whatever changes anything of '
    'it. Keeps the text that its id is made of, as given or as in the token of the request.';
