// Gives a number back to Twilio, and is sure of it.
#pragma once

#include "io/task.hpp"
#include "jobs/attempt.hpp"

namespace telephony::sidecar {

/// State `releasing`: deletes the job's SID. Nothing but a confirmed deletion, or a number looked for twice
/// in a verified account and not found, counts as released; everything else is tried again later. `known` is
/// the number as Twilio showed it earlier in this attempt, if it did: a number just bought may not be
/// readable yet.
Task<void> release_number(Attempt& attempt, const std::optional<IncomingNumber>& known);

/// The job's SID was answered with 404. That alone proves nothing: reads may lag behind writes, and a wrong
/// credential sees nothing either. The account must be verified, the list must not show the number, and both
/// must be so twice, one absence poll apart. Then `event` is reported (released, or gone before it was ever
/// settled); else the job is postponed.
Task<void> confirm_absence(Attempt& attempt, JobEvent event);

}  // namespace telephony::sidecar
