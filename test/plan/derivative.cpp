// Derivatives of expressions over digits.
#include "derivative.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace telephony::numbering::test {

namespace {

constexpr Expressions::Expression not_derived = 0xFFFFFFFF;

bool take(std::string_view& rest, std::string_view text) {
    if (!rest.starts_with(text)) return false;
    rest.remove_prefix(text.size());
    return true;
}

int take_number(std::string_view& rest) {
    int value = 0;
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
        value = 10 * value + rest.front() - '0';
        rest.remove_prefix(1);
    }
    return value;
}

}  // namespace

std::uint16_t parse_class(std::string_view& rest) {
    unsigned set = 0;
    while (!take(rest, "]")) {
        if (take(rest, "\\d")) {
            set = 0x3FF;
            continue;
        }
        const char first = rest.at(0);
        rest.remove_prefix(1);
        char last = first;
        if (take(rest, "-")) {
            last = rest.at(0);
            rest.remove_prefix(1);
        }
        for (char c = first; c <= last; ++c) set |= 1U << (c - '0');
    }
    return static_cast<std::uint16_t>(set);
}

std::pair<int, int> parse_bounds(std::string_view& rest) {
    if (take(rest, "?")) return {0, 1};
    if (!take(rest, "{")) return {1, 1};
    const int min = take_number(rest);
    const int max = take(rest, ",") ? take_number(rest) : min;
    if (!take(rest, "}")) throw std::invalid_argument("bounds without }");
    return {min, max};
}

Expressions::Expressions() {
    intern(Kind::nothing, 0, {});
    intern(Kind::empty, 0, {});
}

Expressions::Expression Expressions::intern(Kind kind, std::uint16_t digits, std::vector<Expression> parts) {
    const auto [entry, is_new] =
        known_.try_emplace({kind, digits, parts}, static_cast<Expression>(nodes_.size()));
    if (is_new) {
        const auto is_nullable = [&](Expression part) { return nodes_[part].nullable; };
        Node node{.kind = kind, .digits = digits, .parts = std::move(parts)};
        node.nullable = kind == Kind::empty ||
                        (kind == Kind::sequence && std::ranges::all_of(node.parts, is_nullable)) ||
                        (kind == Kind::alternatives && std::ranges::any_of(node.parts, is_nullable));
        node.derivatives.fill(not_derived);
        nodes_.push_back(std::move(node));
    }
    return entry->second;
}

Expressions::Expression Expressions::sequence(Expression first, Expression second) {
    if (first == nothing || second == nothing) return nothing;
    if (first == empty) return second;
    if (second == empty) return first;
    if (nodes_[first].kind ==
        Kind::sequence) {  // to the right, so that equal sequences are equal expressions
        const std::vector<Expression> parts = nodes_[first].parts;
        return sequence(parts[0], sequence(parts[1], second));
    }
    return intern(Kind::sequence, 0, {first, second});
}

Expressions::Expression Expressions::alternatives(std::vector<Expression> parts) {
    std::vector<Expression> flat;
    for (const Expression part : parts) {
        if (part == nothing) continue;
        if (nodes_[part].kind == Kind::alternatives)
            flat.insert(flat.end(), nodes_[part].parts.begin(), nodes_[part].parts.end());
        else
            flat.push_back(part);
    }
    std::ranges::sort(flat);
    flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
    if (flat.empty()) return nothing;
    return flat.size() == 1 ? flat.front() : intern(Kind::alternatives, 0, std::move(flat));
}

Expressions::Expression Expressions::derive(Expression expression, int digit) {
    const auto d = static_cast<std::size_t>(digit);
    if (nodes_[expression].derivatives[d] != not_derived) return nodes_[expression].derivatives[d];
    const Kind kind = nodes_[expression].kind;
    const std::vector<Expression> parts = nodes_[expression].parts;
    Expression result = nothing;
    if (kind == Kind::digits) {
        if ((nodes_[expression].digits >> digit & 1) != 0) result = empty;
    } else if (kind == Kind::sequence) {
        result = sequence(derive(parts[0], digit), parts[1]);
        if (nullable(parts[0])) result = alternatives({result, derive(parts[1], digit)});
    } else if (kind == Kind::alternatives) {
        std::vector<Expression> derived;
        for (const Expression part : parts) derived.push_back(derive(part, digit));
        result = alternatives(std::move(derived));
    }
    nodes_[expression].derivatives[d] = result;
    return result;
}

Expressions::Expression Expressions::parse(std::string_view pattern) {
    std::string_view rest = pattern;
    const Expression result = parse_alternatives(rest);
    if (!rest.empty()) throw std::invalid_argument("cannot parse " + std::string(pattern));
    return result;
}

Expressions::Expression Expressions::parse_alternatives(std::string_view& rest) {
    std::vector<Expression> parts{parse_sequence(rest)};
    while (take(rest, "|")) parts.push_back(parse_sequence(rest));
    return alternatives(std::move(parts));
}

Expressions::Expression Expressions::parse_sequence(std::string_view& rest) {
    if (rest.empty() || rest.front() == '|' || rest.front() == ')') return empty;
    const Expression atom = parse_atom(rest);
    const auto [min, max] = parse_bounds(rest);
    Expression repeated = empty;
    for (int i = min; i < max; ++i) repeated = alternatives({empty, sequence(atom, repeated)});
    for (int i = 0; i < min; ++i) repeated = sequence(atom, repeated);
    return sequence(repeated, parse_sequence(rest));
}

Expressions::Expression Expressions::parse_atom(std::string_view& rest) {
    if (take(rest, "(?:") || take(rest, "(")) {
        const Expression group = parse_alternatives(rest);
        if (!take(rest, ")")) throw std::invalid_argument("group without )");
        return group;
    }
    if (take(rest, "[")) return intern(Kind::digits, parse_class(rest), {});
    if (take(rest, "\\d")) return intern(Kind::digits, 0x3FF, {});
    const int digit = rest.at(0) - '0';
    if (digit < 0 || digit > 9) throw std::invalid_argument("no digit: " + std::string(rest));
    rest.remove_prefix(1);
    return intern(Kind::digits, static_cast<std::uint16_t>(1U << digit), {});
}

}  // namespace telephony::numbering::test
