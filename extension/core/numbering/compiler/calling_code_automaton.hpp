// The numbers of one calling code, digit by digit: all patterns of its regions at once, and the verdict of
// libphonenumber after each digit.
#pragma once

#include <cstdint>
#include <vector>

#include "metadata.hpp"
#include "national_prefix.hpp"
#include "program.hpp"

namespace telephony::numbering::compiler {

/// Runs the rules of libphonenumber over the national numbers of one calling code.
class CallingCodeAutomaton {
  public:
    /// What has been read, as far as it matters. Equal keys mean equal verdicts, now and after any digits.
    struct State {
        int length = 0;
        PatternSet::State patterns = 0;
        NationalPrefixRule::State prefix;

        std::vector<std::uint32_t> key() const;
    };

    /// `regions`: of one calling code, in order, the first being the main one. `region_indexes`: their
    /// indexes in the plan.
    CallingCodeAutomaton(const std::vector<RegionMetadata>& regions,
                         std::vector<std::uint8_t> region_indexes);

    State start();
    State step(const State& state, int digit);
    /// The verdict if the national number ends here.
    PlanVerdict verdict(const State& state);

  private:
    static constexpr std::uint32_t no_pattern = 0xFFFFFFFF;
    struct Kind {
        std::uint32_t pattern = no_pattern;
        LengthSet lengths;
    };
    struct Region {
        std::uint8_t index = 0;
        std::uint32_t leading_digits = no_pattern;
        bool same_mobile_and_fixed_line = false;
        Kind general;
        std::array<Kind, number_type_count> types;
    };

    Kind add(const NumberDescription& description);
    bool is(const State& state, const Kind& kind) const;
    NumberType type_in(const State& state, const Region& region) const;

    PatternSet patterns_;
    NationalPrefixRule prefix_rule_;
    LengthSet possible_;
    std::vector<Region> regions_;
};

}  // namespace telephony::numbering::compiler
