// libphonenumber's rules for one calling code, written down a second time, for the proof that the compiled
// plan is right. Shares no engine and no rule with the plan compiler.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "derivative.hpp"
#include "numbering/compiler/metadata.hpp"

namespace telephony::numbering::test {

/// Runs national numbers of one calling code digit by digit.
class ReferenceRules {
  public:
    using Expression = Expressions::Expression;

    /// What has been read, as far as it matters; comparable.
    struct State {
        int length = 0;
        std::vector<Expression> patterns;          // what may follow, for each pattern of each region
        std::vector<bool> leading_digits_matched;  // by region
        // Ways in which the national prefix may match, preferred ones first: number of the way (or
        // `matched` + what it came to) and what may follow in the general pattern of the stripped number.
        std::vector<std::pair<int, Expression>> ways;
        auto operator<=>(const State&) const = default;
    };

    struct Verdict {
        bool possible = false;
        std::string region;
        NumberType type = NumberType::none;
        bool operator==(const Verdict&) const = default;
    };

    explicit ReferenceRules(const std::vector<compiler::RegionMetadata>& regions);

    State start();
    State step(const State& state, int digit);
    Verdict verdict(const State& state) const;

  private:
    /// One way in which a national prefix can match: a text of fixed length.
    struct Way {
        std::vector<std::uint16_t> digits;
        bool only_at_end = false;
        std::array<std::pair<int, int>, 3> captures{};  // begin and end by group, equal where empty
        std::vector<int> output;                        // what takes its place: position, or -1 - digit
        bool changes_nothing() const;
    };

    static std::vector<Way> expand_alternatives(std::string_view& rest, int& groups);
    static std::vector<Way> expand_sequence(std::string_view& rest, int& groups);
    static std::vector<Way> expand_atom(std::string_view& rest, int& groups);
    static std::vector<Way> joined(const std::vector<Way>& first, const std::vector<Way>& second);
    void read_national_prefix(const compiler::RegionMetadata& main);
    Expression put_literals(const Way& way, int at, Expression general);
    bool settle(State& state, int way, Expression general) const;
    bool strips(const State& state) const;

    // The stripped number is `change` digits longer than what was read; or it is the same.
    static constexpr int matched = 1 << 20;
    static constexpr int matched_same = matched + 1000;

    std::vector<compiler::RegionMetadata> regions_;
    Expressions expressions_;
    std::vector<Way> ways_;
    Expression general_ = Expressions::nothing;
    std::vector<Expression> first_patterns_;
    std::vector<Expression> leading_digits_;
    static constexpr std::size_t patterns_per_region = number_type_count + 2;
};

}  // namespace telephony::numbering::test
