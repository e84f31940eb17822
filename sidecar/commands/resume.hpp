// telephonyd resume: ends recovery mode.
#pragma once

#include "base/exit_code.hpp"
#include "commands/configuration.hpp"

namespace telephony::sidecar {

/// Ends recovery mode and prints the mode. Needs no secrets: it asks nothing of Twilio.
ExitCode resume(const CommandLine& command_line);

}  // namespace telephony::sidecar
