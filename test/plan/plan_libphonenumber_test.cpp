// The plan compiled from the metadata of the linked libphonenumber, held against libphonenumber itself: every
// transition of the automaton, every example number, random numbers.
#include <gtest/gtest.h>
#include <phonenumbers/phonenumberutil.h>

#include <cstdlib>
#include <random>
#include <set>

#include "libphonenumber_oracle.hpp"
#include "transition_cover.hpp"

namespace telephony::numbering::test {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t differences_shown = 20;

const compiler::CompiledPlan& linked_plan() {
    static const compiler::CompiledPlan plan =
        compiler::compile_plan(compiler::read_phone_metadata_collection(linked_metadata(), "linked"));
    return plan;
}

/// Counts numbers and those on which plan and library differ; shows the first of these.
class Comparison {
  public:
    void compare(const E164& number) {
        const Judgement plan = judge(linked_plan().view(), number);
        const Judgement library = judge_by_libphonenumber(number);
        ++numbers_;
        valid_ += library.valid ? 1 : 0;
        possible_ += library.possible ? 1 : 0;
        if (plan == library) return;
        if (++differences_ <= differences_shown)
            ADD_FAILURE() << number.str() << ": plan " << describe(plan) << ", libphonenumber "
                          << describe(library);
    }

    void report(const char* what) const {
        std::printf("%s: %zu numbers (%zu valid, %zu possible), %zu differences\n", what, numbers_, valid_,
                    possible_, differences_);
        EXPECT_GT(valid_, numbers_ / 10);
        EXPECT_LT(valid_, numbers_);
        EXPECT_EQ(differences_, 0U);
    }

    std::size_t numbers() const { return numbers_; }

  private:
    std::size_t numbers_ = 0;
    std::size_t valid_ = 0;
    std::size_t possible_ = 0;
    std::size_t differences_ = 0;
};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(PlanAgainstLibphonenumber, EveryTransitionOfTheAutomaton) {
    Comparison comparison;
    for (const std::string& digits : transition_cover(linked_plan().view()))
        comparison.compare(number_of(digits));
    comparison.report("transition cover");
    EXPECT_GT(comparison.numbers(), 10 * linked_plan().states.size());
}

TEST(PlanAgainstLibphonenumber, EveryExampleNumber) {
    const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
    std::set<std::string> texts;
    const auto add = [&](const PhoneNumber& example) {
        std::string text;
        util.Format(example, PhoneNumberUtil::E164, &text);
        texts.insert(text);
    };
    std::set<std::string> regions;
    util.GetSupportedRegions(&regions);
    for (const std::string& region : regions)
        for (int type = 0; type <= PhoneNumberUtil::UNKNOWN; ++type) {
            PhoneNumber example;
            if (util.GetExampleNumberForType(region, static_cast<PhoneNumberUtil::PhoneNumberType>(type),
                                             &example))
                add(example);
            if (util.GetInvalidExampleNumber(region, &example)) add(example);
        }
    std::set<int> codes;
    util.GetSupportedGlobalNetworkCallingCodes(&codes);
    for (const int code : codes) {
        PhoneNumber example;
        ASSERT_TRUE(util.GetExampleNumberForNonGeoEntity(code, &example)) << code;
        add(example);
    }
    Comparison comparison;
    for (const std::string& text : texts) comparison.compare(number_of(text.substr(1)));
    comparison.report("example numbers");
    EXPECT_GT(comparison.numbers(), 4 * regions.size());
}

// A third of the numbers are random digits behind a calling code. The rest come close to numbers that exist:
// a number of the transition cover gets new digits at its end, and may have one changed, dropped or added.
TEST(PlanAgainstLibphonenumber, RandomNumbers) {
    const std::uint64_t count = from_environment("TELEPHONY_PLAN_RANDOM_NUMBERS", 100'000);
    const std::uint64_t seed = from_environment("TELEPHONY_PLAN_SEED", 20260731);
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint64_t limit) { return random() % limit; };
    const auto random_digit = [&] { return static_cast<char>('0' + below(10)); };
    const Plan plan = linked_plan().view();
    const std::vector<std::string> cover = transition_cover(plan);
    Comparison comparison;
    while (comparison.numbers() < count) {
        std::string digits;
        if (below(3) == 0) {
            digits = std::to_string(plan.calling_codes[below(plan.calling_codes.size())].calling_code);
            const std::size_t size = digits.size() + 2 + below(12);
            while (digits.size() < size) digits += random_digit();
        } else {
            digits = cover[below(cover.size())];
            const std::size_t kept = digits.size() - below(std::min<std::size_t>(digits.size() - 1, 7));
            for (std::size_t i = kept; i < digits.size(); ++i) digits[i] = random_digit();
            const std::size_t at = 1 + below(digits.size() - 1);
            const std::uint64_t change = below(8);
            if (change == 0) digits[at] = random_digit();
            if (change == 1) digits.erase(at, 1);
            if (change == 2) digits.insert(at, 1, random_digit());
        }
        if (digits.size() > E164::max_digits || digits.size() < E164::min_digits) continue;
        comparison.compare(number_of(digits));
    }
    std::printf("seed %llu, ", static_cast<unsigned long long>(seed));
    comparison.report("random numbers");
}

}  // namespace
}  // namespace telephony::numbering::test
