// Every number of the built-in plan, as it is written in its own region, reads as that number again: one
// number, one value, whatever a newer plan brings.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "notations.hpp"
#include "numbering/format.hpp"
#include "numbering/parse.hpp"
#include "transition_cover.hpp"

namespace telephony::numbering::test {
namespace {

constexpr std::size_t differences_shown = 20;

TEST(PlanForms, EveryNationalFormReadsAsItsNumber) {
    const Plan plan = built_in_plan();
    std::vector<std::string> numbers = transition_cover(plan);
    for (std::string& digits : format_cover(plan)) numbers.push_back(std::move(digits));
    std::size_t read = 0, differences = 0, gabonese = 0;
    for (const std::string& digits : numbers) {
        const E164 number = number_of(digits);
        const PlanVerdict verdict = match(plan, number);
        const std::string_view home = region(plan, verdict);
        if (!verdict.valid() || home == "001") continue;
        const Parsed canonical = parse(plan, number.str(), std::nullopt);
        ASSERT_TRUE(canonical) << number.str();
        if (canonical.number != number) {
            // Two ways to write a line of Gabon in E.164, one in the country.
            EXPECT_EQ(canonical.number.str(), "+2410" + digits.substr(3));
            ++gabonese;
        }
        const std::string text(format_number(plan, number, FormatStyle::national).view());
        const Parsed parsed = parse(plan, text, home);
        ++read;
        if ((!parsed || parsed.number != canonical.number) && ++differences <= differences_shown)
            ADD_FAILURE() << number.str() << " is \"" << text << "\" in " << home << ", which reads as "
                          << (parsed ? parsed.number.str() : std::string(describe(parsed.problem)));
    }
    std::printf("%zu national forms read, %zu differences; %zu numbers of Gabon without their zero\n", read,
                differences, gabonese);
    EXPECT_EQ(differences, 0U);
    EXPECT_GT(read, 100'000U);
    EXPECT_GT(gabonese, 0U);
}

}  // namespace
}  // namespace telephony::numbering::test
