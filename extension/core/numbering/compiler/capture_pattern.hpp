// A pattern with its captures, run digit by digit as an ordered list of threads: leftmost-first, as the
// engines behind libphonenumber match.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "program.hpp"

namespace telephony::numbering::compiler {

/// What a pattern has matched: where it ends, and its groups.
struct Match {
    static constexpr std::size_t most_groups = 7;
    struct Group {
        std::uint8_t begin = 0;
        std::uint8_t end = 0;
        bool operator==(const Group&) const = default;
    };
    std::uint8_t end = 0;
    std::array<Group, most_groups + 1>
        groups{};  // [0] is not used; a group without digits has captured nothing
    bool operator==(const Match&) const = default;
};

/// One pattern. Its states are finitely many, as patterns repeat nothing without bound.
class CapturePattern {
  public:
    enum class Mode {
        beginning,  // matches the beginning of the digits
        whole       // matches all digits
    };

    CapturePattern(const Pattern& pattern, Mode mode);

    /// One way to match, in the order of preference.
    struct Thread {
        std::uint32_t position = 0;
        Match match;
        bool operator==(const Thread&) const = default;
    };
    using State = std::vector<Thread>;

    State start() const;
    /// The state after one more digit; `digits_read` counts those before it.
    State step(const State& state, int digit, int digits_read) const;
    /// The match by the digits read so far, or nullopt: `at_end` if no more follow. For Mode::beginning, a
    /// match found later, before all threads are gone, takes the place of this one.
    std::optional<Match> match(const State& state, int digits_read, bool at_end) const;

    /// Appends the state to a key that equals another key only if the states are equal.
    static void append_key(const State& state, std::vector<std::uint32_t>& key);

  private:
    /// Follows `thread` without a digit and adds where it gets to. False once a match makes all that comes
    /// after it less preferred.
    bool follow(Thread thread, int digits_read, bool at_end, State& into, std::vector<bool>& seen) const;
    bool is_match(const Thread& thread) const;

    Program program_;
    Mode mode_;
};

}  // namespace telephony::numbering::compiler
