-- 46_request_limits.sql: how many requests a client address and an organization may make. docs/request_limits.md

CREATE FUNCTION telephony.check_request() RETURNS void
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'telephony_check_request';
COMMENT ON FUNCTION telephony.check_request() IS
    'counts a request of PostgREST, which calls it before each (db-pre-request), for its client''s address and its '
        'organization; refuses it with status 429 above the limits telephony.ip_limit and telephony.org_limit, and '
        'with 415 if PostgREST does not read its body; lets it run for telephony.request_timeout';

CREATE FUNCTION telephony.request_limit_counters(
    OUT since timestamptz, OUT requests bigint, OUT refused_by_address bigint, OUT refused_by_site bigint,
    OUT refused_by_organization bigint, OUT address_overflow bigint, OUT site_overflow bigint,
    OUT organization_overflow bigint, OUT unaddressed bigint, OUT exempt bigint, OUT entries integer,
    OUT addresses bigint, OUT sites bigint, OUT organizations bigint, OUT memory_bytes bigint,
    OUT preloaded boolean) RETURNS record
    LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'telephony_request_limit_counters';
COMMENT ON FUNCTION telephony.request_limit_counters() IS
    'what check_request() has counted on this server, in all databases, since the start or the last '
        'reset_request_limits(), and how much of its memory is in use';

CREATE FUNCTION telephony.request_limit_refusals(most integer,
    OUT kind text, OUT key text, OUT "limit" bigint, OUT passed bigint, OUT refused bigint,
        OUT ends_in_seconds integer) RETURNS SETOF record
    LANGUAGE c VOLATILE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'telephony_request_limit_refusals';
COMMENT ON FUNCTION telephony.request_limit_refusals(integer) IS
    'who was refused most in the windows that run now, in this database: at most so many (up to 100); addresses as '
        'the network they are in, /24 or /48';

CREATE FUNCTION telephony.reset_request_limits() RETURNS void
    LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'telephony_reset_request_limits';
COMMENT ON FUNCTION telephony.reset_request_limits() IS
    'ends every window and sets every count of the request limits to zero, in all databases of this server';

CREATE FUNCTION telephony.org_limits_changed() RETURNS void
    LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'telephony_org_limits_changed';
COMMENT ON FUNCTION telephony.org_limits_changed() IS
    'when this transaction commits, check_request() reads telephony_internal.org_limits again';
