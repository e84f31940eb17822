// Both readings, and the closed list of differences.
#include "reading.hpp"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <cstring>
#include <regex>
#include <vector>

#include "numbering/code_points.hpp"
#include "numbering/deviations.hpp"
#include "numbering/format.hpp"

namespace telephony::numbering::test {

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

Refusal refusal_of(PhoneNumberUtil::ErrorType error) {
    switch (error) {
        case PhoneNumberUtil::NO_PARSING_ERROR:
            return Refusal::none;
        case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
            return Refusal::country_code;
        case PhoneNumberUtil::NOT_A_NUMBER:
            return Refusal::not_a_number;
        case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
            return Refusal::nothing_after_prefix;
        case PhoneNumberUtil::TOO_SHORT_NSN:
            return Refusal::too_short;
        case PhoneNumberUtil::TOO_LONG_NSN:
            return Refusal::too_long;
    }
    return Refusal::not_a_number;
}

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
    return text;
}

/// White space as spaces, nothing invisible (D13), by another way than the scanner: the bytes are replaced.
std::string visible(std::string text) {
    for (const std::string_view blank : {"\t", "\xE2\x80\xAF", "\xC2\xA0", "\xE3\x80\x80"})
        for (std::size_t at; (at = text.find(blank)) != std::string::npos;)
            text.replace(at, blank.size(), " ");
    for (const std::string_view invisible : {"\xEF\xBB\xBF", "\xE2\x80\xAA", "\xE2\x80\xAC"})
        for (std::size_t at; (at = text.find(invisible)) != std::string::npos;)
            text.erase(at, invisible.size());
    return text;
}

bool is_valid_number(const Plan& plan, const std::string& e164) {
    E164 number;
    return E164::parse(e164, number) == E164Problem::none && match(plan, number).valid();
}

/// The text up to its last digit of any script.
std::string up_to_last_digit(const std::string& text) {
    std::size_t end = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const unsigned char token = code_points::token_of(code_points::take(rest));
        if (token >= '0' && token <= '9') end = text.size() - rest.size();
    }
    return text.substr(0, end);
}

std::string digits_of(std::string_view text) {
    std::string digits;
    std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
    return digits;
}

bool same_number(const Reading& a, const Reading& b) {
    return a.refusal == b.refusal && a.e164 == b.e164 && a.extension == b.extension;
}

std::size_t count_of_digits(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; }));
}

std::size_t letters_in(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }));
}

/// Where the linked library, older than the plan's rules and another port, is no judge.
std::string other_port(const std::string& text, const Parsed& parsed, const Reading& theirs) {
    if (text.find(";phone-context=") != std::string::npos) return "phone-context, read otherwise before 8.13";
    static const std::regex second(R"([\\/] *x)");
    const auto signs =
        std::distance(std::sregex_iterator(text.begin(), text.end(), second), std::sregex_iterator());
    if (signs > 1 || (signs == 1 && text.find('\n') != std::string::npos))
        return "second number, cut at its last sign in C++";
    if (parsed.problem == ParseProblem::nothing_after_international_prefix &&
        theirs.refusal == Refusal::country_code)
        return "kind of refusal behind + and an international prefix in C++";
    const bool other_digits =
        std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    if (letters_in(text) >= 3 && other_digits)
        return "keypad letters beside digits of other scripts, which C++ drops";
    return "";
}

/// What libphonenumber reads once it has read its own answers until they change no more.
Reading settled(Reading reading) {
    for (int rounds = 0; rounds < 15 && reading.refusal == Refusal::none; ++rounds) {
        Reading again = read_by_libphonenumber(reading.e164, "");
        if (again.e164 == reading.e164) break;
        again.extension = reading.extension;
        reading = std::move(again);
    }
    return reading;
}

/// `ours` is libphonenumber's reading, or what comes of it by a deviation that texts of any kind can have.
bool follows(const Plan& plan, const Reading& ours, const Reading& theirs) {
    static const std::regex retired(R"(\+52(1|01|044|045)(\d{10}))");
    if (ours.refusal == theirs.refusal && ours.e164 == theirs.e164) return true;
    if (ours.refusal == Refusal::too_long && theirs.e164.size() > 16) return true;
    std::smatch mexican;
    if (std::regex_match(theirs.e164, mexican, retired) && !is_valid_number(plan, theirs.e164) &&
        ours.e164 == "+52" + mexican[2].str() && is_valid_number(plan, ours.e164))
        return true;
    static const std::regex seven(R"(\+241([1-7]\d{6}))");
    std::smatch gabonese;
    if (std::regex_match(theirs.e164, gabonese, seven) && ours.e164 == "+2410" + gabonese[1].str())
        return true;
    if (is_valid_number(plan, theirs.e164)) return false;
    const Reading last = settled(theirs);
    return ours.refusal == last.refusal && ours.e164 == last.e164;
}

/// The digits of other scripts and the plus of full width as those of ASCII.
std::string in_ascii(const std::string& text) {
    std::string result;
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view before = rest;
        const unsigned char token = code_points::token_of(code_points::take(rest));
        if ((token >= '0' && token <= '9') || token == '+')
            result += static_cast<char>(token);
        else
            result += before.substr(0, before.size() - rest.size());
    }
    return result;
}

/// A label has been left out: the number is what libphonenumber reads up to one of the letters, or without
/// any before a phone-context.
bool is_label(const Plan& plan, const std::string& text, const std::string& region, const Reading& ours) {
    if (follows(plan, ours, read_by_libphonenumber(up_to_last_digit(text), region))) return true;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t at = text.size() - rest.size();
        const unsigned char token = code_points::token_of(code_points::take(rest));
        if ((classes_of(token) & token_class::letter) != 0 &&
            (follows(plan, ours, read_by_libphonenumber(text.substr(0, at), region)) ||
             follows(plan, ours, read_by_libphonenumber(up_to_last_digit(text.substr(0, at)), region))))
            return true;
    }
    const std::size_t context = text.find(";phone-context=");
    if (context == std::string::npos) return false;
    std::string bare = text.substr(0, context);
    std::erase_if(bare, [](char c) { return letters_in({&c, 1}) == 1; });
    return follows(plan, ours, read_by_libphonenumber(bare + text.substr(context), region));
}

/// Without the .0 or .00 of a spreadsheet; empty where there is none.
std::string without_fraction(const std::string& text) {
    // A label before the number, such as `ext.`, may end in a point of its own.
    static const std::regex fraction(R"(([^0-9+]*[0-9+][^.]*)\.00?(|[^0-9.][^]*|\.[^0-9]*))");
    std::smatch found;
    if (!std::regex_match(text, found, fraction) || count_of_digits(found[1]) < 7) return "";
    return found.str(1) + found.str(2);
}

/// Letters as the digits of a telephone's keys.
std::string with_keys(std::string text) {
    for (char& c : text)
        if (letters_in({&c, 1}) == 1) c = "22233344455566677778889999"[(c | 0x20) - 'a'];
    return text;
}

/// The text, and what of it counts where something at its end does not: a fraction, the sign of a second
/// number, letters, or letters as keys.
std::vector<std::string> shortened(const std::string& text) {
    static const std::regex second(R"([\\/] *x)");
    std::vector<std::string> texts{text};
    std::smatch found;
    if (std::string whole = without_fraction(text); !whole.empty()) texts.push_back(std::move(whole));
    if (std::regex_search(text, found, second)) texts.push_back(found.prefix());
    if (letters_in(text) >= fewest_key_letters) texts.push_back(with_keys(text));
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t at = text.size() - rest.size();
        const unsigned char token = code_points::token_of(code_points::take(rest));
        if ((classes_of(token) & token_class::letter) != 0)
            texts.push_back(up_to_last_digit(text.substr(0, at)));
    }
    return texts;
}

/// The number is the digits of the text but for a calling code, what is dialled before that, and one national
/// prefix; libphonenumber takes them apart otherwise and ends with no number of the plan.
bool is_literal(const Plan& plan, const std::string& text, const std::string& region, const Reading& ours) {
    if (!is_valid_number(plan, ours.e164)) return false;
    E164 number;
    E164::parse(ours.e164, number);
    const PlanCallingCode& code = *calling_code_of(plan, number);
    const std::string calling_code = std::to_string(code.calling_code);
    const std::string national = ours.e164.substr(1 + calling_code.size()) + ours.extension;
    return std::ranges::any_of(shortened(text), [&](const std::string& part) {
        std::string head = digits_of(part.substr(0, part.find(";isub=")));
        if (!head.ends_with(national)) return false;
        head.resize(head.size() - national.size());
        if (head.ends_with(code.trunk_prefix)) head.resize(head.size() - std::strlen(code.trunk_prefix));
        return (head.empty() || head.ends_with(calling_code)) &&
               !is_valid_number(plan, settled(read_by_libphonenumber(part, region)).e164);
    });
}

/// Two texts that libphonenumber does not read as one, two whole numbers, one and another ending of it, or
/// one behind a mark of a list.
bool is_two_numbers(const Plan& plan, const std::string& text, const std::string& region,
                    const Reading& theirs) {
    static const std::string separators = " ,;|/([*\n\r";
    static const std::regex mark(R"([^0-9]*(\d\d?[).]|\d|\d\d?[-/]\d\d?) +([^0-9]*[0-9][^]*))");
    const auto is_whole = [&](const std::string& part) {
        return is_valid_number(plan, settled(read_by_libphonenumber(part, region)).e164) ||
               is_literal(plan, part, region, read_by_plan(plan, part, region));
    };
    std::smatch marked;
    if (std::regex_match(text, marked, mark) &&
        (is_whole(marked[2]) || is_whole(up_to_last_digit(marked[2]))))
        return true;
    for (std::size_t at = text.find_first_of(separators); at != std::string::npos;
         at = text.find_first_of(separators, at + 1)) {
        if (theirs.refusal != Refusal::none || theirs.extension.size() >= 7 || theirs.e164.size() > 16)
            return true;
        const std::string left = up_to_last_digit(text.substr(0, at)), right = text.substr(at + 1);
        const bool long_enough = count_of_digits(left) >= 7 && count_of_digits(right) >= 7;
        const bool ending = std::string_view("/([*").find(text[at]) != std::string_view::npos;
        if (ending            ? is_whole(left) || (text[at] == '/' && long_enough)
            : text[at] != ' ' ? long_enough
                              : is_whole(left) && is_whole(up_to_last_digit(right)))
            return true;
    }
    return false;
}

/// One letter or two between two digits, or between plus and digit; letters right before the first digit; a
/// few digits with letters behind them.
bool has_stray_letters(const std::string& text) {
    static const std::regex stray("[+0-9]([^a-zA-Z0-9]*[a-zA-Z]){1,2}[^a-zA-Z0-9]*[0-9]");
    static const std::regex before("[^+0-9]*[a-zA-Z][0-9][^]*");
    static const std::regex few("[^0-9]*([0-9][^a-zA-Z0-9]*){1,6}[a-zA-Z][^]*");
    return std::regex_search(text, stray) || std::regex_match(text, before) || std::regex_match(text, few);
}

/// Up to one of its letters the text is a number with an extension, or digits with something like one.
bool hides_extension(const std::string& text, const std::string& region) {
    static const std::regex sign("[0-9] *[~#,;][^0-9]*[0-9]{1,15}$");
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t at = text.size() - rest.size();
        const unsigned char token = code_points::token_of(code_points::take(rest));
        if ((classes_of(token) & token_class::letter) == 0) continue;
        const std::string head = up_to_last_digit(text.substr(0, at));
        const Reading read = read_by_libphonenumber(head, region);
        if (!read.extension.empty() || (read.refusal != Refusal::none && std::regex_search(head, sign)))
            return true;
    }
    return false;
}

/// A word of those that stand behind numbers of any kind stands behind the digits, by no hyphen.
bool has_label_word(const std::string& text) {
    static const std::regex word(
        "[0-9][^-a-zA-Z0-9]+(cell(ular)?|direct|fax|festnetz|fixe|fon|handy|home|main|mobile?|mobiltelefon|"
        "office|phone|pager|private?|tel(efax|efono?|ephone)?|voicemail|whatsapp|work)(?![a-wyz])",
        std::regex::icase);
    return std::regex_search(text, word);
}

}  // namespace

std::string describe(const Reading& reading) {
    if (reading.refusal != Refusal::none)
        return "refusal " + std::to_string(static_cast<int>(reading.refusal));
    return reading.e164 + " ext '" + reading.extension + "' | " + reading.national + " | " +
           reading.international + " | " + reading.rfc3966;
}

Refusal refusal_of(ParseProblem problem) {
    switch (problem) {
        case ParseProblem::none:
            return Refusal::none;
        case ParseProblem::unknown_region:
        case ParseProblem::no_calling_code:
        case ParseProblem::unassigned_calling_code:
            return Refusal::country_code;
        case ParseProblem::nothing_after_international_prefix:
            return Refusal::nothing_after_prefix;
        case ParseProblem::too_short:
            return Refusal::too_short;
        case ParseProblem::too_long:
        case ParseProblem::longer_than_e164:
        case ParseProblem::long_text:
            return Refusal::too_long;
        case ParseProblem::not_a_number:
        case ParseProblem::no_canonical_form:
        case ParseProblem::two_numbers:
        case ParseProblem::letters:
        case ParseProblem::dial_code:
        case ParseProblem::date:
        case ParseProblem::decimals:
        case ParseProblem::scientific_notation:
            return Refusal::not_a_number;
    }
    return Refusal::not_a_number;
}

Reading read_by_plan(const Plan& plan, const std::string& text, const std::string& region) {
    const Parsed parsed =
        parse(plan, text, region.empty() ? std::nullopt : std::optional<std::string_view>(region));
    Reading reading;
    reading.refusal = refusal_of(parsed.problem);
    if (!parsed) return reading;
    const auto formatted = [&](FormatStyle style) {
        return std::string(format_number(plan, parsed.number, style).view());
    };
    reading.e164 = formatted(FormatStyle::e164);
    reading.extension = parsed.extension.view();
    reading.national = formatted(FormatStyle::national);
    reading.international = formatted(FormatStyle::international);
    reading.rfc3966 = formatted(FormatStyle::rfc3966);
    return reading;
}

Reading read_by_libphonenumber(const std::string& text, const std::string& region) {
    const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    Reading reading;
    reading.refusal = refusal_of(util.Parse(text, region.empty() ? "ZZ" : upper(region), &number));
    if (reading.refusal != Refusal::none) return reading;
    reading.extension = number.extension();
    util.NormalizeDigitsOnly(&reading.extension);
    number.clear_extension();
    util.Format(number, PhoneNumberUtil::E164, &reading.e164);
    util.Format(number, PhoneNumberUtil::NATIONAL, &reading.national);
    util.Format(number, PhoneNumberUtil::INTERNATIONAL, &reading.international);
    util.Format(number, PhoneNumberUtil::RFC3966, &reading.rfc3966);
    return reading;
}

std::string deviation(const Plan& plan, const std::string& raw, const std::string& region,
                      const Reading& ours, const Reading& first) {
    const std::string text = visible(raw);
    const Reading theirs = text == raw ? first : read_by_libphonenumber(text, region);
    if (ours == theirs) return "white space and invisible characters";
    if (same_number(ours, theirs) && ours.national == theirs.national &&
        digits_of(theirs.international) != digits_of(ours.e164) &&
        digits_of(ours.international) == digits_of(ours.e164) &&
        digits_of(ours.rfc3966) == digits_of(ours.e164))
        return "international form without a digit";
    if (ours.extension == theirs.extension || ours.refusal != Refusal::none) {
        if (ours.e164 != theirs.e164 && follows(plan, ours, theirs))
            return ours.refusal == Refusal::too_long ? "longer than E.164"
                   : ours.e164.starts_with("+52")    ? "Mexico"
                   : ours.e164.starts_with("+241")   ? "Gabon"
                                                     : "trunk prefix twice";
    }
    const Parsed parsed =
        parse(plan, raw, region.empty() ? std::nullopt : std::optional<std::string_view>(region));
    const std::string ascii = in_ascii(text);
    if (is_literal(plan, ascii, region, ours)) return "as it stands";
    static const std::regex scientific(R"([^0-9]*\d+([.,]\d+)?[eE][-+]?\d{1,2}[^0-9]*)");
    if (parsed.problem == ParseProblem::scientific_notation && std::regex_match(ascii, scientific))
        return "scientific notation";
    static const std::regex dial_code(R"( *([*#]+\d{1,3}[*#]|\*\d\d[- (])[^]*)");
    if (parsed.problem == ParseProblem::dial_code && std::regex_match(ascii, dial_code)) return "dial code";
    static const std::regex date(
        R"( *((19|20)\d\d([-./])\d\d?\3\d\d?|\d\d?([-./])\d\d?\4((19|20)\d\d|\d\d)) *)");
    if (parsed.problem == ParseProblem::date && std::regex_match(ascii, date)) return "date";
    static const std::regex decimals(
        R"( *\+?\d{7,}\.\d\d? *|[^0-9]*\d{1,3}((\.\d{3}){2,},|(,\d{3}){2,}\.)\d\d?)");
    if (parsed.problem == ParseProblem::decimals && std::regex_match(ascii, decimals)) return "decimals";
    if (parsed.problem == ParseProblem::two_numbers &&
        std::ranges::any_of(shortened(ascii), [&](const std::string& part) {
            return is_two_numbers(plan, part, region, theirs);
        }))
        return "two numbers";
    if (const std::string whole = without_fraction(ascii);
        !whole.empty() && follows(plan, ours, read_by_libphonenumber(whole, region)))
        return "fraction";
    const bool has_letters =
        letters_in(text) > 0 || text.find_first_of("\xC3\xD0\xD1\xCC\xEF") != std::string::npos;
    if (has_letters && parsed.label && is_label(plan, text, region, ours)) return "label";
    if (has_letters && parsed.problem == ParseProblem::letters &&
        (!is_valid_number(plan, theirs.e164) || has_stray_letters(ascii) || has_label_word(ascii) ||
         hides_extension(text, region)))
        return "letters";
    return other_port(text, parsed, theirs);
}

}  // namespace telephony::numbering::test
