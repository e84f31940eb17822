// States of automata, each kept once: made from the leaves up, equal futures become one state, which makes
// the automata minimal.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "../plan.hpp"

namespace telephony::numbering::compiler {

inline constexpr std::uint16_t dead_state = 0;

class StateStore {
  public:
    StateStore() { states_.push_back(PlanState{}); }

    /// The number of the state that equals `state`.
    std::uint16_t intern(const PlanState& state);
    const std::vector<PlanState>& states() const { return states_; }

  private:
    std::vector<PlanState> states_;
    std::map<std::array<std::uint16_t, 11>, std::uint16_t> numbers_;
};

/// Walks an automaton that is made while it is used into a store. `Automaton` has a type State and start(),
/// step(state, digit), value(state), key(state) (equal keys: equal values, now and after any digits) and
/// ended(state) (no digit leads anywhere).
template <class Automaton>
class AutomatonCompiler {
  public:
    AutomatonCompiler(Automaton& automaton, StateStore& store) : automaton_(automaton), store_(store) {}

    /// The number of the automaton's first state.
    std::uint16_t compile() { return compile(automaton_.start()); }

  private:
    std::uint16_t compile(const typename Automaton::State& from) {
        std::vector<std::uint32_t> key = automaton_.key(from);
        if (const auto known = known_.find(key); known != known_.end()) return known->second;
        PlanState state{};
        state.verdict = automaton_.value(from);
        if (!automaton_.ended(from))
            for (int digit = 0; digit < 10; ++digit)
                state.next[digit] = compile(automaton_.step(from, digit));
        const std::uint16_t number = store_.intern(state);
        known_.emplace(std::move(key), number);
        return number;
    }

    Automaton& automaton_;
    StateStore& store_;
    std::map<std::vector<std::uint32_t>, std::uint16_t> known_;
};

}  // namespace telephony::numbering::compiler
