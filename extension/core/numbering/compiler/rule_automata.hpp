// What parsing and formatting ask of a national number, as automata over its digits.
#pragma once

#include <cstdint>
#include <vector>

#include "../plan.hpp"
#include "capture_pattern.hpp"
#include "layout.hpp"
#include "metadata.hpp"
#include "program.hpp"
#include "state_store.hpp"

namespace telephony::numbering::compiler {

/// The tables of a plan that parsing and formatting go by, while they are made.
struct RuleTables {
    StateStore states;
    LayoutStore layouts;
    std::vector<PlanPrefixMatch> prefix_matches{{}};  // [0]: none
    std::vector<PlanFormat> formats{{}};              // [0]: the digits alone

    std::uint8_t intern(const PlanPrefixMatch& match);
    std::uint16_t intern(const PlanFormat& format);
};

/// The first state of the automaton that tells whether a national number matches the pattern of the general
/// description: value 1 where it does.
std::uint16_t compile_general(const RegionMetadata& region, RuleTables& tables);

/// The first state of the automaton that finds the international prefix: its length.
std::uint16_t compile_international_prefix(const RegionMetadata& region, RuleTables& tables);

/// The first state of the automaton that finds what a parser strips: two indexes into prefix_matches, the
/// lower byte for where the digits end, the upper one for where more follow.
std::uint16_t compile_national_prefix(const RegionMetadata& region, RuleTables& tables);

/// The first state of the automaton that chooses the format of a number of at most `longest` digits: an index
/// into formats.
std::uint16_t compile_formats(const RegionMetadata& region, int longest, RuleTables& tables);

}  // namespace telephony::numbering::compiler
