// A text from outside may be megabytes long: only what can show is looked at.
#include "base/masking.hpp"

#include "numbering/masking.hpp"

namespace telephony::sidecar {

std::string masked_excerpt(std::string_view text) {
    constexpr std::size_t max_length = 300;
    // Twice as much as can show: a number that the end of the excerpt cuts is still masked as a number.
    std::string excerpt = numbering::mask_numbers(text.substr(0, 2 * max_length));
    if (excerpt.size() > max_length) excerpt.resize(max_length);
    return excerpt;
}

}  // namespace telephony::sidecar
