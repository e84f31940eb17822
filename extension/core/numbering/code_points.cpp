// Code points to tokens, tokens to classes.
#include "code_points.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace telephony::numbering {

namespace {

constexpr auto classes_by_token = [] {
    using namespace token_class;
    std::array<std::uint8_t, 256> table{};
    table.fill(unusual);
    const auto set = [&](std::string_view tokens, std::uint8_t classes) {
        for (const char c : tokens) table[static_cast<unsigned char>(c)] = classes;
    };
    set("0123456789", digit | last);
    set("+", plus);
    set(" ()-.[]/", punctuation | label);
    set("~", punctuation | unusual);
    for (int c = 'a'; c <= 'z'; ++c)
        table[c] = table[c - 'a' + 'A'] = alpha | letter | last | label | unusual;
    table['x'] |= punctuation;
    table['X'] |= punctuation;
    set("#", last | unusual);
    set(",:;'\"&_{}", label | unusual);
    table[token::punctuation] = table[token::wide_dot] = punctuation | label;
    table[token::wide_tilde] = punctuation | unusual;
    for (const unsigned char t :
         {token::wide_e, token::wide_i, token::wide_n, token::wide_t, token::wide_x, token::cyrillic_d,
          token::cyrillic_o, token::cyrillic_b, token::o_acute, token::letter})
        table[t] = letter | last | label | unusual;
    table[token::acute] = letter | label | unusual;
    table[token::number] = last | unusual;
    return table;
}();

using code_points::Range;

bool is_in(std::span<const Range> ranges, char32_t point) {
    const auto next = std::ranges::upper_bound(ranges, point, {}, &Range::first);
    return next != ranges.begin() && point <= std::prev(next)->last;
}

constexpr bool is_white_space(char32_t point) {
    return point == ' ' || point == '\t' || point == 0xA0 || point == 0x1680 ||
           (point >= 0x2000 && point <= 0x200A) || point == 0x202F || point == 0x205F || point == 0x3000;
}

// Format characters and others that show nothing: direction marks, joiners, soft hyphen, byte order mark,
// selectors.
constexpr bool is_invisible(char32_t point) {
    return point == 0xAD || point == 0x34F || point == 0x61C || (point >= 0x180B && point <= 0x180F) ||
           (point >= 0x200B && point <= 0x200F) || (point >= 0x202A && point <= 0x202E) ||
           (point >= 0x2060 && point <= 0x206F) || (point >= 0xFE00 && point <= 0xFE0F) || point == 0xFEFF ||
           (point >= 0xE0000 && point <= 0xE0FFF);
}

/// Shows around the digit before it: a telephone's key.
constexpr char32_t key_frame = 0x20E3;

struct Named {
    char32_t point;
    unsigned char token;
};

constexpr auto named = std::to_array<Named>({
    {0xD3, token::o_acute},
    {0xF3, token::o_acute},
    {0x301, token::acute},
    {0x411, token::cyrillic_b},
    {0x414, token::cyrillic_d},
    {0x41E, token::cyrillic_o},
    {0x431, token::cyrillic_b},
    {0x434, token::cyrillic_d},
    {0x43E, token::cyrillic_o},
    {0x2010, token::punctuation},
    {0x2011, token::punctuation},
    {0x2012, token::punctuation},
    {0x2013, token::punctuation},
    {0x2014, token::punctuation},
    {0x2015, token::punctuation},
    {0x2053, token::punctuation},
    {0x2212, token::punctuation},
    {0x223C, token::punctuation},
    {0x30FC, token::punctuation},
    {0xFF03, token::wide_hash},
    {0xFF08, token::punctuation},
    {0xFF09, token::punctuation},
    {0xFF0B, '+'},
    {0xFF0D, token::punctuation},
    {0xFF0E, token::wide_dot},
    {0xFF0F, token::punctuation},
    {0xFF25, token::wide_e},
    {0xFF29, token::wide_i},
    {0xFF2E, token::wide_n},
    {0xFF34, token::wide_t},
    {0xFF38, token::wide_x},
    {0xFF3B, token::punctuation},
    {0xFF3D, token::punctuation},
    {0xFF45, token::wide_e},
    {0xFF49, token::wide_i},
    {0xFF4E, token::wide_n},
    {0xFF54, token::wide_t},
    {0xFF58, token::wide_x},
    {0xFF5E, token::wide_tilde},
});

}  // namespace

std::uint8_t classes_of(unsigned char token) noexcept {
    return classes_by_token[token];
}

namespace code_points {

char32_t take(std::string_view& text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const std::size_t size = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
    char32_t point = size <= 1 ? first : first & (0x7F >> size);
    bool whole = size != 0 && size <= text.size();
    for (std::size_t i = 1; whole && i < size; ++i) {
        whole = (byte(i) & 0xC0) == 0x80;
        point = point << 6 | (byte(i) & 0x3F);
    }
    constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    whole = whole && point >= smallest[size] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
    text.remove_prefix(whole ? size : 1);
    return whole ? point : malformed;
}

unsigned char token_of(char32_t point) noexcept {
    if (is_white_space(point)) return ' ';
    if (point < 0x80) return static_cast<unsigned char>(point);
    if (is_invisible(point) || point == key_frame) return token::none;
    const auto known = std::ranges::lower_bound(named, point, {}, &Named::point);
    if (known != named.end() && known->point == point) return known->token;
    const std::span zeros(digit_zeros, digit_zero_count);
    const auto zero = std::ranges::upper_bound(zeros, point);
    if (zero != zeros.begin() && point - *std::prev(zero) < 10)
        return static_cast<unsigned char>('0' + (point - *std::prev(zero)));
    if (is_in({letters, letter_range_count}, point)) return token::letter;
    if (is_in({other_numbers, other_number_range_count}, point)) return token::number;
    return token::other;
}

bool is_blank(char32_t point) noexcept {
    return is_white_space(point) || is_invisible(point);
}

}  // namespace code_points
}  // namespace telephony::numbering
