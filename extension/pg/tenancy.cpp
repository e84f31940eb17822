// current_org_id(): whose request this is, from the claims that PostgREST puts into a setting.
#include "tenancy.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "datum.hpp"
#include "settings.hpp"

extern "C" {
#include "utils/guc.h"
}

namespace {

using telephony::pg::ClaimedOrganization;
using State = ClaimedOrganization::State;

/// A uuid in the form of RFC 9562: 32 hexadecimal digits, hyphens after the 8th, 12th, 16th and 20th.
std::optional<pg_uuid_t> parse_uuid(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    pg_uuid_t uuid{};
    std::size_t nibble = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (c != '-') return std::nullopt;
            continue;
        }
        const int lower = c | 0x20;
        const int value = c >= '0' && c <= '9'           ? c - '0'
                          : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10
                                                         : -1;
        if (value < 0) return std::nullopt;
        uuid.data[nibble / 2] = static_cast<unsigned char>((uuid.data[nibble / 2] << 4) | value);
        ++nibble;
    }
    return uuid;
}

/// The organization at `path` (names joined by dots) in claims.
ClaimedOrganization find_organization(std::string_view claims, std::string_view path) {
    const nlohmann::json document = nlohmann::json::parse(claims, nullptr, /*allow_exceptions=*/false);
    if (!document.is_object()) return {State::unreadable};
    const nlohmann::json* node = &document;
    for (std::size_t start = 0; start <= path.size();) {
        const std::size_t end = std::min(path.find('.', start), path.size());
        if (!node->is_object()) return {State::unreadable};
        const auto member = node->find(std::string(path.substr(start, end - start)));
        if (member == node->end() || member->is_null()) return {State::none};
        node = &*member;
        start = end + 1;
    }
    const auto* text = node->get_ptr<const std::string*>();
    const auto uuid = text != nullptr ? parse_uuid(*text) : std::nullopt;
    if (!uuid) return {State::unreadable};
    return {State::known, *uuid};
}

/// The last answer and what it was read from: a policy asks once per row, and must pay no more than a
/// comparison.
struct Answer {
    std::string claims;
    std::string path;
    ClaimedOrganization org;
};

}  // namespace

namespace telephony::pg {

ClaimedOrganization claimed_organization() {
    static Answer last;
    const char* text =
        GetConfigOption("request.jwt.claims", /*missing_ok=*/true, /*restrict_privileged=*/false);
    // Empty: a pooled connection outside of requests.
    if (text == nullptr || *text == '\0') return {};
    const std::string_view claims = text, path = settings::org_claim;
    if (last.claims != claims || last.path != path)
        last = Answer{std::string(claims), std::string(path), find_organization(claims, path)};
    return last.org;
}

}  // namespace telephony::pg

TELEPHONY_FUNCTION(telephony_current_org_id) {
    const ClaimedOrganization org = telephony::pg::claimed_organization();
    if (org.state != State::known) PG_RETURN_NULL();
    auto* result = static_cast<pg_uuid_t*>(telephony::pg::allocate(sizeof(pg_uuid_t)));
    *result = org.id;
    return UUIDPGetDatum(result);
}
