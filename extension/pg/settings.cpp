// Definitions and checks of the settings of telephony.so.
#include "settings.hpp"

#include <algorithm>
#include <string_view>

#include "guard.hpp"

extern "C" {
#include "utils/guc.h"
}

namespace telephony::pg::settings {

char* org_claim = nullptr;
char* owner_role = nullptr;
bool allow_data_loss = false;

namespace {

// Users edit their own user_metadata; an organization read from there would be one that they chose
// themselves.
constexpr std::string_view editable_by_users = "user_metadata";

/// What is wrong with a claim path, or null.
const char* claim_path_problem(std::string_view path) {
    if (path.empty() || path.front() == '.' || path.back() == '.' ||
        path.find("..") != std::string_view::npos)
        return "A claim path is names joined by dots, none of them empty.";
    if (path.substr(0, path.find('.')) == editable_by_users)
        return "Users write user_metadata themselves; it must not decide whose data they see.";
    return nullptr;
}

bool check_org_claim(char** value, void**, GucSource) {
    return entry([value] {
        const char* problem = claim_path_problem(*value);
        if (problem != nullptr) GUC_check_errdetail("%s", problem);
        return problem == nullptr;
    });
}

}  // namespace

void define() {
    DefineCustomStringVariable(
        "telephony.org_claim", "Path to the organization's id in the claims of a request's JWT.",
        "Names joined by dots; not under user_metadata, which users write themselves.", &org_claim,
        "app_metadata.org_id", PGC_SUSET, 0, check_org_claim, nullptr, nullptr);
    DefineCustomStringVariable("telephony.owner_role", "Role that owns the tenant schema.",
                               "telephony.migrate() creates it where it may.", &owner_role, "telephony_owner",
                               PGC_SUSET, 0, nullptr, nullptr, nullptr);
    DefineCustomBoolVariable("telephony.allow_data_loss", "Lets a down migration drop rows.",
                             "Live phone numbers are never dropped.", &allow_data_loss, false, PGC_SUSET, 0,
                             nullptr, nullptr, nullptr);
    MarkGUCPrefixReserved("telephony");
}

}  // namespace telephony::pg::settings
