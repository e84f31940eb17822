// A tenant's Twilio credentials: what they are made of, which shapes they have, and the payload of a box.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "secret.hpp"

namespace telephony::credential {

/// What opens an organization's Twilio account. Username and token are those of HTTP Basic authentication.
struct Credential {
    std::string org;             ///< the organization's uuid, in lower case
    std::string account_sid;     ///< AC and 32 lower-case hexadecimal digits
    std::int64_t issued_at = 0;  ///< when it was sealed: seconds since 1970, UTC
    std::string username;        ///< account_sid, or the API key: SK and 32 hexadecimal digits
    Secret token;                ///< the auth token, or the API key's secret

    bool is_api_key() const noexcept { return username != account_sid; }
};

/// True for a uuid in lower case with hyphens.
bool is_org_id(std::string_view text) noexcept;

/// True for AC and 32 lower-case hexadecimal digits.
bool is_account_sid(std::string_view text) noexcept;

/// Reads what a tenant hands in as its token: an auth token (32 lower-case hexadecimal digits) or an API key
/// (`SK` and 32 such digits, a colon, 32 letters and digits). Sets username and token of `credential`, whose
/// account_sid must be set. False, and nothing is changed, for any other text.
bool read_token(std::string_view text, Credential& credential);

/// The payload of a box: compact JSON, see docs/credentials.md. Throws std::invalid_argument, without any
/// value in it, for a credential that read_payload() would not take.
Secret write_payload(const Credential& credential);

/// Reads a payload strictly: exactly the members there must be, in any order, no white space, no escapes.
/// The token is copied from `payload` to its own Secret and nowhere else. False for anything else.
bool read_payload(std::string_view payload, Credential& out);

}  // namespace telephony::credential
