// Classes of ASCII characters, whatever the locale is.
#pragma once

namespace telephony::text {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// A letter in lower case; any other character as it is.
constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The value of a hexadecimal digit of either case; -1 if it is none.
constexpr int hex_value(char c) noexcept {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr bool is_hex_digit(char c) noexcept {
    return hex_value(c) >= 0;
}

constexpr bool is_lower_hex_digit(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

}  // namespace telephony::text
