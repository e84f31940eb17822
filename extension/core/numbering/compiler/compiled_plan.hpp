// From metadata to the tables of a plan, in memory or as C++ source.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "../plan.hpp"
#include "metadata.hpp"

namespace telephony::numbering::compiler {

/// The tables of a plan, owned.
struct CompiledPlan {
    std::vector<PlanState> states;
    std::vector<std::uint16_t> after_three_digits;
    std::vector<PlanRegion> regions;
    std::vector<PlanCallingCode> calling_codes;
    std::vector<PlanState> rules;
    std::vector<PlanTerritory> territories;
    std::vector<std::uint16_t> territory_by_letters;
    std::vector<std::uint16_t> code_by_three_digits;
    std::vector<PlanPrefixMatch> prefix_matches;
    std::vector<PlanFormat> formats;
    std::string layouts;
    std::string source;
    std::string version;

    /// The plan as the matcher takes it; valid as long as this object is.
    Plan view() const {
        return {states,
                after_three_digits,
                regions,
                calling_codes,
                rules,
                territories,
                territory_by_letters,
                code_by_three_digits,
                prefix_matches,
                formats,
                layouts,
                source,
                version};
    }
};

/// The state before the first digit. (State 0 is the dead end.)
inline constexpr std::uint16_t root_state = 1;

/// Compiles metadata to the minimal automaton. The same metadata gives the same tables, bit for bit. Throws
/// PlanError if the metadata cannot be compiled.
CompiledPlan compile_plan(const Metadata& metadata);

/// The plan as C++ source that defines telephony::numbering::built_in_tables.
std::string emit_source(const CompiledPlan& plan);

}  // namespace telephony::numbering::compiler
