// Shapes that libphonenumber takes for a phone number, or for another one.
#include "deviations.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "code_points.hpp"

namespace telephony::numbering {

namespace {

using namespace token_class;

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
    const bool parted = tokens.front() == ' ' || tokens.front() == '-' || tokens.front() == '(';
    return signs == 1 && star && digits == 2 && parted && count_digits(tokens) >= fewest_digits;
}

/// The digits of `17.05.2024` in three parts, by one separator; nothing where the text is not so.
std::optional<std::array<std::string_view, 3>> parts_of_date(std::string_view tokens) noexcept {
    tokens = trimmed(tokens);
    constexpr std::size_t shortest = 6, longest = 10;
    if (tokens.size() < shortest || tokens.size() > longest) return std::nullopt;
    std::array<std::string_view, 3> parts;
    parts[0] = take_digits(tokens);
    const char separator = tokens.empty() ? ' ' : tokens.front();
    if (separator != '-' && separator != '/' && separator != '.') return std::nullopt;
    for (const std::size_t i : {1, 2}) {
        if (!tokens.starts_with(separator)) return std::nullopt;
        tokens.remove_prefix(1);
        parts[i] = take_digits(tokens);
    }
    if (!tokens.empty()) return std::nullopt;
    return parts;
}

bool is_day_and_month(std::string_view one, std::string_view other) noexcept {
    const auto is_part = [](std::string_view part, unsigned most) {
        return (part.size() == 1 || part.size() == 2) && value_of(part) >= 1 && value_of(part) <= most;
    };
    constexpr unsigned months = 12, days = 31;
    return (is_part(one, months) && is_part(other, days)) || (is_part(one, days) && is_part(other, months));
}

/// Day, month and a year of the last or this century, the year first or last.
bool is_date(std::string_view tokens) noexcept {
    auto parts = parts_of_date(tokens);
    if (!parts) return false;
    auto& [year, one, other] = *parts;
    if (other.size() == 4) std::swap(year, other);
    return year.size() == 4 && (year.starts_with("19") || year.starts_with("20")) &&
           is_day_and_month(one, other);
}

bool are_decimals(std::string_view digits) noexcept {
    return (digits.size() == 1 || digits.size() == 2) &&
           digits.find_first_not_of("0123456789") == std::string_view::npos;
}

/// `1234567891.5`: seven digits or more in one, and one or two behind a single point, not all of them 0.
bool has_decimals(std::string_view tokens) noexcept {
    tokens = trimmed(tokens);
    if (tokens.starts_with('+')) tokens.remove_prefix(1);
    if (take_digits(tokens).size() < fewest_digits || !tokens.starts_with('.')) return false;
    tokens.remove_prefix(1);
    return are_decimals(tokens) && tokens.find_first_not_of('0') != std::string_view::npos;
}

/// `301.234.567,89`, `1,234,567.89`: groups of three digits by one sign, one or two digits behind the other.
bool is_amount(std::string_view tokens) noexcept {
    const auto start = std::ranges::find_if(tokens, is_digit);
    tokens.remove_prefix(static_cast<std::size_t>(start - tokens.begin()));
    tokens = trimmed(tokens);
    constexpr std::size_t group = 3;
    if (const std::size_t first = take_digits(tokens).size(); first == 0 || first > group) return false;
    const char by = tokens.empty() ? ' ' : tokens.front();
    if (by != '.' && by != ',') return false;
    std::size_t groups = 0;
    for (; tokens.starts_with(by); ++groups) {
        tokens.remove_prefix(1);
        if (take_digits(tokens).size() != group) return false;
    }
    return groups >= 2 && tokens.starts_with(by == '.' ? ',' : '.') && are_decimals(tokens.substr(1));
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

/// Letters that stand for such a word before a number.
constexpr auto short_labels =
    std::to_array<std::string_view>({"c", "f", "h", "m", "mob", "no", "nr", "p", "ph", "t", "w"});

bool is_one_of(std::span<const std::string_view> words, std::string_view word) noexcept {
    return std::ranges::any_of(words, [&](std::string_view known) {
        return std::ranges::equal(known, word, [](char a, char b) { return a == (b | 0x20); });
    });
}

/// `ATU12345678`, `O30 1234567`: letters without a gap before the first digit, and no label. They belong to
/// it.
bool begins_with_letters(std::string_view tokens) noexcept {
    const std::size_t start = tokens.find_first_of("+0123456789");
    if (start == std::string_view::npos || start == 0 || tokens[start] == '+') return false;
    std::size_t first = start;
    while (first > 0 && is(tokens[first - 1], alpha)) --first;
    const std::string_view word = tokens.substr(first, start - first);
    const bool whole = first == 0 || !is(tokens[first - 1], letter);
    return !word.empty() && whole && !is_one_of(label_words, word) && !is_one_of(short_labels, word);
}

}  // namespace

ParseProblem problem_of_plain_look_alike(std::string_view tokens) noexcept {
    if (is_date(tokens)) return ParseProblem::date;
    if (has_decimals(tokens)) return ParseProblem::decimals;
    return ParseProblem::none;
}

ParseProblem problem_of_look_alike(std::string_view tokens) noexcept {
    if (is_dial_code(tokens)) return ParseProblem::dial_code;
    if (is_amount(tokens)) return ParseProblem::decimals;
    if (is_scientific(tokens)) return ParseProblem::scientific_notation;
    if (begins_with_letters(tokens)) return ParseProblem::letters;
    return problem_of_plain_look_alike(tokens);
}

bool is_short_date(std::string_view tokens) noexcept {
    const auto parts = parts_of_date(tokens);
    return parts && (*parts)[2].size() == 2 && is_day_and_month((*parts)[0], (*parts)[1]);
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
    return is_one_of(label_words, word);
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
    const std::size_t sign = tokens.find_last_of("/([*");
    if (sign == std::string_view::npos) return {};
    const std::string_view head = trimmed(tokens.substr(0, sign)), ending = trimmed(tokens.substr(sign + 1));
    const std::size_t group = head.size() - std::min(head.find_last_not_of("0123456789") + 1, head.size());
    const bool digits = !ending.empty() && ending.find_first_not_of("0123456789") == std::string_view::npos &&
                        std::ranges::none_of(head, [](char c) { return is(c, unusual); });
    return digits && ending.size() <= group && count_digits(head) >= fewest_digits ? head
                                                                                   : std::string_view{};
}

Enumerated behind_list_mark(std::string_view tokens) noexcept {
    constexpr std::size_t most = 2;
    const std::string_view mark = take_digits(tokens);
    if (mark.empty() || mark.size() > most || tokens.empty()) return {};
    const char sign = tokens.front();
    if (sign == '-' || sign == '/') {
        tokens.remove_prefix(1);
        const std::size_t second = take_digits(tokens).size();
        if (second == 0 || second > most) return {};
    } else if (sign == ')' || sign == '.') {
        tokens.remove_prefix(1);
    } else if (mark.size() > 1) {
        return {};
    }
    if (!tokens.starts_with(' ')) return {};
    tokens = trimmed(tokens);
    return count_digits(tokens) >= fewest_digits ? Enumerated{mark, tokens} : Enumerated{};
}

}  // namespace telephony::numbering
