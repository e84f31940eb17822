// Draws sids.
#include "sid.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace telephony::simulator {

std::string make_sid(std::string_view prefix, std::mt19937_64& random) {
    std::array<char, 33> digits{};
    const std::uint64_t high = random();
    const std::uint64_t low = random();
    std::snprintf(digits.data(), digits.size(), "%016" PRIx64 "%016" PRIx64, high, low);
    return std::string(prefix) + digits.data();
}

}  // namespace telephony::simulator
