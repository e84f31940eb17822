// The E.164 number as an 8-byte value: shape, order, digits, calling code and mask. Pure: no PostgreSQL, no
// I/O.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telephony::numbering {

/// Why a text is not a number in strict E.164 form; `none` when it is one.
enum class E164Problem { none, empty, missing_plus, not_a_digit, leading_zero, too_short, too_long };

/// A number in strict E.164 form (ITU-T E.164, 6.2.1): `+`, then 2 to 15 digits of which the first is not 0.
///
/// Bits, fixed for ever because they are what tables and indexes store: digits 1 to 15 in nibbles 15 down to
/// 1, zero padded; nibble 0 holds the number of digits. Compared as unsigned integers they sort exactly as
/// the texts do, and the numbers that share a prefix are one contiguous range. Every object holds a valid
/// number.
class E164 {
  public:
    static constexpr int min_digits = 2;
    static constexpr int max_digits = 15;

    /// The smallest number, `+10`.
    constexpr E164() noexcept = default;

    /// The smallest and the largest number there can be: `+10` and `+999999999999999`.
    static constexpr E164 lowest() noexcept { return E164(); }
    static constexpr E164 highest() noexcept { return E164(0x999999999999999F); }

    /// The number with these bits, or nullopt if any nibble of them breaks the rules above.
    static constexpr std::optional<E164> from_bits(std::uint64_t bits) noexcept {
        const int count = static_cast<int>(bits & 0xF);
        if (count < min_digits || (bits >> 60) == 0) return std::nullopt;
        const std::uint64_t padded = bits & ~std::uint64_t{0xF};
        const std::uint64_t above_nine = (padded >> 3) & ((padded >> 2) | (padded >> 1)) & 0x1111111111111111;
        if (above_nine != 0 || (padded & padding_mask(count)) != 0) return std::nullopt;
        return E164(bits);
    }

    /// Reads strict E.164 text. On success stores the number in `out` and returns `none`; else leaves `out`
    /// alone.
    static constexpr E164Problem parse(std::string_view text, E164& out) noexcept {
        if (text.empty()) return E164Problem::empty;
        if (text.front() != '+') return E164Problem::missing_plus;
        const std::string_view digits = text.substr(1);
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < digits.size(); ++i) {
            if (digits[i] < '0' || digits[i] > '9') return E164Problem::not_a_digit;
            if (i < max_digits) bits |= nibble(digits[i] - '0', static_cast<int>(i));
        }
        if (!digits.empty() && digits.front() == '0') return E164Problem::leading_zero;
        if (digits.size() < min_digits) return E164Problem::too_short;
        if (digits.size() > max_digits) return E164Problem::too_long;
        out = E164(bits | digits.size());
        return E164Problem::none;
    }

    constexpr std::uint64_t bits() const noexcept { return bits_; }
    constexpr int digit_count() const noexcept { return static_cast<int>(bits_ & 0xF); }
    /// Digit `i`, counted from 0 at the left; 0 beyond the last one.
    constexpr int digit(int i) const noexcept { return static_cast<int>((bits_ >> (60 - 4 * i)) & 0xF); }

    /// The digits alone, as in `12025550123`.
    std::string digits() const;
    /// The canonical text, as in `+12025550123`.
    std::string str() const;

    /// The order of the canonical texts in the C locale.
    constexpr auto operator<=>(const E164&) const = default;

  private:
    explicit constexpr E164(std::uint64_t bits) noexcept : bits_(bits) {}

    static constexpr std::uint64_t nibble(int value, int i) noexcept {
        return static_cast<std::uint64_t>(value) << (60 - 4 * i);
    }
    static constexpr std::uint64_t padding_mask(int count) noexcept {
        return ~std::uint64_t{0} >> (4 * count);
    }

    std::uint64_t bits_ = 0x1000000000000002;
};

static_assert(sizeof(E164) == 8, "CREATE TYPE telephony.e164 says LIKE = int8");

/// The numbers between `first` and `last`, both included; empty when `first` is the greater.
struct E164Range {
    E164 first;
    E164 last;
};

/// The range of the numbers whose canonical text starts with `prefix`. Empty for a prefix that no number can
/// have;
/// `+` and the empty text give all numbers. Never fails: row-level security lets no error tell of a hidden
/// row.
E164Range prefix_range(std::string_view prefix) noexcept;

/// The reason as a sentence for people.
std::string_view describe(E164Problem problem) noexcept;

/// A hash of a number's bits, fixed for ever as hash partitions and hash indexes store by it: the finalizer
/// of MurmurHash3, in which every bit of the number reaches every bit of the hash. Its low half with seed 0
/// is the plain 32-bit hash, as PostgreSQL asks of the pair.
constexpr std::uint64_t hash_bits(std::uint64_t bits, std::uint64_t seed = 0) noexcept {
    std::uint64_t h = bits ^ (seed * 0x9E3779B97F4A7C15);
    h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCD;
    h = (h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53;
    return h ^ (h >> 33);
}

/// How many leading digits are the calling code (1 to 3); 0 if they belong to no code that ITU-T has
/// assigned.
std::size_t calling_code_length(const E164& number) noexcept;

/// The calling code, 1 to 999; nullopt if the leading digits belong to no code that ITU-T has assigned.
std::optional<int> calling_code(const E164& number) noexcept;

/// What may be shown of a number: calling code and last four digits, as in `+1******2671`. Shows less where
/// fewer than four digits would be hidden.
std::string mask(const E164& number);

/// What may be shown of a text that may be or contain a number: its last four ASCII digits, and the calling
/// code if they form an E.164 number; all other characters are dropped. At least four digits are hidden where
/// there are that many. At most 16 characters, whatever the text.
std::string mask(std::string_view any_text);

}  // namespace telephony::numbering
