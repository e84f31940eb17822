// The ids of Twilio's resources.
#pragma once

#include <random>
#include <string>
#include <string_view>

namespace telephony::simulator {

/// A new sid: the prefix (PN, CA) and 32 hexadecimal digits.
std::string make_sid(std::string_view prefix, std::mt19937_64& random);

}  // namespace telephony::simulator
