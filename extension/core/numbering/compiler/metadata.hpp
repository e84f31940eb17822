// Numbering metadata as the plan compiler takes it, whatever form it was published in.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "../plan.hpp"
#include "pattern.hpp"

namespace telephony::numbering::compiler {

/// A set of lengths of national numbers, 1 to 31 digits: bit n for n digits.
class LengthSet {
  public:
    constexpr LengthSet() = default;
    constexpr void add(int length) { bits_ |= std::uint32_t{1} << length; }
    constexpr bool contains(int length) const { return (bits_ >> length & 1) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr int longest() const { return 31 - std::countl_zero(bits_ | 1); }
    constexpr std::uint32_t bits() const { return bits_; }
    constexpr LengthSet& operator|=(LengthSet other) {
        bits_ |= other.bits_;
        return *this;
    }
    constexpr void remove(LengthSet other) { bits_ &= ~other.bits_; }
    constexpr bool operator==(const LengthSet&) const = default;

    static constexpr int max_length = 31;

  private:
    std::uint32_t bits_ = 0;
};

/// Which national numbers there are of one kind: those of one of the lengths that match the pattern as a
/// whole. No pattern: none.
struct NumberDescription {
    std::string pattern;
    LengthSet lengths;
    std::string example = {};  // one of them; empty: none was published
    bool operator==(const NumberDescription&) const = default;
};

/// How national numbers that begin as `leading_digits` tell, and match `pattern` as a whole, are written.
struct NumberFormat {
    std::string pattern;
    std::string national;        // template of literals and groups, $1 being the first
    std::string leading_digits;  // pattern; empty: all numbers
    std::string
        national_prefix_rule;   // put for the first group of `national`, itself $1; empty: the group alone
    std::string international;  // template after the calling code; empty: not for international use
    bool operator==(const NumberFormat&) const = default;
};

/// The numbers of one region, or of one calling code of no region.
struct RegionMetadata {
    std::string region;  // ISO 3166-1 alpha-2, or 001
    int calling_code = 0;
    std::string international_prefix;         // pattern of what is dialled before calling codes
    std::string national_prefix;              // dialled before national numbers
    std::string national_prefix_for_parsing;  // pattern of what a parser strips from their beginning
    std::string national_prefix_transform_rule;
    std::string leading_digits;  // pattern of how the numbers of this region begin; empty: not told
    NumberDescription general;
    LengthSet local_lengths;                                 // of numbers that only work inside an area
    std::vector<NumberFormat> formats;                       // the first that fits has the number
    std::array<NumberDescription, number_type_count> types;  // `none` and `fixed_line_or_mobile` stay empty

    const NumberDescription& of(NumberType type) const { return types[static_cast<std::size_t>(type)]; }
    NumberDescription& of(NumberType type) { return types[static_cast<std::size_t>(type)]; }
    bool operator==(const RegionMetadata&) const = default;
};

/// The types a description can have, in the order of NumberType.
inline constexpr std::array described_types = {
    NumberType::fixed_line,  NumberType::mobile,   NumberType::toll_free,       NumberType::premium_rate,
    NumberType::shared_cost, NumberType::voip,     NumberType::personal_number, NumberType::pager,
    NumberType::uan,         NumberType::voicemail};

/// Metadata of the world.
struct Metadata {
    std::string source;
    std::string version;
    /// By calling code: its regions in the order in which libphonenumber asks whether a number is theirs.
    std::map<int, std::vector<RegionMetadata>> calling_codes;

    /// Adds a region: in front if it is the main one of its calling code, else at the end.
    void add(RegionMetadata region, bool main);
};

/// Reads the project's own plan data (plan_data/numbering_plan.txt describes the form).
Metadata read_plan_data(std::string_view text);
/// Writes the project's own plan data, without its comment; reading it gives the same metadata.
std::string write_plan_data(const Metadata& metadata);

/// Reads a PhoneNumberMetadata.xml of libphonenumber. It names no version: `version` says it.
Metadata read_phone_number_metadata_xml(std::string_view xml, std::string version);

/// Reads a serialized PhoneMetadataCollection, as metadata_get() of the C++ libphonenumber gives it.
Metadata read_phone_metadata_collection(std::string_view bytes, std::string version);

}  // namespace telephony::numbering::compiler
