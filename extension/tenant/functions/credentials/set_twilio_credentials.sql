-- tier: tenant
-- No error here may bring the statement into the server log: a client without parameters has the token in it.
CREATE FUNCTION telephony_internal.set_twilio_credentials(account_sid text, auth_token text)
RETURNS telephony_api.twilio_account
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org    uuid;
    v_box    bytea;
    v_old    telephony_internal.twilio_credentials;
    v_new    telephony_internal.twilio_credentials;
    v_needed text;
BEGIN
    PERFORM telephony.hide_statement();
    v_org := telephony_internal.require_org();
    v_box := telephony.seal_credential(v_org, set_twilio_credentials.account_sid, set_twilio_credentials.auth_token);
    PERFORM telephony_internal.organization_to_change(v_org);
    SELECT * INTO v_old FROM telephony_internal.twilio_credentials c WHERE c.org_id = v_org FOR UPDATE;
    IF v_old.account_sid <> set_twilio_credentials.account_sid THEN
        v_needed := telephony_internal.what_needs_account(v_org, v_old.account_sid);
        IF v_needed IS NOT NULL THEN
            PERFORM telephony_internal.refuse('credentials_needed', 'the Twilio account cannot be changed now',
                detail => format('It is needed: %s.', v_needed));
        END IF;
    END IF;
    INSERT INTO telephony_internal.twilio_credentials AS c (org_id, account_sid, sealed, key_id)
    VALUES (v_org, set_twilio_credentials.account_sid, v_box, encode(substr(v_box, 2, 8), 'hex'))
    ON CONFLICT ON CONSTRAINT twilio_credentials_pkey DO UPDATE
       SET account_sid = excluded.account_sid, sealed = excluded.sealed, key_id = excluded.key_id,
           generation = excluded.generation, status = 'unverified',
           account_type = NULL, problem = NULL, problem_code = NULL, verified_at = NULL, set_at = excluded.set_at,
               check_after = excluded.check_after
    RETURNING * INTO v_new;
    IF v_old.account_sid IS DISTINCT FROM v_new.account_sid THEN
        -- An attempt that searches with the account before is fenced off; another begins with this one.
        UPDATE telephony_internal.jobs j SET token = j.token + 1, lease_until = NULL, worker = NULL
         WHERE j.org_id = v_org AND j.state = 'searching';
    END IF;
    PERFORM telephony_internal.audit(v_org, 'set_twilio_credentials', 'twilio_credentials',
                                     telephony_internal.audited(v_old), telephony_internal.audited(v_new));
    PERFORM telephony_internal.hurry_jobs(v_org);
    RETURN telephony_internal.shown_credentials(v_new);
END
$$;
COMMENT ON FUNCTION telephony_internal.set_twilio_credentials(text, text) IS
    'Does the work of telephony_api.set_twilio_credentials().';

CREATE FUNCTION telephony_api.set_twilio_credentials(account_sid text, auth_token text)
RETURNS telephony_api.twilio_account
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN telephony_internal.set_twilio_credentials(set_twilio_credentials.account_sid,
                                                       set_twilio_credentials.auth_token);
END
$$;
COMMENT ON FUNCTION telephony_api.set_twilio_credentials(text, text) IS
    'Hands in your own Twilio account: its SID, and its auth token, an API key as SK...:secret, or a box sealed by '
    'the client (docs/credentials.md). Stored sealed; tried at Twilio at once, see twilio_credentials_status(). '
    'credentials_needed (409): the account before is still needed.';
