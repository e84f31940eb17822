// telephonyd resume: ends recovery mode.
#pragma once

#include "base/exit_code.hpp"
#include "commands/configuration.hpp"

namespace telephony::sidecar {

/// Ends recovery mode and prints the mode. Needs no secrets, since it sends no requests to Twilio.
ExitCode resume(const CommandLine& command_line);

}  // namespace telephony::sidecar
