// Forms and mutations.
#include "notations.hpp"

#include <map>

#include "transition_cover.hpp"

namespace telephony::numbering::test {

namespace {

// Pieces that change what a text means: signs, words for extensions, digits of other scripts, what
// spreadsheets add.
const std::vector<std::string_view> pieces = {" ",
                                              "  ",
                                              "-",
                                              ".",
                                              "/",
                                              "(",
                                              ")",
                                              "[",
                                              "]",
                                              "~",
                                              "*",
                                              "#",
                                              "+",
                                              "++",
                                              "x",
                                              "X",
                                              ",",
                                              ",,",
                                              ";",
                                              ":",
                                              "=",
                                              "'",
                                              "\"",
                                              "\\",
                                              "0",
                                              "00",
                                              "(0)",
                                              "1",
                                              "011",
                                              "044",
                                              "045",
                                              "8",
                                              "9",
                                              "15",
                                              "6",
                                              "ext",
                                              "ext. ",
                                              " EXT:",
                                              "extn",
                                              "extension ",
                                              ";ext=",
                                              "int",
                                              "anexo ",
                                              "доб. ",
                                              "доб",
                                              "ДОБ",
                                              "extensi\xC3\xB3n ",
                                              "extensio\xCC\x81n",
                                              "\xEF\xBD\x98",
                                              "\xEF\xBD\x85\xEF\xBD\x98\xEF\xBD\x94",
                                              "\xEF\xBC\x8B",
                                              "\xEF\xBC\x88",
                                              "\xEF\xBC\x89",
                                              "\xEF\xBC\x8D",
                                              "\xEF\xBC\x8E",
                                              "\xEF\xBC\x8F",
                                              "\xEF\xBC\x83",
                                              "\xEF\xBC\x93",
                                              "\xD9\xA3",
                                              "\xDB\xB5",
                                              "\xE0\xA5\xA9",
                                              "\xE0\xB9\x94",
                                              "\xC2\xA0",
                                              "\xE3\x80\x80",
                                              "\xE2\x80\x93",
                                              "\xE2\x88\x92",
                                              "\xC2\xB2",
                                              "\xE2\x91\xA1",
                                              "\xE2\x98\x8E",
                                              "a",
                                              "ab",
                                              "abc",
                                              "FLOWERS",
                                              "e",
                                              "tel:",
                                              "tel:+",
                                              ";phone-context=",
                                              ";phone-context=+1",
                                              ";phone-context=+44",
                                              ";phone-context=example.com",
                                              ";isub=12",
                                              "/x12",
                                              "/ x",
                                              "\n",
                                              "@",
                                              "%",
                                              "\t",
                                              "\xE2\x80\xAF",
                                              "\xEF\xBB\xBF",
                                              "\xE2\x80\xAA",
                                              "\xE2\x80\xAC",
                                              " Fax",
                                              " (Axel)",
                                              ".0",
                                              "e11",
                                              "or",
                                              "$",
                                              "\xC3\xA9",
                                              "\xFF"};

constexpr std::string_view unknown_regions[] = {"ZZ", "001", "", "AQ", "XX", "G", "GBR", "uk"};

}  // namespace

Notations::Notations(const Plan& plan, std::vector<std::string> numbers, std::uint64_t seed)
    : plan_(plan), numbers_(std::move(numbers)), random_(seed) {}

std::string Notations::form_of(const std::string& digits, const PlanCallingCode& code) {
    const E164 number = number_of(digits);
    const std::string national = digits.substr(std::to_string(code.calling_code).size());
    const auto formatted = [&](FormatStyle style) {
        return std::string(format_number(plan_, number, style).view());
    };
    switch (below(12)) {
        case 0:
        case 1:
            return formatted(FormatStyle::national);
        case 2:
            return formatted(FormatStyle::international);
        case 3:
            return formatted(FormatStyle::rfc3966);
        case 4:
            return '+' + digits;
        case 5:
            return digits;
        case 6:
            return national;
        case 7:
            return std::string(code.trunk_prefix) + national;
        case 8:
            return "00" + digits;
        case 9:
            return "011 " + digits;
        case 10:
            return '+' + std::to_string(code.calling_code) + " (0)" + national;
        default:
            return '+' + std::to_string(code.calling_code) + code.trunk_prefix + national;
    }
}

std::string Notations::with_extension(std::string text) {
    static const std::vector<std::string_view> words = {" ext. ", ";ext=", "x", " x ", "#",      " int ",
                                                        ",",      ",,",    ";", " - ", " доб. ", ", ext "};
    text.append(pick(words)).append(std::to_string(below(one_in(4) ? 100'000'000 : 9'999)));
    if (one_in(4)) text += '#';
    return text;
}

void Notations::mutate(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    switch (below(6)) {
        case 0:
        case 1:
            text.insert(at, pick(pieces));
            break;
        case 2:
            text.insert(at, 1, static_cast<char>('0' + below(10)));
            break;
        case 3:
            text.erase(at, 1 + below(3));
            break;
        case 4:
            if (at < text.size()) text[at] = static_cast<char>('0' + below(10));
            break;
        default:
            text.append(pick(pieces));
    }
}

std::string Notations::region_for(const E164& number, const PlanCallingCode& code) {
    const PlanVerdict verdict = match(plan_, number);
    switch (below(10)) {
        case 0:
            return "";
        case 1:
            return plan_.regions[1 + below(plan_.regions.size() - 1)].code;
        case 2:
            return std::string(unknown_regions[below(std::size(unknown_regions))]);
        default:
            return verdict.valid() ? plan_.regions[verdict.region_index()].code
                                   : plan_.regions[code.main_region].code;
    }
}

Notation Notations::next() {
    std::string digits = numbers_[below(numbers_.size())];
    for (std::size_t changed = below(4); changed > 0; --changed)
        digits[digits.size() - 1 - below(std::min<std::size_t>(digits.size() - 1, 5))] =
            static_cast<char>('0' + below(10));
    const E164 number = number_of(digits);
    const PlanCallingCode* code = calling_code_of(plan_, number);
    if (code == nullptr) code = &plan_.calling_codes[below(plan_.calling_codes.size())];
    std::string text = form_of(digits, *code);
    if (one_in(5)) text = with_extension(std::move(text));
    for (std::size_t mutations = below(4); mutations > 0; --mutations) mutate(text);
    return {std::move(text), region_for(number, *code)};
}

std::vector<std::string> format_cover(const Plan& plan) {
    std::vector<std::string> numbers;
    for (const PlanCallingCode& code : plan.calling_codes) {
        const std::string prefix = std::to_string(code.calling_code);
        std::map<std::uint16_t, std::string> ways{{code.formats, ""}};
        std::vector<std::uint16_t> order{code.formats};
        const auto ending = [&](unsigned state, std::string way) {
            // On to a number that has a format, if one can be reached.
            while (plan.rules[state].verdict == 0 && state != 0) {
                int digit = 0;
                while (digit < 10 && plan.rules[state].next[digit] == 0) ++digit;
                if (digit == 10) break;
                state = plan.rules[state].next[digit];
                way += static_cast<char>('0' + digit);
            }
            return way;
        };
        for (std::size_t i = 0; i < order.size(); ++i)
            for (int digit = 0; digit < 10; ++digit) {
                const std::uint16_t to = plan.rules[order[i]].next[digit];
                const std::string way = ways[order[i]] + static_cast<char>('0' + digit);
                if (to != 0 && ways.try_emplace(to, way).second) order.push_back(to);
                if (prefix.size() + way.size() <= E164::max_digits && way.size() > 1)
                    numbers.push_back(prefix + way);
                const std::string end = ending(to, way);
                if (end != way && prefix.size() + end.size() <= E164::max_digits)
                    numbers.push_back(prefix + end);
            }
    }
    return numbers;
}

unsigned format_of(const Plan& plan, const std::string& digits) {
    const PlanCallingCode& code = *calling_code_of(plan, number_of(digits));
    unsigned state = code.formats;
    for (const char digit : digits.substr(std::to_string(code.calling_code).size()))
        state = plan.rules[state].next[digit - '0'];
    return plan.rules[state].verdict;
}

}  // namespace telephony::numbering::test
