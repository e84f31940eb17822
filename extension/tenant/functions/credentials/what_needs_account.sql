-- tier: owner
CREATE FUNCTION telephony_internal.what_needs_account(org_id uuid, account_sid text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_state text;
    v_until timestamptz;
BEGIN
    IF EXISTS (SELECT FROM telephony_api.phone_numbers p
                WHERE p.org_id = what_needs_account.org_id AND p.account_sid = what_needs_account.account_sid
                  AND p.status = 'live') THEN
        RETURN 'your organization''s number is in that account: release it first with release_number()';
    END IF;
    SELECT j.state INTO v_state FROM telephony_internal.jobs j
     WHERE j.org_id = what_needs_account.org_id AND j.account_sid = what_needs_account.account_sid
       AND NOT j.ended AND j.state NOT IN ('queued', 'searching')
     ORDER BY j.state = 'conflict' LIMIT 1;
    IF v_state = 'conflict' THEN
        RETURN 'a purchase in that account is in conflict, which an operator must look into: ask the operator';
    ELSIF FOUND THEN
        RETURN
            'a number is being bought or released in that account: wait until that has ended; release_number() '
            'cancels a purchase, and the operator can write a number off whose account is closed for good';
    END IF;
    IF EXISTS (SELECT FROM telephony_internal.calls c
                WHERE c.org_id = what_needs_account.org_id AND c.account_sid = what_needs_account.account_sid
                  AND c.state IN ('placing', 'in_doubt', 'calling', 'removing')) THEN
        RETURN 'a call is under way in that account: wait some minutes until it has ended';
    END IF;
    SELECT max(c.until) INTO v_until FROM telephony_internal.number_holds c
     WHERE c.org_id = what_needs_account.org_id AND c.account_sid = what_needs_account.account_sid
       AND telephony_internal.is_held(c)
       -- What was written off is never undone.
       AND NOT EXISTS (SELECT FROM telephony_internal.jobs w
                        WHERE w.org_id = c.org_id AND w.account_sid = c.account_sid AND w.state = 'written_off'
                          AND w.number OPERATOR(telephony.=) c.number);
    IF v_until IS NOT NULL THEN
        RETURN
            format('a purchase that was given up may still take effect in that account, and would have to be undone: '
                   'wait until %s',
            to_char(v_until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'));
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION telephony_internal.what_needs_account(uuid, text) IS
    'Why the credentials of an organization''s account must stay, and what to do about it; NULL: nothing needs them.';
