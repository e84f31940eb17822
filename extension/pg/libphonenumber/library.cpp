// libphonenumber behind the project's own types: canonical parsing, formatting.
#include "library.hpp"

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "numbering/plan.hpp"

namespace telephony::libphonenumber {

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::string_view no_region = "ZZ";

/// The library's patterns take time quadratic in the text and cannot be interrupted; its Java edition stops
/// at this many characters, and so do we.
constexpr std::size_t longest_input = 250;

/// A server process has no place for the library's remarks, which quote numbers.
class SilentLogger : public i18n::phonenumbers::Logger {
  public:
    void WriteMessage(const std::string&) override {}
};

const PhoneNumberUtil& library() {
    static const PhoneNumberUtil* instance = [] {
        PhoneNumberUtil* quiet = PhoneNumberUtil::GetInstance();
        quiet->SetLogger(new SilentLogger);  // the library takes ownership
        return quiet;
    }();
    return *instance;
}

/// The library's form of a number, digit by digit: unlike its parser this strips nothing.
PhoneNumber verbatim(const E164& number, std::size_t calling_code_length) {
    const std::string digits = number.digits();
    const std::string national = digits.substr(calling_code_length);
    PhoneNumber result;
    result.set_country_code(std::stoi(digits.substr(0, calling_code_length)));
    result.set_national_number(national.empty() ? 0 : std::stoull(national));
    const std::size_t zeros = std::min(national.find_first_not_of('0'), national.size() - 1);
    if (!national.empty() && zeros > 0) {
        result.set_italian_leading_zero(true);
        result.set_number_of_leading_zeros(static_cast<int>(zeros));
    }
    return result;
}

std::optional<E164> e164_of(const PhoneNumber& number) {
    std::string text;
    library().Format(number, PhoneNumberUtil::E164, &text);
    E164 result;
    if (E164::parse(text, result) != numbering::E164Problem::none) return std::nullopt;
    return result;
}

/// The numbering plan has this number, in this form. The plan may be newer than the library's metadata, which
/// would strip from some of its numbers what was a trunk prefix once.
bool is_canonical(const E164& number) {
    return match(numbering::built_in_plan(), number).valid();
}

/// The number that a text spells out: +, then digits that stand alone or between spaces, brackets, hyphens
/// and dots.
std::optional<E164> spelled_out(std::string_view text) {
    std::array<char, 1 + E164::max_digits> number;
    std::size_t size = 0;
    for (const char c : text) {
        const bool digit = c >= '0' && c <= '9';
        if (digit || (c == '+' && size == 0)) {
            if (size == number.size()) return std::nullopt;
            number[size++] = c;
        } else if (size == 0 || std::string_view(" ()-.").find(c) == std::string_view::npos) {
            return std::nullopt;
        }
    }
    E164 result;
    if (E164::parse({number.data(), size}, result) != numbering::E164Problem::none) return std::nullopt;
    return result;
}

ParseProblem problem_of(PhoneNumberUtil::ErrorType error, bool has_calling_code) {
    switch (error) {
        case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
            return has_calling_code ? ParseProblem::unassigned_calling_code : ParseProblem::no_calling_code;
        case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
            return ParseProblem::nothing_after_international_prefix;
        case PhoneNumberUtil::TOO_SHORT_NSN:
            return ParseProblem::too_short;
        case PhoneNumberUtil::TOO_LONG_NSN:
            return ParseProblem::too_long;
        default:
            return ParseProblem::not_a_number;
    }
}

}  // namespace

std::string_view describe(ParseProblem problem) noexcept {
    switch (problem) {
        case ParseProblem::unknown_region:
            return "The region is not one that the numbering plan knows.";
        case ParseProblem::no_calling_code:
            return "It has no calling code, and no region was given to read it in.";
        case ParseProblem::unassigned_calling_code:
            return "Its calling code is not one that the numbering plan knows.";
        case ParseProblem::not_a_number:
            return "It is not a phone number.";
        case ParseProblem::nothing_after_international_prefix:
            return "Too few digits follow the international prefix.";
        case ParseProblem::too_short:
            return "It has too few digits.";
        case ParseProblem::too_long:
            return "It has too many digits.";
        case ParseProblem::no_canonical_form:
            return "It can be read as more than one number.";
    }
    return {};
}

std::string_view advice(ParseProblem problem) noexcept {
    switch (problem) {
        case ParseProblem::unknown_region:
            return "Name it by its ISO 3166-1 code of two letters, such as US or GB.";
        case ParseProblem::no_calling_code:
            return "Begin with + and the calling code, or give the region, as in telephony.parse('...', "
                   "'US').";
        default:
            return "Begin with + and the calling code, as in +12025550123.";
    }
}

Parsed parse(std::string_view text, std::optional<std::string_view> region) {
    if (text.size() > longest_input) return {std::nullopt, ParseProblem::not_a_number};
    if (region && region->size() != no_region.size()) return {std::nullopt, ParseProblem::unknown_region};
    std::string home(region.value_or(no_region));
    std::ranges::transform(home, home.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
    if (region && library().GetCountryCodeForRegion(home) == 0)
        return {std::nullopt, ParseProblem::unknown_region};

    if (const auto spelled = spelled_out(text); spelled && is_canonical(*spelled)) return {spelled, {}};
    PhoneNumber number;
    auto error = library().Parse(std::string(text), home, &number);
    if (error != PhoneNumberUtil::NO_PARSING_ERROR)
        return {std::nullopt, problem_of(error, region || text.find('+') != std::string_view::npos)};
    std::optional<E164> result = e164_of(number);
    // The parser strips what looks like a trunk prefix, which may bare another; repeat until nothing changes.
    for (int rounds = 0; result && rounds < E164::max_digits; ++rounds) {
        if (is_canonical(*result)) return {result, {}};
        error = library().Parse(result->str(), std::string(no_region), &number);
        if (error != PhoneNumberUtil::NO_PARSING_ERROR) return {std::nullopt, problem_of(error, true)};
        const std::optional<E164> again = e164_of(number);
        if (again == result) return {result, {}};
        result = again;
    }
    return {std::nullopt, result ? ParseProblem::no_canonical_form : ParseProblem::too_long};
}

std::string format(const E164& number, Style style) {
    constexpr std::array library_styles{PhoneNumberUtil::E164, PhoneNumberUtil::INTERNATIONAL,
                                        PhoneNumberUtil::NATIONAL, PhoneNumberUtil::RFC3966};
    const std::string plain = (style == Style::rfc3966 ? "tel:" : "") + number.str();
    const std::string digits = number.digits();
    const std::size_t code = calling_code_length(number);
    if (code == 0 || code == digits.size()) return plain;
    const PhoneNumber phone_number = verbatim(number, code);
    std::string home;
    library().GetRegionCodeForCountryCode(phone_number.country_code(), &home);
    if (home == no_region) return plain;
    std::string result;
    library().Format(phone_number, library_styles[static_cast<std::size_t>(style)], &result);
    // For some countries the library leaves out a digit that is no longer dialled. At home that is how one
    // writes the number; after the calling code it would be another number.
    std::string shown;
    std::ranges::copy_if(result, std::back_inserter(shown), [](char c) { return c >= '0' && c <= '9'; });
    return style == Style::national || shown == digits ? result : plain;
}

}  // namespace telephony::libphonenumber
