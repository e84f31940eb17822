// IDs and times are recognized first, since they are full of digits.
#include "numbering/masking.hpp"

#include <algorithm>

#include "numbering/code_points.hpp"
#include "numbering/e164.hpp"
#include "text/characters.hpp"
#include "text/uuid.hpp"

namespace telephony::numbering {
namespace {

constexpr std::size_t min_digits = 7;

bool is_alphanumeric(char c) {
    return is_digit(c) || text::is_letter(c);
}

// Whether `text` has, from `at` on, the shape of `pattern`: a 0 stands for any digit, anything else for
// itself.
bool has_shape(std::string_view text, std::size_t at, std::string_view pattern) {
    if (text.size() < at + pattern.size()) return false;
    for (std::size_t i = 0; i < pattern.size(); ++i)
        if (pattern[i] == '0' ? !is_digit(text[at + i]) : text[at + i] != pattern[i]) return false;
    return true;
}

// Whether what ends before `end` is not gone on with.
bool ends(std::string_view text, std::size_t end) {
    return end >= text.size() || !is_alphanumeric(text[end]);
}

std::size_t uuid_length(std::string_view text, std::size_t at) {
    return text::parse_uuid(text.substr(at, 36)) && ends(text, at + 36) ? 36 : 0;
}

// A Twilio SID: two capitals, 32 hexadecimal digits.
std::size_t sid_length(std::string_view text, std::size_t at) {
    const std::string_view sid = text.substr(at, 34);
    if (sid.size() < 34 || !ends(text, at + 34)) return 0;
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    return is_capital(sid[0]) && is_capital(sid[1]) &&
                   std::all_of(sid.begin() + 2, sid.end(), text::is_hex_digit)
               ? 34
               : 0;
}

// A date and time of ISO 8601 with seconds, between them T or a blank; a zone is too short to be a number.
std::size_t time_length(std::string_view text, std::size_t at) {
    if (!has_shape(text, at, "0000-00-00T00:00:00") && !has_shape(text, at, "0000-00-00 00:00:00")) return 0;
    std::size_t end = at + 19;
    if (end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1]))
        for (++end; end < text.size() && is_digit(text[end]); ++end) {
        }
    const std::size_t fraction = end - (at + 19);
    const bool zone = end < text.size() && text[end] == 'Z';
    return fraction <= 10 && (zone || ends(text, end)) ? end - at : 0;
}

// The length of what begins at `at` and is full of digits, but no number; 0 if nothing like that does.
std::size_t id_length(std::string_view text, std::size_t at) {
    if (at > 0 && is_alphanumeric(text[at - 1])) return 0;
    if (const std::size_t length = uuid_length(text, at); length > 0) return length;
    if (const std::size_t length = sid_length(text, at); length > 0) return length;
    return time_length(text, at);
}

// What stands at `at`, as the reader of numbers sees it: its token, and how many bytes it has.
struct Character {
    char token;
    std::size_t length;
};

Character character_at(std::string_view text, std::size_t at) {
    if (static_cast<unsigned char>(text[at]) < 0x80) return {text[at], 1};
    std::string_view rest = text.substr(at);
    const unsigned char token = code_points::token_of(code_points::take(rest));
    return {static_cast<char>(token), text.size() - at - rest.size()};
}

bool is_invisible(char token) {
    return static_cast<unsigned char>(token) == token::none;
}

// What may stand between the digits of a number. The x before an extension is a letter here: words have it
// too.
bool is_separator(char token) {
    return is(token, token_class::punctuation) && !is(token, token_class::letter);
}

}  // namespace

std::string mask_numbers(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    std::size_t at = 0;
    while (at < text.size()) {
        if (const std::size_t length = id_length(text, at); length > 0) {
            result += text.substr(at, length);
            at += length;
            continue;
        }
        const Character first = character_at(text, at);
        if (!is_digit(first.token) && first.token != '+') {
            result += text.substr(at, first.length);
            at += first.length;
            continue;
        }
        // The longest stretch of digits from here, at most two separators between two of them, as in "+1
        // (201) 555".
        std::size_t end = at + first.length;
        std::string number(1, first.token);
        int separators = 0;
        for (std::size_t i = end; i < text.size() && separators <= 2;) {
            const Character next = character_at(text, i);
            i += next.length;
            if (is_digit(next.token)) {
                number += next.token;
                separators = 0;
                end = i;
            } else if (is_separator(next.token)) {
                ++separators;
            } else if (!is_invisible(next.token)) {
                break;
            }
        }
        if (count_digits(number) >= min_digits)
            result += mask(number);
        else
            result += text.substr(at, end - at);
        at = end;
    }
    return result;
}

}  // namespace telephony::numbering
