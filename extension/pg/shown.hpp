// An argument that is none of those allowed, as an error names it.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "numbering/e164.hpp"
#include "text/characters.hpp"

namespace telephony::pg {

/// `value` as it is where it is short ASCII with no more digits than its mask would show, else its mask: what
/// is mistaken for an argument may be a phone number.
inline std::string shown(std::string_view value) {
    constexpr std::size_t longest = 40;
    const auto digits = std::count_if(value.begin(), value.end(), telephony::text::is_digit);
    const bool ascii = std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (ascii && value.size() <= longest && digits <= 4) return std::string(value);
    return telephony::numbering::mask(value);
}

}  // namespace telephony::pg
