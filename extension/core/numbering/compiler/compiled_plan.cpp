// All calling codes as one minimal automaton over E.164 digits.
#include "compiled_plan.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "calling_code_automaton.hpp"
#include "rule_automata.hpp"
#include "state_store.hpp"

namespace telephony::numbering::compiler {

namespace {

/// The automaton of one calling code, as far as E.164 has room for its numbers.
class BoundedAutomaton {
  public:
    using State = CallingCodeAutomaton::State;

    BoundedAutomaton(const std::vector<RegionMetadata>& regions, std::vector<std::uint8_t> indexes,
                     int longest)
        : automaton_(regions, std::move(indexes)), longest_(longest) {}

    State start() { return automaton_.start(); }
    State step(const State& state, int digit) { return automaton_.step(state, digit); }
    std::uint16_t value(const State& state) { return automaton_.verdict(state).bits(); }
    bool ended(const State& state) const { return state.length >= longest_; }
    static std::vector<std::uint32_t> key(const State& state) { return state.key(); }

  private:
    CallingCodeAutomaton automaton_;
    int longest_;
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

/// Two-letter regions: their place in territory_by_letters.
std::optional<std::size_t> letters_of(const std::string& region) {
    const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (region.size() != 2 || !letter(region[0]) || !letter(region[1])) return std::nullopt;
    return static_cast<std::size_t>(region[0] - 'A') * 26 + static_cast<std::size_t>(region[1] - 'A');
}

/// Fills the tables of parsing and formatting for the regions of one calling code, the last one added.
void add_rules(CompiledPlan& plan, const std::vector<RegionMetadata>& regions, int longest,
               RuleTables& tables) {
    PlanCallingCode& code = plan.calling_codes.back();
    const auto code_index = static_cast<std::uint16_t>(plan.calling_codes.size() - 1);
    code.territory = static_cast<std::uint16_t>(plan.territories.size());
    code.formats = compile_formats(regions.front(), longest, tables);
    for (const RegionMetadata& region : regions) {
        if (const auto letters = letters_of(region.region))
            plan.territory_by_letters[*letters] = static_cast<std::uint16_t>(plan.territories.size());
        plan.territories.push_back({.calling_code = code_index,
                                    .international_prefix = compile_international_prefix(region, tables),
                                    .national_prefix = compile_national_prefix(region, tables),
                                    .general = compile_general(region, tables),
                                    .possible_lengths = region.general.lengths.bits(),
                                    .local_lengths = region.local_lengths.bits()});
    }
}

/// The calling code by the first three digits.
std::vector<std::uint16_t> code_shortcut(const std::vector<PlanCallingCode>& codes) {
    std::vector<std::uint16_t> table(three_digit_entries);
    for (std::size_t index = 0; index < codes.size(); ++index) {
        std::string digits = std::to_string(codes[index].calling_code);
        const std::size_t known = digits.size();
        digits.resize(3, '0');
        const int span = known == 1 ? 100 : known == 2 ? 10 : 1;
        for (int i = 0; i < span; ++i) {
            const std::string all = std::to_string(std::stoi(digits) + i);
            table[std::stoul(all, nullptr, 16)] = static_cast<std::uint16_t>(index + 1);
        }
    }
    return table;
}

}  // namespace

CompiledPlan compile_plan(const Metadata& metadata) {
    CompiledPlan plan;
    plan.regions = region_table(metadata);
    plan.source = metadata.source;
    plan.version = metadata.version;
    plan.territories.resize(1);
    plan.territory_by_letters.resize(letter_pairs);
    StateStore store;
    RuleTables tables;
    CallingCodeTrie trie;
    for (const auto& [code, regions] : metadata.calling_codes) {
        const std::string digits = std::to_string(code);
        if (code < 1 || digits.size() > 3) throw PlanError(digits + " is no calling code");
        std::vector<std::uint8_t> indexes;
        for (const RegionMetadata& region : regions)
            indexes.push_back(region_index(plan.regions, region.region));
        plan.calling_codes.push_back(calling_code_entry(regions.front(), indexes.front()));
        const int longest = E164::max_digits - static_cast<int>(digits.size());
        BoundedAutomaton automaton(regions, std::move(indexes), longest);
        add(trie, digits, AutomatonCompiler(automaton, store).compile());
        add_rules(plan, regions, longest, tables);
    }
    const std::uint16_t root = intern(trie, store);
    if (root == dead_state) throw PlanError("the metadata has no numbers");
    plan.states = in_order_of_levels(store.states(), root);
    plan.after_three_digits = shortcut(plan.states);
    plan.code_by_three_digits = code_shortcut(plan.calling_codes);
    plan.rules = tables.states.states();
    plan.prefix_matches = tables.prefix_matches;
    plan.formats = tables.formats;
    plan.layouts = tables.layouts.bytes();
    return plan;
}

}  // namespace telephony::numbering::compiler
