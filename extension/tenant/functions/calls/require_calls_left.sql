-- tier: owner
CREATE FUNCTION telephony_internal.require_calls_left(org_id uuid, number telephony.e164) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_settings telephony_internal.settings;
    v_until    timestamptz;
    v_told     text;
BEGIN
    SELECT * INTO STRICT v_settings FROM telephony_internal.settings;
    IF EXISTS (SELECT FROM telephony_internal.call_blocks b WHERE b.org_id = require_calls_left.org_id) THEN
        PERFORM telephony_internal.refuse('calls_blocked', 'no calls are placed for your organization');
    END IF;
    -- The same call for whoever asks, so that nobody learns what others have asked for but that the day is full.
    SELECT c.sent_at + interval '1 day' INTO v_until FROM telephony_internal.calls c
     WHERE c.number OPERATOR(telephony.=) require_calls_left.number AND c.kind = 'caller_id'
       AND c.sent_at > clock_timestamp() - interval '1 day'
     ORDER BY c.sent_at DESC OFFSET v_settings.caller_id_calls_per_day - 1 LIMIT 1;
    IF FOUND THEN
        v_told := format('%s was called %s times within a day', telephony.mask(number),
                         v_settings.caller_id_calls_per_day);
    ELSE
        -- What waits for its turn counts as well.
        SELECT c.created_at + interval '1 hour' INTO v_until FROM telephony_internal.calls c
         WHERE c.org_id = require_calls_left.org_id AND c.kind = 'caller_id'
           AND c.created_at > clock_timestamp() - interval '1 hour' AND (c.sent_at IS NOT NULL OR NOT c.ended)
         ORDER BY c.created_at DESC OFFSET v_settings.calls_per_hour - 1 LIMIT 1;
        v_told := format('%s calls were placed for your organization within the hour', v_settings.calls_per_hour);
    END IF;
    IF v_until IS NULL THEN
        SELECT n.first + interval '1 day' INTO v_until
          FROM (SELECT min(c.created_at) AS first FROM telephony_internal.calls c
                 WHERE c.org_id = require_calls_left.org_id AND c.kind = 'caller_id'
                   AND c.created_at > clock_timestamp() - interval '1 day' AND (c.sent_at IS NOT NULL OR NOT c.ended)
                 GROUP BY c.number HAVING c.number OPERATOR(telephony.<>) require_calls_left.number) n
         ORDER BY n.first DESC OFFSET v_settings.caller_ids_per_day - 1 LIMIT 1;
        v_told := format('%s numbers of your organization were called within a day', v_settings.caller_ids_per_day);
    END IF;
    IF v_until IS NOT NULL THEN
        PERFORM telephony_internal.refuse('too_many_calls', v_told || ', which is the limit',
            hint => format('Ask again after %s.', to_char(v_until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')));
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_internal.require_calls_left(uuid, telephony.e164) IS
    'PT409 where a call of a locked organization to this number is over a limit, or an operator has blocked its calls.';
