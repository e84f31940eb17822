// Reading numbers as people write them, from the plan. As libphonenumber reads them, but for the deviations
// that docs/numbers.md lists. No allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "notation.hpp"
#include "plan.hpp"

namespace telephony::numbering {

/// Why a text could not be read as a phone number; `none` when it was.
enum class ParseProblem : std::uint8_t {
    none,
    unknown_region,
    no_calling_code,
    unassigned_calling_code,
    not_a_number,
    nothing_after_international_prefix,
    too_short,
    too_long,
    longer_than_e164,
    no_canonical_form,
    two_numbers,
    letters,
    dial_code,
    date,
    decimals,
    scientific_notation,
    long_text
};

/// A number, or why there is none, and what stood behind it.
struct Parsed {
    E164 number;  // of meaning only where there is no problem
    ParseProblem problem = ParseProblem::not_a_number;
    bool label = false;  // a label ("Fax") stands behind the number
    Extension extension;

    explicit operator bool() const noexcept { return problem == ParseProblem::none; }
};

/// Reads UTF-8, or any other bytes. `region` (ISO 3166-1 alpha-2, any case, blanks around it) says whose
/// national form the text may be in; it matters only where the text is no international number.
Parsed parse(const Plan& plan, std::string_view text, std::optional<std::string_view> region) noexcept;

/// The reason as a sentence for people, and what they can do about it.
std::string_view describe(ParseProblem problem) noexcept;
std::string_view advice(ParseProblem problem) noexcept;
/// The reason as a code of extension/tenant/reasons; empty for `none`.
std::string_view code_of(ParseProblem problem) noexcept;

/// What of the text the number does not hold, as a sentence: an extension, a label; empty where nothing is
/// lost.
std::string_view describe_loss(const Parsed& parsed) noexcept;
std::string_view code_of_loss(const Parsed& parsed) noexcept;

}  // namespace telephony::numbering
