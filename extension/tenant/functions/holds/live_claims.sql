-- tier: sidecar
CREATE FUNCTION telephony_internal.live_claims(account_sid text)
RETURNS TABLE (number text, number_sid text, org_id uuid, job_id uuid, state text, tag text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_ours text := telephony_internal.tag_prefix();
BEGIN
    RETURN QUERY
        SELECT c.number::text, p.number_sid, c.org_id, c.job_id, c.state, v_ours || telephony_internal.short_id(c.job_id)
          FROM telephony_internal.number_claims c
          LEFT JOIN telephony_api.phone_numbers p
            ON p.org_id = c.org_id AND p.job_id = c.job_id AND p.number OPERATOR(telephony.=) c.number AND p.status <> 'released'
         WHERE c.account_sid = live_claims.account_sid
         ORDER BY c.number;
END
$$;
COMMENT ON FUNCTION telephony_internal.live_claims(text) IS 'What this database claims in a Twilio account: live, in doubt and quarantined numbers.';
