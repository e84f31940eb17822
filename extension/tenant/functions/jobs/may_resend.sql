-- tier: owner
CREATE FUNCTION telephony_internal.may_resend(job telephony_internal.jobs) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN NOT job.repeat_refused AND NOT job.cancel_requested AND job.posts_sent < 3;
END
$$;
COMMENT ON FUNCTION telephony_internal.may_resend(telephony_internal.jobs) IS
    'Whether the purchase of a number in doubt may be sent once more: '
    'three times in all, and not once a repetition was refused.';
