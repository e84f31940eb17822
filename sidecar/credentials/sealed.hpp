// An organization's credentials as the database keeps them, and the rules by which what is inside the box may
// be used.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/timestamp.hpp"
#include "credential/sealed_box.hpp"

namespace telephony::sidecar {

/// A row of twilio_credentials. The one who can write it is not trusted: what it says openly must be found
/// inside the box.
struct SealedCredentials {
    std::string org_id;
    std::string account_sid;
    std::string generation;  ///< uuid, new whenever they were handed in
    std::string key_id;
    credential::Box box;
    Timestamp set_at{};     ///< when they were handed in
    bool verified = false;  ///< the database has been told that Twilio takes them
};

/// Why a box must not be used. The texts are for the organization and for the operator's log alike, and hold
/// nothing of the box.
struct BoxRefusal {
    std::string reason;
    bool key_is_missing = false;  ///< the operator can mend it; everything else takes a new box
};

/// What the box holds; or, in `refusal`, why it is not used: it cannot be opened with any of `keys`, it was
/// sealed for another organization or account (rows swapped, or a box taken from elsewhere), more than 24
/// hours before it was handed in, or more than 5 minutes after.
std::optional<credential::Credential> unseal_credentials(const SealedCredentials& row,
                                                         std::span<const credential::SecretKey> keys,
                                                         BoxRefusal& refusal);

}  // namespace telephony::sidecar
