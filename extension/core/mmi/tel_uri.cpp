// Which texts become tel: links, and how their characters are escaped.
#include "tel_uri.hpp"

namespace telephony::mmi {

bool is_star_code(std::string_view text) noexcept {
    constexpr std::size_t min_digits = 2;       // the feature code alone
    constexpr std::size_t max_digits = 2 + 15;  // and the longest number
    if (text.empty() || text.front() != '*') return false;
    text.remove_prefix(1);
    if (text.size() < min_digits || text.size() > max_digits) return false;
    for (char c : text)
        if (c < '0' || c > '9') return false;
    return true;
}

TelUri tel_uri_of_code(std::string_view code) noexcept {
    TelUri uri;
    uri.append("tel:");
    // Codes hold few #, most of them at the ends: what lies between is copied whole.
    for (std::size_t hash; (hash = code.find('#')) != std::string_view::npos; code.remove_prefix(hash + 1))
        uri.append(code.substr(0, hash)).append("%23");
    uri.append(code);
    return uri;
}

std::optional<TelUri> tel_uri(std::string_view code) noexcept {
    if (!is_star_code(code) && parse(code).problem != Problem::none) return std::nullopt;
    return tel_uri_of_code(code);
}

}  // namespace telephony::mmi
