// What libphonenumber strips from the beginning of a national number when it parses one, as an automaton.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "metadata.hpp"
#include "program.hpp"

namespace telephony::numbering::compiler {

/// Tells the national numbers that a parse leaves as they are from those it turns into others: the rule of
/// PhoneNumberUtil::MaybeStripNationalPrefixAndCarrierCode together with the test of the length that Parse
/// makes after it. The number is read digit by digit; the state is the ordered list of all ways in which the
/// prefix pattern may still match, each with what the stripped number would be by then.
class NationalPrefixRule {
  public:
    /// One way to match, in the order of preference.
    struct Thread {
        std::uint32_t position = 0;     // in the program; `done` once the pattern has matched
        std::uint32_t open_group = 0;   // 0: none
        std::uint32_t template_at = 0;  // next item of the transform rule
        bool captured = false;          // the deciding group holds a digit
        bool same = true;               // the stripped number is what has been read, digit for digit
        std::uint32_t length = 0;       // digits of the stripped number so far
        PatternSet::State general = 0;  // of the general description, after those digits
        bool operator==(const Thread&) const = default;
    };
    using State = std::vector<Thread>;

    /// The rule of the main region of a calling code.
    explicit NationalPrefixRule(const RegionMetadata& region);

    State start();
    /// The state after one more digit; `digits_read` counts those before it.
    State step(const State& state, int digit, int digits_read);
    /// True if a parse keeps a national number that ends here. `matches_general`: as it stands, it matches
    /// the pattern of the general description.
    bool keeps(const State& state, int digits_read, bool matches_general);

    /// Appends the state to a key that equals another key only if the states are equal.
    static void append_key(const State& state, std::vector<std::uint32_t>& key);

  private:
    static constexpr std::uint32_t done = 0xFFFFFFFF;
    struct TemplateItem {
        bool is_group;
        int value;  // number of the group, or the digit
    };

    void read_transform_rule(const std::string& rule);
    /// Follows `thread` without a digit and adds where it gets to. False once the pattern has matched: all
    /// that comes after is less preferred than that match.
    bool follow(const Thread& thread, int digits_read, bool at_end, State& into, std::vector<bool>& seen);
    void finish(Thread& thread, int digits_read);
    void put_literals(Thread& thread);
    void put(Thread& thread, int digit);

    Program program_;
    std::vector<TemplateItem> template_;
    std::uint32_t deciding_group_ = 0;
    bool empty_rule_ = true;
    LengthSet possible_;
    PatternSet general_;
    PatternSet::State general_start_ = 0;
    std::string name_;
};

}  // namespace telephony::numbering::compiler
