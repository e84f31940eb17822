-- tier: owner
CREATE FUNCTION telephony_internal.let_go_of_numbers(job_id uuid, but telephony.e164 DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE telephony_internal.number_holds c
       SET state = 'quarantined', until = now() + s.late_horizon
      FROM telephony_internal.settings s
     WHERE c.job_id = let_go_of_numbers.job_id AND c.state <> 'quarantined' AND c.posted
       AND (let_go_of_numbers.but IS NULL OR c.number OPERATOR(telephony.<>) let_go_of_numbers.but);
    DELETE FROM telephony_internal.number_holds c
     WHERE c.job_id = let_go_of_numbers.job_id AND c.state <> 'quarantined' AND NOT c.posted
       AND (let_go_of_numbers.but IS NULL OR c.number OPERATOR(telephony.<>) let_go_of_numbers.but);
END
$$;
COMMENT ON FUNCTION telephony_internal.let_go_of_numbers(uuid, telephony.e164) IS
    'Frees what a job still holds, but one number: at once if no purchase was sent, else after the late horizon.';
