-- 0009: caller ids that Twilio has verified, and test calls for forwardings: the table and the signatures; the calls themselves are not made yet.

CREATE TABLE telephony_api.verified_caller_ids (
    org_id          uuid NOT NULL REFERENCES telephony_api.organizations,
    id              uuid NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
    phone_number    telephony.e164 NOT NULL,
    friendly_name   text CHECK (pg_catalog.length(friendly_name) BETWEEN 1 AND 64),
    status          text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'verified', 'failed', 'expired')),
    validation_code text CHECK (validation_code IS NULL OR validation_code ~ '^[0-9]{6}$' AND status = 'pending'),
    attempts        integer NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 3),
    expires_at      timestamptz CHECK (expires_at IS NOT NULL OR status <> 'pending'),
    verified_at     timestamptz CHECK ((verified_at IS NOT NULL) = (status = 'verified')),
    created_at      timestamptz NOT NULL DEFAULT pg_catalog.now(),
    updated_at      timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT verified_caller_ids_number UNIQUE (org_id, phone_number)
);
COMMENT ON TABLE telephony_api.verified_caller_ids IS 'Numbers of an organization that it may show as caller, as Twilio has verified them by a call.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.org_id IS 'The organization.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.id IS 'Key within the organization.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.phone_number IS 'The number to be shown.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.friendly_name IS 'What the organization calls it, at most 64 characters.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.status IS 'pending: Twilio calls, or is about to; verified; failed: the code was not entered; expired: nobody answered in time.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.validation_code IS 'Six digits to be typed during the call, while pending.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.attempts IS 'Calls made so far, at most 3.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.expires_at IS 'Until when the code holds.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.verified_at IS 'When Twilio said so.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.created_at IS 'When it was asked for.';
COMMENT ON COLUMN telephony_api.verified_caller_ids.updated_at IS 'When it last changed.';

ALTER TABLE telephony_api.verified_caller_ids ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_organization ON telephony_api.verified_caller_ids FOR SELECT USING (org_id OPERATOR(pg_catalog.=) telephony.current_org_id());
COMMENT ON POLICY own_organization ON telephony_api.verified_caller_ids IS 'A tenant sees its own caller ids.';

CREATE FUNCTION telephony_api.verify_caller_id(phone_number text, friendly_name text DEFAULT NULL)
RETURNS TABLE (id uuid, status text, validation_code text, expires_at timestamptz, attempts_left integer)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_number telephony.e164 := verify_caller_id.phone_number::telephony.e164;
BEGIN
    PERFORM telephony_internal.require_org();
    IF v_number IS NULL OR NOT telephony.is_possible(v_number) THEN
        RAISE EXCEPTION 'the number to be shown cannot be a telephone number: %', coalesce(telephony.mask(v_number), 'none given')
            USING ERRCODE = 'PT400', HINT = 'Give it in E.164 form, such as +12025550123.';
    ELSIF NOT pg_catalog.length(verify_caller_id.friendly_name) BETWEEN 1 AND 64 THEN
        RAISE EXCEPTION 'a friendly name has 1 to 64 characters' USING ERRCODE = 'PT400', HINT = 'Give a shorter one, or none.';
    END IF;
    RAISE EXCEPTION 'this version does not verify caller ids'
        USING ERRCODE = 'PT501', DETAIL = 'Nothing was stored and nobody is called.',
              HINT = 'Verify the number in the Twilio console, under Verified Caller IDs.';
END
$$;
COMMENT ON FUNCTION telephony_api.verify_caller_id(text, text) IS 'Has Twilio call a number of yours and ask for the code shown here, so that it may be shown as caller. PT501: this version does not do that yet.';

CREATE FUNCTION telephony_api.caller_id_status(INOUT id uuid, OUT status text, OUT validation_code text, OUT expires_at timestamptz, OUT attempts_left integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid := telephony_internal.require_org();
BEGIN
    SELECT v.status, v.validation_code, v.expires_at, 3 - v.attempts
      INTO caller_id_status.status, caller_id_status.validation_code, caller_id_status.expires_at, caller_id_status.attempts_left
      FROM telephony_api.verified_caller_ids v WHERE v.org_id = v_org AND v.id = caller_id_status.id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such caller id' USING ERRCODE = 'PT404', HINT = 'Read verified_caller_ids for those of your organization.';
    END IF;
END
$$;
COMMENT ON FUNCTION telephony_api.caller_id_status(uuid) IS 'How the verification of a caller id of yours stands, with the code while Twilio asks for it. PT404: not one of yours.';

CREATE FUNCTION telephony_internal.test_forwarding(id uuid)
RETURNS TABLE (job_id uuid, state text, number telephony.e164, reason text, created_at timestamptz, updated_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_config telephony_api.hybrid_forwarding_configs := telephony_internal.own_forwarding_config(test_forwarding.id);
BEGIN
    IF v_config.status <> 'active' THEN
        RAISE EXCEPTION 'this forwarding is not active'
            USING ERRCODE = 'PT409', HINT = 'Dial its codes and call confirm_forwarding_config() first.';
    END IF;
    RAISE EXCEPTION 'this version makes no test calls'
        USING ERRCODE = 'PT501', DETAIL = 'Nothing was called.',
              HINT = 'Call the line yourself from another phone, or dial the status codes of the configuration on it.';
END
$$;
COMMENT ON FUNCTION telephony_internal.test_forwarding(uuid) IS 'Does the work of telephony_api.test_forwarding().';

CREATE FUNCTION telephony_api.test_forwarding(id uuid)
RETURNS TABLE (job_id uuid, state text, number telephony.e164, reason text, created_at timestamptz, updated_at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.test_forwarding(test_forwarding.id);
END
$$;
COMMENT ON FUNCTION telephony_api.test_forwarding(uuid) IS 'Calls a forwarded line of yours and sees whether the call arrives at your number. PT501: this version does not do that yet.';

INSERT INTO telephony_internal.tier_privileges (tier, privilege, object) VALUES
    ('tenant', 'SELECT',  'telephony_api.verified_caller_ids'),
    ('tenant', 'EXECUTE', 'telephony_api.verify_caller_id(text, text)'),
    ('tenant', 'EXECUTE', 'telephony_api.caller_id_status(uuid)'),
    ('tenant', 'EXECUTE', 'telephony_api.test_forwarding(uuid)'),
    ('tenant', 'EXECUTE', 'telephony_internal.test_forwarding(uuid)');
