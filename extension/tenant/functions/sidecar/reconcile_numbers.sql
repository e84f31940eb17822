-- tier: sidecar
CREATE FUNCTION telephony_internal.reconcile_numbers(account_sid text, listed jsonb)
RETURNS SETOF telephony_internal.compared_number
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_ours text := telephony_internal.tag_prefix();
BEGIN
    RETURN QUERY
    WITH at_twilio AS (
        SELECT l.sid, l.phone_number, l.friendly_name, l.date_created, l.date_updated,
               CASE WHEN starts_with(l.friendly_name, v_ours)
                    THEN telephony_internal.long_id(substr(l.friendly_name, length(v_ours) + 1)) END AS tag_job
          FROM jsonb_to_recordset(reconcile_numbers.listed)
            AS l (sid text, phone_number text, friendly_name text, date_created timestamptz, date_updated timestamptz)
    ), judged AS (
        -- The live SID and the hold are looked at before any tag: it may have been renamed in the console.
        SELECT CASE
                 WHEN p.id IS NOT NULL AND p.account_sid <> reconcile_numbers.account_sid THEN 'moved'
                 WHEN p.id IS NOT NULL
                     AND a.friendly_name IS DISTINCT FROM v_ours || telephony_internal.short_id(p.job_id) THEN 'retag'
                 WHEN p.id IS NOT NULL THEN 'live'
                 WHEN running.id IS NOT NULL THEN 'pending'
                 -- Also when the account is open again: whoever wrote it off was promised that it is never touched.
                 WHEN j.state = 'written_off' OR EXISTS (
                     SELECT FROM telephony_internal.jobs w WHERE w.number_sid = a.sid AND w.state = 'written_off')
                     THEN 'written_off'
                 WHEN a.tag_job IS NULL AND a.friendly_name ~ '^telephony:[A-Za-z0-9_-]{22}:'
                     AND NOT starts_with(a.friendly_name, v_ours) THEN 'foreign_installation'
                 WHEN a.tag_job IS NULL THEN 'untagged'
                 WHEN j.id IS NULL THEN 'unknown_job'
                 WHEN j.claimable THEN 'pending'
                 WHEN j.state = 'conflict' OR held.state = 'live' THEN 'conflict'
                 -- Whoever dismissed the conflict was promised that the number stays; a purchase that came late
                 -- can have put our tag on it since.
                 WHEN EXISTS (SELECT FROM telephony_internal.job_events e
                               WHERE e.job_id = j.id AND e.event = 'dismiss') THEN 'conflict'
                 -- A number that may have been changed since its purchase is never an orphan, so never released.
                 WHEN (a.date_updated <= a.date_created + interval '2 seconds') IS NOT TRUE THEN 'conflict'
                 WHEN j.number_sid = a.sid
                   OR telephony_internal.why_not_ours(j.id, jsonb_build_object(
                       'number', a.phone_number, 'tag', a.friendly_name,
                          'date_created', a.date_created, 'date_updated', a.date_updated)) IS NULL THEN 'orphan'
                 ELSE 'conflict'
               END AS verdict,
               a.phone_number, a.sid, coalesce(a.friendly_name, '') AS tag,
               CASE WHEN p.id IS NOT NULL THEN v_ours || telephony_internal.short_id(p.job_id) END AS our_tag,
               coalesce(p.job_id, j.id, a.tag_job) AS job_id, coalesce(p.org_id, j.org_id) AS org_id,
               CASE WHEN p.status = 'live' AND held.org_id = p.org_id AND held.state = 'live'
                     -- What is being given new ones is not compared meanwhile.
                     AND NOT EXISTS (SELECT FROM telephony_internal.jobs v
                                      WHERE v.number_sid = a.sid AND v.kind = 'configure' AND NOT v.ended)
                    THEN held.voice END AS voice
          FROM at_twilio a
          LEFT JOIN telephony_api.phone_numbers p ON p.number_sid = a.sid AND p.released_at IS NULL
          LEFT JOIN telephony_internal.number_holds held
              ON held.number OPERATOR(telephony.=) a.phone_number::telephony.e164
          LEFT JOIN telephony_internal.jobs j ON j.id = a.tag_job
          -- A job that only sets what answers a number says nothing of where the number stands.
          LEFT JOIN LATERAL (SELECT r.id FROM telephony_internal.jobs r
                              WHERE r.number_sid = a.sid AND NOT r.ended AND r.kind <> 'configure' LIMIT 1) running
              ON true
        UNION ALL
        SELECT 'missing', p.number::text, p.number_sid, v_ours || telephony_internal.short_id(p.job_id),
            v_ours || telephony_internal.short_id(p.job_id), p.job_id, p.org_id, NULL::jsonb
          FROM telephony_api.phone_numbers p
         WHERE p.account_sid = reconcile_numbers.account_sid AND p.released_at IS NULL
           AND NOT EXISTS (SELECT FROM at_twilio a WHERE a.sid = p.number_sid)
           -- One whose release is under way may be gone; one that was bought a moment ago need not be listed yet.
           AND NOT EXISTS (SELECT FROM telephony_internal.jobs r
                            WHERE r.number_sid = p.number_sid AND NOT r.ended AND r.kind <> 'configure')
           AND p.purchased_at <= now() - (SELECT s.absence_window FROM telephony_internal.settings s)
    )
    SELECT d.verdict, d.phone_number, d.sid, d.tag, d.our_tag, d.job_id, d.org_id,
           CASE d.verdict
             WHEN 'live' THEN 'in the database and at Twilio'
             WHEN 'retag' THEN 'live; renamed at Twilio: --repair restores its tag'
             WHEN 'moved' THEN 'live, but in another account than the database says: it was moved there by hand'
             WHEN 'pending' THEN 'a job is at work on it'
             WHEN 'written_off' THEN 'written off by an operator: never touched; --adopt takes it in'
             WHEN 'missing' THEN 'the database has it, Twilio does not: --gone enters its release'
             WHEN 'orphan' THEN 'bought by a job of ours, belongs to nobody: --repair releases it'
             WHEN 'unknown_job' THEN
                 'our tag, but this database does not know the job (restored backup?): never released; --adopt takes '
                 'it in'
             WHEN 'foreign_installation' THEN 'belongs to another installation: never touched'
             WHEN 'untagged' THEN 'not bought by telephony: never touched'
             ELSE 'carries our tag, but is not provably ours, or was changed after it was bought: an operator must look'
           END,
           d.voice
      FROM judged d
     ORDER BY d.verdict, d.phone_number, d.sid;
END
$$;
COMMENT ON FUNCTION telephony_internal.reconcile_numbers(text, jsonb) IS
    'Compares all numbers of a Twilio account, as listed there, with the database, and says of each what it is.';
