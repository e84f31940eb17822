// From the digits of a text to the number they mean, by the rules of a region.
#pragma once

#include <span>

#include "parse.hpp"

namespace telephony::numbering {

/// A number, or why there is none.
struct Interpretation {
    E164 number;
    ParseProblem problem = ParseProblem::none;
};

/// What libphonenumber's Parse makes of digits that are normalized. `home`: the region to read national forms
/// in, or nullptr.
Interpretation interpret(const Plan& plan, std::span<const std::uint8_t> digits, bool plus,
                         const PlanTerritory* home) noexcept;

/// The digits behind the calling code as they stand, or without the national prefix and nothing else, where
/// that is a number of the plan: what rules for longer prefixes take apart.
Interpretation interpret_literally(const Plan& plan, std::span<const std::uint8_t> digits, bool plus,
                                   const PlanTerritory* home) noexcept;

}  // namespace telephony::numbering
