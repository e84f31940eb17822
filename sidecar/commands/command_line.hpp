// The command line of telephonyd, its environment and its file.
#pragma once

#include <string>
#include <variant>

#include "base/exit_code.hpp"
#include "commands/configuration.hpp"

namespace telephony::sidecar {

/// The program is done before it began: with the text of --help, or of what is wrong with the command line.
struct EarlyExit {
    ExitCode code = ExitCode::ok;
    std::string text;
};

/// Reads flags (which win), TELEPHONYD_* environment variables and the file of --config, in that order.
std::variant<CommandLine, EarlyExit> read_command_line(int argc, const char* const* argv);

}  // namespace telephony::sidecar
