// Moments as text: RFC 2822 in Twilio's resources, HTTP dates in its headers, ISO 8601 in SQL.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace telephony::sidecar {

/// A moment of the wall clock, to the second, which is the resolution of Twilio.
using Timestamp = std::chrono::sys_seconds;

/// Reads `Thu, 30 Jul 2015 23:19:04 +0000` (RFC 2822, as in date_created) and `Thu, 30 Jul 2015 23:19:04 GMT`
/// (RFC 9110, as in the Date header). The offset is honoured; the weekday is not checked.
std::optional<Timestamp> parse_rfc2822(std::string_view text);

/// Reads ISO 8601 with an offset, as `2015-07-30T23:19:04.5+02:00` or `...Z`; a fraction of a second is
/// rounded down.
std::optional<Timestamp> parse_iso8601(std::string_view text);

/// Writes `2015-07-30T23:19:04Z`.
std::string iso8601(Timestamp time);

}  // namespace telephony::sidecar
