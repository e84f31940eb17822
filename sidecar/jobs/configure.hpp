// The voice settings of a number that is held.
#pragma once

#include "io/task.hpp"

namespace telephony::sidecar {

class Attempt;

/// `configuring`: the job's SID is set to the voice settings of the claim, unless it has them.
Task<void> configure_number(Attempt& attempt);

}  // namespace telephony::sidecar
