-- tier: owner
CREATE FUNCTION telephony_internal.is_account_shared(org_id uuid, account_sid text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN account_sid IS NOT DISTINCT FROM (SELECT s.platform_account_sid FROM telephony_internal.settings s)
        OR NOT EXISTS (SELECT FROM telephony_internal.twilio_credentials c
                        WHERE c.org_id = is_account_shared.org_id AND c.account_sid = is_account_shared.account_sid)
        OR EXISTS (SELECT FROM telephony_internal.twilio_credentials c
                    WHERE c.org_id <> is_account_shared.org_id AND c.account_sid = is_account_shared.account_sid);
END
$$;
COMMENT ON FUNCTION telephony_internal.is_account_shared(uuid, text) IS
    'Whether anybody but this organization may have verified a number in the account: false only for one that it alone '
    'has handed in.';
