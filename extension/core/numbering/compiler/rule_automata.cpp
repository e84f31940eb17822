// Automata of parsing and formatting, by libphonenumber's rules.
#include "rule_automata.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace telephony::numbering::compiler {

namespace {

std::string name_of(const RegionMetadata& region) {
    return region.region + " (calling code " + std::to_string(region.calling_code) + ")";
}

template <class Index, class Entry>
Index intern_in(std::vector<Entry>& table, const Entry& entry) {
    const auto found = std::ranges::find(table, entry);
    const auto index = static_cast<std::size_t>(found - table.begin());
    if (index > std::numeric_limits<Index>::max()) throw PlanError("a table of the plan grew too large");
    if (found == table.end()) table.push_back(entry);
    return static_cast<Index>(index);
}

class GeneralAutomaton {
  public:
    using State = PatternSet::State;

    explicit GeneralAutomaton(const std::string& pattern) { set_.add(parse_pattern(pattern)); }

    State start() { return set_.start(); }
    State step(State state, int digit) { return set_.step(state, digit); }
    std::uint16_t value(State state) const { return set_.matches(state, 0) ? 1 : 0; }
    bool ended(State state) const { return set_.dead(state); }
    static std::vector<std::uint32_t> key(State state) { return {state}; }

  private:
    PatternSet set_;
};

/// A pattern at the beginning of the digits; `value_of` makes a value of what it has matched, if it has.
template <class ValueOf>
class BeginningAutomaton {
  public:
    struct State {
        int length = 0;
        CapturePattern::State threads;
    };

    BeginningAutomaton(const std::string& pattern, ValueOf value_of)
        : pattern_(parse_pattern(pattern), CapturePattern::Mode::beginning), value_of_(std::move(value_of)) {}

    State start() const { return {0, pattern_.start()}; }
    State step(const State& state, int digit) const {
        return {state.length + 1, pattern_.step(state.threads, digit, state.length)};
    }
    std::uint16_t value(const State& state) const {
        return value_of_(pattern_.match(state.threads, state.length, false),
                         pattern_.match(state.threads, state.length, true));
    }
    static bool ended(const State& state) { return state.threads.empty(); }
    static std::vector<std::uint32_t> key(const State& state) {
        std::vector<std::uint32_t> key{static_cast<std::uint32_t>(state.length)};
        CapturePattern::append_key(state.threads, key);
        return key;
    }

  private:
    CapturePattern pattern_;
    ValueOf value_of_;
};

template <class ValueOf>
std::uint16_t compile_beginning(const std::string& pattern, ValueOf value_of, RuleTables& tables) {
    BeginningAutomaton<ValueOf> automaton(pattern, std::move(value_of));
    return AutomatonCompiler(automaton, tables.states).compile();
}

/// All formats of a region side by side.
class FormatAutomaton {
  public:
    struct State {
        int length = 0;
        PatternSet::State beginnings = 0;
        std::vector<CapturePattern::State> formats;
    };

    FormatAutomaton(const RegionMetadata& region, int longest, RuleTables& tables)
        : region_(region), longest_(longest), tables_(tables) {
        for (const NumberFormat& format : region.formats) {
            patterns_.emplace_back(parse_pattern(format.pattern), CapturePattern::Mode::whole);
            beginnings_.add_prefix(parse_pattern(format.leading_digits));
        }
    }

    State start() {
        State state{0, beginnings_.start(), {}};
        for (const CapturePattern& pattern : patterns_) state.formats.push_back(pattern.start());
        return state;
    }
    State step(const State& state, int digit) {
        State next{state.length + 1, beginnings_.step(state.beginnings, digit), {}};
        for (std::size_t i = 0; i < patterns_.size(); ++i)
            next.formats.push_back(patterns_[i].step(state.formats[i], digit, state.length));
        return next;
    }
    std::uint16_t value(const State& state) {
        // At home the first format that fits; abroad the first of those that are for international use.
        PlanFormat layouts{};
        bool national = false;
        for (std::size_t i = 0; i < patterns_.size(); ++i) {
            const NumberFormat& format = region_.formats[i];
            if (national && format.international.empty()) continue;
            if (!beginnings_.matches(state.beginnings, static_cast<std::uint32_t>(i))) continue;
            const auto match = patterns_[i].match(state.formats[i], state.length, true);
            if (!match) continue;
            if (!std::exchange(national, true))
                layouts.national = tables_.layouts.intern(national_layout(format, *match));
            if (format.international.empty()) continue;
            set_international(layouts, format, *match, state.length);
            break;
        }
        return tables_.intern(layouts);
    }
    bool ended(const State& state) const {
        return state.length == longest_ || std::ranges::all_of(state.formats, &CapturePattern::State::empty);
    }
    static std::vector<std::uint32_t> key(const State& state) {
        std::vector<std::uint32_t> key{static_cast<std::uint32_t>(state.length), state.beginnings};
        for (const CapturePattern::State& format : state.formats) CapturePattern::append_key(format, key);
        return key;
    }

  private:
    void set_international(PlanFormat& layouts, const NumberFormat& format, const Match& match, int length) {
        Layout layout;
        layout.append_template(format.international, match);
        // One that leaves out what is dialled no longer (Mexico, before 2023) would be another number: digits
        // alone.
        if (!layout.keeps_digits(length)) return;
        layouts.international = tables_.layouts.intern(layout);
        layouts.rfc3966 = tables_.layouts.intern(layout.hyphenated());
    }

    const RegionMetadata& region_;
    int longest_;
    RuleTables& tables_;
    std::vector<CapturePattern> patterns_;
    PatternSet beginnings_;
};

}  // namespace

std::uint8_t RuleTables::intern(const PlanPrefixMatch& match) {
    return intern_in<std::uint8_t>(prefix_matches, match);
}

std::uint16_t RuleTables::intern(const PlanFormat& format) {
    return intern_in<std::uint16_t>(formats, format);
}

std::uint16_t compile_general(const RegionMetadata& region, RuleTables& tables) {
    if (region.general.pattern.empty()) return dead_state;
    GeneralAutomaton automaton(region.general.pattern);
    return AutomatonCompiler(automaton, tables.states).compile();
}

std::uint16_t compile_international_prefix(const RegionMetadata& region, RuleTables& tables) {
    if (region.international_prefix.empty()) return dead_state;
    const auto length = [](const std::optional<Match>& match, const std::optional<Match>&) {
        return static_cast<std::uint16_t>(match ? match->end : 0);
    };
    return compile_beginning(region.international_prefix, length, tables);
}

std::uint16_t compile_national_prefix(const RegionMetadata& region, RuleTables& tables) {
    if (region.national_prefix_for_parsing.empty()) return dead_state;
    const auto groups =
        static_cast<std::size_t>(group_count(parse_pattern(region.national_prefix_for_parsing)));
    const std::string& rule = region.national_prefix_transform_rule;
    // libphonenumber asks the last group whether to transform.
    if (!rule.empty() && (groups < 1 || groups > 2))
        throw PlanError(name_of(region) + ": a transform rule needs one or two groups");
    const auto index_of = [&](const std::optional<Match>& match) -> std::uint8_t {
        if (!match) return 0;
        if (match->end > longest_layout)
            throw PlanError(name_of(region) + ": a national prefix of more digits than the reader keeps");
        PlanPrefixMatch prefix{.end = match->end, .transforms = false, .layout = 0};
        const Match::Group deciding = match->groups[groups];
        if (!rule.empty() && deciding.begin != deciding.end) {
            Layout layout;
            layout.append_template(rule, *match);
            prefix.transforms = true;
            prefix.layout = tables.layouts.intern(layout);
        }
        // A match of no digits that puts none in their place changes nothing.
        if (prefix.end == 0 && !prefix.transforms) return 0;
        return tables.intern(prefix);
    };
    const auto value = [&](const std::optional<Match>& before_more, const std::optional<Match>& at_end) {
        return static_cast<std::uint16_t>(index_of(before_more) << 8 | index_of(at_end));
    };
    return compile_beginning(region.national_prefix_for_parsing, value, tables);
}

std::uint16_t compile_formats(const RegionMetadata& region, int longest, RuleTables& tables) {
    if (region.formats.empty()) return dead_state;
    FormatAutomaton automaton(region, longest, tables);
    return AutomatonCompiler(automaton, tables.states).compile();
}

}  // namespace telephony::numbering::compiler
