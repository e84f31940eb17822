// The matcher and the tables built into the library.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include "numbering/compiler/compiled_plan.hpp"
#include "numbering/plan.hpp"

namespace telephony::numbering {
namespace {

E164 number(std::string_view text) {
    E164 result;
    EXPECT_EQ(E164::parse(text, result), E164Problem::none) << text;
    return result;
}

compiler::Metadata checked_in_metadata() {
    std::ifstream file(TELEPHONY_SOURCE_DIR "/extension/core/numbering/plan_data/numbering_plan.txt");
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_TRUE(file);
    return compiler::read_plan_data(text.str());
}

TEST(PlanMatch, KnownNumbers) {
    struct Case {
        std::string_view text;
        bool possible;
        std::string_view region;
        NumberType type;
    };
    const Case cases[] = {
        {"+12025550123", true, "US", NumberType::fixed_line_or_mobile},
        {"+14165550123", true, "CA", NumberType::fixed_line_or_mobile},
        {"+18005550123", true, "US", NumberType::toll_free},
        {"+12425550123", true, "", NumberType::none},  // Bahamas have the leading digits, not the number
        {"+447400123456", true, "GB", NumberType::mobile},
        {"+447911123456", true, "GG", NumberType::mobile},
        {"+441481256789", true, "GG", NumberType::fixed_line},
        {"+4407911123456", false, "", NumberType::none},  // trunk prefix kept: a parse strips it
        {"+2348021234567", true, "NG", NumberType::mobile},
        {"+905321234567", true, "TR", NumberType::mobile},
        {"+390612345678", true, "IT", NumberType::fixed_line},  // the zero belongs to the number
        {"+77012345678", true, "KZ", NumberType::mobile},
        {"+79161234567", true, "RU", NumberType::mobile},
        {"+80012345678", true, "001", NumberType::toll_free},
        {"+15550123", false, "", NumberType::none},  // seven digits work inside an area only
        {"+13101234", true, "CA", NumberType::uan},  // which these do from anywhere in Canada
        {"+12", false, "", NumberType::none},
        {"+999123456789", false, "", NumberType::none},
        {"+999999999999999", false, "", NumberType::none},
    };
    const Plan plan = built_in_plan();
    for (const Case& c : cases) {
        const PlanVerdict verdict = match(plan, number(c.text));
        EXPECT_EQ(verdict.possible(), c.possible) << c.text;
        EXPECT_EQ(verdict.valid(), c.type != NumberType::none) << c.text;
        EXPECT_EQ(region(plan, verdict), c.region) << c.text;
        EXPECT_EQ(name(verdict.type()), name(c.type)) << c.text;
    }
}

TEST(PlanMatch, TrunkPrefixes) {
    const Plan plan = built_in_plan();
    EXPECT_EQ(trunk_prefix(plan, 1), "1");
    EXPECT_EQ(trunk_prefix(plan, 7), "8");
    EXPECT_EQ(trunk_prefix(plan, 36), "06");
    EXPECT_EQ(trunk_prefix(plan, 39), "");
    EXPECT_EQ(trunk_prefix(plan, 44), "0");
    EXPECT_EQ(trunk_prefix(plan, 90), "0");
    EXPECT_EQ(trunk_prefix(plan, 234), "0");
    EXPECT_EQ(trunk_prefix(plan, 999), "");
    EXPECT_EQ(trunk_prefix(plan, 0), "");
    EXPECT_EQ(trunk_prefix(plan, 4'000'000'000), "");
}

TEST(PlanMatch, CallingCodesAgreeWithTheItuList) {
    const Plan plan = built_in_plan();
    EXPECT_GE(plan.calling_codes.size(), 215U);
    for (const PlanCallingCode& entry : plan.calling_codes) {
        const std::string code = std::to_string(entry.calling_code);
        EXPECT_EQ(calling_code_length(number('+' + code + "123456")), code.size()) << code;
        EXPECT_NE(entry.main_region, 0) << code;
        EXPECT_NE(entry.possible_lengths, 0U) << code;
    }
    EXPECT_TRUE(std::ranges::is_sorted(plan.calling_codes, {}, &PlanCallingCode::calling_code));
}

TEST(PlanMatch, BuiltInTablesAreTheCompiledPlanDataBitForBit) {
    const compiler::CompiledPlan compiled = compiler::compile_plan(checked_in_metadata());
    const Plan built_in = built_in_plan();
    const auto same = [](const auto& a, const auto& b) {
        return a.size_bytes() == b.size_bytes() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
    };
    const Plan fresh = compiled.view();
    EXPECT_TRUE(same(built_in.states, fresh.states));
    EXPECT_TRUE(same(built_in.after_three_digits, fresh.after_three_digits));
    EXPECT_TRUE(same(built_in.regions, fresh.regions));
    EXPECT_TRUE(same(built_in.calling_codes, fresh.calling_codes));
    EXPECT_EQ(built_in.source, fresh.source);
    EXPECT_EQ(built_in.version, fresh.version);
    EXPECT_LT(built_in.bytes(), 600'000U);
    const compiler::CompiledPlan again = compiler::compile_plan(checked_in_metadata());
    EXPECT_EQ(compiler::emit_source(again), compiler::emit_source(compiled));
}

TEST(PlanMatch, EveryValidNumberIsPossibleAndEveryVerdictIsWellFormed) {
    const Plan plan = built_in_plan();
    for (const PlanState& state : plan.states) {
        const auto verdict = PlanVerdict::from_bits(state.verdict);
        EXPECT_TRUE(verdict.possible() || !verdict.valid()) << state.verdict;
        EXPECT_EQ(verdict.valid(), verdict.region_index() != 0) << state.verdict;
        EXPECT_LT(verdict.region_index(), plan.regions.size());
        EXPECT_EQ(verdict.valid(), !name(verdict.type()).empty());
        for (const std::uint16_t next : state.next) EXPECT_LT(next, plan.states.size());
    }
}

// An automaton without cycles whose states all differ in what they do has no two equivalent states.
TEST(PlanMatch, TheAutomatonIsMinimal) {
    const Plan plan = built_in_plan();
    std::set<std::vector<std::uint16_t>> rows;
    for (const PlanState& state : plan.states) {
        std::vector<std::uint16_t> row(state.next, state.next + 10);
        row.push_back(state.verdict);
        rows.insert(std::move(row));
    }
    EXPECT_EQ(rows.size(), plan.states.size());
    // Longest way from each state; a cycle would never settle within 16 rounds.
    std::vector<int> height(plan.states.size());
    for (int round = 0; round < 17; ++round)
        for (std::size_t s = 1; s < plan.states.size(); ++s)
            for (const std::uint16_t next : plan.states[s].next)
                if (next != 0) height[s] = std::max(height[s], height[next] + 1);
    EXPECT_LE(height[compiler::root_state], E164::max_digits);
}

TEST(PlanMatch, TheShortcutIsTheFirstThreeSteps) {
    const Plan plan = built_in_plan();
    ASSERT_EQ(plan.after_three_digits.size(), three_digit_entries);
    for (int a = 1; a < 10; ++a)
        for (int b = 0; b < 10; ++b)
            for (int c = 0; c < 10; ++c) {
                unsigned state = compiler::root_state;
                for (const int digit : {a, b, c}) state = plan.states[state].next[digit];
                EXPECT_EQ(plan.after_three_digits[static_cast<std::size_t>(a << 8 | b << 4 | c)], state);
            }
}

TEST(PlanMatch, AnyValueHasAVerdict) {
    const Plan plan = built_in_plan();
    std::uint64_t bits = 0x9E3779B97F4A7C15;
    int numbers = 0;
    for (int i = 0; i < 2'000'000; ++i) {
        bits = bits * 6364136223846793005 + 1442695040888963407;
        // Digits from the random nibbles, cut to one of the possible lengths.
        std::string text = "+";
        const std::size_t size = 2 + (bits >> 5) % 14;
        for (unsigned shift = 4; text.size() <= size; shift += 4)
            text += static_cast<char>('0' + (bits >> shift & 0xF) % 10);
        E164 value;
        if (E164::parse(text, value) != E164Problem::none) continue;
        ++numbers;
        const PlanVerdict verdict = match(plan, value);
        ASSERT_LT(verdict.region_index(), plan.regions.size());
        ASSERT_LT(static_cast<std::size_t>(verdict.type()), number_type_count);
    }
    EXPECT_GT(numbers, 1'500'000);
}

TEST(PlanCompiler, RefusesMetadataItCannotCompile) {
    const std::pair<std::string, std::string> cases[] = {
        {"", "no numbers"},
        {"code 44 GB\ncode 4 XX\nGB general 5 \\d{5}\nGB mobile 5 \\d{5}\nXX general 5 \\d{5}\nXX mobile 5 "
         "\\d{5}\n",
         "one calling code is the beginning of another"},
        {"code 44 GBRX\nGBRX general 5 \\d{5}\n", "is no region code"},
        {"code 44 GB\nGB national_prefix 012345\nGB general 5 \\d{5}\n", "is too long"},
        {"code 44 GB\nGB parse_prefix 0\nGB parse_rule $1\nGB general 5 \\d{5}\n", "one or two groups"},
        {"code 44 GB\nGB parse_prefix (0)(1)\nGB parse_rule $2$1\nGB general 5 \\d{5}\n",
         "once and in order"},
        {"code 44 GB\nGB parse_prefix (0)\nGB parse_rule x\nGB general 5 \\d{5}\n", "digits and groups"},
        {"code 44 GB\nGB parse_prefix 0(1)\nGB parse_rule 2$1\nGB general 5 \\d{5}\n", "moves digits"},
        {"code 44 GB\nGB general 5 \\d{5}$\n", "a $ in a pattern"},
    };
    for (const auto& [lines, message] : cases) {
        try {
            compiler::compile_plan(compiler::read_plan_data("source test 1\n" + lines));
            ADD_FAILURE() << lines;
        } catch (const compiler::PlanError& error) {
            EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
        }
    }
}

}  // namespace
}  // namespace telephony::numbering
