-- tier: tenant
CREATE FUNCTION telephony_internal.verify_caller_id(phone_number text, friendly_name text)
RETURNS telephony_api.caller_id
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number  telephony.e164 := telephony_internal.number_argument('phone_number', verify_caller_id.phone_number);
    v_org     uuid := telephony_internal.require_org();
    v_problem text;
    v_account text;
    v_old     telephony_api.verified_caller_ids;
    v_new     telephony_api.verified_caller_ids;
BEGIN
    IF v_number IS NULL OR NOT telephony.is_possible(v_number) THEN
        PERFORM telephony_internal.refuse('number_impossible',
            format('the number to be shown cannot be a telephone number: %s', coalesce(telephony.mask(v_number),
                'none given')),
            hint => 'Give it in E.164 form, such as +12025550123.');
    ELSIF NOT length(verify_caller_id.friendly_name) BETWEEN 1 AND 64 THEN
        PERFORM telephony_internal.refuse('friendly_name_length', 'a friendly name has 1 to 64 characters');
    END IF;
    v_problem := telephony_internal.why_not_called(v_number);
    IF v_problem IS NOT NULL THEN
        PERFORM telephony_internal.refuse('number_not_called', format('the number is not called: %s', v_problem));
    END IF;
    PERFORM telephony_internal.require_durable_commit();
    PERFORM telephony_internal.organization_to_change(v_org);
    IF EXISTS (SELECT FROM telephony_internal.number_holds h
                WHERE h.number OPERATOR(telephony.=) v_number AND telephony_internal.is_held(h)) THEN
        PERFORM telephony_internal.refuse('number_at_twilio',
            format('%s is a number at Twilio, not one of a telephone of yours', telephony.mask(v_number)));
    END IF;
    v_account := telephony_internal.account_to_buy_in(v_org, 'verify a number in');
    SELECT * INTO v_old FROM telephony_api.verified_caller_ids v
     WHERE v.org_id = v_org AND v.phone_number = v_number::text FOR UPDATE;
    -- Whoever did not get the answer asks again: nobody is called twice for that.
    IF v_old.status = 'pending'
       OR v_old.status = 'verified' AND v_old.expires_at > clock_timestamp() AND v_old.account_sid = v_account THEN
        RETURN telephony_internal.shown_caller_id(v_old);
    END IF;
    PERFORM telephony_internal.require_calls_left(v_org, v_number);
    INSERT INTO telephony_api.verified_caller_ids AS v (org_id, phone_number, friendly_name, account_sid)
    VALUES (v_org, v_number, verify_caller_id.friendly_name, v_account)
    ON CONFLICT ON CONSTRAINT verified_caller_ids_number DO UPDATE
       SET friendly_name = coalesce(excluded.friendly_name, v.friendly_name), status = 'pending', verified_at = NULL,
           expires_at = NULL, account_sid = excluded.account_sid,
           caller_id_sid = CASE WHEN v.account_sid = excluded.account_sid THEN v.caller_id_sid END,
           made_here = v.made_here AND v.account_sid = excluded.account_sid,
           reason = NULL, reason_code = NULL, updated_at = clock_timestamp()
    RETURNING * INTO v_new;
    -- A look whether it is still there has nothing to find out any more.
    DELETE FROM telephony_internal.calls c
     WHERE c.org_id = v_org AND c.caller_id = v_new.id AND c.kind = 'caller_id_check' AND NOT c.ended;
    BEGIN
        INSERT INTO telephony_internal.calls (org_id, kind, state, deadline_at, caller_id, number, account_sid)
        SELECT v_org, 'caller_id', 'queued', clock_timestamp() + s.call_deadline, v_new.id, v_number, v_account
          FROM telephony_internal.settings s;
    EXCEPTION WHEN unique_violation THEN
        PERFORM telephony_internal.refuse('number_being_called',
            format('%s is being called already', telephony.mask(v_number)));
    END;
    PERFORM telephony_internal.audit(v_org, 'verify_caller_id', 'verified_caller_ids/' || v_new.id,
                                     telephony_internal.audited(v_old), telephony_internal.audited(v_new));
    PERFORM telephony_internal.wake_sidecars('calls');
    RETURN telephony_internal.shown_caller_id(v_new);
END
$$;
COMMENT ON FUNCTION telephony_internal.verify_caller_id(text, text) IS
    'Does the work of telephony_api.verify_caller_id().';

CREATE FUNCTION telephony_api.verify_caller_id(phone_number text, friendly_name text DEFAULT NULL)
RETURNS telephony_api.caller_id
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.verify_caller_id(verify_caller_id.phone_number, verify_caller_id.friendly_name);
END
$$;
COMMENT ON FUNCTION telephony_api.verify_caller_id(text, text) IS
    'Has Twilio call a telephone of yours and ask for a code, so that the number may be shown as caller. Returns at '
    'once; caller_id_status() tells the code as soon as Twilio has told it, and how it ends. Verify a line before its '
    'calls are forwarded: a forwarded call asks nobody for a code. Asked again meanwhile, or once it is verified, it '
    'answers with how that stands, and nobody is called. too_many_calls (409): three calls a number and day, five '
    'numbers an organization and day, ten calls an organization and hour.';
