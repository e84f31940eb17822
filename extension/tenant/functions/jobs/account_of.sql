-- tier: owner
CREATE FUNCTION telephony_internal.account_of(org_id uuid) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT coalesce((SELECT c.account_sid FROM telephony_internal.twilio_credentials c
                             WHERE c.org_id = account_of.org_id), s.platform_account_sid)
      FROM telephony_internal.settings s);
END
$$;
COMMENT ON FUNCTION telephony_internal.account_of(uuid) IS
    'The Twilio account that numbers of an organization are bought in: its own, else the platform''s, else NULL.';
