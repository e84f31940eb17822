-- 0008: an organization's own Twilio account: handing its credentials in, looking, taking them back; regulatory profiles; and what telephonyd calls about credentials.

-- Which credentials a job works with.

CREATE FUNCTION telephony_internal.hurry_jobs(org_id uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE telephony_internal.jobs j SET not_before = pg_catalog.clock_timestamp()
     WHERE j.org_id = hurry_jobs.org_id AND j.lease_until IS NULL AND j.not_before > pg_catalog.clock_timestamp()
       AND j.state NOT IN ('in_doubt', 'done', 'released', 'cancelled', 'failed', 'conflict');
    PERFORM telephony_internal.wake_sidecars();
END
$$;
COMMENT ON FUNCTION telephony_internal.hurry_jobs(uuid) IS 'What an organization''s jobs waited for has come: they may be claimed now. A purchase in doubt keeps its pauses, which are part of the proof.';

-- Calls of the sidecar.

CREATE FUNCTION telephony_internal.claim_credential_checks(max_checks integer, lease_seconds integer) RETURNS SETOF jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
BEGIN
    IF (claim_credential_checks.max_checks >= 1 AND claim_credential_checks.lease_seconds >= 1) IS NOT TRUE THEN
        RAISE EXCEPTION 'max_checks and lease_seconds must be at least 1' USING ERRCODE = '22023';
    END IF;
    RETURN QUERY
        WITH due AS (
            SELECT c.org_id FROM telephony_internal.twilio_credentials c
             WHERE c.check_after <= pg_catalog.clock_timestamp()
             ORDER BY c.check_after LIMIT claim_credential_checks.max_checks
               FOR NO KEY UPDATE SKIP LOCKED)
        UPDATE telephony_internal.twilio_credentials c
           SET check_after = pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => claim_credential_checks.lease_seconds)
          FROM due WHERE c.org_id = due.org_id
        RETURNING telephony_internal.credential_of(c);
END
$$;
COMMENT ON FUNCTION telephony_internal.claim_credential_checks(integer, integer) IS 'Credentials to be tried at Twilio now, each given to one sidecar; it tells the result by report_credential().';

CREATE FUNCTION telephony_internal.report_credential(org_id uuid, generation uuid, verdict text, account_type text, reason text, retry_seconds integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
BEGIN
    IF report_credential.verdict IS NULL OR report_credential.verdict <> ALL (ARRAY['verified', 'refused', 'unreachable']) THEN
        RAISE EXCEPTION 'unknown verdict: %', pg_catalog.quote_nullable(report_credential.verdict)
            USING ERRCODE = '22023', HINT = 'A check ends verified, refused or unreachable.';
    ELSIF report_credential.verdict <> 'verified' AND (report_credential.retry_seconds >= 1) IS NOT TRUE THEN
        RAISE EXCEPTION 'retry_seconds must be at least 1 unless the verdict is verified' USING ERRCODE = '22023';
    ELSIF report_credential.account_type <> ALL (ARRAY['Trial', 'Full']) THEN
        RAISE EXCEPTION 'unknown account type: %', pg_catalog.quote_literal(report_credential.account_type) USING ERRCODE = '22023', HINT = 'Twilio''s types are Trial and Full.';
    END IF;
    PERFORM FROM telephony_api.organizations o WHERE o.id = report_credential.org_id FOR NO KEY UPDATE;
    UPDATE telephony_internal.twilio_credentials c
       SET status = CASE report_credential.verdict WHEN 'unreachable' THEN c.status ELSE report_credential.verdict END,
           account_type = CASE WHEN report_credential.verdict = 'verified' THEN report_credential.account_type ELSE c.account_type END,
           verified_at = CASE WHEN report_credential.verdict = 'verified' THEN pg_catalog.clock_timestamp() ELSE c.verified_at END,
           problem = CASE report_credential.verdict WHEN 'verified' THEN NULL WHEN 'refused' THEN coalesce(telephony_internal.masked(report_credential.reason), 'Twilio refuses them') ELSE c.problem END,
           check_after = CASE WHEN report_credential.verdict <> 'verified'
                              THEN pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => report_credential.retry_seconds) END
     WHERE c.org_id = report_credential.org_id AND c.generation = report_credential.generation;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF report_credential.verdict = 'verified' THEN
        PERFORM telephony_internal.hurry_jobs(report_credential.org_id);
    END IF;
    RETURN true;
END
$$;
COMMENT ON FUNCTION telephony_internal.report_credential(uuid, uuid, text, text, text, integer) IS 'What Twilio said of an organization''s credentials: verified, refused (the organization is told why) or unreachable. False: they were replaced meanwhile.';

CREATE FUNCTION telephony_internal.list_credentials() RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT telephony_internal.credential_of(c) FROM telephony_internal.twilio_credentials c ORDER BY c.account_sid, c.org_id;
END
$$;
COMMENT ON FUNCTION telephony_internal.list_credentials() IS 'All credentials, sealed: for reconcile, check and reseal.';

CREATE FUNCTION telephony_internal.reseal_credential(org_id uuid, generation uuid, key_id text, sealed bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
BEGIN
    IF (reseal_credential.key_id = pg_catalog.encode(pg_catalog.substr(reseal_credential.sealed, 2, 8), 'hex')
        AND pg_catalog.octet_length(reseal_credential.sealed) BETWEEN 100 AND 1024) IS NOT TRUE THEN
        RAISE EXCEPTION 'not a sealed box for that key' USING ERRCODE = '22023', HINT = 'A box has 100 to 1024 bytes, of which the second to ninth are the key id.';
    END IF;
    UPDATE telephony_internal.twilio_credentials c
       SET sealed = reseal_credential.sealed, key_id = reseal_credential.key_id
     WHERE c.org_id = reseal_credential.org_id AND c.generation = reseal_credential.generation;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION telephony_internal.reseal_credential(uuid, uuid, text, bytea) IS 'The same credentials in a box for another key of telephonyd. False: they were replaced meanwhile.';

-- What an organization does.

CREATE FUNCTION telephony_internal.what_needs_account(org_id uuid, account_sid text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_state text;
    v_until timestamptz;
BEGIN
    IF EXISTS (SELECT FROM telephony_api.phone_numbers p
                WHERE p.org_id = what_needs_account.org_id AND p.account_sid = what_needs_account.account_sid AND p.status <> 'released') THEN
        RETURN 'your organization''s number is in that account: give it back first with release_number()';
    END IF;
    SELECT j.state INTO v_state FROM telephony_internal.jobs j
     WHERE j.org_id = what_needs_account.org_id AND j.account_sid = what_needs_account.account_sid
       AND j.state NOT IN ('queued', 'searching', 'done', 'released', 'cancelled', 'failed')
     ORDER BY j.state = 'conflict' LIMIT 1;
    IF v_state = 'conflict' THEN
        RETURN 'a purchase in that account is in conflict, and a person must look into it: ask the operator';
    ELSIF FOUND THEN
        RETURN 'a number is being bought or given back in that account: wait until that has ended; release_number() cancels a purchase';
    END IF;
    SELECT pg_catalog.max(c.until) INTO v_until FROM telephony_internal.number_claims c
     WHERE c.org_id = what_needs_account.org_id AND c.account_sid = what_needs_account.account_sid AND c.until >= pg_catalog.clock_timestamp();
    IF v_until IS NOT NULL THEN
        RETURN pg_catalog.format('a purchase that was given up may still take effect in that account, and would have to be undone: wait until %s',
            pg_catalog.to_char(v_until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'));
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION telephony_internal.what_needs_account(uuid, text) IS 'Why the credentials of an organization''s account must stay, and what to do about it; NULL: nothing needs them.';

CREATE FUNCTION telephony_internal.shown_credentials(credential telephony_internal.twilio_credentials,
    OUT account text, OUT status text, OUT account_type text, OUT key_id text, OUT problem text, OUT verified_at timestamptz, OUT set_at timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_catalog.concat('AC******', pg_catalog.right(credential.account_sid, 4)), credential.status, credential.account_type, credential.key_id,
           credential.problem, credential.verified_at, credential.set_at
$$;
COMMENT ON FUNCTION telephony_internal.shown_credentials(telephony_internal.twilio_credentials) IS 'Credentials as their organization may see them: the account masked, never the box.';

CREATE FUNCTION telephony_internal.audited(credential telephony_internal.twilio_credentials) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE WHEN credential.org_id IS NOT NULL THEN pg_catalog.to_jsonb(s) END FROM telephony_internal.shown_credentials(credential) s $$;
COMMENT ON FUNCTION telephony_internal.audited(telephony_internal.twilio_credentials) IS 'What the record of changes keeps of credentials: what their organization may see.';

-- No error here may bring the statement into the server log: a client without parameters has the token in it.
CREATE FUNCTION telephony_internal.set_twilio_credentials(account_sid text, auth_token text)
RETURNS TABLE (account text, status text, account_type text, key_id text, problem text, verified_at timestamptz, set_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org    uuid := telephony.current_org_id();
    v_box    bytea;
    v_old    telephony_internal.twilio_credentials;
    v_new    telephony_internal.twilio_credentials;
    v_needed text;
BEGIN
    IF coalesce(v_org, '00000000-0000-0000-0000-000000000000') = '00000000-0000-0000-0000-000000000000' THEN
        PERFORM telephony.refuse_quietly('PT401', 'no organization in the token', NULL, 'Sign in again, as a member of an organization.');
    END IF;
    v_box := telephony.seal_credential(v_org, set_twilio_credentials.account_sid, set_twilio_credentials.auth_token);
    PERFORM telephony_internal.lock_organization(v_org);
    IF telephony_internal.is_being_erased(v_org) THEN
        PERFORM telephony.refuse_quietly('PT409', 'the organization is being erased', NULL, 'Nothing can be changed any more; provisioning_status() tells how far it is.');
    END IF;
    SELECT * INTO v_old FROM telephony_internal.twilio_credentials c WHERE c.org_id = v_org FOR UPDATE;
    IF v_old.account_sid <> set_twilio_credentials.account_sid THEN
        v_needed := telephony_internal.what_needs_account(v_org, v_old.account_sid);
        IF v_needed IS NOT NULL THEN
            PERFORM telephony.refuse_quietly('PT409', 'the Twilio account cannot be changed now',
                pg_catalog.format('It is needed: %s.', v_needed), 'A new token for the same account can be set at any time.');
        END IF;
    END IF;
    INSERT INTO telephony_internal.twilio_credentials AS c (org_id, account_sid, sealed, key_id)
    VALUES (v_org, set_twilio_credentials.account_sid, v_box, pg_catalog.encode(pg_catalog.substr(v_box, 2, 8), 'hex'))
    ON CONFLICT ON CONSTRAINT twilio_credentials_pkey DO UPDATE
       SET account_sid = excluded.account_sid, sealed = excluded.sealed, key_id = excluded.key_id, generation = excluded.generation, status = 'unverified',
           account_type = NULL, problem = NULL, verified_at = NULL, set_at = excluded.set_at, check_after = excluded.check_after
    RETURNING * INTO v_new;
    IF v_old.account_sid IS DISTINCT FROM v_new.account_sid THEN
        -- An attempt that searches with the account before is fenced off; another begins with this one.
        UPDATE telephony_internal.jobs j SET token = j.token + 1, lease_until = NULL, worker = NULL
         WHERE j.org_id = v_org AND j.state = 'searching';
    END IF;
    PERFORM telephony_internal.audit(v_org, 'set_twilio_credentials', 'twilio_credentials', telephony_internal.audited(v_old), telephony_internal.audited(v_new));
    PERFORM telephony_internal.hurry_jobs(v_org);
    RETURN QUERY SELECT s.* FROM telephony_internal.shown_credentials(v_new) s;
END
$$;
COMMENT ON FUNCTION telephony_internal.set_twilio_credentials(text, text) IS 'Does the work of telephony_api.set_twilio_credentials().';

CREATE FUNCTION telephony_api.set_twilio_credentials(account_sid text, auth_token text)
RETURNS TABLE (account text, status text, account_type text, key_id text, problem text, verified_at timestamptz, set_at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.set_twilio_credentials(set_twilio_credentials.account_sid, set_twilio_credentials.auth_token);
END
$$;
COMMENT ON FUNCTION telephony_api.set_twilio_credentials(text, text) IS 'Hands in your own Twilio account: its SID, and its auth token, an API key as SK...:secret, or a box sealed by the client (docs/credentials.md). Stored sealed; tried at Twilio at once, see twilio_credentials_status(). PT409: the account before is still needed.';

CREATE FUNCTION telephony_internal.twilio_credentials_status()
RETURNS TABLE (account text, status text, account_type text, key_id text, problem text, verified_at timestamptz, set_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org uuid := telephony_internal.require_org();
BEGIN
    RETURN QUERY SELECT s.* FROM telephony_internal.twilio_credentials c, telephony_internal.shown_credentials(c) s WHERE c.org_id = v_org;
END
$$;
COMMENT ON FUNCTION telephony_internal.twilio_credentials_status() IS 'Does the work of telephony_api.twilio_credentials_status().';

CREATE FUNCTION telephony_api.twilio_credentials_status()
RETURNS TABLE (account text, status text, account_type text, key_id text, problem text, verified_at timestamptz, set_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.twilio_credentials_status();
END
$$;
COMMENT ON FUNCTION telephony_api.twilio_credentials_status() IS 'Your own Twilio account: status unverified, verified or refused, and then the problem with what to do. No row: none was handed in.';

CREATE FUNCTION telephony_internal.remove_twilio_credentials()
RETURNS TABLE (account text, status text, account_type text, key_id text, problem text, verified_at timestamptz, set_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org    uuid := telephony_internal.require_org();
    v_old    telephony_internal.twilio_credentials;
    v_needed text;
BEGIN
    PERFORM telephony_internal.organization_to_change(v_org);
    SELECT * INTO v_old FROM telephony_internal.twilio_credentials c WHERE c.org_id = v_org FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'your organization has handed in no Twilio credentials'
            USING ERRCODE = 'PT404', HINT = 'set_twilio_credentials() hands them in.';
    END IF;
    v_needed := telephony_internal.what_needs_account(v_org, v_old.account_sid);
    IF v_needed IS NULL AND (telephony_internal.running_number_job(v_org)).id IS NOT NULL THEN
        v_needed := 'a number was asked for: cancel with release_number() first';
    END IF;
    IF v_needed IS NOT NULL THEN
        RAISE EXCEPTION 'the Twilio credentials cannot be removed now'
            USING ERRCODE = 'PT409', DETAIL = pg_catalog.format('They are needed: %s.', v_needed), HINT = 'A new token for the same account can be set at any time.';
    END IF;
    DELETE FROM telephony_internal.twilio_credentials c WHERE c.org_id = v_org;
    PERFORM telephony_internal.audit(v_org, 'remove_twilio_credentials', 'twilio_credentials', telephony_internal.audited(v_old), NULL);
    RETURN QUERY SELECT s.* FROM telephony_internal.shown_credentials(v_old) s;
END
$$;
COMMENT ON FUNCTION telephony_internal.remove_twilio_credentials() IS 'Does the work of telephony_api.remove_twilio_credentials().';

CREATE FUNCTION telephony_api.remove_twilio_credentials()
RETURNS TABLE (account text, status text, account_type text, key_id text, problem text, verified_at timestamptz, set_at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT * FROM telephony_internal.remove_twilio_credentials();
END
$$;
COMMENT ON FUNCTION telephony_api.remove_twilio_credentials() IS 'Takes your Twilio credentials back; answers with what was removed. PT409: a number, a job or a purchase given up lately still needs them.';

CREATE FUNCTION telephony_internal.set_regulatory_profile(country_code text, number_type text, address_sid text, bundle_sid text)
RETURNS telephony_internal.regulatory_profiles
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org     uuid := telephony_internal.require_org();
    v_country text := pg_catalog.upper(pg_catalog.btrim(set_regulatory_profile.country_code));
    v_key     text;
    v_old     telephony_internal.regulatory_profiles;
    v_row     telephony_internal.regulatory_profiles;
BEGIN
    IF v_country IS NULL OR NOT EXISTS (SELECT FROM telephony_api.countries c WHERE v_country = ANY (c.provision_countries)) THEN
        RAISE EXCEPTION 'no numbers are bought in country %', telephony_internal.shown(set_regulatory_profile.country_code)
            USING ERRCODE = 'PT400',
                  DETAIL = (SELECT pg_catalog.format('Numbers are bought in: %s.', pg_catalog.string_agg(DISTINCT p.country, ', '))
                              FROM telephony_api.countries c, pg_catalog.unnest(c.provision_countries) p (country) WHERE c.is_active),
                  HINT = 'Give the country of the number, as a two-letter code.';
    ELSIF set_regulatory_profile.number_type IS NULL OR set_regulatory_profile.number_type <> ALL (ARRAY['Local', 'Mobile', 'TollFree', 'National']) THEN
        RAISE EXCEPTION 'unknown number type: %', telephony_internal.shown(set_regulatory_profile.number_type)
            USING ERRCODE = 'PT400', HINT = 'The types are Local, Mobile, TollFree and National.';
    ELSIF coalesce(set_regulatory_profile.address_sid !~ '^AD[0-9a-fA-F]{32}$', false) THEN
        RAISE EXCEPTION 'not the SID of an address: %', telephony_internal.shown(set_regulatory_profile.address_sid)
            USING ERRCODE = 'PT400', HINT = 'It is AD and 32 hexadecimal digits; the Twilio console shows it under Addresses.';
    ELSIF coalesce(set_regulatory_profile.bundle_sid !~ '^BU[0-9a-fA-F]{32}$', false) THEN
        RAISE EXCEPTION 'not the SID of a regulatory bundle: %', telephony_internal.shown(set_regulatory_profile.bundle_sid)
            USING ERRCODE = 'PT400', HINT = 'It is BU and 32 hexadecimal digits; the Twilio console shows it under Regulatory Compliance.';
    END IF;
    v_key := pg_catalog.format('regulatory_profiles/%s/%s', v_country, set_regulatory_profile.number_type);
    PERFORM telephony_internal.organization_to_change(v_org);
    SELECT * INTO v_old FROM telephony_internal.regulatory_profiles r
     WHERE r.org_id = v_org AND r.country_code = v_country AND r.number_type = set_regulatory_profile.number_type;
    IF pg_catalog.num_nonnulls(set_regulatory_profile.address_sid, set_regulatory_profile.bundle_sid) = 0 THEN
        DELETE FROM telephony_internal.regulatory_profiles r
         WHERE r.org_id = v_org AND r.country_code = v_country AND r.number_type = set_regulatory_profile.number_type;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no regulatory profile for % numbers in %', set_regulatory_profile.number_type, v_country
                USING ERRCODE = 'PT404', HINT = 'Give address_sid, bundle_sid or both to set one.';
        END IF;
        PERFORM telephony_internal.audit(v_org, 'set_regulatory_profile', v_key, pg_catalog.to_jsonb(v_old) - 'org_id', NULL);
        RETURN v_old;
    END IF;
    INSERT INTO telephony_internal.regulatory_profiles AS r (org_id, country_code, number_type, address_sid, bundle_sid)
    VALUES (v_org, v_country, set_regulatory_profile.number_type, set_regulatory_profile.address_sid, set_regulatory_profile.bundle_sid)
    ON CONFLICT ON CONSTRAINT regulatory_profiles_pkey DO UPDATE
       SET address_sid = excluded.address_sid, bundle_sid = excluded.bundle_sid, set_at = excluded.set_at
    RETURNING * INTO v_row;
    PERFORM telephony_internal.audit(v_org, 'set_regulatory_profile', v_key, CASE WHEN v_old.org_id IS NOT NULL THEN pg_catalog.to_jsonb(v_old) - 'org_id' END, pg_catalog.to_jsonb(v_row) - 'org_id');
    RETURN v_row;
END
$$;
COMMENT ON FUNCTION telephony_internal.set_regulatory_profile(text, text, text, text) IS 'Does the work of telephony_api.set_regulatory_profile().';

CREATE FUNCTION telephony_api.set_regulatory_profile(INOUT country_code text, INOUT number_type text, INOUT address_sid text DEFAULT NULL, INOUT bundle_sid text DEFAULT NULL,
    OUT org_id uuid, OUT set_at timestamptz)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT r.country_code, r.number_type, r.address_sid, r.bundle_sid, r.org_id, r.set_at
      INTO country_code, number_type, address_sid, bundle_sid, org_id, set_at
      FROM telephony_internal.set_regulatory_profile($1, $2, $3, $4) r;
END
$$;
COMMENT ON FUNCTION telephony_api.set_regulatory_profile(text, text, text, text) IS 'Address (AD...) and regulatory bundle (BU...) of your Twilio account to buy a kind of number in a country with; neither: removes the profile. Only purchases from now on use it.';

INSERT INTO telephony_internal.tier_privileges (tier, privilege, object) VALUES
    ('tenant', 'EXECUTE', 'telephony_api.set_twilio_credentials(text, text)'),
    ('tenant', 'EXECUTE', 'telephony_internal.set_twilio_credentials(text, text)'),
    ('tenant', 'EXECUTE', 'telephony_api.twilio_credentials_status()'),
    ('tenant', 'EXECUTE', 'telephony_internal.twilio_credentials_status()'),
    ('tenant', 'EXECUTE', 'telephony_api.remove_twilio_credentials()'),
    ('tenant', 'EXECUTE', 'telephony_internal.remove_twilio_credentials()'),
    ('tenant', 'EXECUTE', 'telephony_api.set_regulatory_profile(text, text, text, text)'),
    ('tenant', 'EXECUTE', 'telephony_internal.set_regulatory_profile(text, text, text, text)'),
    ('sidecar', 'EXECUTE', 'telephony_internal.claim_credential_checks(integer, integer)'),
    ('sidecar', 'EXECUTE', 'telephony_internal.report_credential(uuid, uuid, text, text, text, integer)'),
    ('sidecar', 'EXECUTE', 'telephony_internal.list_credentials()'),
    ('sidecar', 'EXECUTE', 'telephony_internal.reseal_credential(uuid, uuid, text, bytea)');
