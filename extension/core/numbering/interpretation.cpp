// libphonenumber's Parse from the international prefix on.
#include "interpretation.hpp"

#include <algorithm>
#include <array>

#include "layout_writer.hpp"

namespace telephony::numbering {

namespace {

using Digits = std::span<const std::uint8_t>;

constexpr std::size_t shortest_national = 2;
constexpr std::size_t longest_national = 17;  // of libphonenumber; E.164 has room for less
constexpr unsigned mexico = 52;
constexpr unsigned gabon = 241;

/// Digits that a transform rule put together.
class Rewritten {
  public:
    void append(char c) noexcept { digits_[count_++] = static_cast<std::uint8_t>(c - '0'); }
    void append(std::string_view text) noexcept {
        for (const char c : text) append(c);
    }
    void append(Digits digits) noexcept {
        std::ranges::copy(digits, digits_.data() + count_);
        count_ += digits.size();
    }
    Digits view() const noexcept { return {digits_.data(), count_}; }

  private:
    std::array<std::uint8_t, longest_notation + longest_layout> digits_;
    std::size_t count_ = 0;
};

bool in(std::uint32_t lengths, std::size_t length) noexcept {
    return length < 32 && (lengths >> length & 1) != 0;
}

/// All digits match the general description.
bool is_general(const Plan& plan, const PlanTerritory& territory, Digits digits) noexcept {
    unsigned state = territory.general;
    for (const std::uint8_t digit : digits) {
        if (state == 0) return false;
        state = plan.rules[state].next[digit];
    }
    return plan.rules[state].verdict != 0;
}

/// How many digits are the international prefix; 0 where there is none.
std::size_t international_prefix(const Plan& plan, const PlanTerritory& home, Digits digits) noexcept {
    std::size_t length = 0;
    unsigned state = home.international_prefix;
    for (const std::uint8_t digit : digits) {
        state = plan.rules[state].next[digit];
        if (state == 0) break;
        if (plan.rules[state].verdict != 0) length = plan.rules[state].verdict;
    }
    // No calling code begins with 0.
    return length < digits.size() && digits[length] == 0 ? 0 : length;
}

const PlanPrefixMatch& national_prefix(const Plan& plan, const PlanTerritory& territory,
                                       Digits digits) noexcept {
    unsigned best = 0;
    unsigned state = territory.national_prefix;
    for (std::size_t i = 0; state != 0; ++i) {
        const unsigned verdict = plan.rules[state].verdict;
        const unsigned match = i == digits.size() ? verdict & 0xFF : verdict >> 8;
        if (match != 0) best = match;
        if (i == digits.size()) break;
        state = plan.rules[state].next[digits[i]];
    }
    return plan.prefix_matches[best];
}

/// MaybeStripNationalPrefixAndCarrierCode: `digits`, or what is left of them; `rewritten` holds what was
/// transformed.
Digits without_national_prefix(const Plan& plan, const PlanTerritory& territory, Digits digits,
                               Rewritten& rewritten) noexcept {
    const PlanPrefixMatch& match = national_prefix(plan, territory, digits);
    if (match.end == 0 && !match.transforms) return digits;
    Digits stripped = digits.subspan(match.end);
    if (match.transforms) {
        std::array<char, longest_layout> matched;
        std::ranges::transform(digits.first(match.end), matched.data(),
                               [](std::uint8_t digit) { return static_cast<char>('0' + digit); });
        write_layout(plan, match.layout, {matched.data(), match.end}, rewritten);
        rewritten.append(stripped);
        stripped = rewritten.view();
    }
    if (is_general(plan, territory, digits) && !is_general(plan, territory, stripped)) return digits;
    return stripped;
}

/// TestNumberLength gives too short, local only or invalid: the stripping is undone then.
bool undoes_stripping(const PlanTerritory& territory, std::size_t length) noexcept {
    if (in(territory.local_lengths, length)) return true;
    if (in(territory.possible_lengths, length)) return false;
    return territory.possible_lengths == 0 || (length < 32 && territory.possible_lengths >> length != 0);
}

bool is_too_long(const PlanTerritory& territory, std::size_t length) noexcept {
    return !in(territory.local_lengths, length) &&
           (length > 31 || (territory.possible_lengths >> length) == 0);
}

/// A calling code and what follows it.
struct Split {
    const PlanCallingCode* code = nullptr;
    Digits national;
};

/// The calling code that the digits begin with.
Split split_calling_code(const Plan& plan, Digits digits) noexcept {
    const auto digit = [&](std::size_t i) { return i < digits.size() ? digits[i] : 0U; };
    const unsigned index = plan.code_by_three_digits[digit(0) << 8 | digit(1) << 4 | digit(2)];
    if (index == 0) return {};
    const PlanCallingCode& code = plan.calling_codes[index - 1];
    if (code.length() > digits.size()) return {};
    return {&code, digits.subspan(code.length())};
}

/// MaybeExtractCountryCode without a prefix: the digits begin with the calling code of `home`, and are no
/// number of it as they stand, but one without the code and a national prefix.
Split split_own_calling_code(const Plan& plan, const PlanTerritory& home, Digits digits,
                             Rewritten& rewritten) noexcept {
    const Split split = split_calling_code(plan, digits);
    if (split.code != &plan.calling_codes[home.calling_code]) return {};
    const Digits bare = without_national_prefix(plan, home, split.national, rewritten);
    const bool fits = is_general(plan, home, bare) && !is_general(plan, home, digits);
    if (!fits && !is_too_long(home, digits.size())) return {};
    return {split.code, bare};
}

Interpretation number_of(const PlanCallingCode& code, Digits national) noexcept {
    std::uint64_t bits = 0;
    unsigned count = 0;
    const auto append = [&](unsigned digit) { bits |= std::uint64_t{digit} << (60 - 4 * count++); };
    if (code.calling_code >= 100) append(code.calling_code / 100);
    if (code.calling_code >= 10) append(code.calling_code / 10 % 10);
    append(code.calling_code % 10);
    if (count + national.size() > E164::max_digits) return {{}, ParseProblem::longer_than_e164};
    for (const std::uint8_t digit : national) append(digit);
    return {*E164::from_bits(bits | count), ParseProblem::none};
}

bool is_valid(const Plan& plan, const Interpretation& read) noexcept {
    return read.problem == ParseProblem::none && match(plan, read.number).valid();
}

/// The 1 after the calling code, and the 01, 044 and 045 before a number, that Mexico gave up in 2019 and
/// that are written everywhere: not part of a number that is none with them and one without.
Digits without_retired_prefix(const Plan& plan, const PlanCallingCode& code, Digits national) noexcept {
    constexpr std::size_t national_length = 10;
    const auto begins = [&](std::initializer_list<std::uint8_t> prefix) {
        return national.size() == national_length + prefix.size() &&
               std::ranges::equal(national.first(prefix.size()), prefix);
    };
    if (!begins({1}) && !begins({0, 1}) && !begins({0, 4, 4}) && !begins({0, 4, 5})) return national;
    const Digits bare = national.last(national_length);
    return !is_valid(plan, number_of(code, national)) && is_valid(plan, number_of(code, bare)) ? bare
                                                                                               : national;
}

/// Gabon's numbers of seven digits are written with a zero in the country, and the plan has them with it as
/// well, as its own numbers of eight: one line, so one value.
Digits with_zero(const Plan& plan, const PlanCallingCode& code, Digits national,
                 Rewritten& rewritten) noexcept {
    constexpr std::size_t without_zero = 7;
    if (national.size() != without_zero) return national;
    rewritten.append('0');
    rewritten.append(national);
    return is_valid(plan, number_of(code, rewritten.view())) ? rewritten.view() : national;
}

/// The national number behind a calling code, or in national form.
Interpretation read_national(const Plan& plan, const PlanCallingCode& code, const PlanTerritory& territory,
                             Digits national) noexcept {
    if (national.size() < shortest_national) return {{}, ParseProblem::too_short};
    Rewritten rewritten;
    const Digits stripped = without_national_prefix(plan, territory, national, rewritten);
    if (!undoes_stripping(territory, stripped.size())) national = stripped;
    if (national.size() < shortest_national) return {{}, ParseProblem::too_short};
    if (national.size() > longest_national) return {{}, ParseProblem::too_long};
    if (code.calling_code == mexico) national = without_retired_prefix(plan, code, national);
    Rewritten zeroed;
    if (code.calling_code == gabon) national = with_zero(plan, code, national, zeroed);
    return number_of(code, national);
}

/// The digits behind a calling code as they stand, or without the national prefix, if that is a number of the
/// plan.
Interpretation read_literally(const Plan& plan, const PlanCallingCode& code, Digits national) noexcept {
    if (const Interpretation read = number_of(code, national); is_valid(plan, read)) return read;
    const std::string_view prefix = code.trunk_prefix;
    const auto same = [](std::uint8_t digit, char c) { return digit == c - '0'; };
    if (!prefix.empty() && national.size() > prefix.size() &&
        std::ranges::equal(national.first(prefix.size()), prefix, same))
        if (const Interpretation read = number_of(code, national.subspan(prefix.size()));
            is_valid(plan, read))
            return read;
    return {{}, ParseProblem::not_a_number};
}

}  // namespace

Interpretation interpret(const Plan& plan, Digits digits, bool plus, const PlanTerritory* home) noexcept {
    if (plus) {
        if (digits.size() <= shortest_national) return {{}, ParseProblem::nothing_after_international_prefix};
        if (const Split split = split_calling_code(plan, digits); split.code != nullptr)
            return read_national(plan, *split.code, plan.territories[split.code->territory], split.national);
        // A plus before what is no calling code may stand before an international prefix; a national number
        // has none.
        if (home == nullptr) return {{}, ParseProblem::unassigned_calling_code};
    }
    const std::size_t prefix = international_prefix(plan, *home, digits);
    if (prefix != 0) {
        digits = digits.subspan(prefix);
        if (digits.size() <= shortest_national) return {{}, ParseProblem::nothing_after_international_prefix};
        if (const Split split = split_calling_code(plan, digits); split.code != nullptr)
            return read_national(plan, *split.code, plan.territories[split.code->territory], split.national);
        return {{}, ParseProblem::unassigned_calling_code};
    }
    Rewritten rewritten;
    if (const Split split = split_own_calling_code(plan, *home, digits, rewritten); split.code != nullptr)
        return read_national(plan, *split.code, plan.territories[split.code->territory], split.national);
    if (plus) return {{}, ParseProblem::unassigned_calling_code};
    return read_national(plan, plan.calling_codes[home->calling_code], *home, digits);
}

Interpretation interpret_literally(const Plan& plan, Digits digits, bool plus,
                                   const PlanTerritory* home) noexcept {
    Split split;
    if (plus) {
        split = split_calling_code(plan, digits);
    } else if (home != nullptr) {
        const PlanCallingCode& code = plan.calling_codes[home->calling_code];
        if (const Interpretation read = read_literally(plan, code, digits);
            read.problem == ParseProblem::none)
            return read;
        if (const std::size_t prefix = international_prefix(plan, *home, digits); prefix != 0)
            split = split_calling_code(plan, digits.subspan(prefix));
    }
    return split.code == nullptr ? Interpretation{{}, ParseProblem::not_a_number}
                                 : read_literally(plan, *split.code, split.national);
}

}  // namespace telephony::numbering
