-- tier: tenant
CREATE FUNCTION telephony_internal.test_forwarding(id uuid)
RETURNS telephony_api.job
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_config telephony_api.hybrid_forwarding_configs := telephony_internal.own_forwarding_config(test_forwarding.id);
BEGIN
    IF v_config.status <> 'active' THEN
        PERFORM telephony_internal.refuse('config_not_active', 'this forwarding is not active');
    END IF;
    PERFORM telephony_internal.refuse('not_offered', 'this version makes no test calls',
        detail => 'Nothing was called.',
        hint => 'Call the line yourself from another phone, or dial the status codes of the configuration on it.');
END
$$;
COMMENT ON FUNCTION telephony_internal.test_forwarding(uuid) IS
    'Does the work of telephony_api.test_forwarding(), which is to refuse with PT501.';

CREATE FUNCTION telephony_api.test_forwarding(id uuid)
RETURNS telephony_api.job
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.test_forwarding(test_forwarding.id);
END
$$;
COMMENT ON FUNCTION telephony_api.test_forwarding(uuid) IS
    'Calls a forwarded line of yours and sees whether the call arrives at your number. not_offered (501): this '
    'version does not do that yet.';
