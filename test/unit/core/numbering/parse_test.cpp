// parse(): what a text in a region is read as, or why it is not. The first place to look for how a notation
// is read; the proofs against libphonenumber are in test/plan.
#include "numbering/parse.hpp"

#include <gtest/gtest.h>

#include <string>

#include "numbering/format.hpp"
#include "numbering/plan.hpp"

namespace telephony::numbering {
namespace {

struct Case {
    const char* text;
    const char* region;
    const char* number;  // nullptr where there is none
    ParseProblem problem = ParseProblem::none;
    const char* extension = "";
    bool label = false;
};

void PrintTo(const Case& c, std::ostream* out) {
    *out << '"' << c.text << "\" in " << c.region;
}

class Parse : public testing::TestWithParam<Case> {};

TEST_P(Parse, Reads) {
    const Case& c = GetParam();
    const Parsed parsed = parse(built_in_plan(), c.text, c.region);
    ASSERT_EQ(parsed.problem, c.problem) << describe(parsed.problem) << ' ' << parsed.number.str();
    if (c.number == nullptr) return;
    EXPECT_EQ(parsed.number.str(), c.number);
    EXPECT_EQ(parsed.extension.view(), c.extension);
    EXPECT_EQ(parsed.label, c.label);
}

constexpr ParseProblem none = ParseProblem::none;

INSTANTIATE_TEST_SUITE_P(
    Notations, Parse,
    testing::Values(
        Case{"030 1234567", "DE", "+49301234567"}, Case{"030/1234567", "DE", "+49301234567"},
        Case{"030 - 123 45-67", "DE", "+49301234567"}, Case{"+49 (0)30 1234567", "US", "+49301234567"},
        Case{"(202) 555-0123", "US", "+12025550123"}, Case{"1-202-555-0123", "US", "+12025550123"},
        Case{"202.555.0123", "US", "+12025550123"}, Case{"011 49 30 1234567", "US", "+49301234567"},
        Case{"tel:+1-202-555-0123;ext=7", "", "+12025550123", none, "7"},
        Case{"Tel. 030 1234567", "DE", "+49301234567"}, Case{"* 030 1234567", "DE", "+49301234567"},
        Case{"*030 1234567*", "DE", "+49301234567"}, Case{"0xx11 3456-7890", "BR", "+551134567890"},
        Case{"(0XX11) 3456-7890", "BR", "+551134567890"}, Case{"2005-2034", "CR", "+50620052034"}));

INSTANTIATE_TEST_SUITE_P(Letters, Parse,
                         testing::Values(Case{"1-800-FLOWERS", "US", "+18003569377"},
                                         Case{"1-800-4-MOBILE", "US", "+18004662453"},
                                         Case{"030 1234567 Fax", "DE", "+49301234567", none, "", true},
                                         Case{"030 1234567a", "DE", "+49301234567", none, "", true},
                                         Case{"030 12 FAX", "DE", "+493012", none, "", true},
                                         Case{"0221 12 Tel", "DE", "+4922112", none, "", true},
                                         Case{"030 1234o567", "DE", nullptr, ParseProblem::letters},
                                         Case{"030 l234567", "DE", nullptr, ParseProblem::letters},
                                         Case{"+49 3O 1234567", "DE", nullptr, ParseProblem::letters},
                                         Case{"01 / 123 DW 45", "AT", nullptr, ParseProblem::letters}));

INSTANTIATE_TEST_SUITE_P(
    TwoNumbers, Parse,
    testing::Values(Case{"030 1234567/68", "DE", nullptr, ParseProblem::two_numbers},
                    Case{"0221 45678/45679", "DE", nullptr, ParseProblem::two_numbers},
                    Case{"030 1234567 / 7654321", "DE", nullptr, ParseProblem::two_numbers},
                    Case{"030 1234567 030 1234568", "DE", nullptr, ParseProblem::two_numbers},
                    Case{"030 1234567 or 030 1234568", "DE", nullptr, ParseProblem::two_numbers},
                    Case{"202 555 0123/0124", "US", nullptr, ParseProblem::two_numbers},
                    Case{"0049 6221/540", "DE", "+496221540"}, Case{"+49 6221/54-0", "DE", "+496221540"},
                    Case{"0664/123 45 67", "AT", "+436641234567"},
                    Case{"030 1234567-68", "DE", "+4930123456768"}));

INSTANTIATE_TEST_SUITE_P(LookAlikes, Parse,
                         testing::Values(Case{"*67 202 555 0123", "US", nullptr, ParseProblem::dial_code},
                                         Case{"#31#030 1234567", "DE", nullptr, ParseProblem::dial_code},
                                         Case{"**21*+49301234567#", "DE", nullptr, ParseProblem::dial_code},
                                         Case{"2024-05-17", "US", nullptr, ParseProblem::date},
                                         Case{"17.05.2024", "DE", nullptr, ParseProblem::date},
                                         Case{"5/17/2024", "US", nullptr, ParseProblem::date},
                                         Case{"2025550123.0", "US", "+12025550123"},
                                         Case{"1234567891.5", "US", nullptr, ParseProblem::decimals},
                                         Case{"2025550123.25", "US", nullptr, ParseProblem::decimals},
                                         Case{"4.474e11", "GB", nullptr, ParseProblem::scientific_notation}));

INSTANTIATE_TEST_SUITE_P(
    Refused, Parse,
    testing::Values(Case{"", "US", nullptr, ParseProblem::not_a_number}, Case{"12", "US", "+112"},
                    Case{"030 1234567", "", nullptr, ParseProblem::unknown_region},
                    Case{"+999 1234567", "", nullptr, ParseProblem::unassigned_calling_code},
                    Case{"+49301234567890123456", "", nullptr, ParseProblem::too_long},
                    Case{"011 4", "US", nullptr, ParseProblem::nothing_after_international_prefix}));

/// No format writes a number so that it looks like a date.
TEST(ParseLookAlikes, NoFormatWritesADate) {
    const Plan plan = built_in_plan();
    std::size_t numbers = 0;
    for (unsigned year = 1900; year < 2100; ++year)
        for (unsigned month = 1; month <= 12; ++month)
            for (const unsigned day : {1U, 12U, 31U}) {
                const std::string digits = std::to_string(year) + std::string(month < 10 ? "0" : "") +
                                           std::to_string(month) + std::string(day < 10 ? "0" : "") +
                                           std::to_string(day);
                for (const PlanCallingCode& code : plan.calling_codes) {
                    E164 number;
                    if (E164::parse('+' + std::to_string(code.calling_code) + digits, number) !=
                            E164Problem::none ||
                        !match(plan, number).valid())
                        continue;
                    ++numbers;
                    const std::string national(format_number(plan, number, FormatStyle::national).view());
                    const std::string_view region = numbering::region(plan, match(plan, number));
                    EXPECT_NE(parse(plan, national, region).problem, ParseProblem::date) << national;
                }
            }
    EXPECT_GT(numbers, 1000U);
}

}  // namespace
}  // namespace telephony::numbering
