// URL and time limits of Twilio's API.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace telephony::sidecar {

struct TwilioSettings {
    std::string base_url;  ///< scheme and host, no slash at the end
    Duration connect_timeout{};
    Duration request_timeout{};

    /// Of the Pricing API, which has a host of its own where the API has one of Twilio's; elsewhere, as
    /// behind a proxy, it is where the API is.
    std::string pricing_url() const {
        constexpr std::string_view api_host = "https://api.";
        const bool at_twilio = base_url.starts_with(api_host) && base_url.ends_with(".twilio.com");
        return at_twilio ? "https://pricing." + base_url.substr(api_host.size()) : base_url;
    }

    /// The longest that one request can take: until then Twilio may act on it, although nobody waits any
    /// more.
    Duration longest_request_life() const { return connect_timeout + request_timeout; }
};

}  // namespace telephony::sidecar
