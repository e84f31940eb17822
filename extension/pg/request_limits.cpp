// check_request(): counts a request for its client's address, the IPv6 site of that, and its organization,
// and refuses it above the limits, or where PostgREST would not read its body; bounds how long one that
// passes may run.
//
// It runs before every request of PostgREST, as the request's role and in its transaction, which may be READ
// ONLY and on a hot standby: it writes nothing but shared memory. Nothing that a request holds is an error
// here: what cannot be read counts in a bucket that all such requests share.
#include "request_limits.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "guard.hpp"
#include "limiter/address.hpp"
#include "limiter/header_value.hpp"
#include "request_log.hpp"
#include "request_settings.hpp"
#include "tenancy.hpp"

extern "C" {
#include "miscadmin.h"
#include "storage/proc.h"
#include "utils/guc.h"
}

namespace telephony::pg {

limiter::Time window_clock() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<limiter::Time>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
}

SharedLimits& require_shared_limits() {
    SharedLimits* limits = shared_memory::find();
    if (limits == nullptr)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("request limits need shared memory"),
                        errdetail("The library telephony is not in shared_preload_libraries."),
                        errhint("Add telephony to shared_preload_libraries and restart the server; from "
                                "PostgreSQL 17 on it goes without.")));
    return *limits;
}

namespace {

using limiter::Key;
using limiter::Rule;
using limiter::Time;
using limiter::Verdict;

constexpr Time second = 1'000'000;

/// What PostgREST takes arguments from. Without Content-Type it takes a body for JSON.
constexpr std::array<std::string_view, 3> readable_media_types{
    "application/json", "application/x-www-form-urlencoded", "text/csv"};

/// Characters of one that is shown in a refusal.
constexpr std::size_t longest_media_type = 64;

Key make_key(Counted kind, limiter::ClientKey client = {}) {
    return {client.high, client.low, MyDatabaseId, static_cast<std::uint32_t>(kind)};
}

std::uint64_t big_endian(const unsigned char* bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
    return value;
}

/// What PostgREST set for the request; empty if it did not.
std::string_view request_setting(const char* name) {
    const char* value = GetConfigOption(name, /*missing_ok=*/true, /*restrict_privileged=*/false);
    return value == nullptr ? std::string_view() : value;
}

/// The headers that count, escapes and all.
struct RequestHeaders {
    limiter::HeaderValue client_address;
    limiter::HeaderValue content_type;
};

RequestHeaders read_headers() {
    std::array<limiter::WantedHeader, 2> wanted{{{settings::client_address_header}, {"content-type"}}};
    limiter::find_headers(request_setting("request.headers"), wanted);
    return {wanted[0].value, wanted[1].value};
}

/// The client's address, as the proxies tell it; nullopt if they do not.
std::optional<limiter::Address> client_address(const limiter::HeaderValue& header) {
    if (header.state != limiter::HeaderValue::State::found) return std::nullopt;
    return limiter::Address::parse(limiter::element_from_right(header.raw, settings::trusted_hops));
}

constexpr const char* from_this_address = "from this address";

/// What became of a request at the limits of its client, and whose limit decided, for the refusal.
struct ClientVerdict {
    Verdict verdict;
    const char* whose;
};

/// A site is charged only with what its clients' own limits let pass, so that one client that goes on and on
/// does not use up what is its neighbours'. And a full site's further clients get no place in the table: one
/// site takes at most as many places as its limit has requests.
ClientVerdict count_client(SharedLimits& limits, const limiter::Address& address, Rule rule, Time now) {
    limiter::WindowTable& table = limits.addresses();
    ShardLocks locks = limits.address_locks();
    const Key key = make_key(Counted::address, limiter::client_key(address));
    if (const auto site = limiter::site_key(address)) {
        if (const auto full = table.refuse_if_full(key, rule, now, locks)) return {*full, from_this_address};
        const Rule of_site{settings::site_requests(), rule.window};
        ShardLocks site_locks = limits.site_locks();
        const Verdict verdict = limits.sites().take(make_key(Counted::site, *site), of_site, now, site_locks);
        if (!verdict.passed) return {verdict, "from this network"};
    }
    return {table.take(key, rule, now, locks), from_this_address};
}

ClientVerdict count_address(SharedLimits& limits, const limiter::HeaderValue& header, Time now) {
    const Rule rule{static_cast<std::uint32_t>(settings::ip_limit), settings::ip_window * second};
    const auto address = client_address(header);
    if (address) {
        const auto holds = [&](const limiter::Network& network) { return network.contains(*address); };
        if (std::ranges::any_of(settings::exempt_networks(), holds)) {
            limits.exempt.fetch_add(1, std::memory_order_relaxed);
            return {{true, rule, now}, from_this_address};
        }
        return count_client(limits, *address, rule, now);
    }
    limits.unaddressed.fetch_add(1, std::memory_order_relaxed);
    ShardLocks locks = limits.address_locks();
    return {limits.addresses().take(make_key(Counted::no_address), rule, now, locks), from_this_address};
}

Verdict count_organization(SharedLimits& limits, const ClaimedOrganization& org, Time now) {
    const Rule rule{static_cast<std::uint32_t>(settings::org_limit), settings::org_window * second};
    limiter::WindowTable& table = limits.organizations();
    ShardLocks locks = limits.organization_locks();
    switch (org.state) {
        case ClaimedOrganization::State::none:
            return {true, rule, now};
        case ClaimedOrganization::State::unreadable:
            return table.take(make_key(Counted::unreadable_claims), rule, now, locks);
        case ClaimedOrganization::State::known:
            break;
    }
    const Key key = make_key(Counted::organization, {big_endian(org.id.data), big_endian(org.id.data + 8)});
    if (const auto verdict = table.take(key, rule, nullptr, now, locks)) return *verdict;
    const limiter::Allowance allowance = read_org_limit(org.id, table.generation());
    return *table.take(key, rule, &allowance, now, locks);
}

/// Refuses the request with the error that PostgREST turns into status 429 with these headers. It is kept out
/// of the server log: whoever is refused must not be able to fill the disk. request_limits() has the count.
[[noreturn]] void refuse(const char* whose, const Verdict& verdict, Time now) {
    const auto seconds =
        static_cast<long long>(std::max<Time>((verdict.ends - now + second - 1) / second, 1));
    const auto window = static_cast<long long>(verdict.rule.window / second);
    const unsigned limit = verdict.rule.requests;
    set_config_option("log_min_messages", "fatal", PGC_SUSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0,
                      false);
    ereport(ERROR, (errcode(MAKE_SQLSTATE('P', 'G', 'R', 'S', 'T')),
                    errmsg_internal("{\"code\": \"%.*s\", \"message\": \"too many requests %s\", "
                                    "\"details\": \"The limit is %u requests in %lld seconds.\", "
                                    "\"hint\": \"Try again in %lld seconds.\"}",
                                    static_cast<int>(reasons::too_many_requests.code.size()),
                                    reasons::too_many_requests.code.data(), whose, limit, window, seconds),
                    errdetail_internal("{\"status\": 429, \"headers\": {\"Retry-After\": \"%lld\", "
                                       "\"RateLimit-Limit\": \"%u\", \"RateLimit-Remaining\": \"0\", "
                                       "\"RateLimit-Reset\": \"%lld\", \"RateLimit-Policy\": \"%u;w=%lld\", "
                                       // Else a page of another origin does not see them.
                                       "\"Access-Control-Expose-Headers\": \"Retry-After, RateLimit-Limit, "
                                       "RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy\"}}",
                                       seconds, limit, seconds, limit, window)));
    pg_unreachable();
}

/// Refuses a call whose arguments PostgREST does not take from its body. It runs such a call without any, and
/// a purchase would be one without its wishes. JavaScript's fetch() says text/plain of every text.
void require_readable_body(const limiter::HeaderValue& content_type) {
    if (content_type.state != limiter::HeaderValue::State::found) return;
    const std::size_t length = content_type.raw.find_first_not_of(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/.+-");
    const std::string_view type = content_type.raw.substr(0, std::min(length, longest_media_type));
    const auto is_type = [type](std::string_view readable) {
        return type.size() == readable.size() &&
               pg_strncasecmp(type.data(), readable.data(), readable.size()) == 0;
    };
    if (std::ranges::any_of(readable_media_types, is_type) || request_setting("request.method") != "POST")
        return;
    throw Refusal(reasons::body_not_read, "a body of " + std::string(type) + " is not read");
}

/// What follows in the transaction, the request itself, ends at telephony.request_timeout.
void bound_statements() {
    const int most = settings::request_timeout;
    if (most == 0 || (StatementTimeout > 0 && StatementTimeout <= most)) return;
    char text[16];
    snprintf(text, sizeof text, "%d", most);
    set_config_option("statement_timeout", text, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0,
                      false);
}

}  // namespace

}  // namespace telephony::pg

TELEPHONY_FUNCTION(telephony_check_request) {
    using namespace telephony::pg;
    SharedLimits& limits = require_shared_limits();
    request_log::begin_request();
    const ClaimedOrganization org = claimed_organization();
    const RequestHeaders headers = read_headers();
    const Time now = window_clock();
    // The address first: who is refused for it uses up nothing of the organization named in the token.
    const ClientVerdict client = count_address(limits, headers.client_address, now);
    if (!client.verdict.passed) refuse(client.whose, client.verdict, now);
    const Verdict organization = count_organization(limits, org, now);
    if (!organization.passed) refuse("for this organization", organization, now);
    require_readable_body(headers.content_type);
    bound_statements();
    PG_RETURN_VOID();
}
