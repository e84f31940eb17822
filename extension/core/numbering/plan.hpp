// The compiled numbering plan: what libphonenumber says of a number in one walk over its digits, and the
// rules by which numbers are read and written. Pure: no PostgreSQL, no allocation, no locks; all tables are
// read-only data without relocations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "e164.hpp"

namespace telephony::numbering {

/// The use a number is assigned to, by libphonenumber's PhoneNumberType. `none`: not in the numbering plan.
/// `fixed_line_or_mobile`: the plan of the region does not tell them apart, as in North America.
enum class NumberType : std::uint8_t {
    none,
    fixed_line,
    mobile,
    fixed_line_or_mobile,
    toll_free,
    premium_rate,
    shared_cost,
    voip,
    personal_number,
    pager,
    uan,
    voicemail
};

inline constexpr std::size_t number_type_count = 12;

/// The name as in the SQL enum telephony.phone_number_type, such as "toll_free"; empty for `none`.
std::string_view name(NumberType type) noexcept;

/// What the plan says of one number. Two bytes; region and type are stored in it, so equal verdicts are equal
/// values.
class PlanVerdict {
  public:
    constexpr PlanVerdict() noexcept = default;
    /// `region` is an index into Plan::regions. Only the plan compiler makes verdicts.
    constexpr PlanVerdict(std::uint8_t region, NumberType type, bool possible) noexcept
        : bits_(static_cast<std::uint16_t>(region << 8 | (possible ? 0x10 : 0) | static_cast<int>(type))) {}
    static constexpr PlanVerdict from_bits(std::uint16_t bits) noexcept {
        PlanVerdict verdict;
        verdict.bits_ = bits;
        return verdict;
    }

    constexpr std::uint16_t bits() const noexcept { return bits_; }
    /// The number is assigned by the plan and canonical: libphonenumber's IsValidNumber holds for its parse,
    /// and that parse written as E.164 is the number itself.
    constexpr bool valid() const noexcept { return type() != NumberType::none; }
    /// The number is canonical and as long as numbers of its calling code are (libphonenumber's
    /// IsPossibleNumberWithReason gives IS_POSSIBLE), or valid. Lengths that only work inside an area
    /// (IS_POSSIBLE_LOCAL_ONLY) do not count by themselves: with its calling code a number is dialled from
    /// anywhere. Valid numbers of such a length are the Canadian +1310....
    constexpr bool possible() const noexcept { return (bits_ & 0x10) != 0; }
    constexpr NumberType type() const noexcept { return static_cast<NumberType>(bits_ & 0xF); }
    /// Index into Plan::regions; 0, the empty region, where the number is not valid.
    constexpr std::uint8_t region_index() const noexcept { return static_cast<std::uint8_t>(bits_ >> 8); }

    constexpr bool operator==(const PlanVerdict&) const = default;

  private:
    std::uint16_t bits_ = 0;
};

/// One state of the automaton: the state after each next digit, and the verdict if the number ends here.
struct PlanState {
    std::uint16_t next[10];
    std::uint16_t verdict;
};
static_assert(sizeof(PlanState) == 22);

/// A region of the plan: ISO 3166-1 alpha-2, or 001 for calling codes of no country.
struct PlanRegion {
    char code[4];  // zero-terminated
};

/// A calling code of the plan.
struct PlanCallingCode {
    std::uint16_t calling_code;
    std::uint8_t main_region;        // index into Plan::regions: the first that libphonenumber tries
    char trunk_prefix[5];            // zero-terminated, empty where there is none
    std::uint32_t possible_lengths;  // bit n: national numbers of n digits are possible
    std::uint16_t territory;         // index into Plan::territories: that of the main region
    std::uint16_t formats;           // first state of the automaton of formats

    /// How many digits the code has.
    constexpr std::size_t length() const noexcept {
        return calling_code < 10 ? 1 : calling_code < 100 ? 2 : 3;
    }
};

/// How numbers are read in a region, or behind a calling code of no region. The automata are in Plan::rules,
/// by their first state.
struct PlanTerritory {
    std::uint16_t calling_code;          // index into Plan::calling_codes
    std::uint16_t international_prefix;  // verdict: the length of the prefix that ends here
    std::uint16_t
        national_prefix;    // verdict: indexes into Plan::prefix_matches: upper byte, and at the end, lower
    std::uint16_t general;  // verdict: 1 where the national number matches the general description
    std::uint32_t possible_lengths;  // bit n: national numbers of n digits are possible
    std::uint32_t local_lengths;     // bit n: numbers of n digits work inside an area only
};

/// What a parser strips from the beginning of a national number.
struct PlanPrefixMatch {
    std::uint8_t end;      // digits of the match
    bool transforms;       // other digits take their place
    std::uint16_t layout;  // offset into Plan::layouts: those digits
    constexpr bool operator==(const PlanPrefixMatch&) const = default;
};

/// How a national number is written: offsets into Plan::layouts, 0 for the digits alone.
struct PlanFormat {
    std::uint16_t national;
    std::uint16_t international;  // behind the calling code
    std::uint16_t rfc3966;        // behind the calling code
    constexpr bool operator==(const PlanFormat&) const = default;
};

/// A layout is a byte that counts those after it, then characters as they are, and pairs of bytes for a run
/// of the number's digits: `layout_digits` with the index of the first, and how many.
inline constexpr unsigned layout_digits = 0x80;
/// No layout writes more characters.
inline constexpr std::size_t longest_layout = 40;

/// Two letters as an index into Plan::territory_by_letters.
inline constexpr std::size_t letter_pairs = 26 * 26;

/// A compiled plan: a view on tables that live elsewhere. State 0 is the dead end: no number begins so.
struct Plan {
    std::span<const PlanState> states;
    /// The state after the first three digits, by those digits in binary-coded decimal.
    std::span<const std::uint16_t> after_three_digits;
    std::span<const PlanRegion> regions;             // [0] is the empty region
    std::span<const PlanCallingCode> calling_codes;  // ascending
    std::span<const PlanState> rules;                // automata of PlanTerritory and of formats
    std::span<const PlanTerritory> territories;      // [0] is none
    std::span<const std::uint16_t> territory_by_letters;
    /// Index into calling_codes plus 1, by the first three digits in binary-coded decimal; 0 for none.
    std::span<const std::uint16_t> code_by_three_digits;
    std::span<const PlanPrefixMatch> prefix_matches;  // [0] is none
    std::span<const PlanFormat> formats;              // [0] is the digits alone
    std::span<const char> layouts;
    std::string_view source;   // who published the data, such as "google-libphonenumber"
    std::string_view version;  // of the data, as its publisher numbers it

    /// Size of the read-only tables in bytes.
    constexpr std::size_t bytes() const noexcept {
        return states.size_bytes() + after_three_digits.size_bytes() + regions.size_bytes() +
               calling_codes.size_bytes() + rules.size_bytes() + territories.size_bytes() +
               territory_by_letters.size_bytes() + code_by_three_digits.size_bytes() +
               prefix_matches.size_bytes() + formats.size_bytes() + layouts.size_bytes();
    }
};

/// Entries of Plan::after_three_digits: 0x000 to 0x999.
inline constexpr std::size_t three_digit_entries = 0x99A;

/// The verdict on `number`. Fewer than three digits are never possible: one of the calling code, two after
/// it.
constexpr PlanVerdict match(const Plan& plan, const E164& number) noexcept {
    std::uint64_t digits = number.bits();
    const unsigned count = digits & 0xF;
    if (count < 3) return {};
    unsigned state = plan.after_three_digits[digits >> 52];
    digits <<= 12;
    for (unsigned i = 3; i < count; ++i, digits <<= 4) state = plan.states[state].next[digits >> 60];
    return PlanVerdict::from_bits(plan.states[state].verdict);
}

/// The region of a verdict: ISO 3166-1 alpha-2 or "001"; empty where the number is not valid.
constexpr std::string_view region(const Plan& plan, PlanVerdict verdict) noexcept {
    return plan.regions[verdict.region_index()].code;
}

/// The entry of a calling code, or nullptr where the plan has none.
const PlanCallingCode* find_calling_code(const Plan& plan, unsigned calling_code) noexcept;

/// The digits dialled before a national number inside the country ("0" in most of the world, "1" in North
/// America, "06" in Hungary); empty where there is none or the plan does not have the code. From the main
/// region of the code: libphonenumber's nationalPrefix.
std::string_view trunk_prefix(const Plan& plan, unsigned calling_code) noexcept;

/// The tables built into the library, written by the plan compiler.
namespace built_in_tables {
extern const PlanState states[];
extern const std::uint16_t after_three_digits[];
extern const PlanRegion regions[];
extern const PlanCallingCode calling_codes[];
extern const PlanState rules[];
extern const PlanTerritory territories[];
extern const std::uint16_t territory_by_letters[];
extern const std::uint16_t code_by_three_digits[];
extern const PlanPrefixMatch prefix_matches[];
extern const PlanFormat formats[];
extern const char layouts[];
extern const std::size_t state_count;
extern const std::size_t region_count;
extern const std::size_t calling_code_count;
extern const std::size_t rule_count;
extern const std::size_t territory_count;
extern const std::size_t prefix_match_count;
extern const std::size_t format_count;
extern const std::size_t layout_count;
extern const char source[];
extern const char version[];
}  // namespace built_in_tables

/// The plan built into the library. Made anew by each call, as a stored one would be pointers that the loader
/// has to fix up in memory of each process.
inline Plan built_in_plan() noexcept {
    using namespace built_in_tables;
    return {{states, state_count},
            {after_three_digits, three_digit_entries},
            {regions, region_count},
            {calling_codes, calling_code_count},
            {rules, rule_count},
            {territories, territory_count},
            {territory_by_letters, letter_pairs},
            {code_by_three_digits, three_digit_entries},
            {prefix_matches, prefix_match_count},
            {formats, format_count},
            {layouts, layout_count},
            {source},
            {version}};
}

}  // namespace telephony::numbering
