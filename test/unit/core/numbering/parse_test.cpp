// parse(): what a text in a region is read as, or why it is not. The first place to look for how a notation
// is read; the proofs against libphonenumber are in test/plan.
#include "numbering/parse.hpp"

#include <gtest/gtest.h>

#include <string>

#include "numbering/compiler/compiled_plan.hpp"
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
        Case{"(0XX11) 3456-7890", "BR", "+551134567890"}, Case{"2005-2034", "CR", "+50620052034"},
        Case{"0\u20E32\u20E30\u20E3 7\u20E39\u20E34\u20E36\u20E30018", "GB", "+442079460018"}));

// What longer rules take apart and makes no number of the plan: the digits as they stand do, or without the
// national prefix alone.
INSTANTIATE_TEST_SUITE_P(AsItStands, Parse,
                         testing::Values(Case{"011 1500-0000", "AR", "+541115000000"},
                                         Case{"+54 (0)11 1500-0000", "", "+541115000000"},
                                         Case{"03001234567", "CO", "+573001234567"},
                                         Case{"+57 (0)300 1234567", "US", "+573001234567"},
                                         Case{"00800 000000", "QA", "+97400800000000"},
                                         Case{"0018000000000", "TH", "+660018000000000"},
                                         Case{"0054 (0)11 1500-0000", "DE", "+541115000000"},
                                         Case{"00800 1111 1111", "BG", "+80011111111"}));

// One line of Gabon in its ways to be written, one value.
INSTANTIATE_TEST_SUITE_P(Gabon, Parse,
                         testing::Values(Case{"02 35 15 71", "GA", "+24102351571"},
                                         Case{"2351571", "GA", "+24102351571"},
                                         Case{"+241 2 35 15 71", "", "+24102351571"},
                                         Case{"+241 02 35 15 71", "US", "+24102351571"},
                                         Case{"+241 1 73 00 00", "", "+24101730000"},
                                         Case{"+241 62 35 15 71", "", "+24162351571"},
                                         Case{"062 35 15 71", "GA", "+24162351571"}));

INSTANTIATE_TEST_SUITE_P(
    Letters, Parse,
    testing::Values(Case{"1-800-FLOWERS", "US", "+18003569377"}, Case{"1-800-4-MOBILE", "US", "+18004662453"},
                    Case{"030 1234567 Fax", "DE", "+49301234567", none, "", true},
                    Case{"030 1234567a", "DE", "+49301234567", none, "", true},
                    Case{"030 12 FAX", "DE", "+493012", none, "", true},
                    Case{"0221 12 Tel", "DE", "+4922112", none, "", true},
                    Case{"030 1234o567", "DE", nullptr, ParseProblem::letters},
                    Case{"030 l234567", "DE", nullptr, ParseProblem::letters},
                    Case{"O30 1234567", "DE", nullptr, ParseProblem::letters},
                    Case{"ATU12345678", "AT", nullptr, ParseProblem::letters},
                    Case{"NL91ABNA0417164300", "NL", nullptr, ParseProblem::letters},
                    Case{"T030 1234567", "DE", "+49301234567"}, Case{"Fax030 1234567", "DE", "+49301234567"},
                    Case{"whatsapp:+49301234567", "", "+49301234567"},
                    Case{"30123 Berlin", "DE", nullptr, ParseProblem::letters},
                    Case{"030 1234567 Durchwahl 12", "DE", nullptr, ParseProblem::letters},
                    Case{"01 42 68 53 00 poste 12", "FR", nullptr, ParseProblem::letters},
                    Case{"(11) 3456-7890 ramal 22", "BR", nullptr, ParseProblem::letters},
                    Case{"02079460018 (24h)", "GB", nullptr, ParseProblem::letters},
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
                    Case{"030 1234567 (68)", "DE", nullptr, ParseProblem::two_numbers},
                    Case{"030 1234567 [2]", "DE", nullptr, ParseProblem::two_numbers},
                    Case{"030 1234567*22", "DE", nullptr, ParseProblem::two_numbers},
                    Case{"0171*1234*567", "DE", "+491711234567"},
                    Case{"2) 030 1234567", "DE", nullptr, ParseProblem::two_numbers},
                    Case{"2. 030 1234567", "DE", nullptr, ParseProblem::two_numbers},
                    Case{"Flat 2 (030) 1234567", "DE", nullptr, ParseProblem::two_numbers},
                    Case{"24/7 030 1234567", "DE", nullptr, ParseProblem::two_numbers},
                    Case{"Mo-Fr 9-18 09 1234567", "FI", nullptr, ParseProblem::two_numbers},
                    Case{"6 0100000", "SO", "+25260100000"}, Case{"7 800 555 35 35", "RU", "+78005553535"},
                    Case{"8 800 555 35 35", "RU", "+78005553535"}, Case{"0049 6221/540", "DE", "+496221540"},
                    Case{"+49 6221/54-0", "DE", "+496221540"}, Case{"0664/123 45 67", "AT", "+436641234567"},
                    Case{"030 1234567-68", "DE", "+4930123456768"}));

INSTANTIATE_TEST_SUITE_P(LookAlikes, Parse,
                         testing::Values(Case{"*67 202 555 0123", "US", nullptr, ParseProblem::dial_code},
                                         Case{"#31#030 1234567", "DE", nullptr, ParseProblem::dial_code},
                                         Case{"**21*+49301234567#", "DE", nullptr, ParseProblem::dial_code},
                                         Case{"2024-05-17", "US", nullptr, ParseProblem::date},
                                         Case{"17.05.2024", "DE", nullptr, ParseProblem::date},
                                         Case{"5/17/2024", "US", nullptr, ParseProblem::date},
                                         Case{"30.05.24", "DE", nullptr, ParseProblem::date},
                                         Case{"5-6-24", "FI", nullptr, ParseProblem::date},
                                         Case{"31.12.24", "GL", "+299311224"},
                                         Case{"25.12.24", "NC", "+687251224"},
                                         Case{"*82(202) 555-0123", "US", nullptr, ParseProblem::dial_code},
                                         Case{"301.234.567,89", "DE", nullptr, ParseProblem::decimals},
                                         Case{"$ 2,025,550,123.00", "US", nullptr, ParseProblem::decimals},
                                         Case{"301.234.567", "DE", "+49301234567"},
                                         Case{"2025550123.0", "US", "+12025550123"},
                                         Case{"1234567891.5", "US", nullptr, ParseProblem::decimals},
                                         Case{"2025550123.25", "US", nullptr, ParseProblem::decimals},
                                         Case{"4.474e11", "GB", nullptr, ParseProblem::scientific_notation}));

INSTANTIATE_TEST_SUITE_P(
    Refused, Parse,
    testing::Values(Case{"", "US", nullptr, ParseProblem::not_a_number},
                    // The override shows 030 1234567.
                    Case{"\u202E7654321 030", "DE", nullptr, ParseProblem::not_a_number},
                    Case{"12", "US", "+112"}, Case{"030 1234567", "", nullptr, ParseProblem::unknown_region},
                    Case{"+999 1234567", "", nullptr, ParseProblem::unassigned_calling_code},
                    Case{"+49301234567890123456", "", nullptr, ParseProblem::too_long},
                    Case{"011 4", "US", nullptr, ParseProblem::nothing_after_international_prefix}));

/// Rules that undo each other give no number one value. No region of the built-in plan has such; a plan of
/// other metadata may.
TEST(ParseProblems, ANumberThatEveryReadingChangesIsRefused) {
    const compiler::CompiledPlan compiled =
        compiler::compile_plan(compiler::read_plan_data("source test 1\n\n"
                                                        "code 44 GB\n"
                                                        "GB international_prefix 00\n"
                                                        "GB parse_prefix 0(\\d{5})$|9\n"
                                                        "GB parse_rule 90$1\n"
                                                        "GB general 6,7 \\d{6,7}\n"
                                                        "GB fixed_line 6 1\\d{5} 123456\n"));
    EXPECT_EQ(parse(compiled.view(), "+44 123456", std::nullopt).number.str(), "+44123456");
    EXPECT_EQ(parse(compiled.view(), "9 123456", "GB").number.str(), "+44123456");
    EXPECT_EQ(parse(compiled.view(), "012345", "GB").problem, ParseProblem::no_canonical_form);
    EXPECT_EQ(parse(compiled.view(), "+44 9012345", std::nullopt).problem, ParseProblem::no_canonical_form);
}

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
