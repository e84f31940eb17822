// Phone numbers as people write them, made from numbers of a plan and a seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "numbering/format.hpp"
#include "numbering/plan.hpp"

namespace telephony::numbering::test {

/// A text, and the region to read it in: "" for none.
struct Notation {
    std::string text;
    std::string region;
};

/// Takes real forms of numbers and changes them a little.
class Notations {
  public:
    /// `numbers`: digits in E.164 form that the forms are made from.
    Notations(const Plan& plan, std::vector<std::string> numbers, std::uint64_t seed);

    Notation next();

  private:
    std::size_t below(std::size_t limit) { return random_() % limit; }
    bool one_in(std::size_t n) { return below(n) == 0; }
    std::string_view pick(const std::vector<std::string_view>& of) { return of[below(of.size())]; }

    std::string form_of(const std::string& digits, const PlanCallingCode& code);
    std::string with_extension(std::string text);
    void mutate(std::string& text);
    std::string region_for(const E164& number, const PlanCallingCode& code);

    const Plan& plan_;
    std::vector<std::string> numbers_;
    std::mt19937_64 random_;
};

/// Digits of numbers that take the automata of formats through each of their transitions, and on to the end
/// of a format where one can be reached.
std::vector<std::string> format_cover(const Plan& plan);

/// The index into Plan::formats of a number of the plan's calling codes.
unsigned format_of(const Plan& plan, const std::string& digits);

}  // namespace telephony::numbering::test
