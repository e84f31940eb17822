-- tier: owner
CREATE FUNCTION telephony_internal.free_holds(job_id uuid, but telephony.e164 DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE telephony_internal.number_holds c
       SET state = 'quarantined', until = now() + s.late_horizon
      FROM telephony_internal.settings s
     WHERE c.job_id = free_holds.job_id AND c.state <> 'quarantined' AND c.posted
       AND (free_holds.but IS NULL OR c.number OPERATOR(telephony.<>) free_holds.but);
    DELETE FROM telephony_internal.number_holds c
     WHERE c.job_id = free_holds.job_id AND c.state <> 'quarantined' AND NOT c.posted
       AND (free_holds.but IS NULL OR c.number OPERATOR(telephony.<>) free_holds.but);
END
$$;
COMMENT ON FUNCTION telephony_internal.free_holds(uuid, telephony.e164) IS
    'Frees what a job still holds, but one number: at once if no purchase was sent, else after the late horizon.';
