// telephonyd states: prints the state machine of a job.
#pragma once

#include <string>

#include "base/exit_code.hpp"
#include "commands/configuration.hpp"

namespace telephony::sidecar {

/// The machine as a mermaid state diagram, for the documentation.
std::string states_as_mermaid();
/// The machine as a JSON array of {from, event, to, to_if_cancelled, comment}; a test holds it against the
/// database's table.
std::string states_as_json();
/// The machine as a table for operators.
std::string states_as_table();

/// Prints one of them, as asked for.
ExitCode print_states(const Arguments& arguments);

}  // namespace telephony::sidecar
