-- tier: service
CREATE FUNCTION telephony_internal.installation_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT s.installation FROM telephony_internal.settings s $$;
COMMENT ON FUNCTION telephony_internal.installation_id() IS 'The id to give telephonyd as --installation.';
