// What a request to place a call, or to validate a caller id, asks for; read from its form.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "number_settings.hpp"
#include "phone_network.hpp"

namespace telephony::simulator {

struct CallRequest {
    std::string to;
    std::string from;
    Seconds timeout{60};
    std::optional<Seconds> time_limit;
    std::optional<Seconds> script;  ///< how long its TwiML takes; not set: until somebody hangs up
    bool detects_machines = false;
};

/// Throws ApiError: 21201, 21211 (To), 21213, 21212 (From), 21205 (nothing to say), 21402 and 21403 (URLs and
/// methods), 20422 (any other parameter).
CallRequest parse_call_request(const Parameters& parameters);

struct ValidationOrder {
    std::string phone_number;
    std::string friendly_name;
    Seconds call_delay{0};
};

/// Throws ApiError: 21211 (PhoneNumber), 21454 (CallDelay), 20422 (FriendlyName), 21402 and 21403.
ValidationOrder parse_validation(const Parameters& parameters);

/// How long it takes to say a TwiML document, roughly; not set for one that goes on somewhere else (<Dial>,
/// <Redirect>).
std::optional<Seconds> twiml_seconds(std::string_view twiml);

}  // namespace telephony::simulator
