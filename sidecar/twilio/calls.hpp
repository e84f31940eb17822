// Calls and caller ids of Twilio's 2010-04-01 API as values, and their readers. No I/O.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/timestamp.hpp"
#include "numbering/e164.hpp"

namespace telephony::sidecar {

/// Whom Twilio's call that asks for a code comes from.
inline constexpr std::string_view validation_caller = "+14157234000";

/// `^CA[0-9a-fA-F]{32}$`
bool is_call_sid(std::string_view text);

/// A number that an account may show as caller (an OutgoingCallerId resource).
struct CallerId {
    std::string sid;
    numbering::E164 number;
    std::string friendly_name;
    std::optional<Timestamp> date_created;
};

/// What Twilio answers when it is about to ask for a code. It may tell neither: empty.
struct ValidationRequest {
    std::string call_sid;
    std::string validation_code;
};

/// A call (a Call resource).
struct Call {
    std::string sid;
    std::string from;    ///< as Twilio shows it
    std::string status;  ///< queued, ringing, in-progress, completed, busy, failed, no-answer or canceled
    std::string direction;
    std::optional<Timestamp> date_created;

    bool is_over() const;
};

/// What a minute of a call costs.
struct CallPrice {
    std::string amount;  ///< decimal
    std::string unit;    ///< currency, as in USD
};

/// Readers of the bodies; nullopt if the body is not what the API describes.
std::optional<std::vector<CallerId>> parse_caller_ids(const std::string& body);
std::optional<ValidationRequest> parse_validation_request(const std::string& body);
std::optional<Call> parse_call(const std::string& body);
std::optional<std::vector<Call>> parse_calls(const std::string& body);
/// The dearest of those that Twilio lists for the number; empty texts where it lists none.
std::optional<CallPrice> parse_call_price(const std::string& body);

}  // namespace telephony::sidecar
