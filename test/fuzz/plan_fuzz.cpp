// libFuzzer: no input of the plan compiler does worse than a PlanError, what compiles means what the
// reference rules say, and every 8 bytes that are a number have a verdict. The first byte chooses what the
// rest is.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

#include "../plan/derivative.hpp"
#include "../plan/reference_rules.hpp"
#include "numbering/compiler/compiled_plan.hpp"
#include "numbering/compiler/program.hpp"
#include "numbering/compiler/xml.hpp"

namespace {

using namespace telephony::numbering;
using namespace telephony::numbering::compiler;

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

/// Splits off what stands before the first zero byte; the rest are digits to try.
std::string_view cut(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    const std::string_view head = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return head;
}

int digit_of(char c) {
    return static_cast<unsigned char>(c) % 10;
}

void try_pattern(std::string_view rest) {
    constexpr std::size_t comparable_size = 400;  // derivatives of more take too long
    const std::string_view text = cut(rest);
    const Pattern pattern = parse_pattern(text);
    Program program;
    append_pattern(program, pattern, Instruction::Op::match, 0);
    if (program.size() > comparable_size || text.find('$') != text.npos) return;
    PatternSet set;
    set.add(pattern);
    test::Expressions expressions;
    test::Expressions::Expression expression = expressions.parse(text);
    PatternSet::State state = set.start();
    require(set.matches(state, 0) == expressions.nullable(expression), "the empty text");
    for (const char c : rest.substr(0, E164::max_digits)) {
        state = set.step(state, digit_of(c));
        expression = expressions.derive(expression, digit_of(c));
        require(set.matches(state, 0) == expressions.nullable(expression), "automaton and derivative differ");
    }
}

void try_plan_data(std::string_view rest) {
    const std::string_view text = cut(rest);
    const Metadata metadata = read_plan_data(text);
    const std::string written = write_plan_data(metadata);
    require(write_plan_data(read_plan_data(written)) == written, "plan data does not read back");
    const CompiledPlan compiled = compile_plan(metadata);
    const Plan plan = compiled.view();
    for (const auto& [code, regions] : metadata.calling_codes) {
        test::ReferenceRules rules(regions);
        test::ReferenceRules::State reference = rules.start();
        const std::string digits = std::to_string(code);
        unsigned state = root_state;
        for (const char c : digits) state = plan.states[state].next[digit_of(static_cast<char>(c - '0'))];
        for (const char c : rest.substr(0, E164::max_digits - digits.size())) {
            state = plan.states[state].next[digit_of(c)];
            reference = rules.step(reference, digit_of(c));
            const auto verdict = PlanVerdict::from_bits(plan.states[state].verdict);
            const test::ReferenceRules::Verdict expected = rules.verdict(reference);
            require(verdict.possible() == expected.possible && verdict.type() == expected.type &&
                        region(plan, verdict) == expected.region,
                    "plan and reference rules differ");
        }
    }
}

void try_number(std::string_view rest) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, rest.data(), std::min(rest.size(), sizeof bits));
    const auto number = E164::from_bits(bits);
    if (!number) return;
    const Plan plan = built_in_plan();
    const PlanVerdict verdict = match(plan, *number);
    unsigned state = root_state;
    for (int i = 0; i < number->digit_count(); ++i) state = plan.states[state].next[number->digit(i)];
    require(verdict == PlanVerdict::from_bits(plan.states[state].verdict), "the matcher misses a step");
    require(verdict.valid() == !region(plan, verdict).empty(), "a valid number without a region");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view rest{reinterpret_cast<const char*>(data) + 1, size - 1};
    try {
        switch (data[0] % 5) {
            case 0:
                try_pattern(rest);
                break;
            case 1:
                try_plan_data(rest);
                break;
            case 2:
                read_phone_number_metadata_xml(rest, "1");
                break;
            case 3:
                read_phone_metadata_collection(rest, "1");
                break;
            case 4:
                try_number(rest);
                break;
        }
    } catch (const PlanError& error) {
        require(std::strlen(error.what()) > 0, "a refusal without a reason");
    }
    return 0;
}
