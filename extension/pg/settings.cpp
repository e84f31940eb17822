// Definitions and checks of the settings of telephony.so.
#include "settings.hpp"

#include <algorithm>
#include <string_view>

#include "guard.hpp"
#include "public_key_file.hpp"
#include "request_settings.hpp"

extern "C" {
#include "miscadmin.h"
#include "utils/guc.h"
}

namespace telephony::pg::settings {

char* org_claim = nullptr;
char* owner_role = nullptr;
bool allow_data_loss = false;
char* sidecar_public_key_file = nullptr;

namespace {

int chosen_org_claim_type = static_cast<int>(OrgClaimType::uuid);
const config_enum_entry org_claim_types[] = {{"uuid", static_cast<int>(OrgClaimType::uuid), false},
                                             {"text", static_cast<int>(OrgClaimType::text), false},
                                             {nullptr, 0, false}};

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

// True while a session loads the library. What the configuration says is then as it was when it was set: what
// is wrong with it by now is seal_credential()'s to say, not a warning's in the middle of a statement, whose
// text the log would hold as the warning's context.
bool a_session_loads = false;

bool check_public_key_file(char** value, void**, GucSource) {
    return entry([value] {
        if (**value == '\0' || a_session_loads) return true;
        const std::string problem = read_public_key_file(*value).problem;
        if (problem.empty()) return true;
        call([&] {
            GUC_check_errdetail("%s", problem.c_str());
            GUC_check_errhint("Name the .pub file that telephonyd keygen writes.");
        });
        return false;
    });
}

}  // namespace

OrgClaimType org_claim_type() {
    return static_cast<OrgClaimType>(chosen_org_claim_type);
}

void define() {
    a_session_loads = IsUnderPostmaster;
    DefineCustomStringVariable(
        "telephony.org_claim", "Path to the organization's id in the claims of a request's JWT.",
        "Names joined by dots; not under user_metadata, which users write themselves.", &org_claim,
        "app_metadata.org_id", PGC_SUSET, 0, check_org_claim, nullptr, nullptr);
    DefineCustomEnumVariable("telephony.org_claim_type",
                             "Whether that claim is the organization's uuid, or a text that names it.",
                             "text: the organization's id is telephony.org_uuid() of it, also where it looks "
                             "like a uuid. What the "
                             "first organization came in with stays.",
                             &chosen_org_claim_type, static_cast<int>(OrgClaimType::uuid), org_claim_types,
                             PGC_SUSET, 0, nullptr, nullptr, nullptr);
    DefineCustomStringVariable("telephony.owner_role", "Role that owns the tenant schema.",
                               "telephony.migrate() creates it where it may.", &owner_role, "telephony_owner",
                               PGC_SUSET, 0, nullptr, nullptr, nullptr);
    DefineCustomBoolVariable("telephony.allow_data_loss", "Lets a down migration drop rows.",
                             "Live phone numbers are never dropped.", &allow_data_loss, false, PGC_SUSET, 0,
                             nullptr, nullptr, nullptr);
    DefineCustomStringVariable(
        "telephony.sidecar_public_key_file",
        "File with the public key of telephonyd that Twilio credentials are sealed to.",
        "The .pub file that telephonyd keygen writes. Empty: only what clients have sealed is accepted.",
        &sidecar_public_key_file, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, check_public_key_file, nullptr,
        nullptr);
    define_request_limits();
    MarkGUCPrefixReserved("telephony");
    a_session_loads = false;
}

}  // namespace telephony::pg::settings
