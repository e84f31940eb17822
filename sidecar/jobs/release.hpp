// The release of a number at Twilio.
#pragma once

#include <optional>

#include "contract/states.hpp"
#include "io/task.hpp"

namespace telephony::sidecar {

class Attempt;
struct IncomingNumber;

/// `releasing`: deletes the job's SID. Only a confirmed deletion, or confirm_absence(), counts as released;
/// everything else is tried again later. `known` is the number as Twilio showed it earlier in this attempt,
/// if it did: a number just bought may not be readable yet.
Task<void> release_number(Attempt& attempt, const std::optional<IncomingNumber>& known);

/// To be called when Twilio answered 404 for the job's SID. That alone is no proof: reads may lag behind
/// writes, and a wrong credential sees no number either. If the account is verified and its list does not
/// have the number, twice, one absence poll apart, `event` is reported (`released`, or `gone` before the
/// number was settled); else the job is postponed.
Task<void> confirm_absence(Attempt& attempt, JobEvent event);

}  // namespace telephony::sidecar
