// The file with the Twilio account of the platform.
#pragma once

#include <string>

#include "base/exit_code.hpp"
#include "credential/credential.hpp"

namespace telephony::sidecar {

struct AccountFile {
    credential::Credential credential;  ///< of no organization; valid when `code` is ok
    ExitCode code = ExitCode::ok;
    std::string problem;  ///< never holds any of the file's content
};

/// One line `AC...:token` in a private file (private_file.hpp). The token is an auth token of 32 lower-case
/// hexadecimal digits, or an API key as `SK...:secret`.
AccountFile read_account_file(const std::string& path);

}  // namespace telephony::sidecar
