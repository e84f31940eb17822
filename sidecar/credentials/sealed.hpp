// The rules by which what is inside a box may be used.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "contract/credentials.hpp"

namespace telephony::sidecar {

/// Why a box must not be used. The text is for the organization and for the log, and holds no content of the
/// box.
struct BoxRefusal {
    std::string reason;
    bool key_is_missing = false;  ///< the operator can provide it; everything else takes a new box
};

/// What the box holds; or, in `refusal`, why it is not used: it cannot be opened with any of `keys`, it was
/// sealed for another organization or account (rows swapped, or a box taken from elsewhere), more than 24
/// hours before it was handed in, or more than 5 minutes after.
std::optional<credential::Credential> unseal_credentials(const SealedCredentials& row,
                                                         std::span<const credential::SecretKey> keys,
                                                         BoxRefusal& refusal);

}  // namespace telephony::sidecar
