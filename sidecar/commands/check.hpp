// telephonyd check: reports whether configuration, database and credentials are in order.
#pragma once

#include "commands/configuration.hpp"

namespace telephony::sidecar {

struct Secrets;

/// Prints one line for each check, and for each organization whose credentials are not valid. Returns ok, or
/// the code of the first problem. Credentials that Twilio refuses are a warning: only the organization can
/// change that.
ExitCode check(const CommandLine& command_line, Secrets secrets);

}  // namespace telephony::sidecar
