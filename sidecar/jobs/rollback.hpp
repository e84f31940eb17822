// Undoing a purchase while the database is away (rule ROLLBACK_IN_LEASE).
#pragma once

#include "io/task.hpp"

namespace telephony::sidecar {

class Attempt;
struct IncomingNumber;

/// For a number from the 201 of our own purchase whose `purchased` report was never sent. Deletes it only if
/// the answer proves that the purchase made it, the database has been lost for rollback_after, and the lease
/// outlasts a request; else keeps it, so that the next attempt finds it by its tag. Ends the attempt.
Task<void> roll_back(Attempt& attempt, const IncomingNumber& bought);

}  // namespace telephony::sidecar
