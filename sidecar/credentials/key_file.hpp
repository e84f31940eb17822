// The secret keys that open credentials, as `telephonyd keygen` writes them.
#pragma once

#include <string>
#include <vector>

#include "base/exit_code.hpp"
#include "credential/keys.hpp"

namespace telephony::sidecar {

struct KeyFiles {
    std::vector<credential::SecretKey> keys;  ///< in the order of the files: the first is the newest
    ExitCode code = ExitCode::ok;
    std::string problem;  ///< never holds any of a file's content
};

/// Reads secret key files, each a private file (private_file.hpp). During a rotation there are two.
KeyFiles read_key_files(const std::vector<std::string>& paths);

}  // namespace telephony::sidecar
