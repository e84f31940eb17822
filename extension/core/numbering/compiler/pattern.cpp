// Recursive-descent parser for the patterns of numbering metadata.
#include "pattern.hpp"

#include <algorithm>

namespace telephony::numbering::compiler {

namespace {

// Deeper or longer than any metadata; keeps hostile input from exhausting stack or memory.
constexpr int deepest_nesting = 64;
constexpr int longest_repeat = 32;

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    Pattern parse() {
        Pattern pattern = alternatives();
        if (!at_end()) fail("a ) without its (");
        return pattern;
    }

  private:
    bool at_end() const { return at_ == text_.size(); }
    char peek() const { return at_end() ? '\0' : text_[at_]; }
    bool take(char c) {
        if (at_end() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    [[noreturn]] void fail(std::string_view why) const {
        throw PlanError("pattern \"" + std::string(text_) + "\", character " + std::to_string(at_ + 1) +
                        ": " + std::string(why));
    }

    Pattern alternatives() {
        if (++depth_ > deepest_nesting) fail("groups nested too deep");
        Pattern result{.kind = Pattern::Kind::alternatives};
        do result.parts.push_back(sequence());
        while (take('|'));
        --depth_;
        if (result.parts.size() > 1) return result;
        Pattern only = std::move(result.parts.front());
        return only;
    }

    Pattern sequence() {
        Pattern result;
        while (!at_end() && peek() != '|' && peek() != ')') result.parts.push_back(repeated());
        return result;
    }

    Pattern repeated() {
        const int groups_before = groups_;
        Pattern item = atom();
        int min = 1;
        int max = 1;
        if (take('?')) {
            min = 0;
        } else if (take('{')) {
            min = max = bound();
            if (take(',')) max = bound();
            if (!take('}')) fail("a repeat that does not end with }");
            if (min > max) fail("a repeat whose bounds are reversed");
        } else {
            return item;
        }
        if (peek() == '?' || peek() == '+' || peek() == '*' || peek() == '{') fail("a repeat of a repeat");
        if (max > 1 && groups_ != groups_before) fail("a repeated capturing group");
        if (item.kind == Pattern::Kind::end) fail("a repeated $");
        Pattern result{.kind = Pattern::Kind::repeat, .min = min, .max = max};
        result.parts.push_back(std::move(item));
        return result;
    }

    int bound() {
        int value = 0;
        const std::size_t start = at_;
        while (peek() >= '0' && peek() <= '9' && value <= longest_repeat)
            value = 10 * value + (text_[at_++] - '0');
        if (at_ == start) fail("a repeat without an upper bound");
        if (value > longest_repeat) fail("a repeat longer than any number");
        return value;
    }

    Pattern atom() {
        if (take('(')) return group();
        if (take('[')) return {.kind = Pattern::Kind::digits, .digits = digit_class()};
        if (take('$')) return {.kind = Pattern::Kind::end};
        if (take('\\')) {
            if (!take('d')) fail("an escape other than \\d");
            return {.kind = Pattern::Kind::digits, .digits = all_digits};
        }
        return {.kind = Pattern::Kind::digits, .digits = static_cast<DigitSet>(1 << digit())};
    }

    Pattern group() {
        Pattern result{.kind = Pattern::Kind::sequence};
        if (take('?')) {
            if (!take(':')) fail("a group that is neither ( nor (?:");
        } else {
            if (inside_group_) fail("a capturing group inside another");
            inside_group_ = true;
            result = {.kind = Pattern::Kind::group, .group = ++groups_};
        }
        result.parts.push_back(alternatives());
        if (!take(')')) fail("a ( without its )");
        if (result.kind == Pattern::Kind::group) inside_group_ = false;
        return result;
    }

    DigitSet digit_class() {
        DigitSet set = 0;
        do {
            if (take('\\')) {
                if (!take('d')) fail("an escape other than \\d");
                set = all_digits;
                continue;
            }
            const int first = digit();
            const int last = take('-') ? digit() : first;
            if (last < first) fail("a range whose bounds are reversed");
            for (int d = first; d <= last; ++d) set = static_cast<DigitSet>(set | 1 << d);
        } while (!take(']'));
        return set;
    }

    int digit() {
        if (peek() < '0' || peek() > '9')
            fail(at_end() ? "an unexpected end" : "a character that is no digit");
        return text_[at_++] - '0';
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
    int groups_ = 0;
    bool inside_group_ = false;
};

}  // namespace

Pattern parse_pattern(std::string_view text) {
    return Parser(text).parse();
}

int group_count(const Pattern& pattern) {
    int count = pattern.kind == Pattern::Kind::group ? pattern.group : 0;
    for (const Pattern& part : pattern.parts) count = std::max(count, group_count(part));
    return count;
}

}  // namespace telephony::numbering::compiler
