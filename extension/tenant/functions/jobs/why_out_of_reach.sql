-- tier: owner
CREATE FUNCTION telephony_internal.why_out_of_reach(job telephony_internal.jobs, event text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number telephony.e164 := job.wishes ->> 'number';
    v_why    text := CASE event WHEN 'taken' THEN 'another purchase holds it, or did a while ago'
                                WHEN 'unavailable' THEN 'Twilio does not sell it: it is gone, or needs a near address'
                                ELSE 'its purchase was not answered, and did not take place' END;
    v_until  timestamptz;
BEGIN
    SELECT CASE WHEN event = 'taken' THEN h.until
                -- Its purchase was sent: it stays held until that cannot take effect any more.
                ELSE now() + s.late_horizon END INTO v_until
      FROM telephony_internal.settings s
      LEFT JOIN telephony_internal.number_holds h ON h.number OPERATOR(telephony.=) v_number;
    RETURN format('the number you chose, %s, cannot be had: %s. It may be tried again %s. Choose another: '
                  'search_numbers() shows what is for sale.', telephony.mask(v_number), v_why,
                  coalesce('after ' || to_char(v_until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'),
                           'when a search offers it again'));
END
$$;
COMMENT ON FUNCTION telephony_internal.why_out_of_reach(telephony_internal.jobs, text) IS
    'Why the number that a purchase was for cannot be had, when it may be tried again, and what to do.';
