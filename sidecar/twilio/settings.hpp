// URL and time limits of Twilio's API.
#pragma once

#include <string>

#include "base/clock.hpp"

namespace telephony::sidecar {

struct TwilioSettings {
    std::string base_url;  ///< scheme and host, no slash at the end
    Duration connect_timeout{};
    Duration request_timeout{};

    /// The longest that one request can take: until then Twilio may act on it, although nobody waits any
    /// more.
    Duration longest_request_life() const { return connect_timeout + request_timeout; }
};

}  // namespace telephony::sidecar
