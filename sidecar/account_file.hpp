// Reads the file with the platform's Twilio credentials, and refuses one that others could have read.
#pragma once

#include <string>

#include "exit_code.hpp"
#include "twilio_client.hpp"

namespace telephony::sidecar {

struct AccountFile {
    TwilioCredential credential;  ///< valid when `code` is ok
    ExitCode code = ExitCode::ok;
    std::string problem;  ///< for people; never holds any of the file's content
};

/// JSON {"account_sid": "AC...", "auth_token": "..."}; a regular file of the effective user, with no
/// permission for group or others.
AccountFile read_account_file(const std::string& path);

}  // namespace telephony::sidecar
