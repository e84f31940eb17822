-- tier: owner
CREATE FUNCTION telephony_internal.next_purchase_at(org_id uuid) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT e.at + interval '1 hour'
      FROM telephony_internal.jobs j
      JOIN telephony_internal.job_events e ON e.job_id = j.id
     WHERE j.org_id = next_purchase_at.org_id AND j.updated_at > now() - interval '1 hour'
       AND e.event = 'send' AND e.to_state = 'buying' AND e.at > clock_timestamp() - interval '1 hour'
       -- Refused by Twilio, or not processed: nothing was spent.
       AND coalesce((SELECT n.event FROM telephony_internal.job_events n WHERE n.job_id = e.job_id
                     AND n.seq > e.seq ORDER BY n.seq LIMIT 1), '')
           <> ALL (ARRAY['unavailable', 'out_of_reach', 'refused', 'throttled'])
     ORDER BY e.at DESC
    OFFSET (SELECT s.purchases_per_hour - 1 FROM telephony_internal.settings s) LIMIT 1);
END
$$;
COMMENT ON FUNCTION telephony_internal.next_purchase_at(uuid) IS
    'The spend guard: when an organization may have a further number bought; NULL: now.';
