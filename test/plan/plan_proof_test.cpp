// Proof that a compiled plan gives libphonenumber's verdict on every number there can be: for each calling
// code the automaton and a second writing of the rules are walked side by side through all pairs of states.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "libphonenumber_oracle.hpp"
#include "numbering/compiler/compiled_plan.hpp"
#include "random_metadata.hpp"
#include "reference_rules.hpp"
#include "transition_cover.hpp"

namespace telephony::numbering::test {
namespace {

constexpr std::size_t differences_shown = 20;

struct Proof {
    std::size_t pairs = 0;
    std::size_t differences = 0;
    std::set<std::uint16_t> states;
};

/// Walks one calling code; `state` is that of the automaton behind its digits.
void prove(const Plan& plan, const std::vector<compiler::RegionMetadata>& regions, std::uint16_t state,
           Proof& proof) {
    ReferenceRules rules(regions);
    const std::string code = std::to_string(regions.front().calling_code);
    const int longest = E164::max_digits - static_cast<int>(code.size());
    using Pair = std::pair<std::uint16_t, ReferenceRules::State>;
    std::map<Pair, std::string> seen;  // with the national number that led there
    std::vector<std::map<Pair, std::string>::const_iterator> pending;
    const auto meet = [&](Pair pair, const std::string& way) {
        const auto [entry, is_new] = seen.try_emplace(std::move(pair), way);
        if (is_new) pending.push_back(entry);
    };
    meet({state, rules.start()}, "");
    while (!pending.empty()) {
        const auto entry = pending.back();
        pending.pop_back();
        const auto& [at, reference] = entry->first;
        proof.states.insert(at);
        const auto verdict = PlanVerdict::from_bits(plan.states[at].verdict);
        const ReferenceRules::Verdict expected = rules.verdict(reference);
        const ReferenceRules::Verdict got{verdict.possible(), std::string(region(plan, verdict)),
                                          verdict.type()};
        if (got != expected && ++proof.differences <= differences_shown)
            ADD_FAILURE() << '+' << code << entry->second << ": plan " << got.possible << ' ' << got.region
                          << ' ' << name(got.type) << ", rules " << expected.possible << ' '
                          << expected.region << ' ' << name(expected.type);
        if (reference.length == longest) continue;
        for (int digit = 0; digit < 10; ++digit)
            meet({plan.states[at].next[digit], rules.step(reference, digit)},
                 entry->second + static_cast<char>('0' + digit));
    }
    proof.pairs += seen.size();
}

/// All calling codes of the metadata, and that no other digits lead anywhere.
Proof prove(const compiler::Metadata& metadata) {
    const compiler::CompiledPlan compiled = compiler::compile_plan(metadata);
    const Plan plan = compiled.view();
    Proof proof;
    std::set<std::string> codes;
    for (const auto& [code, regions] : metadata.calling_codes) {
        std::uint16_t state = compiler::root_state;
        const std::string digits = std::to_string(code);
        codes.insert(digits);
        for (std::size_t i = 0; i < digits.size(); ++i) {
            proof.states.insert(state);
            state = plan.states[state].next[digits[i] - '0'];
            const bool last = i + 1 == digits.size();
            EXPECT_TRUE(last || plan.states[state].verdict == 0) << digits;
        }
        prove(plan, regions, state, proof);
    }
    for (int number = 0; number < 1000; ++number) {
        const std::string digits = std::to_string(1000 + number).substr(1);
        const bool assigned = codes.contains(digits) || codes.contains(digits.substr(0, 2)) ||
                              codes.contains(digits.substr(0, 1));
        std::uint16_t state = compiler::root_state;
        for (const char digit : digits) state = plan.states[state].next[digit - '0'];
        EXPECT_TRUE(assigned || state == 0) << digits;
    }
    EXPECT_EQ(proof.differences, 0U);
    proof.states.insert(0);
    EXPECT_EQ(proof.states.size(), plan.states.size()) << "states that no number reaches";
    return proof;
}

void prove_and_print(const compiler::Metadata& metadata) {
    const Proof proof = prove(metadata);
    std::printf("%s %s: %zu calling codes, %zu states, %zu pairs of states, %zu differences\n",
                metadata.source.c_str(), metadata.version.c_str(), metadata.calling_codes.size(),
                proof.states.size(), proof.pairs, proof.differences);
}

std::string read_file(const char* path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    EXPECT_TRUE(file) << path;
    return content.str();
}

TEST(PlanProof, CheckedInPlan) {
    prove_and_print(compiler::read_plan_data(
        read_file(TELEPHONY_SOURCE_DIR "/extension/core/numbering/plan_data/numbering_plan.txt")));
}

TEST(PlanProof, MetadataOfTheLinkedLibphonenumber) {
    prove_and_print(compiler::read_phone_metadata_collection(linked_metadata(), "linked"));
}

// Rules that make no difference in the metadata of today must still be right for that of tomorrow.
TEST(PlanProof, RandomMetadata) {
    constexpr int rounds = 300;
    RandomMetadata random(20260731);
    int refused = 0;
    std::size_t pairs = 0;
    for (int i = 0; i < rounds && !HasFailure(); ++i) {
        const compiler::Metadata metadata = random.next();
        SCOPED_TRACE(write_plan_data(metadata));
        try {
            pairs += prove(metadata).pairs;
        } catch (const compiler::PlanError&) {
            ++refused;  // no numbers at all, or a rule that moves digits
        }
    }
    std::printf("%d random plans, %d of them refused, %zu pairs of states\n", rounds, refused, pairs);
    EXPECT_LT(refused, rounds / 4);
}

// The proof is worth something only if it can fail: each single change to a plan must be found.
TEST(PlanProof, FindsAChangedVerdict) {
    compiler::Metadata metadata = compiler::read_plan_data(
        read_file(TELEPHONY_SOURCE_DIR "/extension/core/numbering/plan_data/numbering_plan.txt"));
    const compiler::CompiledPlan compiled = compiler::compile_plan(metadata);
    const Plan plan = compiled.view();
    std::vector<compiler::RegionMetadata>& regions = metadata.calling_codes.at(290);
    const std::uint16_t state =
        plan.states[plan.states[plan.states[compiler::root_state].next[2]].next[9]].next[0];
    Proof same;
    prove(plan, regions, state, same);
    EXPECT_EQ(same.differences, 0U);
    regions.front().of(NumberType::fixed_line).pattern = regions.front().general.pattern;
    Proof changed;
    testing::TestPartResultArray failures;
    {
        testing::ScopedFakeTestPartResultReporter intercept(
            testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &failures);
        prove(plan, regions, state, changed);
    }
    EXPECT_GT(changed.differences, 0U);
    EXPECT_GT(failures.size(), 0);
}

}  // namespace
}  // namespace telephony::numbering::test
