// Definitions and checks of the settings of the request limits.
#include "request_settings.hpp"

#include <algorithm>
#include <climits>
#include <optional>
#include <string_view>

#include "guard.hpp"

extern "C" {
#include "miscadmin.h"
#include "utils/guc.h"
}

namespace telephony::pg::settings {

int ip_limit = 0;
int ip_window = 0;
int org_limit = 0;
int org_window = 0;
char* client_address_header = nullptr;
int trusted_hops = 0;
int request_limit_entries = 0;
int request_timeout = 0;

namespace {

constexpr int most_requests = 1'000'000'000;
constexpr int longest_window = 7 * 24 * 60 * 60;

/// What the check hook makes of telephony.exempt_networks; PostgreSQL frees it like malloc'ed memory.
struct Networks {
    std::size_t count;
    limiter::Network networks[];
};

constexpr int site_limit_by_address = -1;
constexpr std::uint32_t addresses_of_a_site = 4;
int site_limit = site_limit_by_address;

char* exempt_networks_text = nullptr;
const Networks* networks = nullptr;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// Hands the networks of a list to `take`; returns the first item that is none, or nullopt.
template <class Take>
std::optional<std::string_view> for_each_network(std::string_view list, Take take) {
    if (trimmed(list).empty()) return std::nullopt;
    for (std::size_t start = 0; start <= list.size();) {
        const std::size_t end = std::min(list.find(',', start), list.size());
        const std::string_view item = trimmed(list.substr(start, end - start));
        const auto network = limiter::Network::parse(item);
        if (!network) return item;
        take(*network);
        start = end + 1;
    }
    return std::nullopt;
}

bool check_exempt_networks(char** value, void** extra, GucSource) {
    std::size_t count = 0;
    const auto wrong = for_each_network(*value, [&count](const limiter::Network&) { ++count; });
    if (wrong) {
        GUC_check_errdetail("\"%.*s\" is not a network.", static_cast<int>(wrong->size()), wrong->data());
        GUC_check_errhint(
            "Networks are written 10.0.0.0/8 or 2001:db8::/32, with commas between, and no bit set behind "
            "the prefix.");
        return false;
    }
    auto* result = static_cast<Networks*>(guc_memory(sizeof(Networks) + count * sizeof(limiter::Network)));
    if (result == nullptr) return false;
    result->count = 0;
    for_each_network(
        *value, [result](const limiter::Network& network) { result->networks[result->count++] = network; });
    *extra = result;
    return true;
}

void assign_exempt_networks(const char*, void* extra) {
    networks = static_cast<const Networks*>(extra);
}

bool check_client_address_header(char** value, void**, GucSource) {
    const std::string_view header = *value;
    if (header == "forwarded") {
        GUC_check_errdetail("The syntax of RFC 7239 is not read.");
        GUC_check_errhint("Let the proxy write x-forwarded-for, or a header with nothing but the address.");
        return false;
    }
    if (header.empty() ||
        header.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") != std::string_view::npos) {
        GUC_check_errdetail(
            "It must be the name of a header in lower case, as PostgREST hands headers over.");
        return false;
    }
    return true;
}

}  // namespace

std::uint32_t site_requests() {
    if (site_limit != site_limit_by_address) return static_cast<std::uint32_t>(site_limit);
    return addresses_of_a_site * static_cast<std::uint32_t>(ip_limit);
}

std::span<const limiter::Network> exempt_networks() {
    if (networks == nullptr) return {};
    return {networks->networks, networks->count};
}

void define_request_limits() {
    DefineCustomIntVariable("telephony.ip_limit", "Requests of one client address in telephony.ip_window.",
                            "An IPv6 address counts with its /64.", &ip_limit, 100, 1, most_requests,
                            PGC_SUSET, 0, nullptr, nullptr, nullptr);
    DefineCustomIntVariable(
        "telephony.site_limit", "Requests of one IPv6 site, a /48, in telephony.ip_window.",
        "-1: four times telephony.ip_limit. Counted are those that the address's own limit "
        "lets pass.",
        &site_limit, site_limit_by_address, site_limit_by_address, most_requests, PGC_SUSET, 0, nullptr,
        nullptr, nullptr);
    DefineCustomIntVariable("telephony.ip_window",
                            "Length of the window in which a client address is counted.",
                            "It begins with the address's first request.", &ip_window, 900, 1, longest_window,
                            PGC_SUSET, GUC_UNIT_S, nullptr, nullptr, nullptr);
    DefineCustomIntVariable("telephony.org_limit", "Requests of one organization in telephony.org_window.",
                            "set_org_limit() gives one organization another limit.", &org_limit, 1000, 1,
                            most_requests, PGC_SUSET, 0, nullptr, nullptr, nullptr);
    DefineCustomIntVariable("telephony.org_window",
                            "Length of the window in which an organization is counted.",
                            "It begins with the organization's first request.", &org_window, 3600, 1,
                            longest_window, PGC_SUSET, GUC_UNIT_S, nullptr, nullptr, nullptr);
    DefineCustomStringVariable(
        "telephony.client_address_header", "Request header that tells the client's address.",
        "In lower case. Only a header that the nearest proxy writes or appends to can be trusted.",
        &client_address_header, "x-forwarded-for", PGC_SUSET, 0, check_client_address_header, nullptr,
        nullptr);
    DefineCustomIntVariable("telephony.trusted_hops",
                            "Element of that header that is the client's address, counted from the right.",
                            "As many as proxies append to it, one after the other; what is left of it the "
                            "client may have made up.",
                            &trusted_hops, 1, 1, 32, PGC_SUSET, 0, nullptr, nullptr, nullptr);
    DefineCustomStringVariable(
        "telephony.exempt_networks", "Networks whose clients are not counted by address.",
        "CIDR, with commas between. Their organizations are counted.", &exempt_networks_text, "", PGC_SUSET,
        0, check_exempt_networks, assign_exempt_networks, nullptr);
    DefineCustomIntVariable(
        "telephony.request_timeout", "How long a request may keep the server busy with one statement.",
        "check_request() lowers statement_timeout to it where that is 0 or higher; 0: it "
        "leaves that alone.",
        &request_timeout, 5000, 0, INT_MAX, PGC_SUSET, GUC_UNIT_MS, nullptr, nullptr, nullptr);
    // Without preloading the memory is made on first use, and the size that counts is that of then.
    DefineCustomIntVariable("telephony.request_limit_entries",
                            "Client addresses, and as many organizations, that can be counted at a time.",
                            "Up to the next power of two; 144 bytes each, and a quarter more for IPv6 sites. "
                            "More share an overflow bucket.",
                            &request_limit_entries, 65536, 16, 16'777'216,
                            process_shared_preload_libraries_in_progress ? PGC_POSTMASTER : PGC_SIGHUP, 0,
                            nullptr, nullptr, nullptr);
}

}  // namespace telephony::pg::settings
