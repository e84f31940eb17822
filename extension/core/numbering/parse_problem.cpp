// What is said of texts that are no numbers.
#include "parse.hpp"

namespace telephony::numbering {

std::string_view describe(ParseProblem problem) noexcept {
    switch (problem) {
        case ParseProblem::none:
            return "It is a phone number.";
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
        case ParseProblem::longer_than_e164:
            return "It is longer than E.164 allows: 15 digits with the calling code.";
        case ParseProblem::no_canonical_form:
            return "It can be read as more than one number.";
        case ParseProblem::two_numbers:
            return "It is two numbers.";
        case ParseProblem::letters:
            return "It has letters that are no part of a number.";
        case ParseProblem::dial_code:
            return "It begins with a dial code, which is no part of a number.";
        case ParseProblem::date:
            return "It is a date.";
        case ParseProblem::decimals:
            return "It is a number with decimals.";
        case ParseProblem::scientific_notation:
            return "It is a number in scientific notation, which has lost its digits.";
        case ParseProblem::long_text:
            return "It has more than 250 characters.";
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
        case ParseProblem::two_numbers:
            return "Read them one by one.";
        case ParseProblem::letters:
            return "Leave out what is not the number.";
        case ParseProblem::dial_code:
            return "Leave out what is dialled before the number.";
        case ParseProblem::date:
        case ParseProblem::decimals:
        case ParseProblem::scientific_notation:
            return "Export the column from the spreadsheet as text.";
        case ParseProblem::unassigned_calling_code:
            return "Compare the digits after the + with the country's calling code.";
        case ParseProblem::too_long:
        case ParseProblem::longer_than_e164:
            return "Look for digits too many, or for a second number that runs on.";
        case ParseProblem::long_text:
            return "Give the number alone.";
        default:
            return "Begin with + and the calling code, as in +12025550123.";
    }
}

std::string_view code_of(ParseProblem problem) noexcept {
    switch (problem) {
        case ParseProblem::none:
            return {};
        case ParseProblem::unknown_region:
            return "region_unknown";
        case ParseProblem::no_calling_code:
            return "no_calling_code";
        case ParseProblem::unassigned_calling_code:
            return "calling_code_unknown";
        case ParseProblem::not_a_number:
            return "not_a_number";
        case ParseProblem::nothing_after_international_prefix:
        case ParseProblem::too_short:
            return "too_short";
        case ParseProblem::too_long:
        case ParseProblem::longer_than_e164:
        case ParseProblem::long_text:
            return "too_long";
        case ParseProblem::no_canonical_form:
            return "ambiguous_number";
        case ParseProblem::two_numbers:
            return "two_numbers";
        case ParseProblem::letters:
            return "letters_in_number";
        case ParseProblem::dial_code:
            return "dial_code";
        case ParseProblem::date:
            return "date_not_number";
        case ParseProblem::decimals:
            return "decimal_not_number";
        case ParseProblem::scientific_notation:
            return "scientific_notation";
    }
    return {};
}

std::string_view describe_loss(const Parsed& parsed) noexcept {
    if (!parsed) return {};
    if (!parsed.extension.empty())
        return "An extension stands behind the number: number_extension() gives it.";
    if (parsed.label) return "A label stands behind the number and is not part of it.";
    return {};
}

std::string_view code_of_loss(const Parsed& parsed) noexcept {
    if (!parsed) return {};
    if (!parsed.extension.empty()) return "extension_apart";
    if (parsed.label) return "label_apart";
    return {};
}

}  // namespace telephony::numbering
