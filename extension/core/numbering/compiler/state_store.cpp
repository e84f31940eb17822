// One of each state.
#include "state_store.hpp"

#include <algorithm>
#include <limits>

#include "pattern.hpp"

namespace telephony::numbering::compiler {

std::uint16_t StateStore::intern(const PlanState& state) {
    std::array<std::uint16_t, 11> key{};
    std::ranges::copy(state.next, key.begin());
    key.back() = state.verdict;
    if (std::ranges::all_of(key, [](std::uint16_t part) { return part == 0; })) return dead_state;
    const auto [entry, is_new] = numbers_.try_emplace(key, static_cast<std::uint16_t>(states_.size()));
    if (is_new) {
        if (states_.size() > std::numeric_limits<std::uint16_t>::max())
            throw PlanError("the plan has more states than 16 bits can number");
        states_.push_back(state);
    }
    return entry->second;
}

}  // namespace telephony::numbering::compiler
