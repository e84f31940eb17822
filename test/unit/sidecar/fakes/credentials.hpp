// Credentials for tests: open ones, and rows with a sealed box.
#pragma once

#include <string>

#include "credentials/sealed.hpp"

namespace telephony::test {

inline constexpr const char* auth_token = "5ec4e75ec4e75ec4e75ec4e75ec4e755";
inline constexpr const char* api_key = "SK0123456789abcdef0123456789abcdef";
inline constexpr const char* api_secret = "5ecRet5ecRet5ecRet5ecRet5ecRet55";

/// An account's auth token, of no organization.
inline credential::Credential token_of(const std::string& account_sid) {
    return {"", account_sid, 0, account_sid, credential::Secret(std::string_view(auth_token))};
}

/// An API key of an account.
inline credential::Credential key_of(const std::string& account_sid) {
    return {"", account_sid, 0, api_key, credential::Secret(std::string_view(api_secret))};
}

/// What a row of twilio_credentials says openly, and a box that says the same.
inline sidecar::SealedCredentials sealed_for(const credential::SecretKey& key, const std::string& org,
                                             const std::string& account_sid, std::int64_t issued_at) {
    credential::Credential inside = token_of(account_sid);
    inside.org = org;
    inside.issued_at = issued_at;
    sidecar::SealedCredentials row;
    row.org_id = org;
    row.account_sid = account_sid;
    row.generation = "generation-" + std::to_string(issued_at);
    row.key_id = key.id;
    row.box = credential::seal(inside, key.public_key);
    row.set_at = sidecar::Timestamp(std::chrono::seconds(issued_at));
    return row;
}

}  // namespace telephony::test
