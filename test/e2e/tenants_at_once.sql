-- What sessions of tenants_at_once.test.mjs do: each call of at_once.act() is one transaction of a tenant, of the
-- operator's service or of a sidecar, on one of few organizations.

SELECT telephony_internal.set_voice_settings(voice_url => 'https://voice.example.com/incoming');
UPDATE telephony_internal.settings
   SET platform_account_sid = 'AC' || repeat('a', 32), late_horizon = '200 milliseconds', absence_window = '0',
       absence_poll = '0', request_life = '1 second';

CREATE SCHEMA at_once;
CREATE TABLE at_once.outcomes (what text NOT NULL, state text NOT NULL, message text);
-- The leases of our sidecars.
CREATE TABLE at_once.held (job_id uuid NOT NULL, token bigint NOT NULL, tag text NOT NULL);

CREATE FUNCTION at_once.any_number() RETURNS text LANGUAGE sql AS $$
    SELECT '+1202' || (2000000 + (random() * 50000)::int)::text $$;

-- A sidecar takes one step of a job it holds, as Twilio's answers may fall.
CREATE FUNCTION at_once.step() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_held  at_once.held;
    v_job   telephony_internal.jobs;
    v_event text;
    v_state text;
    v_data  jsonb := '{}';
BEGIN
    DELETE FROM at_once.held WHERE ctid = (SELECT h.ctid FROM at_once.held h ORDER BY random() LIMIT 1 FOR
        UPDATE SKIP LOCKED) RETURNING * INTO v_held;
    IF NOT FOUND THEN
        RETURN 'nothing to do';
    END IF;
    SELECT * INTO v_job FROM telephony_internal.jobs j WHERE j.id = v_held.job_id;
    v_event := CASE v_job.state WHEN 'searching' THEN 'candidate' WHEN 'intended' THEN 'send' WHEN 'bought'
        THEN 'settle' WHEN 'releasing' THEN 'released' WHEN 'erasing' THEN 'look'
                    WHEN 'in_doubt' THEN 'not_seen' WHEN 'buying' THEN CASE WHEN random() < 0.7 THEN 'purchased'
                        ELSE 'ambiguous' END ELSE 'postpone' END;
    IF v_event = 'candidate' THEN
        v_data := jsonb_build_object('number', at_once.any_number(), 'account_sid', 'AC' || repeat('a', 32));
    ELSIF v_event = 'send' THEN
        v_data := jsonb_build_object('number', v_job.number, 'server_date', clock_timestamp());
    ELSIF v_event = 'purchased' THEN
        v_data := jsonb_build_object('sid', 'PN' || md5(random()::text), 'number', v_job.number, 'date_created',
            clock_timestamp() + interval '1 second', 'tag', v_held.tag);
    END IF;
    BEGIN
        v_state := (telephony_internal.advance(v_held.job_id, v_held.token, v_event, v_data)).state;
    EXCEPTION WHEN SQLSTATE 'TL001' THEN
        RETURN 'lease lost';
    END;
    INSERT INTO at_once.held SELECT v_held.* FROM telephony_internal.jobs j WHERE j.id = v_held.job_id
        AND j.lease_until IS NOT NULL;
    RETURN v_event || ' -> ' || v_state;
END $$;

CREATE FUNCTION at_once.act(organization int, dice int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_org     uuid := format('0a000000-0000-4000-8000-%s', lpad(organization::text, 12, '0'));
    v_what    text := 'a sidecar''s step';
    v_state   text := 'ok';
    v_message text;
BEGIN
    PERFORM set_config('request.jwt.claims', jsonb_build_object('sub', 'somebody', 'app_metadata',
        jsonb_build_object('org_id', v_org))::text, true);
    BEGIN
        CASE
        WHEN dice < 10 THEN v_what := 'select_country';
         PERFORM telephony_api.select_country((ARRAY['US', 'NG', 'TR'])[1 + dice % 3]);
        WHEN dice < 25 THEN v_what := 'provision';       PERFORM telephony_api.provision_number('US');
        WHEN dice < 30 THEN v_what := 'release';         PERFORM telephony_api.release_number();
        WHEN dice < 35 THEN v_what := 'forward';
                PERFORM telephony_api.create_forwarding_config('+23480312345' || lpad((dice % 4)::text, 2, '0'), 'NG',
                    'mtn', 'total_ai');
        WHEN dice < 38 THEN v_what := 'confirm';
                PERFORM telephony_api.confirm_forwarding_config(h.id) FROM telephony_api.hybrid_forwarding_configs h
                    WHERE h.org_id = v_org;
        WHEN dice < 40 THEN v_what := 'disable';
                PERFORM telephony_api.disable_forwarding_config(h.id) FROM telephony_api.hybrid_forwarding_configs h
                    WHERE h.org_id = v_org;
        WHEN dice < 42 THEN v_what := 'register';        PERFORM telephony_api.register_org(v_org);
        WHEN dice < 45 THEN v_what := 'import';
                 PERFORM telephony_api.import_org(v_org, 'NG', 'mtn', at_once.any_number(),
                     'PN' || md5(random()::text), 'AC' || repeat('a', 32));
        WHEN dice < 48 THEN v_what := 'erase';           PERFORM telephony_api.erase_org(v_org);
        WHEN dice < 50 THEN v_what := 'fold';            PERFORM telephony_internal.fold_country_counts();
        WHEN dice < 51 THEN v_what := 'export';          PERFORM telephony_api.export_org(v_org);
        WHEN dice < 52 THEN v_what := 'set profile';
            PERFORM telephony_api.set_regulatory_profile('GB', 'Mobile', 'AD' || repeat('1', 32));
        WHEN dice < 70 THEN v_what := 'claim';
                  INSERT INTO at_once.held SELECT c.job_id, c.token,
                      c.tag FROM telephony_internal.claim_jobs('at once', 3, 3,
                      ARRAY['provision', 'release', 'orphan_release', 'configure', 'erase']) c;
        ELSE v_what := at_once.step();
        END CASE;
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT;
    END;
    INSERT INTO at_once.outcomes VALUES (v_what, v_state, v_message);
END $$;

-- Erases every organization and takes all steps there are, without the pauses between them; returns how many rounds it
-- took.
CREATE PROCEDURE at_once.erase_all(INOUT rounds int DEFAULT 0) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM telephony_internal.erase_org(o.id) FROM telephony_api.organizations o;
    COMMIT;
    WHILE EXISTS (SELECT FROM telephony_api.organizations) AND rounds < 200 LOOP
        rounds := rounds + 1;
        UPDATE telephony_internal.jobs j SET not_before = clock_timestamp() WHERE j.not_before > clock_timestamp();
        UPDATE telephony_internal.number_holds c SET until = clock_timestamp() - interval '1 second'
            WHERE c.until > clock_timestamp();
        INSERT INTO at_once.held SELECT c.job_id, c.token, c.tag FROM telephony_internal.claim_jobs('at once', 100, 60,
            ARRAY['provision', 'release', 'orphan_release', 'configure', 'erase']) c;
        COMMIT;
        WHILE at_once.step() <> 'nothing to do' LOOP
            COMMIT;
        END LOOP;
        COMMIT;
    END LOOP;
END $$;
