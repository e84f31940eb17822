// Numbers as reconcile_numbers() judges them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "twilio/form.hpp"

namespace telephony::sidecar {

enum class ReconcileVerdict {
    live,
    retag,          ///< live, but Twilio has it under another name
    moved,          ///< live, but in another account than the database says
    voice_changed,  ///< live, but Twilio has other voice settings than it was given; told by telephonyd
    pending,        ///< a job is at work on it
    written_off,    ///< an operator gave it up: never touched
    missing,        ///< the database has it, Twilio does not
    orphan,         ///< bought by a job of ours, but of no organization
    unknown_job,    ///< our tag, but of a job that the database does not know
    foreign_installation,  ///< the tag of another installation
    untagged,              ///< not bought by telephony
    conflict,              ///< our tag, but not provably ours
};

std::string_view name_of(ReconcileVerdict verdict);
/// nullopt for a name that this version does not know.
std::optional<ReconcileVerdict> reconcile_verdict_of(std::string_view name);

/// True if a repair or an operator should look at the number: it is ours, or may be, and not as it should be.
bool is_difference(ReconcileVerdict verdict);
/// True if `reconcile --repair` and the sweeps can repair it.
constexpr bool is_repairable(ReconcileVerdict verdict) {
    return verdict == ReconcileVerdict::orphan || verdict == ReconcileVerdict::retag;
}
/// True if the number is at Twilio.
constexpr bool is_at_twilio(ReconcileVerdict verdict) {
    return verdict != ReconcileVerdict::missing;
}
/// True if the database has the number as one of this account.
constexpr bool is_in_database(ReconcileVerdict verdict) {
    return verdict == ReconcileVerdict::live || verdict == ReconcileVerdict::retag ||
           verdict == ReconcileVerdict::voice_changed || verdict == ReconcileVerdict::missing;
}

/// What adopt_number() made: a job that has ended, and the name that the number is to have at Twilio.
struct Adoption {
    std::string job_id;
    std::string tag;
};

struct ReconcileRow {
    ReconcileVerdict verdict = ReconcileVerdict::live;
    std::string number;  ///< E.164
    std::string number_sid;
    std::string tag;      ///< its name at Twilio
    std::string our_tag;  ///< the name it is to have there; empty: none
    std::string job_id;
    std::string org_id;
    std::string detail;
    std::string account_sid;
    FormParameters voice;  ///< what it is to answer with; empty: whatever it has
};

}  // namespace telephony::sidecar
