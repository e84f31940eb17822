// Organizations' credentials as the database keeps them, and what is reported of them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/timestamp.hpp"
#include "credential/sealed_box.hpp"

namespace telephony::sidecar {

/// A row of twilio_credentials. Whoever can write it is not trusted: what it says openly must be found
/// inside the box (credentials/sealed.hpp).
struct SealedCredentials {
    std::string org_id;
    std::string account_sid;
    std::string generation;  ///< uuid, new whenever they were handed in
    std::string key_id;
    credential::Box box;
    Timestamp set_at{};     ///< when they were handed in
    bool verified = false;  ///< reported to the database already
};

/// Work that was claimed, as far as it tells in whose account it is to be done.
struct ClaimedWork {
    std::string org_id;
    std::string account_sid;  ///< empty while no account was chosen
    /// The organization's own, for this account; nullopt if it has none for it.
    std::optional<SealedCredentials> credentials;
};

/// The result of using a credential, as report_credential() takes it.
struct CredentialVerdict {
    enum class Kind {
        verified,     ///< Twilio showed the account active
        refused,      ///< Twilio rejects it, or its box must not be used
        unreachable,  ///< no answer of Twilio says which
    };
    Kind kind = Kind::unreachable;
    std::string account_type;        ///< Trial or Full; empty if Twilio does not tell
    std::string reason;              ///< for the organization, unless verified: what is wrong and what to do
    Duration retry{};                ///< when it is worth trying again, unless verified
    std::string_view reason_code{};  ///< of the reason

    static std::span<const std::string_view> kind_names();
};

std::string_view name_of(CredentialVerdict::Kind kind);

/// Reads what credential_of() returns, JSON; throws ContractBroken if it is not that.
SealedCredentials parse_sealed_credentials(const std::string& row);

}  // namespace telephony::sidecar
