// telephonyd reconcile: compares what Twilio holds with what the database knows.
#pragma once

#include "commands/configuration.hpp"
#include "credentials/open.hpp"

namespace telephony::sidecar {

/// Prints the comparison of every account (or the chosen ones), each looked at once, with the first of its
/// credentials that Twilio takes; repairs or adopts if asked to. ok when nothing differs,
/// `differences` when something does or an adoption was refused, `unavailable` when an account could not be
/// looked at.
ExitCode reconcile(const CommandLine& command_line, Secrets secrets);

}  // namespace telephony::sidecar
