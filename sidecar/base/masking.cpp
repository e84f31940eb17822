// IDs are recognized first, since they are full of digits.
#include "base/masking.hpp"

#include <algorithm>

#include "numbering/e164.hpp"
#include "text/characters.hpp"
#include "text/uuid.hpp"

namespace telephony::sidecar {
namespace {

constexpr std::size_t max_length = 300;
constexpr int min_digits = 7;

using text::is_digit;

bool is_alphanumeric(char c) {
    return is_digit(c) || text::is_letter(c);
}

// The length of the UUID or Twilio SID that begins at `at`; 0 if none does.
std::size_t id_length(std::string_view text, std::size_t at) {
    if (at > 0 && is_alphanumeric(text[at - 1])) return 0;
    const auto ends = [text, at](std::size_t length) {
        return at + length >= text.size() || !is_alphanumeric(text[at + length]);
    };
    if (text::parse_uuid(text.substr(at, 36)) && ends(36)) return 36;
    const std::string_view sid = text.substr(at, 34);
    if (sid.size() < 34 || !ends(34) || sid[0] < 'A' || sid[0] > 'Z' || sid[1] < 'A' || sid[1] > 'Z')
        return 0;
    return std::all_of(sid.begin() + 2, sid.end(), text::is_hex_digit) ? 34 : 0;
}

bool is_separator(char c) {
    return c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/';
}

}  // namespace

std::string mask_numbers(std::string_view text) {
    std::string result;
    std::size_t at = 0;
    while (at < text.size() && result.size() < max_length) {
        if (const std::size_t length = id_length(text, at); length > 0) {
            result += text.substr(at, length);
            at += length;
            continue;
        }
        if (!is_digit(text[at]) && text[at] != '+') {
            result.push_back(text[at++]);
            continue;
        }
        // The longest stretch of digits from here, at most two separators between two of them, as in "+1
        // (201) 555".
        std::size_t end = at + 1;
        int digits = is_digit(text[at]);
        int separators = 0;
        for (std::size_t i = at + 1; i < text.size() && separators <= 2; ++i) {
            if (is_digit(text[i])) {
                ++digits;
                separators = 0;
                end = i + 1;
            } else if (is_separator(text[i])) {
                ++separators;
            } else {
                break;
            }
        }
        const std::string_view stretch = text.substr(at, end - at);
        result += digits >= min_digits ? numbering::mask(stretch) : std::string(stretch);
        at = end;
    }
    if (result.size() > max_length) result.resize(max_length);
    return result;
}

}  // namespace telephony::sidecar
