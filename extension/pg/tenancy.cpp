// current_org_id(): whose request this is, from the claims that PostgREST puts into a setting.
#include "tenancy.hpp"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datum.hpp"
#include "org_uuid.hpp"
#include "settings.hpp"
#include "text/uuid.hpp"

extern "C" {
#include "utils/guc.h"
}

namespace {

using telephony::pg::ClaimedOrganization;
using telephony::pg::settings::OrgClaimType;
using State = ClaimedOrganization::State;

/// The organization that the text of the claim names.
ClaimedOrganization organization_of(const std::string& text, OrgClaimType type) {
    ClaimedOrganization organization{State::unreadable};
    if (type == OrgClaimType::text) {
        if (!telephony::pg::can_name_organization(text)) return organization;
        organization.id = telephony::pg::org_uuid(text);
    } else {
        const auto bytes = telephony::text::parse_uuid(text);
        if (!bytes) return organization;
        std::ranges::copy(*bytes, organization.id.data);
    }
    organization.state = State::known;
    return organization;
}

/// Finds the organization while claims are parsed: they differ with every request, and a tree of them would
/// cost more than all else that a request is charged for. As in a tree, the last of several members of a name
/// counts.
class OrganizationFinder {
  public:
    /// `path` is names joined by dots.
    OrganizationFinder(std::string_view path, OrgClaimType type) : type_(type) {
        for (std::size_t start = 0; start <= path.size();) {
            const std::size_t end = std::min(path.find('.', start), path.size());
            path_.push_back(path.substr(start, end - start));
            start = end + 1;
        }
    }

    const ClaimedOrganization& found() const { return found_; }

    // What nlohmann::json::sax_parse() calls; true: go on.
    bool null() { return take({depth_ == 0 ? State::unreadable : State::none}); }
    bool boolean(bool) { return take({State::unreadable}); }
    bool number_integer(std::int64_t) { return take({State::unreadable}); }
    bool number_unsigned(std::uint64_t) { return take({State::unreadable}); }
    bool number_float(double, const std::string&) { return take({State::unreadable}); }
    bool binary(nlohmann::json::binary_t&) { return take({State::unreadable}); }
    bool string(const std::string& text) {
        if (!expected_) return true;
        if (names_ < path_.size()) return take({State::unreadable});
        return take(organization_of(text, type_));
    }
    bool start_object(std::size_t) {
        return open({names_ == path_.size() ? State::unreadable : State::none});
    }
    bool start_array(std::size_t) { return open({State::unreadable}); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool key(const std::string& name) {
        // Directly in the object that the names so far lead to.
        if (depth_ == names_ + 1 && names_ < path_.size() && path_[names_] == name) {
            ++names_;
            expected_ = true;
        }
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) {
        found_ = {State::unreadable};
        return false;
    }

  private:
    bool take(const ClaimedOrganization& value) {
        if (!expected_) return true;
        found_ = value;
        expected_ = false;
        if (names_ > 0) --names_;
        return true;
    }
    bool open(const ClaimedOrganization& value) {
        if (expected_) found_ = value;
        expected_ = false;
        ++depth_;
        return true;
    }
    bool close() {
        --depth_;
        if (depth_ == names_ && names_ > 0) --names_;
        return true;
    }

    OrgClaimType type_;
    std::vector<std::string_view> path_;
    std::size_t names_ = 0;  // of the path, that lead to where we are
    std::size_t depth_ = 0;  // of open objects and arrays
    bool expected_ = true;   // the next value is the one that these names lead to
    ClaimedOrganization found_{State::unreadable};
};

ClaimedOrganization find_organization(std::string_view claims, std::string_view path, OrgClaimType type) {
    std::string converted;
    const auto utf8 = telephony::pg::to_utf8(claims, converted);
    if (!utf8) return {State::unreadable};
    OrganizationFinder finder(path, type);
    nlohmann::json::sax_parse(*utf8, &finder);
    return finder.found();
}

/// The last answer and what it was read from: a policy asks once per row, and must pay no more than a
/// comparison.
struct Answer {
    std::string claims;
    std::string path;
    OrgClaimType type;
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
    const OrgClaimType type = settings::org_claim_type();
    if (last.claims != claims || last.path != path || last.type != type)
        last = Answer{std::string(claims), std::string(path), type, find_organization(claims, path, type)};
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
