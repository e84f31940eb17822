// The 72 published vectors: what our strict parser answers, and what Android and oFono do with the same text.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <set>

#include "core/mmi/phone_rules.hpp"
#include "mmi/forwarding_code.hpp"

namespace telephony::mmi {
namespace {

using phone::Action;
using enum Action;

struct Vector {
    int row;
    std::string_view code;  // n stands for 5551234567
    Problem strict;
    Action android;
    Action ofono;
};

void PrintTo(const Vector& vector, std::ostream* out) {
    *out << vector.row << ": " << vector.code;
}

constexpr Problem ok = Problem::none;

const Vector vectors[] = {
    {1, "**21*+15551234567#", ok, set, set},
    {2, "*21*+15551234567#", ok, set, set},
    {3, "*21*n#", ok, set, set},
    {4, "**21*n*11#", ok, set, set},
    {5, "*21#", ok, set, set},
    {6, "#21#", ok, set, set},
    {7, "##21#", ok, set, set},
    {8, "*#21#", ok, set, set},
    {9, "**21#", Problem::number_missing, set, error},
    {10, "**67*n#", ok, set, set},
    {11, "##67#", ok, set, set},
    {11, "*#67#", ok, set, set},
    {11, "#67#", ok, set, set},
    {12, "**61*n#", ok, set, set},
    {13, "**61*n**20#", ok, set, set},
    {14, "**61*n*11*20#", ok, set, set},
    {15, "**61*n*20#", Problem::timer_in_basic_service_place, set, set},
    {16, "**61*n*30#", Problem::timer_in_basic_service_place, error, error},
    {17, "**61*n*25#", Problem::timer_in_basic_service_place, set, set},
    {18, "**61*n**5#", ok, set, set},
    {18, "**61*n**30#", ok, set, set},
    {19, "**61*n**17#", Problem::timer_not_a_step, set, set},
    {20, "**61*n**4#", Problem::timer_not_in_range, set, set},
    {21, "**61*n**0#", Problem::timer_not_in_range, set, error},
    {22, "**61*n**35#", Problem::timer_not_in_range, set, error},
    {23, "**61*n**60#", Problem::timer_not_in_range, set, error},
    {24, "**61*n**abc#", Problem::timer_not_a_number, error, error},
    {25, "**61***15#", Problem::number_missing, set, error},
    {26, "**61**11*15#", Problem::number_missing, set, error},
    {27, "**61*n*11*20*9#", Problem::too_many_fields, set, ussd},
    {28, "**61*n*11*20*#", Problem::trailing_star, set, set},
    {29, "##61#", ok, set, set},
    {29, "##61**11#", ok, set, set},
    {30, "*#61**11#", ok, set, set},
    {31, "**62*n#", ok, set, set},
    {31, "##62#", ok, set, set},
    {31, "*#62#", ok, set, set},
    {32, "**62*n**20#", Problem::timer_without_no_reply, set, error},
    {33, "**67*n**20#", Problem::timer_without_no_reply, set, error},
    {33, "**21*n**20#", Problem::timer_without_no_reply, set, error},
    {34, "**002*n#", ok, set, set},
    {34, "**002*n*11*20#", ok, set, set},
    {35, "##002#", ok, set, set},
    {36, "**004*n#", ok, set, set},
    {37, "*004*+15551234567*11*20#", ok, set, set},
    {38, "##004#", ok, set, set},
    {38, "*#004#", ok, set, set},
    {39, "**004*n**20#", ok, set, set},
    {40, "##21*n#", Problem::number_not_allowed, set, error},
    {40, "#21*n#", Problem::number_not_allowed, set, error},
    {40, "*#21*n#", Problem::number_not_allowed, set, error},
    {41, "**21*n*99#", Problem::basic_service_unknown, set, error},
    {42, "**21*n*17#", Problem::basic_service_unknown, error, error},
    {42, "**21*n*18#", Problem::basic_service_unknown, error, error},
    {42, "**21*n*45#", Problem::basic_service_unknown, error, error},
    {43, "**21*n*16#", Problem::basic_service_sms, set, set},
    {44, "*21*+48666555444*19*40#", Problem::timer_without_no_reply, set, error},
    {45, "*21*+55555*10*20#", Problem::timer_without_no_reply, set, error},
    {46, "*21**20#", ok, set, set},
    {47, "*21**10*20#", Problem::timer_without_registration, set, error},
    {47, "*21***20#", Problem::timer_without_registration, set, error},
    {48, "#21*12345*99*10#", Problem::number_not_allowed, set, error},
    {49, "**21*n", Problem::unclosed, call, call},
    {50, "##6", Problem::unclosed, call, call},
    {50, "##21", Problem::unclosed, call, call},
    {51, "**21*n##", Problem::text_after_code, ussd, set},
    {52, "**21*n#9", Problem::text_after_code, error, set},
    {53, "*21#5551234567", Problem::text_after_code, error, set},
    {54, "**21*#", Problem::number_missing, set, error},
    {55, "**21*+#", Problem::number_malformed, set, error},
    {56, "**21*(555)123-4567#", Problem::number_malformed, set, error},
    {57, "**21*555123456789012345678#", Problem::number_too_long, set, error},
    {58, "**21*5551*1234567#", Problem::basic_service_unknown, error, error},
    {59, "***21*n#", Problem::malformed_prefix, ussd, ussd},
    {59, "#*21#", Problem::malformed_prefix, ussd, ussd},
    {60, "**2*n#", Problem::malformed_service_code, ussd, ussd},
    {60, "**0021*n#", Problem::malformed_service_code, ussd, ussd},
    {61, "**021*n#", Problem::unknown_service_code, other, other},
    {61, "**22*n#", Problem::unknown_service_code, other, other},
    {62, "33", Problem::no_prefix, ussd, call},
    {62, "*", Problem::star_code, ussd, call},
    {62, "**", Problem::unclosed, ussd, call},
    {62, "#", Problem::unclosed, ussd, ussd},
    {62, "##", Problem::unclosed, ussd, ussd},
    {62, "*#", Problem::unclosed, ussd, ussd},
    {62, "****#", Problem::malformed_prefix, ussd, ussd},
    {63, "*04*98*0000*00000*00000#", Problem::unknown_service_code, other, ussd},
    {64, "*123#", Problem::unknown_service_code, other, other},
    {64, "*123*1**1#", Problem::unknown_service_code, other, other},
    {65, "*#06#", Problem::unknown_service_code, other, other},
    {66, "*00*12*34*56#", Problem::unknown_service_code, other, other},
    {67, "*31#+55555", Problem::unknown_service_code, other, other},
    {67, "#31#+55555", Problem::unknown_service_code, other, other},
    {68, "*67911", Problem::star_code, call, call},
    {69, "*725551234567", Problem::star_code, call, call},
    {69, "*73", Problem::star_code, call, call},
    {69, "*71n", Problem::star_code, call, call},
    {69, "*720", Problem::star_code, call, call},
    {70, "**04*1234*4567*4567#", Problem::unknown_service_code, other, other},
    {71, "*401*9876543210", Problem::star_code, call, call},
    {71, "*402", Problem::star_code, call, call},
    {72, "", Problem::empty, call, call},
};

std::string dialled(std::string_view code) {
    std::string text;
    for (char c : code) c == 'n' ? text.append("5551234567") : text.append(1, c);
    return text;
}

int longest_digit_run(std::string_view text) {
    int run = 0, longest = 0;
    for (char c : text) {
        run = phone::is_digit(c) ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

class MmiVectors : public testing::TestWithParam<Vector> {};

TEST_P(MmiVectors, StrictVerdictAndReason) {
    const std::string text = dialled(GetParam().code);
    const ParseResult result = parse(text);
    EXPECT_EQ(result.problem, GetParam().strict) << describe(result);
    // A reason is a sentence for people, and shows no number: not even five digits in a row of the text.
    EXPECT_FALSE(describe(result).empty());
    EXPECT_LE(longest_digit_run(describe(result)), 4) << describe(result);
}

TEST_P(MmiVectors, AndroidDoesAsStated) {
    EXPECT_EQ(phone::android(dialled(GetParam().code)).action, GetParam().android);
}

TEST_P(MmiVectors, OfonoDoesAsStated) {
    EXPECT_EQ(phone::ofono(dialled(GetParam().code)).action, GetParam().ofono);
}

INSTANTIATE_TEST_SUITE_P(Table, MmiVectors, testing::ValuesIn(vectors));

TEST(MmiVectorTable, HasAll72Rows) {
    std::set<int> rows;
    for (const Vector& vector : vectors) rows.insert(vector.row);
    EXPECT_EQ(rows.size(), 72u);
    EXPECT_EQ(*rows.begin(), 1);
    EXPECT_EQ(*rows.rbegin(), 72);
}

struct Meaning {
    std::string_view code;
    ForwardingCode read;
};

TEST(MmiParse, ReadsEveryField) {
    const auto number = [](std::string_view text) { return DialNumber{}.append(text); };
    using enum Procedure;
    const Meaning meanings[] = {
        {"**21*+15551234567#", {registration, Service::unconditional, number("+15551234567"), {}, {}}},
        {"*21*5551234567#", {registration, Service::unconditional, number("5551234567"), {}, {}}},
        {"**61*901**5#", {registration, Service::no_reply, number("901"), {}, 5}},
        {"**61*07911123456*11*30#",
         {registration, Service::no_reply, number("07911123456"), BasicService::telephony, 30}},
        {"**62*1*10#",
         {registration, Service::not_reachable, number("1"), BasicService::all_teleservices, {}}},
        {"**67*1*19#",
         {registration, Service::busy, number("1"), BasicService::all_teleservices_but_sms, {}}},
        {"**002*1*26*25#",
         {registration, Service::all, number("1"), BasicService::telephony_and_all_sync, 25}},
        {"*004*+15551234567*11*20#",
         {registration, Service::all_conditional, number("+15551234567"), BasicService::telephony, 20}},
        {"*21**20#", {activation, Service::unconditional, {}, BasicService::all_bearer_services, {}}},
        {"#67#", {deactivation, Service::busy, {}, {}, {}}},
        {"##61**11#", {erasure, Service::no_reply, {}, BasicService::telephony, {}}},
        {"*#004#", {interrogation, Service::all_conditional, {}, {}, {}}},
    };
    for (const Meaning& meaning : meanings) {
        const ParseResult result = parse(meaning.code);
        EXPECT_EQ(result.problem, Problem::none) << meaning.code << ": " << describe(result);
        EXPECT_TRUE(result.code == meaning.read) << meaning.code;
    }
}

TEST(MmiParse, RefusesWhatStandsBesideTheTable) {
    const std::pair<std::string_view, Problem> cases[] = {
        {" **21*555#", Problem::no_prefix},
        {"**21*555# ", Problem::text_after_code},
        {"**21*555#\n", Problem::text_after_code},
        {"**21*55\x35\xc2\xa0#", Problem::number_malformed},
        {"**21*٥٥٥#", Problem::number_malformed},
        {"**٢١*555#", Problem::malformed_service_code},
        {"**21+555#", Problem::malformed_service_code},
        {"**21*++555#", Problem::number_malformed},
        {"**21*5+55#", Problem::number_malformed},
        {"**21*555,1#", Problem::number_malformed},
        {"**21*555p1#", Problem::number_malformed},
        {"**21*+0123#", Problem::number_country_code},
        {"**21*+1#", Problem::number_country_code},
        {"**21*+1234567890123456#", Problem::number_too_long},
        {"**21*1234567890123456#", Problem::number_too_long},
        {"**21*555*13#", Problem::basic_service_not_voice},
        {"**61*555*13*20#", Problem::basic_service_not_voice},
        {"**61*555*20*20#", Problem::basic_service_not_voice},
        {"**61*555*5#", Problem::timer_in_basic_service_place},
        {"**21*555*20#", Problem::basic_service_not_voice},
        {"**21*555*1#", Problem::basic_service_unknown},
        {"**21*555*011#", Problem::basic_service_unknown},
        {"**61*555**020#", Problem::timer_not_in_range},
        {"**61*555**+5#", Problem::timer_not_a_number},
        {"**61*555*#", Problem::trailing_star},
        {"**61*555**#", Problem::trailing_star},
        {"*21*#", Problem::trailing_star},
        {"##21**#", Problem::trailing_star},
        {"##21****#", Problem::trailing_star},
        {"##21*****#", Problem::too_many_fields},
        {"*##21#", Problem::malformed_prefix},
        {"###21#", Problem::malformed_prefix},
        {"**#", Problem::malformed_prefix},
        {"*#21##21#", Problem::text_after_code},
        {"*#61#*11#", Problem::text_after_code},
        {std::string_view("**21*5\0#", 8), Problem::number_malformed},
    };
    for (const auto& [code, problem] : cases) {
        const ParseResult result = parse(code);
        EXPECT_EQ(result.problem, problem) << code << ": " << describe(result);
    }
}

TEST(MmiDescribe, NamesWhatIsWrongAndWhatIsRight) {
    EXPECT_EQ(describe(parse("**61*5551234567*20#")),
              "20 stands in the service-group place; the timer is the third field: **61*number**20#");
    EXPECT_EQ(describe(parse("**004*5551234567*30#")),
              "30 stands in the service-group place; the timer is the third field: **004*number**30#");
    EXPECT_EQ(describe(parse("**62#")), "A registration needs a number: **62*number#");
    EXPECT_EQ(describe(parse("#62*5551234567#")),
              "Only a registration carries a number, and this is a deactivation.");
    EXPECT_EQ(describe(parse("**5551234567#")),
              "The text after the prefix is no service code, which has two or three digits.");
    EXPECT_EQ(describe(parse("**67*5551234567**20#")),
              "Service 67 does not wait for an answer, so it takes no timer; 61, 002 and 004 do.");
}

}  // namespace
}  // namespace telephony::mmi
