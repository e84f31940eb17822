// Shapes that libphonenumber takes for a phone number, or for another one.
#include "deviations.hpp"

#include <algorithm>
#include <array>

#include "code_points.hpp"

namespace telephony::numbering {

namespace {

using namespace token_class;

/// Fewer digits are no whole number: an ending, an extension, a group.
constexpr std::size_t fewest_digits = 7;
std::string_view trimmed(std::string_view tokens) noexcept {
    while (tokens.starts_with(' ')) tokens.remove_prefix(1);
    while (tokens.ends_with(' ')) tokens.remove_suffix(1);
    return tokens;
}

/// Takes the digits at the front.
std::string_view take_digits(std::string_view& tokens) noexcept {
    const std::size_t size = std::min(tokens.find_first_not_of("0123456789"), tokens.size());
    const std::string_view digits = tokens.substr(0, size);
    tokens.remove_prefix(size);
    return digits;
}

/// The value of two digits at most.
unsigned value_of(std::string_view digits) noexcept {
    unsigned value = 0;
    for (const char digit : digits) value = value * 10 + static_cast<unsigned>(digit - '0');
    return value;
}

/// `#31#`, `**21*`, `*67 ` with a number behind: what is dialled before or around it (3GPP TS 22.030, and the
/// vertical service codes of North America, a star and two digits).
bool is_dial_code(std::string_view tokens) noexcept {
    tokens = trimmed(tokens);
    const std::size_t signs = std::min(tokens.find_first_not_of("*#"), tokens.size());
    const bool star = tokens.starts_with('*');
    tokens.remove_prefix(signs);
    const std::size_t digits = take_digits(tokens).size();
    if (signs == 0 || digits == 0 || digits > 3 || tokens.empty()) return false;
    if (tokens.front() == '*' || tokens.front() == '#') return true;
    const bool parted = tokens.front() == ' ' || tokens.front() == '-';
    return signs == 1 && star && digits == 2 && parted && count_digits(tokens) >= fewest_digits;
}

/// Day, month and a year of the last or this century, the year first or last, by one separator.
bool is_date(std::string_view tokens) noexcept {
    tokens = trimmed(tokens);
    constexpr std::size_t shortest = 8, longest = 10;
    if (tokens.size() < shortest || tokens.size() > longest) return false;
    std::array<std::string_view, 3> parts;
    parts[0] = take_digits(tokens);
    const char separator = tokens.empty() ? ' ' : tokens.front();
    if (separator != '-' && separator != '/' && separator != '.') return false;
    for (const std::size_t i : {1, 2}) {
        if (!tokens.starts_with(separator)) return false;
        tokens.remove_prefix(1);
        parts[i] = take_digits(tokens);
    }
    if (!tokens.empty()) return false;
    if (parts[2].size() == 4) std::swap(parts[0], parts[2]);
    const auto is_part = [](std::string_view part, unsigned most) {
        return (part.size() == 1 || part.size() == 2) && value_of(part) >= 1 && value_of(part) <= most;
    };
    constexpr unsigned months = 12, days = 31;
    const bool year = parts[0].size() == 4 && (parts[0].starts_with("19") || parts[0].starts_with("20"));
    return year && ((is_part(parts[1], months) && is_part(parts[2], days)) ||
                    (is_part(parts[1], days) && is_part(parts[2], months)));
}

/// `1234567891.5`: seven digits or more in one, and one or two behind a single point.
bool has_decimals(std::string_view tokens) noexcept {
    tokens = trimmed(tokens);
    if (tokens.starts_with('+')) tokens.remove_prefix(1);
    if (take_digits(tokens).size() < fewest_digits || !tokens.starts_with('.')) return false;
    tokens.remove_prefix(1);
    const std::string_view decimals = take_digits(tokens);
    return tokens.empty() && (decimals.size() == 1 || decimals.size() == 2) &&
           decimals.find_first_not_of('0') != std::string_view::npos;
}

/// `4.474e11`: what a spreadsheet makes of a number.
bool is_scientific(std::string_view tokens) noexcept {
    while (!tokens.empty() && !is(tokens.back(), digit)) tokens.remove_suffix(1);
    const auto start = std::ranges::find_if(tokens, is_digit);
    tokens.remove_prefix(static_cast<std::size_t>(start - tokens.begin()));
    if (take_digits(tokens).empty()) return false;
    if (tokens.starts_with('.') || tokens.starts_with(',')) {
        tokens.remove_prefix(1);
        if (take_digits(tokens).empty()) return false;
    }
    if (!tokens.starts_with('e') && !tokens.starts_with('E')) return false;
    tokens.remove_prefix(1);
    if (tokens.starts_with('+') || tokens.starts_with('-')) tokens.remove_prefix(1);
    const std::size_t exponent = take_digits(tokens).size();
    return exponent >= 1 && exponent <= 2 && tokens.empty();
}

/// The tokens behind the last digit.
std::string_view behind_digits(std::string_view tokens) noexcept {
    const auto last_digit = std::find_if(tokens.rbegin(), tokens.rend(), is_digit);
    return tokens.substr(static_cast<std::size_t>(tokens.rend() - last_digit));
}

constexpr auto label_words = std::to_array<std::string_view>({
    "cell", "cellular", "direct",  "fax",          "festnetz",  "fixe",      "fon",      "handy",  "home",
    "main", "mobil",    "mobile",  "mobiltelefon", "office",    "phone",     "pager",    "privat", "private",
    "tel",  "telefax",  "telefon", "telefono",     "telephone", "voicemail", "whatsapp", "work",
});

}  // namespace

ParseProblem problem_of_look_alike(std::string_view tokens) noexcept {
    if (is_dial_code(tokens)) return ParseProblem::dial_code;
    if (is_date(tokens)) return ParseProblem::date;
    if (has_decimals(tokens)) return ParseProblem::decimals;
    if (is_scientific(tokens)) return ParseProblem::scientific_notation;
    return ParseProblem::none;
}

std::string_view without_fraction(std::string_view number) noexcept {
    constexpr std::size_t most_zeros = 2;
    const std::size_t point = number.find('.');
    if (point == std::string_view::npos || number.find('.', point + 1) != std::string_view::npos)
        return number;
    const std::string_view whole = number.substr(0, point), fraction = number.substr(point + 1);
    const bool zeros = !fraction.empty() && fraction.size() <= most_zeros &&
                       fraction.find_first_not_of('0') == std::string_view::npos;
    const bool plain = whole.find_first_not_of("0123456789+ ()-") == std::string_view::npos;
    return zeros && plain && count_digits(whole) >= fewest_digits ? whole : number;
}

std::string_view before_label(std::string_view tokens) noexcept {
    const std::string_view behind = behind_digits(tokens);
    if (behind.size() == tokens.size()) return {};
    const auto letters =
        static_cast<std::size_t>(std::ranges::count_if(behind, [](char c) { return is(c, letter); }));
    const bool apart = !behind.empty() && !is(behind.front(), letter);
    const bool fits = std::ranges::all_of(behind, [](char c) { return is(c, label); });
    const bool few = letters < fewest_key_letters;
    return letters > 0 && (few || (apart && fits)) ? tokens.substr(0, tokens.size() - behind.size())
                                                   : std::string_view{};
}

bool ends_with_label_word(std::string_view tokens) noexcept {
    std::string_view word = behind_digits(tokens);
    const auto begin = std::ranges::find_if(word, [](char c) { return is(c, alpha); });
    const auto skipped = static_cast<std::size_t>(begin - word.begin());
    if (skipped == 0 || word.substr(0, skipped).find('-') != std::string_view::npos) return false;
    word.remove_prefix(skipped);
    word = word.substr(
        0, static_cast<std::size_t>(std::ranges::find_if_not(word, [](char c) { return is(c, alpha); }) -
                                    word.begin()));
    const auto letters = std::ranges::count_if(tokens, [](char c) { return is(c, letter); });
    if (letters != static_cast<std::ptrdiff_t>(word.size())) return false;
    return std::ranges::any_of(label_words, [&](std::string_view known) {
        return std::ranges::equal(known, word, [](char a, char b) { return a == (b | 0x20); });
    });
}

bool has_carrier_place_only(std::string_view tokens) noexcept {
    const auto letters = std::ranges::count_if(tokens, [](char c) { return is(c, letter); });
    const std::size_t place = std::min(tokens.find("0xx"), tokens.find("0XX"));
    return letters == 2 && place != std::string_view::npos &&
           tokens.substr(0, place).find_first_of("0123456789") >= place;
}

bool looks_like_two(std::string_view tokens) noexcept {
    for (std::size_t at = tokens.find_first_of(",;|/\n\r"); at != std::string_view::npos;
         at = tokens.find_first_of(",;|/\n\r", at + 1))
        if (count_digits(tokens.substr(0, at)) >= fewest_digits &&
            count_digits(tokens.substr(at + 1)) >= fewest_digits)
            return true;
    return false;
}

std::string_view before_other_ending(std::string_view tokens) noexcept {
    const std::size_t slash = tokens.rfind('/');
    if (slash == std::string_view::npos) return {};
    const std::string_view head = trimmed(tokens.substr(0, slash)),
                           ending = trimmed(tokens.substr(slash + 1));
    const std::size_t group = head.size() - std::min(head.find_last_not_of("0123456789") + 1, head.size());
    const bool digits = !ending.empty() && ending.find_first_not_of("0123456789") == std::string_view::npos &&
                        std::ranges::none_of(head, [](char c) { return is(c, unusual); });
    return digits && ending.size() <= group && count_digits(head) >= fewest_digits ? head
                                                                                   : std::string_view{};
}

}  // namespace telephony::numbering
