-- tier: sidecar
CREATE FUNCTION telephony_internal.hello(installation uuid, version text, platform_account_sid text, spoken integer,
    OUT mode text, OUT contract integer, OUT oldest_contract integer, OUT schema_version integer,
    OUT extension_version text, OUT request_life_seconds integer, OUT absence_poll_seconds integer,
    OUT voice_settings boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s'
AS $$
DECLARE
    v_settings telephony_internal.settings;
    v_identity text;
    v_timeline text;
    v_locked   boolean := false;
    v_missing  text;
    v_problem  text;
    v_lost     text := telephony_internal.lost_with_extension();
BEGIN
    PERFORM telephony_internal.require_durable_commit();
    -- Tables in the order in which migrate() locks them.
    SELECT max(m.version) INTO hello.schema_version FROM telephony_internal.schema_migrations m;
    v_settings := telephony_internal.require_installation(hello.installation);
    SELECT string_agg(p.object, ', ' ORDER BY p.object) INTO v_missing
      FROM telephony_internal.tier_privileges p
     WHERE CASE WHEN p.tier = 'sidecar' AND p.privilege = 'EXECUTE' THEN to_regprocedure(p.object) IS NULL END;
    IF v_missing IS NOT NULL OR v_lost IS NOT NULL THEN
        RAISE EXCEPTION 'functions that telephonyd calls are missing: %', coalesce(v_missing, 'those of the extension')
            USING ERRCODE = '42883', HINT = coalesce(v_lost, 'SELECT telephony.migrate() makes them anew.');
    END IF;
    v_problem := telephony_internal.claim_type_problem();
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION 'organizations are read from tokens in another way than before'
            USING ERRCODE = 'TL006', HINT = v_problem;
    END IF;
    v_identity := telephony.cluster_identity();
    v_timeline := telephony.cluster_timeline();
    LOOP
        hello.mode := CASE WHEN v_settings.system_identifier IS NULL THEN v_settings.mode
                           WHEN (v_settings.system_identifier, v_settings.timeline)
                                IS DISTINCT FROM (v_identity, v_timeline) THEN 'recovery'
                           ELSE v_settings.mode END;
        EXIT WHEN v_locked OR v_settings.system_identifier IS NOT NULL AND hello.mode = v_settings.mode
              AND v_settings.platform_account_sid IS NOT DISTINCT
                  FROM nullif(coalesce(hello.platform_account_sid, v_settings.platform_account_sid), '');
        -- Something is to be written: decided on the row as it is once it is ours, for another hello() or resume() may
        -- have been before us.
        SELECT * INTO STRICT v_settings FROM telephony_internal.settings s FOR NO KEY UPDATE;
        v_locked := true;
    END LOOP;
    IF v_locked THEN
        -- The identity is kept until resume(), so that a second hello still sees the change.
        UPDATE telephony_internal.settings s
           SET mode = hello.mode,
               platform_account_sid = nullif(coalesce(hello.platform_account_sid, s.platform_account_sid), ''),
               system_identifier = coalesce(s.system_identifier, v_identity),
               timeline = coalesce(s.timeline, v_timeline);
    END IF;
    IF hello.mode = 'recovery' AND v_settings.mode <> 'recovery' THEN
        PERFORM telephony_internal.begin_token_series();
        PERFORM telephony_internal.interrupt_calls();
    END IF;
    SELECT c.newest, c.oldest INTO hello.contract, hello.oldest_contract FROM telephony_internal.contract() c;
    SELECT e.extversion INTO hello.extension_version FROM pg_extension e WHERE e.extname = 'telephony';
    hello.request_life_seconds := floor(EXTRACT(epoch FROM v_settings.request_life));
    hello.absence_poll_seconds := ceil(EXTRACT(epoch FROM v_settings.absence_poll));
    hello.voice_settings := EXISTS (SELECT FROM telephony_internal.voice_settings);
END
$$;
COMMENT ON FUNCTION telephony_internal.hello(uuid, text, text, integer) IS 'First call of a sidecar after every '
    'connect. Enters recovery mode when the cluster is not the one that ran before. platform_account_sid: the account '
    'it has for organizations without one of their own; empty: none; NULL: not told. spoken: the contract that it '
    'speaks; one that the answer does not hold makes it pause. TL003: other installation. 42883: a '
    'function that it calls is missing. TL006: organizations are read from tokens in another way than before.';
