// Twilio's clock and the date formats of its API and of the control interface.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace telephony::simulator {

/// Twilio's clock: the machine's, put ahead (or behind, if negative) by `offset`. Clients must not assume
/// that the two agree.
class Clock {
  public:
    explicit Clock(std::chrono::seconds offset = {}) : offset_(offset) {}

    std::chrono::system_clock::time_point now() const { return std::chrono::system_clock::now() + offset_; }

    /// The present in the resolution of the API: whole seconds.
    std::chrono::sys_seconds second() const { return std::chrono::floor<std::chrono::seconds>(now()); }

  private:
    std::chrono::seconds offset_;
};

/// As in API bodies: `Thu, 30 Jul 2015 23:19:04 +0000`.
std::string rfc2822(std::chrono::sys_seconds time);

/// As in the `Date` header (RFC 9110, 5.6.7): `Thu, 30 Jul 2015 23:19:04 GMT`.
std::string http_date(std::chrono::sys_seconds time);

/// As in the control interface, in milliseconds: `2015-07-30T23:19:04.000Z`.
std::string iso8601(std::chrono::system_clock::time_point time);

/// Reads an ISO 8601 date and time in UTC (`Z` or `+00:00`), dropping fractions of a second; nullopt for any
/// other text.
std::optional<std::chrono::sys_seconds> parse_iso8601(const std::string& text);

}  // namespace telephony::simulator
