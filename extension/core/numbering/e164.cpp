// E.164 numbers: text, prefix ranges, the ITU list of calling codes, masks.
#include "e164.hpp"

#include <algorithm>
#include <array>

#include "text/characters.hpp"

namespace telephony::numbering {

namespace {

using text::is_digit;

constexpr std::size_t shown_tail = 4;
constexpr std::size_t least_hidden = 4;

// Codes of countries, global services and networks: ITU-T, List of Recommendation E.164 assigned country
// codes (annex to Operational Bulletin 994 and its amendments). No code is the beginning of another.
constexpr auto calling_codes = std::to_array<std::uint16_t>(
    {1,   7,   20,  27,  30,  31,  32,  33,  34,  36,  39,  40,  41,  43,  44,  45,  46,  47,  48,  49,
     51,  52,  53,  54,  55,  56,  57,  58,  60,  61,  62,  63,  64,  65,  66,  81,  82,  84,  86,  90,
     91,  92,  93,  94,  95,  98,  211, 212, 213, 216, 218, 220, 221, 222, 223, 224, 225, 226, 227, 228,
     229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 246, 247, 248,
     249, 250, 251, 252, 253, 254, 255, 256, 257, 258, 260, 261, 262, 263, 264, 265, 266, 267, 268, 269,
     290, 291, 297, 298, 299, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359, 370, 371, 372, 373, 374,
     375, 376, 377, 378, 379, 380, 381, 382, 383, 385, 386, 387, 389, 420, 421, 423, 500, 501, 502, 503,
     504, 505, 506, 507, 508, 509, 590, 591, 592, 593, 594, 595, 596, 597, 598, 599, 670, 672, 673, 674,
     675, 676, 677, 678, 679, 680, 681, 682, 683, 685, 686, 687, 688, 689, 690, 691, 692, 800, 808, 850,
     852, 853, 855, 856, 870, 878, 880, 881, 882, 883, 886, 888, 960, 961, 962, 963, 964, 965, 966, 967,
     968, 970, 971, 972, 973, 974, 975, 976, 977, 979, 992, 993, 994, 995, 996, 998});

/// The length of the calling code by the first three digits of a number, 0 where none is assigned.
constexpr auto code_length_by_first_digits = [] {
    std::array<std::uint8_t, 1000> lengths{};
    for (const int code : calling_codes) {
        const int span = code < 10 ? 100 : code < 100 ? 10 : 1;
        for (int i = code * span; i < (code + 1) * span; ++i)
            lengths[i] = span == 100 ? 1 : span == 10 ? 2 : 3;
    }
    return lengths;
}();

/// `+`, the shown head, stars, the shown tail; the head is given up before fewer than four digits would be
/// hidden.
std::string masked(bool plus, std::string_view digits, std::size_t head) {
    if (head + least_hidden > digits.size()) head = 0;
    const std::size_t spare = digits.size() - std::min(digits.size(), head + least_hidden);
    const std::size_t tail = std::min(shown_tail, spare);
    std::string result(plus ? 1 : 0, '+');
    result.append(digits.substr(0, head));
    result.append(digits.size() - head - tail, '*');
    result.append(digits.substr(digits.size() - tail));
    return result;
}

}  // namespace

std::string E164::digits() const {
    std::string result(static_cast<std::size_t>(digit_count()), '0');
    for (int i = 0; i < digit_count(); ++i)
        result[static_cast<std::size_t>(i)] += static_cast<char>(digit(i));
    return result;
}

std::string E164::str() const {
    return '+' + digits();
}

E164Range prefix_range(std::string_view prefix) noexcept {
    if (prefix.empty() || prefix == "+") return {E164::lowest(), E164::highest()};
    E164 first;
    E164Problem problem = E164::parse(prefix, first);
    if (problem == E164Problem::too_short) {  // one digit: the smallest number continues it with a zero
        const std::array shortest{'+', prefix[1], '0'};
        problem = E164::parse({shortest.data(), shortest.size()}, first);
    }
    if (problem != E164Problem::none) return {E164::highest(), E164::lowest()};
    const std::uint64_t open = ~std::uint64_t{0} >> (4 * (prefix.size() - 1));
    const auto last = E164::from_bits((first.bits() & ~open) | (E164::highest().bits() & open));
    return {first, last.value_or(E164::highest())};
}

std::string_view describe(E164Problem problem) noexcept {
    switch (problem) {
        case E164Problem::none:
            return "It is a number in E.164 form.";
        case E164Problem::empty:
            return "It is empty.";
        case E164Problem::missing_plus:
            return "It does not begin with +.";
        case E164Problem::not_a_digit:
            return "It has a character other than digits after the +.";
        case E164Problem::leading_zero:
            return "The first digit after the + is 0; no calling code begins with 0.";
        case E164Problem::too_short:
            return "It has fewer than 2 digits.";
        case E164Problem::too_long:
            return "It has more than 15 digits.";
    }
    return "It is not a number in E.164 form.";
}

std::size_t calling_code_length(const E164& number) noexcept {
    const int first_digits = 100 * number.digit(0) + 10 * number.digit(1) + number.digit(2);
    const int length = code_length_by_first_digits[static_cast<std::size_t>(first_digits)];
    return length <= number.digit_count() ? static_cast<std::size_t>(length) : 0;
}

std::optional<int> calling_code(const E164& number) noexcept {
    const std::size_t length = calling_code_length(number);
    if (length == 0) return std::nullopt;
    int code = 0;
    for (std::size_t i = 0; i < length; ++i) code = 10 * code + number.digit(static_cast<int>(i));
    return code;
}

std::string mask(const E164& number) {
    return masked(true, number.digits(), calling_code_length(number));
}

std::string mask(std::string_view any_text) {
    constexpr std::size_t longest = E164::max_digits;
    const std::size_t start = any_text.find_first_not_of(" \t\r\n");
    const bool plus = start != std::string_view::npos && any_text[start] == '+';
    std::string digits;
    for (const char c : any_text) {
        if (!is_digit(c)) continue;
        if (digits.size() == longest + 1)
            digits.erase(0, 1);  // one too many tells that it is no E.164 number
        digits += c;
    }
    E164 number;
    if (plus && E164::parse('+' + digits, number) == E164Problem::none) return mask(number);
    if (digits.empty() && !any_text.empty()) return std::string(least_hidden, '*');
    if (digits.size() > longest) digits.erase(0, 1);
    return masked(plus, digits, 0);
}

}  // namespace telephony::numbering
