// telephonyd keygen: makes the keys that credentials are sealed with and opened by.
#pragma once

#include <string>

#include "base/exit_code.hpp"

namespace telephony::sidecar {

/// Makes a key pair in `path` (mode 0600) and `path`.pub (0644), neither of which may be there, and prints
/// what to do next. Nothing is left behind if it fails.
ExitCode keygen(const std::string& path);

}  // namespace telephony::sidecar
