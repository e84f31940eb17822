// All calling codes as one minimal automaton over E.164 digits.
#include "compiled_plan.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>

#include "calling_code_automaton.hpp"

namespace telephony::numbering::compiler {

namespace {

constexpr std::uint16_t dead_state = 0;

/// Keeps one of each state: made from the leaves up, equal futures become one state, which makes the
/// automaton minimal.
class StateStore {
  public:
    StateStore() { states_.push_back(PlanState{}); }

    /// The number of the state that equals `state`.
    std::uint16_t intern(const PlanState& state) {
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

    const std::vector<PlanState>& states() const { return states_; }

  private:
    std::vector<PlanState> states_;
    std::map<std::array<std::uint16_t, 11>, std::uint16_t> numbers_;
};

/// Walks the automaton of one calling code into the store.
class CallingCodeCompiler {
  public:
    CallingCodeCompiler(CallingCodeAutomaton& automaton, StateStore& store, int longest)
        : automaton_(automaton), store_(store), longest_(longest) {}

    std::uint16_t compile() { return compile(automaton_.start()); }

  private:
    std::uint16_t compile(const CallingCodeAutomaton::State& from) {
        std::vector<std::uint32_t> key = from.key();
        if (const auto known = known_.find(key); known != known_.end()) return known->second;
        PlanState state{};
        state.verdict = automaton_.verdict(from).bits();
        if (from.length < longest_)
            for (int digit = 0; digit < 10; ++digit)
                state.next[digit] = compile(automaton_.step(from, digit));
        const std::uint16_t number = store_.intern(state);
        known_.emplace(std::move(key), number);
        return number;
    }

    CallingCodeAutomaton& automaton_;
    StateStore& store_;
    int longest_;
    std::map<std::vector<std::uint32_t>, std::uint16_t> known_;
};

/// Regions in alphabetical order behind the empty one, so that data in another order compiles to the same.
std::vector<PlanRegion> region_table(const Metadata& metadata) {
    std::vector<std::string> names;
    for (const auto& [code, regions] : metadata.calling_codes)
        for (const RegionMetadata& region : regions) names.push_back(region.region);
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    if (names.size() > std::numeric_limits<std::uint8_t>::max())
        throw PlanError("more regions than 8 bits can number");
    std::vector<PlanRegion> table(1);
    for (const std::string& name : names) {
        PlanRegion region{};
        if (name.empty() || name.size() >= sizeof region.code)
            throw PlanError("region " + name + " is no region code");
        std::ranges::copy(name, region.code);
        table.push_back(region);
    }
    return table;
}

std::uint8_t region_index(const std::vector<PlanRegion>& table, const std::string& name) {
    const auto found =
        std::ranges::find_if(table, [&](const PlanRegion& region) { return region.code == name; });
    return static_cast<std::uint8_t>(found - table.begin());
}

PlanCallingCode calling_code_entry(const RegionMetadata& main, std::uint8_t index) {
    PlanCallingCode entry{};
    entry.calling_code = static_cast<std::uint16_t>(main.calling_code);
    entry.main_region = index;
    entry.possible_lengths = main.general.lengths.bits();
    if (main.national_prefix.size() >= sizeof entry.trunk_prefix)
        throw PlanError(main.region + ": national prefix " + main.national_prefix + " is too long");
    std::ranges::copy(main.national_prefix, entry.trunk_prefix);
    return entry;
}

/// The states above the national numbers: the digits of the calling codes.
struct CallingCodeTrie {
    std::array<std::uint16_t, 10> next{};  // 0: none
    std::map<int, CallingCodeTrie> below;
};

void add(CallingCodeTrie& trie, const std::string& digits, std::uint16_t state) {
    const int digit = digits.front() - '0';
    const auto at = static_cast<std::size_t>(digit);
    const bool last = digits.size() == 1;
    if (trie.next[at] != 0 || (last && trie.below.contains(digit)))
        throw PlanError("one calling code is the beginning of another, " + digits);
    if (last)
        trie.next[at] = state;
    else
        add(trie.below[digit], digits.substr(1), state);
}

std::uint16_t intern(const CallingCodeTrie& trie, StateStore& store) {
    PlanState state{};
    std::ranges::copy(trie.next, state.next);
    for (const auto& [digit, below] : trie.below) state.next[digit] = intern(below, store);
    return store.intern(state);
}

/// Numbers the states as a walk from the root meets them, level by level.
std::vector<PlanState> in_order_of_levels(const std::vector<PlanState>& states, std::uint16_t root) {
    std::vector<std::uint16_t> order{dead_state, root};
    std::vector<std::uint16_t> new_number(states.size(), dead_state);
    new_number[root] = root_state;
    for (std::size_t i = 1; i < order.size(); ++i)
        for (const std::uint16_t next : states[order[i]].next)
            if (next != dead_state && new_number[next] == dead_state) {
                new_number[next] = static_cast<std::uint16_t>(order.size());
                order.push_back(next);
            }
    std::vector<PlanState> result;
    for (const std::uint16_t old : order) {
        PlanState state = states[old];
        for (std::uint16_t& next : state.next) next = new_number[next];
        result.push_back(state);
    }
    return result;
}

std::vector<std::uint16_t> shortcut(const std::vector<PlanState>& states) {
    std::vector<std::uint16_t> table(three_digit_entries, dead_state);
    for (std::size_t a = 0; a < 10; ++a)
        for (std::size_t b = 0; b < 10; ++b)
            for (std::size_t c = 0; c < 10; ++c)
                table[a << 8 | b << 4 | c] = states[states[states[root_state].next[a]].next[b]].next[c];
    return table;
}

}  // namespace

CompiledPlan compile_plan(const Metadata& metadata) {
    CompiledPlan plan;
    plan.regions = region_table(metadata);
    plan.source = metadata.source;
    plan.version = metadata.version;
    StateStore store;
    CallingCodeTrie trie;
    for (const auto& [code, regions] : metadata.calling_codes) {
        const std::string digits = std::to_string(code);
        if (code < 1 || digits.size() > 3) throw PlanError(digits + " is no calling code");
        std::vector<std::uint8_t> indexes;
        for (const RegionMetadata& region : regions)
            indexes.push_back(region_index(plan.regions, region.region));
        plan.calling_codes.push_back(calling_code_entry(regions.front(), indexes.front()));
        CallingCodeAutomaton automaton(regions, std::move(indexes));
        const int longest = E164::max_digits - static_cast<int>(digits.size());
        add(trie, digits, CallingCodeCompiler(automaton, store, longest).compile());
    }
    const std::uint16_t root = intern(trie, store);
    if (root == dead_state) throw PlanError("the metadata has no numbers");
    plan.states = in_order_of_levels(store.states(), root);
    plan.after_three_digits = shortcut(plan.states);
    return plan;
}

}  // namespace telephony::numbering::compiler
