// Numbers that take an automaton through every one of its transitions.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "numbering/compiler/compiled_plan.hpp"

namespace telephony::numbering::test {

/// The digits of numbers in E.164 form, at least one and at most two for each transition of `plan`: the
/// shortest way to its state, the digit, and then nothing; and, where there is one, the shortest way on to a
/// valid (else possible) number, or as many zeros where the digit leads to no number.
inline std::vector<std::string> transition_cover(const Plan& plan) {
    struct Ending {
        std::string valid;
        std::string possible;
        bool has_valid = false;
        bool has_possible = false;
    };
    const auto offer = [](std::string& best, bool& has, std::string candidate) {
        if (!has || candidate.size() < best.size()) best = std::move(candidate);
        has = true;
    };
    // States are numbered level by level, but a state can be met on several levels: iterate until it is
    // quiet.
    std::vector<Ending> endings(plan.states.size());
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t s = plan.states.size(); s-- > 1;) {
            Ending ending;
            const auto verdict = PlanVerdict::from_bits(plan.states[s].verdict);
            if (verdict.valid()) offer(ending.valid, ending.has_valid, "");
            if (verdict.possible()) offer(ending.possible, ending.has_possible, "");
            for (int digit = 0; digit < 10; ++digit) {
                const Ending& next = endings[plan.states[s].next[digit]];
                const char c = static_cast<char>('0' + digit);
                if (next.has_valid) offer(ending.valid, ending.has_valid, c + next.valid);
                if (next.has_possible) offer(ending.possible, ending.has_possible, c + next.possible);
            }
            changed = changed || ending.valid != endings[s].valid ||
                      ending.has_valid != endings[s].has_valid || ending.possible != endings[s].possible ||
                      ending.has_possible != endings[s].has_possible;
            endings[s] = std::move(ending);
        }
    }
    std::vector<std::string> access(plan.states.size());
    std::vector<std::uint16_t> order{compiler::root_state};
    std::vector<bool> met(plan.states.size());
    met[compiler::root_state] = true;
    std::vector<std::string> numbers;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::uint16_t from = order[i];
        for (int digit = 0; digit < 10; ++digit) {
            if (from == compiler::root_state && digit == 0) continue;
            const std::uint16_t to = plan.states[from].next[digit];
            const std::string way = access[from] + static_cast<char>('0' + digit);
            if (way.size() > E164::max_digits) continue;
            if (to != 0 && !met[to]) {
                met[to] = true;
                access[to] = way;
                order.push_back(to);
            }
            if (way.size() >= E164::min_digits) numbers.push_back(way);
            const Ending& here = endings[to];
            const Ending& sibling = endings[from];
            std::string rest = here.has_valid ? here.valid
                               : here.has_possible
                                   ? here.possible
                                   : std::string(sibling.valid.empty() ? 0 : sibling.valid.size() - 1, '0');
            if (!rest.empty() && way.size() + rest.size() <= E164::max_digits) numbers.push_back(way + rest);
        }
    }
    std::ranges::sort(numbers);
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
}

/// The number with these digits, which must be in E.164 form.
inline E164 number_of(const std::string& digits) {
    E164 number;
    if (const E164Problem problem = E164::parse('+' + digits, number); problem != E164Problem::none)
        throw std::invalid_argument(std::string(describe(problem)));
    return number;
}

}  // namespace telephony::numbering::test
