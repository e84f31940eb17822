// current_org_id(): whose request this is, from the claims that PostgREST puts into a setting.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "datum.hpp"
#include "settings.hpp"

extern "C" {
#include "utils/guc.h"
#include "utils/uuid.h"
}

namespace {

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

/// The uuid at `path` (names joined by dots) in a JSON object; nothing if anything is not as it should be.
std::optional<pg_uuid_t> find_uuid(std::string_view claims, std::string_view path) {
    const nlohmann::json document = nlohmann::json::parse(claims, nullptr, /*allow_exceptions=*/false);
    const nlohmann::json* node = &document;
    for (std::size_t start = 0; start <= path.size();) {
        const std::size_t end = std::min(path.find('.', start), path.size());
        if (!node->is_object()) return std::nullopt;
        const auto member = node->find(std::string(path.substr(start, end - start)));
        if (member == node->end()) return std::nullopt;
        node = &*member;
        start = end + 1;
    }
    const auto* text = node->get_ptr<const std::string*>();
    return text != nullptr ? parse_uuid(*text) : std::nullopt;
}

/// The last answer and what it was read from: a policy asks once per row, and must pay no more than a
/// comparison.
struct Answer {
    std::string claims;
    std::string path;
    std::optional<pg_uuid_t> org;
};

const std::optional<pg_uuid_t>& org_of(std::string_view claims, std::string_view path) {
    static Answer last;
    if (last.claims != claims || last.path != path)
        last = Answer{std::string(claims), std::string(path), find_uuid(claims, path)};
    return last.org;
}

}  // namespace

TELEPHONY_FUNCTION(telephony_current_org_id) {
    const char* claims =
        GetConfigOption("request.jwt.claims", /*missing_ok=*/true, /*restrict_privileged=*/false);
    if (claims == nullptr) PG_RETURN_NULL();
    const auto& org = org_of(claims, telephony::pg::settings::org_claim);
    if (!org) PG_RETURN_NULL();
    auto* result = static_cast<pg_uuid_t*>(telephony::pg::allocate(sizeof(pg_uuid_t)));
    *result = *org;
    return UUIDPGetDatum(result);
}
