// Reading UUIDs in the form of RFC 9562: 32 hexadecimal digits, hyphens after the 8th, 12th, 16th and 20th.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "text/characters.hpp"

namespace telephony::text {

using UuidBytes = std::array<std::uint8_t, 16>;

/// True at the positions of the hyphens.
constexpr bool is_hyphen_of_uuid(std::size_t position) noexcept {
    return position == 8 || position == 13 || position == 18 || position == 23;
}

/// The bytes of a UUID, digits of either case; nullopt if `text` is none.
constexpr std::optional<UuidBytes> parse_uuid(std::string_view text) noexcept {
    if (text.size() != 36) return std::nullopt;
    UuidBytes bytes{};
    std::size_t nibble = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_hyphen_of_uuid(i)) {
            if (text[i] != '-') return std::nullopt;
            continue;
        }
        const int value = hex_value(text[i]);
        if (value < 0) return std::nullopt;
        bytes[nibble / 2] = static_cast<std::uint8_t>(bytes[nibble / 2] << 4 | value);
        ++nibble;
    }
    return bytes;
}

}  // namespace telephony::text
