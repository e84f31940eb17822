-- tier: owner
CREATE FUNCTION telephony_internal.audit(org_id uuid, action text, entity text, before jsonb, after jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_headers jsonb := telephony_internal.request_setting('request.headers');
    -- The same element of the same header that request limits count by.
    v_address text  := btrim(split_part(v_headers ->>
                                        coalesce(current_setting('telephony.client_address_header', true),
                                                 'x-forwarded-for'), ',',
                           -coalesce(current_setting('telephony.trusted_hops', true)::integer, 1)));
BEGIN
    IF audit.before = audit.after THEN
        RETURN;
    END IF;
    INSERT INTO telephony_api.audit_log (org_id, actor, role, action, entity, old, new, ip, user_agent)
    VALUES (audit.org_id,
            coalesce(telephony.mask_numbers(left(telephony_internal.request_setting('request.jwt.claims') ->> 'sub',
                                                    200)), session_user),
            coalesce(nullif(current_setting('role'), 'none'), session_user),
            audit.action, audit.entity, telephony.mask_numbers(audit.before), telephony.mask_numbers(audit.after),
            CASE WHEN v_address ~ '^[0-9A-Fa-f:.]{2,45}$' THEN v_address
                WHEN v_headers IS NULL THEN host(inet_client_addr()) END,
            telephony.mask_numbers(left(v_headers ->> 'user-agent', 200)));
END
$$;
COMMENT ON FUNCTION telephony_internal.audit(uuid, text, text, jsonb, jsonb) IS
    'Records a change, with numbers masked; none where before and after are equal.';
