-- tier: owner
CREATE FUNCTION telephony_internal.require_installation(installation uuid) RETURNS telephony_internal.settings
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_settings telephony_internal.settings;
BEGIN
    SELECT * INTO STRICT v_settings FROM telephony_internal.settings;
    IF v_settings.installation IS DISTINCT FROM require_installation.installation THEN
        RAISE EXCEPTION 'this database belongs to another installation'
            USING ERRCODE = 'TL003',
                  DETAIL = format('Configured: %s. Database: %s.',
                                  coalesce(require_installation.installation::text, 'none'), v_settings.installation),
                  HINT = 'Configure the id that SELECT telephony_internal.installation_id() returns. If this '
                         'database is a copy, give it an id of its own first: UPDATE telephony_internal.settings SET '
                         'installation = gen_random_uuid().';
    END IF;
    RETURN v_settings;
END
$$;
COMMENT ON FUNCTION telephony_internal.require_installation(uuid) IS
    'The settings; TL003 when the caller is configured for another installation.';
