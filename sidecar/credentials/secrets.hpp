// What key files and the account file hold.
#pragma once

#include <optional>
#include <vector>

#include "credential/credential.hpp"
#include "credential/keys.hpp"

namespace telephony::sidecar {

/// From files that only the user of this process can read.
struct Secrets {
    std::vector<credential::SecretKey> keys;         ///< open organizations' boxes; the first is the newest
    std::optional<credential::Credential> platform;  ///< the platform's account, where one is configured
};

}  // namespace telephony::sidecar
