// telephonyd keygen: makes the key pair that seals and opens credentials.
#pragma once

#include <string>

#include "base/exit_code.hpp"

namespace telephony::sidecar {

/// Makes a key pair in `path` (mode 0600) and `path`.pub (0644), neither of which may be there, and prints
/// what to do next. Leaves no file if it fails.
ExitCode keygen(const std::string& path);

}  // namespace telephony::sidecar
