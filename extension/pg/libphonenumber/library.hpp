// What telephony asks of libphonenumber, in its own types. Neither this header nor its source knows
// PostgreSQL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "numbering/e164.hpp"

namespace telephony::libphonenumber {

using numbering::E164;

enum class Style { e164, international, national, rfc3966 };

/// Why a text could not be read as a phone number.
enum class ParseProblem {
    unknown_region,
    no_calling_code,
    unassigned_calling_code,
    not_a_number,
    nothing_after_international_prefix,
    too_short,
    too_long,
    no_canonical_form
};
/// The reason as a sentence for people, and what they can do about it.
std::string_view describe(ParseProblem problem) noexcept;
std::string_view advice(ParseProblem problem) noexcept;

/// A number, or why there is none.
struct Parsed {
    std::optional<E164> number;
    ParseProblem problem{};
};

/// Reads a number as people write it (UTF-8). `region` (ISO 3166-1 alpha-2, any case) says whose national
/// form it may be in; without one, the text must begin with + and the calling code. An extension is dropped:
/// E.164 has none. The result is canonical: read again, it gives itself.
Parsed parse(std::string_view text, std::optional<std::string_view> region);

/// The number for people. But for the national style, which may need a trunk prefix or lack a digit that is
/// dialled from abroad only, no digit is ever changed. Where the plan does not know the calling code, and
/// where a change would be needed, the result is the E.164 form (after `tel:` for rfc3966).
std::string format(const E164& number, Style style);

}  // namespace telephony::libphonenumber
