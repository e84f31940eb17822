// telephonyd reseal: ends a rotation of keys.
#pragma once

#include "base/exit_code.hpp"
#include "commands/configuration.hpp"
#include "credentials/open.hpp"

namespace telephony::sidecar {

/// Seals every organization's credentials that are not in a box of the first key anew, for it, and prints
/// counts. `differences` when some could not be opened: they are left as they are. What organizations hand in
/// meanwhile is looked at again, so that afterwards nothing needs the other keys.
ExitCode reseal(const CommandLine& command_line, Secrets secrets);

}  // namespace telephony::sidecar
