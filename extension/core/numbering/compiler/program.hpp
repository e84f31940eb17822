// Patterns as programs of a small machine, in the manner of Thompson and Pike: one instruction per step, the
// preferred branch first.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "pattern.hpp"

namespace telephony::numbering::compiler {

/// One instruction. All but `branch` go on to the next instruction.
struct Instruction {
    enum class Op : std::uint8_t {
        digit,     // takes one digit out of `digits`
        branch,    // tries the next instruction first, then `target`
        jump,      // goes to `target`
        open,      // capturing group `target` begins
        close,     // capturing group `target` ends
        end,       // goes on only at the end of the text
        match,     // the pattern with number `target` has matched the whole text
        match_any  // the pattern with number `target` has matched a prefix of the text; stays here
    };
    Op op = Op::match;
    DigitSet digits = 0;
    std::uint32_t target = 0;
};

using Program = std::vector<Instruction>;

/// Appends `pattern` to `program`, followed by `final_op` with number `tag`; returns where it starts. Throws
/// PlanError where the program would outgrow any metadata.
std::uint32_t append_pattern(Program& program, const Pattern& pattern, Instruction::Op final_op,
                             std::uint32_t tag);

/// Many patterns run side by side over the same digits, as a deterministic automaton made while it is used.
/// Captures do not count here, and neither does preference.
class PatternSet {
  public:
    using State = std::uint32_t;

    PatternSet() = default;
    PatternSet(const PatternSet&) = delete;  // nodes are known by address
    PatternSet& operator=(const PatternSet&) = delete;

    /// Adds a pattern that the whole text must match, numbered from 0 in order of addition. All patterns are
    /// added before the first step.
    std::uint32_t add(const Pattern& pattern) { return add(pattern, Instruction::Op::match); }
    /// Adds a pattern that a prefix of the text must match.
    std::uint32_t add_prefix(const Pattern& pattern) { return add(pattern, Instruction::Op::match_any); }

    State start();
    State step(State state, int digit);
    /// True if the text read so far matches pattern `tag`.
    bool matches(State state, std::uint32_t tag) const;
    /// True if no pattern matches, now or after any digits.
    bool dead(State state) const { return positions_[state]->empty(); }

  private:
    static constexpr State unknown = 0xFFFFFFFF;
    using Positions = std::vector<std::uint32_t>;
    struct Node {
        std::vector<std::uint32_t> matched;  // ascending numbers of patterns
        std::array<State, 10> next;
    };

    std::uint32_t add(const Pattern& pattern, Instruction::Op final_op);
    /// Adds to `into` every position that takes a digit or matches, reached from `position` without a digit.
    void follow(std::uint32_t position, Positions& into);
    State intern(Positions positions);

    Program program_;
    std::vector<std::uint32_t> starts_;
    std::vector<std::uint32_t> seen_in_round_;  // by position: the last round that followed it
    std::uint32_t round_ = 0;                   // one round for each state made
    Positions pending_;
    std::map<Positions, State> states_;
    std::vector<const Positions*> positions_;  // keys of states_
    std::vector<Node> nodes_;
};

}  // namespace telephony::numbering::compiler
