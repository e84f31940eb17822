// libphonenumber's choice of region and type, and of what is possible, for one calling code.
#include "calling_code_automaton.hpp"

namespace telephony::numbering::compiler {

namespace {

// PhoneNumberUtil::GetNumberTypeHelper asks in this order, and for fixed line and mobile only then.
constexpr std::array special_types = {
    NumberType::premium_rate,    NumberType::toll_free, NumberType::shared_cost, NumberType::voip,
    NumberType::personal_number, NumberType::pager,     NumberType::uan,         NumberType::voicemail};

// PhoneNumberUtil::kMinLengthForNsn: shorter national numbers do not parse.
constexpr int shortest_national_number = 2;

}  // namespace

std::vector<std::uint32_t> CallingCodeAutomaton::State::key() const {
    std::vector<std::uint32_t> key{static_cast<std::uint32_t>(length), patterns};
    NationalPrefixRule::append_key(prefix, key);
    return key;
}

CallingCodeAutomaton::CallingCodeAutomaton(const std::vector<RegionMetadata>& regions,
                                           std::vector<std::uint8_t> region_indexes)
    : prefix_rule_(regions.front()), possible_(regions.front().general.lengths) {
    for (std::size_t i = 0; i < regions.size(); ++i) {
        const RegionMetadata& from = regions[i];
        Region& region = regions_.emplace_back();
        region.index = region_indexes[i];
        region.general = add(from.general);
        for (const NumberType type : described_types)
            region.types[static_cast<std::size_t>(type)] = add(from.of(type));
        region.same_mobile_and_fixed_line =
            from.of(NumberType::fixed_line).pattern == from.of(NumberType::mobile).pattern;
        // A calling code of one region needs no choice: libphonenumber does not look at its leading digits.
        if (regions.size() > 1 && !from.leading_digits.empty())
            region.leading_digits = patterns_.add_prefix(parse_pattern(from.leading_digits));
    }
}

CallingCodeAutomaton::Kind CallingCodeAutomaton::add(const NumberDescription& description) {
    if (description.pattern.empty()) return {};
    return {patterns_.add(parse_pattern(description.pattern)), description.lengths};
}

CallingCodeAutomaton::State CallingCodeAutomaton::start() {
    return {0, patterns_.start(), prefix_rule_.start()};
}

CallingCodeAutomaton::State CallingCodeAutomaton::step(const State& state, int digit) {
    return {state.length + 1, patterns_.step(state.patterns, digit),
            prefix_rule_.step(state.prefix, digit, state.length)};
}

bool CallingCodeAutomaton::is(const State& state, const Kind& kind) const {
    return kind.pattern != no_pattern && kind.lengths.contains(state.length) &&
           patterns_.matches(state.patterns, kind.pattern);
}

NumberType CallingCodeAutomaton::type_in(const State& state, const Region& region) const {
    const auto is_type = [&](NumberType type) {
        return is(state, region.types[static_cast<std::size_t>(type)]);
    };
    if (!is(state, region.general)) return NumberType::none;
    for (const NumberType type : special_types)
        if (is_type(type)) return type;
    if (is_type(NumberType::fixed_line)) {
        const bool either = region.same_mobile_and_fixed_line || is_type(NumberType::mobile);
        return either ? NumberType::fixed_line_or_mobile : NumberType::fixed_line;
    }
    const bool mobile = !region.same_mobile_and_fixed_line && is_type(NumberType::mobile);
    return mobile ? NumberType::mobile : NumberType::none;
}

PlanVerdict CallingCodeAutomaton::verdict(const State& state) {
    if (state.length < shortest_national_number) return {};
    const Kind& main_general = regions_.front().general;
    const bool viable =
        main_general.pattern != no_pattern && patterns_.matches(state.patterns, main_general.pattern);
    if (!prefix_rule_.keeps(state.prefix, state.length, viable)) return {};
    const bool possible = possible_.contains(state.length);
    for (const Region& region : regions_) {
        // The first region whose leading digits fit has the number, of whatever type; one that tells no
        // leading digits has it if one of its types fits.
        const bool tells = region.leading_digits != no_pattern;
        if (tells && !patterns_.matches(state.patterns, region.leading_digits)) continue;
        const NumberType type = type_in(state, region);
        if (type != NumberType::none) return {region.index, type, true};
        if (tells) break;
    }
    return {0, NumberType::none, possible};
}

}  // namespace telephony::numbering::compiler
