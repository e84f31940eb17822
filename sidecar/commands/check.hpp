// telephonyd check: says in words whether everything it needs is in order.
#pragma once

#include "commands/configuration.hpp"
#include "credentials/open.hpp"

namespace telephony::sidecar {

/// Prints one line for each thing looked at, and for each organization whose credentials are not in order;
/// ok, or the code of the first problem. Credentials that Twilio refuses are that organization's problem: a
/// warning.
ExitCode check(const CommandLine& command_line, Secrets secrets);

}  // namespace telephony::sidecar
