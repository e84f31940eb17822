// telephonyd reseal: the last step of a key rotation.
#pragma once

#include "base/exit_code.hpp"
#include "commands/configuration.hpp"

namespace telephony::sidecar {

struct Secrets;

/// Seals all credentials that are sealed to another key than the first one to that key, and prints counts.
/// `differences` if some could not be opened; these stay as they are. Credentials that are handed in
/// meanwhile are included, so that afterwards the other keys are not needed.
ExitCode reseal(const CommandLine& command_line, Secrets secrets);

}  // namespace telephony::sidecar
