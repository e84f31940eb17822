-- tier: tenant
CREATE FUNCTION telephony_internal.test_forwarding(id uuid)
RETURNS SETOF telephony_api.number_job
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_config telephony_api.hybrid_forwarding_configs := telephony_internal.own_forwarding_config(test_forwarding.id);
BEGIN
    IF v_config.status <> 'active' THEN
        RAISE EXCEPTION 'this forwarding is not active'
            USING ERRCODE = 'PT409', HINT = 'Dial its codes and call confirm_forwarding_config() first.';
    END IF;
    RAISE EXCEPTION 'this version makes no test calls'
        USING ERRCODE = 'PT501', DETAIL = 'Nothing was called.',
              HINT = 'Call the line yourself from another phone, or dial the status codes of the configuration on it.';
END
$$;
COMMENT ON FUNCTION telephony_internal.test_forwarding(uuid) IS 'Does the work of telephony_api.test_forwarding().';

CREATE FUNCTION telephony_api.test_forwarding(id uuid)
RETURNS SETOF telephony_api.number_job
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.test_forwarding(test_forwarding.id);
END
$$;
COMMENT ON FUNCTION telephony_api.test_forwarding(uuid) IS
    'Calls a forwarded line of yours and sees whether the call arrives at your number. PT501: this version does not '
    'do that yet.';
