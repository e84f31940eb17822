// A second writing of libphonenumber's rules: derivatives for patterns, the national prefix as a list of all
// texts it can match in the order of preference.
#include "reference_rules.hpp"

#include <algorithm>
#include <stdexcept>

namespace telephony::numbering::test {

namespace {

bool take(std::string_view& rest, std::string_view text) {
    if (!rest.starts_with(text)) return false;
    rest.remove_prefix(text.size());
    return true;
}

}  // namespace

bool ReferenceRules::Way::changes_nothing() const {
    if (output.size() != digits.size()) return false;
    for (std::size_t i = 0; i < output.size(); ++i)
        if (output[i] != static_cast<int>(i))
            throw std::invalid_argument("a rule that moves digits but keeps their number");
    return true;
}

std::vector<ReferenceRules::Way> ReferenceRules::joined(const std::vector<Way>& first,
                                                        const std::vector<Way>& second) {
    std::vector<Way> result;
    for (const Way& a : first)
        for (const Way& b : second) {
            if (a.only_at_end && !b.digits.empty()) continue;
            Way way = a;
            const int shift = static_cast<int>(a.digits.size());
            way.digits.insert(way.digits.end(), b.digits.begin(), b.digits.end());
            way.only_at_end = a.only_at_end || b.only_at_end;
            for (std::size_t g = 1; g < way.captures.size(); ++g)
                if (b.captures[g].first != b.captures[g].second)
                    way.captures[g] = {b.captures[g].first + shift, b.captures[g].second + shift};
            result.push_back(std::move(way));
        }
    return result;
}

std::vector<ReferenceRules::Way> ReferenceRules::expand_alternatives(std::string_view& rest, int& groups) {
    std::vector<Way> ways = expand_sequence(rest, groups);
    while (take(rest, "|")) {
        const std::vector<Way> more = expand_sequence(rest, groups);
        ways.insert(ways.end(), more.begin(), more.end());
    }
    return ways;
}

std::vector<ReferenceRules::Way> ReferenceRules::expand_sequence(std::string_view& rest, int& groups) {
    std::vector<Way> ways(1);
    while (!rest.empty() && rest.front() != '|' && rest.front() != ')') {
        const std::vector<Way> once = expand_atom(rest, groups);
        const auto [min, max] = parse_bounds(rest);
        std::vector<Way> repeated(1);  // as often as may be is preferred
        for (int i = max; i > 0; --i) {
            std::vector<Way> longer = joined(once, repeated);
            if (i > min) longer.emplace_back();
            repeated = std::move(longer);
        }
        ways = joined(ways, repeated);
    }
    return ways;
}

std::vector<ReferenceRules::Way> ReferenceRules::expand_atom(std::string_view& rest, int& groups) {
    const bool plain_group = take(rest, "(?:");
    if (plain_group || take(rest, "(")) {
        const int group = plain_group ? 0 : ++groups;
        std::vector<Way> ways = expand_alternatives(rest, groups);
        if (!take(rest, ")")) throw std::invalid_argument("group without )");
        if (group == 1 || group == 2)  // no rule names more
            for (Way& way : ways)
                way.captures[static_cast<std::size_t>(group)] = {0, static_cast<int>(way.digits.size())};
        return ways;
    }
    Way way;
    if (take(rest, "$")) {
        way.only_at_end = true;
    } else if (take(rest, "[")) {
        way.digits = {parse_class(rest)};
    } else if (take(rest, "\\d")) {
        way.digits = {0x3FF};
    } else {
        way.digits = {static_cast<std::uint16_t>(1U << (rest.at(0) - '0'))};
        rest.remove_prefix(1);
    }
    return {way};
}

void ReferenceRules::read_national_prefix(const compiler::RegionMetadata& main) {
    if (main.national_prefix_for_parsing.empty()) return;
    std::string_view rest = main.national_prefix_for_parsing;
    int groups = 0;
    ways_ = expand_alternatives(rest, groups);
    if (!rest.empty()) throw std::invalid_argument("cannot parse " + main.national_prefix_for_parsing);
    const std::string& rule = main.national_prefix_transform_rule;
    if (rule.empty() || groups == 0) return;
    for (Way& way : ways_) {
        const auto [begin, end] = way.captures.at(static_cast<std::size_t>(groups));
        if (begin == end) continue;
        for (std::size_t i = 0; i < rule.size(); ++i) {
            if (rule[i] != '$') {
                way.output.push_back(-1 - (rule[i] - '0'));
                continue;
            }
            const auto [from, to] = way.captures.at(static_cast<std::size_t>(rule.at(++i) - '0'));
            for (int position = from; position < to; ++position) way.output.push_back(position);
        }
    }
}

ReferenceRules::ReferenceRules(const std::vector<compiler::RegionMetadata>& regions) : regions_(regions) {
    const auto add = [&](const std::string& pattern) {
        first_patterns_.push_back(pattern.empty() ? Expressions::nothing : expressions_.parse(pattern));
    };
    for (const compiler::RegionMetadata& region : regions_) {
        add(region.general.pattern);
        add(region.leading_digits);
        for (const compiler::NumberDescription& type : region.types) add(type.pattern);
    }
    general_ = first_patterns_.front();
    read_national_prefix(regions_.front());
}

ReferenceRules::Expression ReferenceRules::put_literals(const Way& way, int at, Expression general) {
    // Writes what stands in the output between position `at` - 1 and position `at` of the input.
    std::size_t i = 0;
    while (i < way.output.size() && (at > 0 && way.output[i] != at - 1)) ++i;
    if (at > 0 && i == way.output.size()) return general;
    for (i += at > 0 ? 1 : 0; i < way.output.size() && way.output[i] < 0; ++i)
        general = expressions_.derive(general, -1 - way.output[i]);
    return general;
}

/// Adds a way to the state; true if it has matched, so that less preferred ones no longer count.
bool ReferenceRules::settle(State& state, int number, Expression general) const {
    const Way& way = ways_[static_cast<std::size_t>(number)];
    const int size = static_cast<int>(way.digits.size());
    if (state.length < size || way.only_at_end) {
        state.ways.emplace_back(number, general);
        return false;
    }
    const int kind =
        way.changes_nothing() ? matched_same : matched + static_cast<int>(way.output.size()) - size;
    state.ways.emplace_back(kind, general);
    return true;
}

ReferenceRules::State ReferenceRules::start() {
    State state;
    state.patterns = first_patterns_;
    for (std::size_t i = 0; i < regions_.size(); ++i)
        state.leading_digits_matched.push_back(
            expressions_.nullable(first_patterns_[i * patterns_per_region + 1]));
    for (std::size_t i = 0; i < ways_.size(); ++i)
        if (settle(state, static_cast<int>(i), put_literals(ways_[i], 0, general_))) break;
    return state;
}

ReferenceRules::State ReferenceRules::step(const State& state, int digit) {
    State next{.length = state.length + 1,
               .patterns = state.patterns,
               .leading_digits_matched = state.leading_digits_matched,
               .ways = {}};
    for (Expression& pattern : next.patterns) pattern = expressions_.derive(pattern, digit);
    for (std::size_t i = 0; i < regions_.size(); ++i)
        if (expressions_.nullable(next.patterns[i * patterns_per_region + 1]))
            next.leading_digits_matched[i] = true;
    for (const auto& [number, general] : state.ways) {
        if (number >= matched - 1000) {
            next.ways.emplace_back(number, expressions_.derive(general, digit));
            break;
        }
        const Way& way = ways_[static_cast<std::size_t>(number)];
        const auto at = static_cast<std::size_t>(state.length);
        if (at >= way.digits.size() || (way.digits[at] >> digit & 1) == 0) continue;
        const bool written = std::ranges::find(way.output, state.length) != way.output.end();
        Expression follows = written ? expressions_.derive(general, digit) : general;
        if (written) follows = put_literals(way, state.length + 1, follows);
        if (settle(next, number, follows)) break;
    }
    return next;
}

bool ReferenceRules::strips(const State& state) const {
    for (const auto& [number, general] : state.ways) {
        bool same = number == matched_same;
        int length = state.length + number - matched;
        if (number < matched - 1000) {
            const Way& way = ways_[static_cast<std::size_t>(number)];
            if (static_cast<int>(way.digits.size()) != state.length) continue;
            same = way.changes_nothing();
            length = static_cast<int>(way.output.size());
        }
        if (same) return false;
        const bool was_viable = expressions_.nullable(state.patterns.front());
        if (was_viable && !expressions_.nullable(general)) return false;
        const compiler::LengthSet possible = regions_.front().general.lengths;
        return !possible.empty() && (possible.contains(length) || length > possible.longest());
    }
    return false;
}

ReferenceRules::Verdict ReferenceRules::verdict(const State& state) const {
    if (state.length < 2 || strips(state)) return {};
    Verdict verdict{.possible = regions_.front().general.lengths.contains(state.length), .region = {}};
    for (std::size_t i = 0; i < regions_.size(); ++i) {
        const compiler::RegionMetadata& region = regions_[i];
        const std::size_t base = i * patterns_per_region;
        const auto fits = [&](std::size_t pattern, const compiler::NumberDescription& description) {
            return description.lengths.contains(state.length) &&
                   expressions_.nullable(state.patterns[base + pattern]);
        };
        const auto is = [&](NumberType type) {
            return fits(2 + static_cast<std::size_t>(type), region.of(type));
        };
        const auto type = [&] {
            using enum NumberType;
            if (!fits(0, region.general)) return none;
            for (const NumberType special :
                 {premium_rate, toll_free, shared_cost, voip, personal_number, pager, uan, voicemail})
                if (is(special)) return special;
            const bool same = region.of(fixed_line).pattern == region.of(mobile).pattern;
            if (is(fixed_line)) return same || is(mobile) ? fixed_line_or_mobile : fixed_line;
            return !same && is(mobile) ? mobile : none;
        }();
        const bool chosen =
            regions_.size() == 1 ||
            (region.leading_digits.empty() ? type != NumberType::none : state.leading_digits_matched[i]);
        if (!chosen) continue;
        if (type != NumberType::none) {
            verdict.type = type;
            verdict.possible = true;
            verdict.region = region.region;
        }
        break;
    }
    return verdict;
}

}  // namespace telephony::numbering::test
