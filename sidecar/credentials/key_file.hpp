// The key files of telephonyd: made by `telephonyd keygen`, read by the commands that open credentials.
#pragma once

#include <string>
#include <vector>

#include "base/exit_code.hpp"
#include "credential/keys.hpp"

namespace telephony::sidecar {

struct KeyFiles {
    std::vector<credential::SecretKey> keys;  ///< in the order of the files: the first is the newest
    ExitCode code = ExitCode::ok;
    std::string problem;  ///< for people; never holds any of a file's content
};

/// Reads secret key files, each a private file (private_file.hpp). During a rotation there are two.
KeyFiles read_key_files(const std::vector<std::string>& paths);

/// telephonyd keygen: makes a key pair in `path` (mode 0600) and `path`.pub (0644), neither of which may be
/// there, and prints what to do next. Nothing is left behind when it fails.
ExitCode keygen(const std::string& path);

}  // namespace telephony::sidecar
