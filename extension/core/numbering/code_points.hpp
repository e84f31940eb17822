// Code points as the reader of phone numbers sees them: one byte each, its token.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "text/characters.hpp"

namespace telephony::numbering {

/// Tokens beyond ASCII, whose characters are their own tokens. Digits of all scripts are '0' to '9', white
/// space but line breaks is ' ', the plus of full width is '+'; invisible characters have no token.
namespace token {
inline constexpr unsigned char punctuation =
    0x80;  // a dash, slash, bracket or tilde of those that group digits
inline constexpr unsigned char wide_dot = 0x81;
inline constexpr unsigned char wide_tilde = 0x82;
inline constexpr unsigned char wide_hash = 0x83;
inline constexpr unsigned char wide_e = 0x84;  // these letters, of full width, are in words for an extension
inline constexpr unsigned char wide_i = 0x85;
inline constexpr unsigned char wide_n = 0x86;
inline constexpr unsigned char wide_t = 0x87;
inline constexpr unsigned char wide_x = 0x88;
inline constexpr unsigned char cyrillic_d = 0x89;  // and so are these
inline constexpr unsigned char cyrillic_o = 0x8A;
inline constexpr unsigned char cyrillic_b = 0x8B;
inline constexpr unsigned char o_acute = 0x8C;
inline constexpr unsigned char acute = 0x8D;
inline constexpr unsigned char letter = 0x8E;  // any other, marks included
inline constexpr unsigned char number = 0x8F;  // a number that is no decimal digit, such as a superscript
inline constexpr unsigned char other = 0x90;   // anything else
inline constexpr unsigned char none = 0x91;    // an invisible character, a frame around a digit: dropped
}  // namespace token

/// What a token can be in a number; bits.
namespace token_class {
inline constexpr std::uint8_t digit = 1;
inline constexpr std::uint8_t punctuation = 2;  // may stand between digits
inline constexpr std::uint8_t alpha = 4;        // A to Z: may stand for a digit
inline constexpr std::uint8_t letter = 8;       // a letter, alpha or not
inline constexpr std::uint8_t plus = 16;
inline constexpr std::uint8_t last = 32;      // may be the last of a number; what cannot is trimmed
inline constexpr std::uint8_t label = 64;     // may stand in a label beside letters
inline constexpr std::uint8_t unusual = 128;  // needs more than a look at digits
}  // namespace token_class

/// The classes of a token.
std::uint8_t classes_of(unsigned char token) noexcept;

/// The token is of one of `classes`.
inline bool is(char token, std::uint8_t classes) noexcept {
    return (classes_of(static_cast<unsigned char>(token)) & classes) != 0;
}

/// A digit of any script: its token is that of ASCII.
using text::is_digit;

/// How many digits there are.
inline std::size_t count_digits(std::string_view tokens) noexcept {
    std::size_t count = 0;
    for (const char token : tokens) count += is_digit(token) ? 1 : 0;
    return count;
}

namespace code_points {

struct Range {
    char32_t first;
    char32_t last;
};

extern const char32_t digit_zeros[];
extern const std::size_t digit_zero_count;
extern const Range letters[];
extern const std::size_t letter_range_count;
extern const Range other_numbers[];
extern const std::size_t other_number_range_count;

inline constexpr char32_t malformed = 0xFFFFFFFF;
/// The right-to-left override shows digits in another order than the text has them.
inline constexpr char32_t reversing = 0x202E;

/// Takes one code point from the front of UTF-8 text that is not empty; `malformed` for a byte that begins
/// none.
char32_t take(std::string_view& text) noexcept;

/// The token of a code point.
unsigned char token_of(char32_t point) noexcept;

/// The code point is white space or invisible.
bool is_blank(char32_t point) noexcept;

}  // namespace code_points
}  // namespace telephony::numbering
