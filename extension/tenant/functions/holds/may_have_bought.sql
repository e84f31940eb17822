-- tier: owner
CREATE FUNCTION telephony_internal.may_have_bought(job_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM telephony_internal.number_holds c
                    WHERE c.job_id = may_have_bought.job_id AND c.posted AND telephony_internal.is_held(c));
END
$$;
COMMENT ON FUNCTION telephony_internal.may_have_bought(uuid) IS
    'True when a purchase of this job was sent, and may have taken effect or still do: it is cancelled only after a '
    'look at Twilio.';
