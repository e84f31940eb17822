// From a claimed job to the end of the attempt.
#pragma once

#include "io/task.hpp"
#include "jobs/attempt.hpp"

namespace telephony::sidecar {

/// Works on a claimed job of any kind until the attempt ends.
Task<void> run_attempt(Attempt& attempt);

}  // namespace telephony::sidecar
