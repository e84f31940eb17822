// From a claimed job to the end of the attempt.
#pragma once

#include "io/task.hpp"

namespace telephony::sidecar {

class Attempt;

/// Works on a claimed job of any kind until the attempt ends.
Task<void> run_attempt(Attempt& attempt);

}  // namespace telephony::sidecar
