// Patterns by Brzozowski's derivatives: an engine that shares nothing with the one of the plan compiler.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <tuple>
#include <vector>

namespace telephony::numbering::test {

/// Expressions over digits; equal expressions have equal numbers.
class Expressions {
  public:
    using Expression = std::uint32_t;

    Expressions();

    /// The expression of a pattern of numbering metadata.
    Expression parse(std::string_view pattern);
    /// What may follow after `digit`.
    Expression derive(Expression expression, int digit);
    /// True if the empty text matches.
    bool nullable(Expression expression) const { return nodes_[expression].nullable; }

    static constexpr Expression nothing = 0;  // matches no text
    static constexpr Expression empty = 1;    // matches the empty text

  private:
    enum class Kind : std::uint8_t { nothing, empty, digits, sequence, alternatives };
    struct Node {
        Kind kind;
        std::uint16_t digits = 0;
        std::vector<Expression> parts = {};
        bool nullable = false;
        std::array<Expression, 10> derivatives = {};
    };

    Expression intern(Kind kind, std::uint16_t digits, std::vector<Expression> parts);
    Expression sequence(Expression first, Expression second);
    Expression alternatives(std::vector<Expression> parts);
    Expression parse_alternatives(std::string_view& rest);
    Expression parse_sequence(std::string_view& rest);
    Expression parse_atom(std::string_view& rest);

    std::vector<Node> nodes_;
    std::map<std::tuple<Kind, std::uint16_t, std::vector<Expression>>, Expression> known_;
};

/// Reads what stands behind a `[`; the set of digits as bits.
std::uint16_t parse_class(std::string_view& rest);
/// Reads `?`, `{n}` or `{n,m}` if it is next: how often the atom before it may stand there.
std::pair<int, int> parse_bounds(std::string_view& rest);

}  // namespace telephony::numbering::test
