-- tier: owner
CREATE FUNCTION telephony_internal.wake_sidecars() RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$ SELECT pg_notify('telephony_jobs', '') $$;
COMMENT ON FUNCTION telephony_internal.wake_sidecars() IS
    'A hint without content; the poll of the sidecar is the truth.';
