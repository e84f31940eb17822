// Tokens of a text, and where in them a number is.
#include "notation.hpp"

#include <algorithm>

#include "code_points.hpp"

namespace telephony::numbering {

namespace {

using namespace token_class;

/// The letter of a telephone's key, A to Z in either case, as its digit.
std::uint8_t key_of(char letter) noexcept {
    constexpr std::string_view keys = "22233344455566677778889999";
    const char upper = letter >= 'a' ? static_cast<char>(letter - 'a' + 'A') : letter;
    return static_cast<std::uint8_t>(keys[static_cast<std::size_t>(upper - 'A')] - '0');
}

// ------------------------------------------------------------------------------- tel:...;phone-context=...
// (RFC 3966)

constexpr std::string_view context_name = ";phone-context=";

bool is_alphanumeric(char token) noexcept {
    return is(token, alpha | digit);
}

/// `+`, then digits and visual separators, one digit at least.
bool is_global_context(std::string_view context) noexcept {
    if (!context.starts_with('+')) return false;
    const auto separator = [](char c) { return c == '-' || c == '.' || c == '(' || c == ')'; };
    return std::ranges::all_of(context.substr(1), [&](char c) { return is_digit(c) || separator(c); }) &&
           count_digits(context) > 0;
}

/// Labels of letters, digits and inner hyphens parted by dots; the last begins with a letter, a dot may
/// follow it.
bool is_domain_name(std::string_view context) noexcept {
    if (context.ends_with('.')) context.remove_suffix(1);
    for (;;) {
        const std::size_t dot = context.find('.');
        const std::string_view label = context.substr(0, dot);
        if (label.empty() || !is_alphanumeric(label.front()) || !is_alphanumeric(label.back())) return false;
        if (!std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-'; })) return false;
        if (dot == std::string_view::npos) return is(label.front(), alpha);
        context.remove_prefix(dot + 1);
    }
}

}  // namespace

// -------------------------------------------------------------------------------------------------------------
// tokens

Notation::Reading Notation::read(std::string_view text) noexcept {
    count_ = 0;
    std::uint8_t seen = 0;
    std::size_t units = 0;  // beyond one for each token
    while (!text.empty()) {
        auto token = static_cast<unsigned char>(text.front());
        if (token >= 0x80 || token == '\t') {
            const char32_t point = code_points::take(text);
            if (point == code_points::malformed || point == code_points::reversing) return Reading::malformed;
            token = code_points::token_of(point);
            if (point > 0xFFFF) ++units;
            if (token == token::none) {
                ++units;
                if (count_ + units > longest_notation) return Reading::too_long;
                continue;
            }
        } else {
            text.remove_prefix(1);
        }
        if (count_ + units >= longest_notation) return Reading::too_long;
        seen |= classes_of(token);
        tokens_[count_++] = static_cast<char>(token);
    }
    plain_ = (seen & (unusual | letter)) == 0;
    return Reading::taken;
}

std::string_view possible_number(std::string_view tokens) noexcept {
    const auto start = std::ranges::find_if(tokens, [](char c) { return is(c, digit | plus); });
    tokens.remove_prefix(static_cast<std::size_t>(start - tokens.begin()));
    while (!tokens.empty() && !is(tokens.back(), last)) tokens.remove_suffix(1);
    // A second number is written as /x and its last digits.
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        if (tokens[at] != '/' && tokens[at] != '\\') continue;
        const std::size_t next = tokens.find_first_not_of(' ', at + 1);
        if (next != std::string_view::npos && tokens[next] == 'x') return tokens.substr(0, at);
    }
    return tokens;
}

std::string_view number_in(std::string_view tokens, std::array<char, longest_notation>& storage) noexcept {
    std::string_view number;
    const std::size_t found = tokens.find(context_name);
    if (found == std::string_view::npos) {
        number = possible_number(tokens);
    } else {
        const std::string_view behind = tokens.substr(found + context_name.size());
        const std::string_view context = behind.substr(0, behind.find(';'));
        if (!is_global_context(context) && !is_domain_name(context)) return {};
        const std::size_t scheme = tokens.find("tel:");
        const std::size_t start = scheme == std::string_view::npos ? 0 : scheme + 4;
        const std::string_view local =
            start < found ? tokens.substr(start, found - start) : std::string_view{};
        char* end = storage.data();
        if (context.starts_with('+')) end = std::ranges::copy(context, end).out;
        end = std::ranges::copy(local, end).out;
        number = {storage.data(), static_cast<std::size_t>(end - storage.data())};
    }
    const std::size_t subaddress = number.find(";isub=");
    return subaddress == std::string_view::npos || subaddress == 0 ? number : number.substr(0, subaddress);
}

// -------------------------------------------------------------------------------------------------------------
// digits

std::size_t count_alpha(std::string_view tokens) noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(tokens, [](char c) { return is(c, alpha); }));
}

void note_digits(std::string_view tokens, bool keypad, NotedDigits& noted) noexcept {
    noted.plus = tokens.starts_with('+');
    noted.count = 0;
    for (const char token : tokens) {
        if (is_digit(token))
            noted.digits[noted.count++] = static_cast<std::uint8_t>(token - '0');
        else if (keypad && is(token, alpha))
            noted.digits[noted.count++] = key_of(token);
    }
}

}  // namespace telephony::numbering
