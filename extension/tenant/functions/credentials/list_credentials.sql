-- tier: sidecar
CREATE FUNCTION telephony_internal.list_credentials() RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT telephony_internal.credential_of(c) FROM telephony_internal.twilio_credentials c
        ORDER BY c.account_sid, c.org_id;
END
$$;
COMMENT ON FUNCTION telephony_internal.list_credentials() IS
    'All credentials, sealed: for reconcile, check and reseal.';
