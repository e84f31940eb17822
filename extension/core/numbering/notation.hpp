// What people write for a phone number, cut into its parts: digits, extension, label. By the grammar of
// libphonenumber, but for the deviations that docs/numbers.md lists. No allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "text/fixed_text.hpp"

namespace telephony::numbering {

/// No number is written with more characters (UTF-16 units, as libphonenumber counts them).
inline constexpr std::size_t longest_notation = 250;

/// The digits of an extension.
using Extension = text::FixedText<20>;

/// The digits of a number, each 0 to 9, and whether a plus stands before them.
struct NotedDigits {
    bool plus = false;
    std::size_t count = 0;
    std::array<std::uint8_t, longest_notation> digits;

    std::span<const std::uint8_t> view() const noexcept { return {digits.data(), count}; }
};

/// A text as tokens (code_points.hpp).
class Notation {
  public:
    enum class Reading : std::uint8_t {
        taken,
        too_long,
        malformed
    };  // malformed: no UTF-8, or shown in another order

    /// Reads UTF-8.
    Reading read(std::string_view text) noexcept;

    std::string_view tokens() const noexcept { return {tokens_.data(), count_}; }
    /// Only digits, plus signs and what may stand between digits: no letters, no extension.
    bool is_plain() const noexcept { return plain_; }

  private:
    std::array<char, longest_notation> tokens_;
    std::size_t count_ = 0;
    bool plain_ = true;
};

/// Cuts out of any text where a number may be: from the first digit or plus to the last token that can end
/// one.
std::string_view possible_number(std::string_view tokens) noexcept;

/// `tel:...;phone-context=...` (RFC 3966) as one number; else as possible_number(). An empty result is no
/// number. `storage` holds what is put together.
std::string_view number_in(std::string_view tokens, std::array<char, longest_notation>& storage) noexcept;

/// The tokens have the shape of a phone number, which may end with an extension.
bool is_viable(std::string_view tokens) noexcept;

/// A viable number with its extension taken off.
struct WithoutExtension {
    std::string_view number;
    Extension extension;
    bool by_list_separator = false;  // nothing but one comma or semicolon told of it
};
WithoutExtension split_extension(std::string_view tokens) noexcept;

/// How many letters A to Z there are.
std::size_t count_alpha(std::string_view tokens) noexcept;

/// The digits of a viable number; letters are those of a telephone's keys where `keypad`, else nothing.
void note_digits(std::string_view tokens, bool keypad, NotedDigits& noted) noexcept;

}  // namespace telephony::numbering
