// Reading what the contract's functions return: every row comes as JSON, so that no setting of the session
// changes how it reads. What cannot be read is ContractBroken.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/timestamp.hpp"
#include "contract/answer.hpp"
#include "contract/credentials.hpp"
#include "numbering/e164.hpp"
#include "twilio/form.hpp"

namespace telephony::sidecar::rows {

/// NULL is the empty text.
std::string text_of(const nlohmann::json& row, const char* column);
/// NULL is false.
bool flag_of(const nlohmann::json& row, const char* column);
/// The texts of an object; NULL is none.
FormParameters form_of(const nlohmann::json& row, const char* column);
/// Throws ContractBroken if it is not E.164.
numbering::E164 number_of(const std::string& text);
/// NULL is nullopt.
std::optional<Timestamp> time_of(const nlohmann::json& row, const char* column);
/// nullopt, the parameter NULL, for an empty text.
std::optional<std::string> value_or_null(const std::string& text);
/// Rounded up: the database counts leases in whole seconds, and its lease must end after ours.
std::string whole_seconds(Duration duration);
/// Bytes that are not UTF-8 are replaced.
std::string json_text(const nlohmann::json& value);

/// A row of twilio_credentials as credential_of() shows it.
SealedCredentials sealed_credentials_of(const nlohmann::json& row);

/// What `read` makes of `row`, which is JSON.
template <class Read>
auto read_row(const std::string& row, Read read) {
    try {
        return read(nlohmann::json::parse(row));
    } catch (const nlohmann::json::exception& problem) {
        throw ContractBroken(std::string("the database answered a row that cannot be read: ") +
                             problem.what());
    }
}

/// The one value of a reply that has one row.
const std::string& only_value(const CallReply& reply);

/// The answer to `reply`, still without its value.
template <class T>
ContractAnswer<T> answer_of(const CallReply& reply) {
    ContractAnswer<T> answer;
    answer.outcome = reply.outcome;
    answer.sqlstate = reply.sqlstate;
    answer.message = reply.message;
    answer.hint = reply.hint;
    answer.sent_at = reply.sent_at;
    return answer;
}

}  // namespace telephony::sidecar::rows
