// Templates of metadata to layouts.
#include "layout.hpp"

#include <limits>
#include <utility>

namespace telephony::numbering::compiler {

namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Where the first group of a template is named; npos: nowhere.
std::size_t first_group(std::string_view text) {
    for (std::size_t at = 0; at + 1 < text.size(); ++at)
        if (text[at] == '$' && is_digit(text[at + 1])) return at;
    return std::string_view::npos;
}

}  // namespace

void Layout::append(char literal) {
    if (literal < ' ' || literal > '~')
        throw PlanError("a template with other characters than printable ASCII");
    items_.push_back({literal, {}});
}

void Layout::append(Match::Group digits) {
    if (digits.begin == digits.end) return;
    if (!items_.empty() && items_.back().literal == 0 && items_.back().digits.end == digits.begin)
        items_.back().digits.end = digits.end;
    else
        items_.push_back({0, digits});
}

void Layout::append_template(std::string_view text, const Match& match) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '$') {
            append(text[at]);
            continue;
        }
        ++at;
        const std::size_t group =
            at < text.size() && is_digit(text[at]) ? static_cast<std::size_t>(text[at] - '0') : 0;
        if (group < 1 || group > Match::most_groups)
            throw PlanError("template " + std::string(text) + ": no group");
        append(match.groups[group]);
    }
}

bool Layout::keeps_digits(int count) const {
    int next = 0;
    for (const Item& item : items_) {
        if (is_digit(item.literal)) return false;
        if (item.literal != 0) continue;
        if (item.digits.begin != next) return false;
        next = item.digits.end;
    }
    return next == count;
}

Layout Layout::hyphenated() const {
    Layout result;
    bool separated = false;
    for (const Item& item : items_) {
        if (item.literal != 0 && !is_digit(item.literal)) {
            separated = !result.items_.empty();
            continue;
        }
        if (std::exchange(separated, false)) result.append('-');
        result.items_.push_back(item);
    }
    if (separated) result.append('-');
    return result;
}

std::string Layout::bytes() const {
    std::string bytes;
    std::size_t written = 0;
    for (const Item& item : items_) {
        written += item.literal != 0 ? 1U : static_cast<std::size_t>(item.digits.end - item.digits.begin);
        if (item.literal != 0) {
            bytes += item.literal;
        } else {
            bytes += static_cast<char>(layout_digits | item.digits.begin);
            bytes += static_cast<char>(item.digits.end - item.digits.begin);
        }
    }
    if (written > longest_layout) throw PlanError("a template that is too long");
    return bytes;
}

Layout national_layout(const NumberFormat& format, const Match& match) {
    std::string text = format.national;
    const std::size_t place = first_group(text);
    if (!format.national_prefix_rule.empty() && place != std::string::npos) {
        // In the rule, $1 is whichever group comes first.
        const std::string group = text.substr(place, 2);
        std::string rule = format.national_prefix_rule;
        if (const std::size_t at = first_group(rule); at != std::string::npos) rule.replace(at, 2, group);
        text.replace(place, 2, rule);
    }
    Layout layout;
    layout.append_template(text, match);
    return layout;
}

std::uint16_t LayoutStore::intern(const Layout& layout) {
    std::string bytes = layout.bytes();
    bytes.insert(bytes.begin(), static_cast<char>(bytes.size()));
    const auto [entry, is_new] = places_.try_emplace(bytes, static_cast<std::uint16_t>(bytes_.size()));
    if (is_new) {
        if (bytes_.size() > std::numeric_limits<std::uint16_t>::max())
            throw PlanError("more layouts than 16 bits can number");
        bytes_ += bytes;
    }
    return entry->second;
}

}  // namespace telephony::numbering::compiler
