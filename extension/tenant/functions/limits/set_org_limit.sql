-- tier: service
CREATE FUNCTION telephony_internal.set_org_limit(org_id uuid, per_hour integer)
RETURNS telephony_api.org_limit
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_before telephony_internal.org_limits;
    v_after  telephony_internal.org_limits;
BEGIN
    IF set_org_limit.org_id IS NULL THEN
        PERFORM telephony_internal.refuse('organization_missing', 'which organization?',
            hint => 'Give its id as org_id; telephony.org_uuid() makes it of a text that tokens carry.');
    ELSIF set_org_limit.per_hour < 0 OR set_org_limit.per_hour > 1000000000 THEN
        PERFORM telephony_internal.refuse('limit_not_allowed',
            format('not a number of requests an hour: %s', set_org_limit.per_hour));
    END IF;
    PERFORM telephony.org_limits_changed();
    SELECT * INTO v_before FROM telephony_internal.org_limits l WHERE l.org_id = set_org_limit.org_id FOR UPDATE;
    IF set_org_limit.per_hour IS NULL THEN
        DELETE FROM telephony_internal.org_limits l WHERE l.org_id = set_org_limit.org_id;
    ELSE
        INSERT INTO telephony_internal.org_limits
            AS l (org_id, per_hour) VALUES (set_org_limit.org_id, set_org_limit.per_hour)
        ON CONFLICT ON CONSTRAINT org_limits_pkey DO UPDATE SET per_hour = excluded.per_hour, set_at = excluded.set_at
        RETURNING * INTO v_after;
    END IF;
    PERFORM telephony_internal.audit(set_org_limit.org_id, 'set_org_limit', 'org_limits',
                                     jsonb_build_object('per_hour', v_before.per_hour),
        jsonb_build_object('per_hour', v_after.per_hour));
    RETURN (set_org_limit.org_id, v_after.per_hour, v_after.set_at)::telephony_api.org_limit;
END
$$;
COMMENT ON FUNCTION telephony_internal.set_org_limit(uuid, integer) IS
    'Does the work of telephony_api.set_org_limit().';

CREATE FUNCTION telephony_api.set_org_limit(org_id uuid, per_hour integer DEFAULT NULL)
RETURNS telephony_api.org_limit
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.set_org_limit($1, $2);
END
$$;
COMMENT ON FUNCTION telephony_api.set_org_limit(uuid, integer) IS
    'Gives an organization a request limit of its own, in requests an hour; 0 lets nothing pass; null, or per_hour left '
    'out, takes it back. telephony.org_uuid() makes the id of a text that tokens carry. On this server from the commit '
    'on, on a replica from the organization''s next window on.';
