// The part of regular-expression syntax that numbering metadata uses: digits, classes, groups, alternation
// and bounded repeats.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace telephony::numbering::compiler {

/// Input of the plan compiler that it cannot take; the message says where and why.
class PlanError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// A set of digits: bit d for digit d.
using DigitSet = std::uint16_t;
inline constexpr DigitSet all_digits = 0x3FF;

/// A pattern as a tree.
struct Pattern {
    enum class Kind {
        digits,        // one digit out of `digits`
        sequence,      // `parts` one after the other
        alternatives,  // one of `parts`, the first that matches preferred
        repeat,        // `parts[0]`, `min` to `max` times, more preferred
        group,         // `parts[0]`, captured as group number `group`
        end            // nothing, but only at the end of the text
    };
    Kind kind = Kind::sequence;
    DigitSet digits = 0;
    int min = 0;
    int max = 0;
    int group = 0;
    std::vector<Pattern> parts = {};
};

/// Parses `text`. Throws PlanError for anything outside the syntax above: unbounded repeats, assertions other
/// than a final `$`, back references, nested or repeated captures.
Pattern parse_pattern(std::string_view text);

/// How many capturing groups the pattern has; they are numbered from 1.
int group_count(const Pattern& pattern);

}  // namespace telephony::numbering::compiler
