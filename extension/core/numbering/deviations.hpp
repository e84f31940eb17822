// Where we leave libphonenumber, because following it would store another number than was meant: labels, and
// what looks like a phone number and is something else. docs/numbers.md has the list and the reasons.
#pragma once

#include <cstddef>
#include <string_view>

#include "parse.hpp"

namespace telephony::numbering {

/// So many letters are digits of a telephone's keys; libphonenumber overlooks fewer.
inline constexpr std::size_t fewest_key_letters = 3;

/// Fewer digits are no whole number: an ending, an extension, a group, a postcode.
inline constexpr std::size_t fewest_digits = 7;

/// A dial code, a date, a number with decimals or in scientific notation, one that letters begin; else
/// `none`.
ParseProblem problem_of_look_alike(std::string_view tokens) noexcept;
/// Of a plain text: the same without what letters and unusual signs make.
ParseProblem problem_of_plain_look_alike(std::string_view tokens) noexcept;

/// `17.05.24`: a date, unless numbers of the place are written in such groups.
bool is_short_date(std::string_view tokens) noexcept;

/// Without the `.0` or `.00` that a spreadsheet puts behind seven digits or more. A second point, more zeros
/// or fewer digits are a way to group digits: nothing is dropped.
std::string_view without_fraction(std::string_view number) noexcept;

/// What stands before a label at the end ("Fax", "(Axel)"), if there is one: the number with its last digit.
/// One or two letters are a label however they are attached.
std::string_view before_label(std::string_view tokens) noexcept;

/// The letters at the end are one word that people put behind numbers of any kind ("Fax", "mobile"), parted
/// from the digits by something else than a hyphen. It is no number in letters, whatever its keys spell.
bool ends_with_label_word(std::string_view tokens) noexcept;

/// `0xx11 ...`: where Brazil dials a carrier. The only letters inside a number that mean nothing.
bool has_carrier_place_only(std::string_view tokens) noexcept;

/// Two texts with seven digits or more each, parted by what parts the items of a list.
bool looks_like_two(std::string_view tokens) noexcept;

/// `1234567/68`, `1234567 (68)`, `1234567*68`: what stands before the last of these signs, where no more
/// digits follow than stand before it in one group. Empty if the text is not so.
std::string_view before_other_ending(std::string_view tokens) noexcept;

/// A number that others stand before.
struct Enumerated {
    std::string_view mark;    // the first of those
    std::string_view number;  // empty if the text is not so
};

/// `2) 030 1234567`, `2. ...`, `2 ...`, `24/7 ...`: one or two digits, twice if parted by a dash or slash,
/// and what stands behind the gap.
Enumerated behind_list_mark(std::string_view tokens) noexcept;

}  // namespace telephony::numbering
