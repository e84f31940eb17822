// Reads a file that holds a secret; refuses one that other users can read or write.
#pragma once

#include <string>

#include "base/exit_code.hpp"
#include "credential/secret.hpp"

namespace telephony::sidecar {

struct PrivateFile {
    credential::Secret content;  ///< valid when `code` is ok
    ExitCode code = ExitCode::ok;
    std::string problem;  ///< never holds any of the file's content
};

/// A regular file of the effective user, of at most 4 KiB, with no permission for group or others. `what`
/// names it in `problem`, as in "key file". Its content is nowhere in memory but in the Secret.
PrivateFile read_private_file(const std::string& path, const std::string& what);

}  // namespace telephony::sidecar
