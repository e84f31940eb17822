// Undoing a purchase while the database is away (rule ROLLBACK_IN_LEASE).
#pragma once

#include "io/task.hpp"
#include "jobs/attempt.hpp"

namespace telephony::sidecar {

/// For a number of our own 201 whose `purchased` report was never sent. Deletes it only if the database has
/// been lost for rollback-after and the lease outlasts a request; else keeps it, for the rescuer to find by
/// its tag. Ends the attempt.
Task<void> roll_back(Attempt& attempt, const IncomingNumber& bought);

}  // namespace telephony::sidecar
