// From a claimed job to its end: what the sidecar does at Twilio in each state, read top to bottom in the
// .cpp.
#pragma once

#include "io/task.hpp"
#include "jobs/attempt.hpp"

namespace telephony::sidecar {

/// Works on one claimed job, purchase or release, until its attempt ends. Driven by the state that the
/// database returns, so that a rescuer enters anywhere with the same code.
Task<void> run_attempt(Attempt& attempt);

}  // namespace telephony::sidecar
