// telephonyd reconcile: compares what Twilio holds with what the database knows.
#pragma once

#include "commands/configuration.hpp"

namespace telephony::sidecar {

struct Secrets;

/// Prints the comparison of all accounts, or of the chosen ones, each read with the first of its credentials
/// that Twilio accepts; repairs or adopts if asked to. Returns `ok` if all agrees, `differences` if not or if
/// an adoption was refused, `unavailable` if an account could not be read.
ExitCode reconcile(const CommandLine& command_line, Secrets secrets);

}  // namespace telephony::sidecar
