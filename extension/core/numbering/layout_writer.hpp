// Layouts of a plan filled in with the digits of a number.
#pragma once

#include <string_view>

#include "plan.hpp"

namespace telephony::numbering {

/// Appends `digits` (characters) in the layout at `offset` of Plan::layouts; layout 0 is the digits alone.
/// `Text` has append(char) and append(std::string_view).
template <class Text>
constexpr void write_layout(const Plan& plan, unsigned offset, std::string_view digits, Text& text) noexcept {
    if (offset == 0) {
        text.append(digits);
        return;
    }
    const char* at = plan.layouts.data() + offset + 1;
    const char* const end = at + static_cast<unsigned char>(plan.layouts[offset]);
    while (at != end) {
        const auto first = static_cast<unsigned char>(*at++);
        if (first < layout_digits) {
            text.append(static_cast<char>(first));
        } else {
            text.append(digits.substr(first - layout_digits, static_cast<unsigned char>(*at++)));
        }
    }
}

}  // namespace telephony::numbering
