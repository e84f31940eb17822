-- tier: owner
CREATE FUNCTION telephony_internal.wake_sidecars(work text DEFAULT 'jobs') RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$ SELECT pg_notify('telephony_jobs', wake_sidecars.work) $$;
COMMENT ON FUNCTION telephony_internal.wake_sidecars(text) IS
    'A hint where to look: jobs, searches, or mode, which resume() has changed; without it the sidecars look '
    'everywhere. Their poll is the truth.';
