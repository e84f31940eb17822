// seal_credential(): a tenant's Twilio credentials in a box that only telephonyd can open.
#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "credential/sealed_box.hpp"
#include "pg/datum.hpp"
#include "pg/public_key_file.hpp"

extern "C" {
#include "utils/guc.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"
}

namespace credential = telephony::credential;
namespace reasons = telephony::reasons;
using telephony::pg::Refusal;
using telephony::pg::text_argument;

namespace {

constexpr const char* key_setting = "telephony.sidecar_public_key_file";

std::string lower_case_text(const pg_uuid_t& uuid) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < UUID_LEN; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += digits[uuid.data[i] >> 4];
        text += digits[uuid.data[i] & 0xF];
    }
    return text;
}

std::int64_t seconds_since_1970() {
    constexpr std::int64_t epochs_apart = (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;
    return GetCurrentTimestamp() / USECS_PER_SEC + epochs_apart;
}

credential::PublicKey configured_key() {
    const char* path = GetConfigOption(key_setting, /*missing_ok=*/true, /*restrict_privileged=*/false);
    if (path == nullptr || *path == '\0')
        throw Refusal(
            reasons::sealing_not_configured, std::string(key_setting) + " is not set",
            "Twilio credentials are sealed to the public key of telephonyd in that file.",
            "Run telephonyd keygen, and name the .pub file that it writes in postgresql.conf. If it is named "
            "there, the server log tells why it was not taken.");
    const telephony::pg::PublicKeyFile file = telephony::pg::read_public_key_file(path);
    credential::PublicKey key;
    if (!file.problem.empty() ||
        credential::read_public_key(file.text, key) != credential::KeyFileProblem::none)
        throw Refusal(reasons::sealing_not_configured,
                      "the file named by " + std::string(key_setting) + " holds no key that can be used",
                      file.problem, "It must be the .pub file that telephonyd keygen writes.");
    return key;
}

/// The box in a text that a client has sealed; what is inside only telephonyd can check.
credential::Box box_of_client(std::string_view text) {
    credential::Box box;
    const auto problem = credential::read_sealed_text(text, box);
    if (problem != credential::BoxProblem::none)
        throw Refusal(reasons::malformed_credentials, "not a sealed box",
                      std::string(credential::describe(problem)),
                      "docs/credentials.md tells how a client seals.");
    return box;
}

/// None of the texts below holds anything of an argument: each of them could be a token in the wrong place.
credential::Box seal(const std::string& org, std::string_view account_sid, std::string_view token) {
    if (!credential::is_account_sid(account_sid))
        throw Refusal(reasons::malformed_sid, "not the SID of a Twilio account",
                      "It is AC and 32 hexadecimal digits, in lower case. What was given is not shown, in "
                      "case it is a token.",
                      "The Twilio console shows it on its first page as Account SID.");
    if (token.starts_with(credential::sealed_prefix)) return box_of_client(token);
    credential::Credential sealed;
    sealed.org = org;
    sealed.account_sid = account_sid;
    sealed.issued_at = seconds_since_1970();
    if (!credential::read_token(token, sealed))
        throw Refusal(
            reasons::malformed_credentials, "not an auth token, an API key or a sealed box",
            "An auth token is 32 hexadecimal digits, in lower case; an API key is given as SK and 32 such "
            "digits, a colon, and its secret of 32 letters and digits; a box begins with sealed:.",
            "The Twilio console shows the auth token beside the Account SID, and makes API keys.");
    return credential::seal(sealed, configured_key());
}

}  // namespace

TELEPHONY_FUNCTION(telephony_seal_credential) {
    // First of all: from here on no error, of whatever origin, puts the token into the log.
    telephony::pg::hide_statement();
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
        throw Refusal(reasons::malformed_credentials, "an account and its token are needed",
                      "NULL was given for one of them.");
    const std::string_view account_sid = text_argument(fcinfo, 1);
    const std::string_view token = text_argument(fcinfo, 2);
    const credential::Box box = seal(lower_case_text(*PG_GETARG_UUID_P(0)), account_sid, token);
    auto* result = static_cast<bytea*>(telephony::pg::allocate(VARHDRSZ + box.size()));
    SET_VARSIZE(result, VARHDRSZ + box.size());
    std::memcpy(VARDATA(result), box.data(), box.size());
    return PointerGetDatum(result);
}
