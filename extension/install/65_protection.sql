-- 65_protection.sql: what PostgreSQL would drop with the extension, CASCADE, is not dropped while a tenant schema is
-- there.

CREATE FUNCTION telephony.protect_tenant_schema() RETURNS event_trigger
    LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'telephony_protect_tenant_schema';
COMMENT ON FUNCTION telephony.protect_tenant_schema() IS
    'loads the library, which refuses to let the extension be dropped while a tenant schema is there';

-- Of each statement that can reach an extension, begun where the library may not be loaded yet.
CREATE EVENT TRIGGER telephony_protect_tenant_schema ON ddl_command_start
    WHEN TAG IN ('DROP EXTENSION', 'DROP SCHEMA', 'DROP LANGUAGE', 'DROP OWNED')
    EXECUTE FUNCTION telephony.protect_tenant_schema();
COMMENT ON EVENT TRIGGER telephony_protect_tenant_schema IS
    'DROP ... CASCADE does not take the extension away under a tenant schema.';
