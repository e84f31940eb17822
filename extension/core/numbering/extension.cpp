// The grammar of extensions, and the shape of a number that may end with one. A text ends with an extension
// where one of six forms reaches from somewhere to its end:
//
//   ;ext=7          ext. 7, доб. 7, anexo 7   x7, #7, ~7, int 7    -7#            ,,7  ;7           ,7
//   (RFC 3966)      a word for it             a sign for it        American       dialled after it  commas
//   alone
#include <algorithm>
#include <optional>

#include "code_points.hpp"
#include "notation.hpp"
#include "text/characters.hpp"

namespace telephony::numbering {

namespace {

using namespace token_class;

using text::lower;

/// What is left of a text to match, from its front.
class Cursor {
  public:
    explicit Cursor(std::string_view rest) noexcept : rest_(rest) {}

    bool take(char token) noexcept {
        if (rest_.empty() || lower(rest_.front()) != token) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool take(unsigned char token) noexcept { return take(static_cast<char>(token)); }
    bool take(std::string_view word) noexcept {
        if (rest_.size() < word.size()) return false;
        for (std::size_t i = 0; i < word.size(); ++i)
            if (lower(rest_[i]) != word[i]) return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    std::size_t take_all(std::string_view tokens) noexcept {
        const std::size_t size = std::min(rest_.find_first_not_of(tokens), rest_.size());
        rest_.remove_prefix(size);
        return size;
    }
    /// One to `most` digits and nothing else, but for a # where that may or must stand behind them.
    enum class Hash : std::uint8_t { none, may, must };
    std::optional<std::string_view> digits_to_end(std::size_t most, Hash hash) const noexcept {
        std::string_view digits = rest_;
        if (hash != Hash::none && digits.ends_with('#')) {
            digits.remove_suffix(1);
        } else if (hash == Hash::must) {
            return std::nullopt;
        }
        if (digits.empty() || digits.size() > most || !std::ranges::all_of(digits, is_digit))
            return std::nullopt;
        return digits;
    }

  private:
    std::string_view rest_;
};

using Hash = Cursor::Hash;

constexpr std::string_view separators = " ,";

void skip_after_label(Cursor& cursor) noexcept {
    if (!cursor.take(':') && !cursor.take('.')) cursor.take(token::wide_dot);
    cursor.take_all(" ,-");
}

/// ext, xt, extn, extension, extensió, anexo, доб, and ext in full width.
bool take_word(Cursor& cursor) noexcept {
    constexpr char wide_xt[] = {static_cast<char>(token::wide_x), static_cast<char>(token::wide_t)};
    constexpr char dob[] = {static_cast<char>(token::cyrillic_d), static_cast<char>(token::cyrillic_o),
                            static_cast<char>(token::cyrillic_b)};
    if (cursor.take(std::string_view(dob, 3)) || cursor.take("anexo")) return true;
    Cursor wide = cursor;
    wide.take(token::wide_e);
    if (wide.take(std::string_view(wide_xt, 2))) {
        cursor = wide;
        cursor.take(token::wide_n);
        return true;
    }
    Cursor plain = cursor;
    plain.take('e');
    if (!plain.take("xt")) return false;
    cursor = plain;
    if (plain.take("ensi")) {
        const bool vowel = plain.take('o');
        if (vowel) plain.take(token::acute);
        if (vowel || plain.take(token::o_acute)) cursor = plain;
    }
    cursor.take('n');
    return true;
}

bool take_sign(Cursor& cursor) noexcept {
    constexpr char wide_int[] = {static_cast<char>(token::wide_i), static_cast<char>(token::wide_n),
                                 static_cast<char>(token::wide_t)};
    return cursor.take('x') || cursor.take('#') || cursor.take('~') || cursor.take(token::wide_x) ||
           cursor.take(token::wide_hash) || cursor.take(token::wide_tilde) || cursor.take("int") ||
           cursor.take(std::string_view(wide_int, 3));
}

struct Found {
    std::string_view digits;
    bool by_list_separator;
};

/// The extension that `tokens`, all of them, are.
std::optional<Found> extension_in(std::string_view tokens) noexcept {
    const auto found = [](std::optional<std::string_view> digits,
                          bool by_list_separator = false) -> std::optional<Found> {
        if (!digits) return std::nullopt;
        return Found{*digits, by_list_separator};
    };
    Cursor rfc(tokens);
    if (rfc.take(";ext="))
        if (const auto digits = rfc.digits_to_end(20, Hash::none)) return found(digits);
    Cursor word(tokens);
    word.take_all(separators);
    Cursor sign = word;
    if (take_word(word)) {
        skip_after_label(word);
        if (const auto digits = word.digits_to_end(20, Hash::may)) return found(digits);
    }
    if (take_sign(sign)) {
        skip_after_label(sign);
        if (const auto digits = sign.digits_to_end(9, Hash::may)) return found(digits);
    }
    Cursor american(tokens);
    if (american.take_all("- ") > 0)
        if (const auto digits = american.digits_to_end(6, Hash::must)) return found(digits);
    Cursor dialled(tokens);
    dialled.take_all(" ");
    Cursor commas = dialled;
    const bool semicolon = dialled.take(';');
    if (semicolon || dialled.take(",,")) {
        skip_after_label(dialled);
        if (const auto digits = dialled.digits_to_end(15, Hash::may))
            return found(digits, semicolon && !tokens.ends_with('#'));
    }
    if (commas.take(',')) {
        const bool one = std::ranges::count(tokens, ',') == 1;
        skip_after_label(commas);
        if (const auto digits = commas.digits_to_end(9, Hash::may))
            return found(digits, one && !tokens.ends_with('#'));
    }
    return std::nullopt;
}

bool may_begin_extension(char token) noexcept {
    return !is_digit(token);
}

}  // namespace

bool is_viable(std::string_view tokens) noexcept {
    if (tokens.size() == 2 && is_digit(tokens[0]) && is_digit(tokens[1])) return true;
    std::size_t at = std::min(tokens.find_first_not_of('+'), tokens.size());
    for (int digits = 0; digits < 3; ++at) {
        if (at == tokens.size()) return false;
        if (is_digit(tokens[at]))
            ++digits;
        else if (tokens[at] != '*' && !is(tokens[at], punctuation))
            return false;
    }
    for (;; ++at) {
        if (at == tokens.size()) return true;
        if (may_begin_extension(tokens[at]) && extension_in(tokens.substr(at))) return true;
        if (tokens[at] != '*' && !is(tokens[at], punctuation | alpha | digit)) return false;
    }
}

WithoutExtension split_extension(std::string_view tokens) noexcept {
    WithoutExtension result{tokens, {}};
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        if (!may_begin_extension(tokens[at])) continue;
        const auto found = extension_in(tokens.substr(at));
        if (!found) continue;
        // Only the first place counts, as in libphonenumber.
        if (is_viable(tokens.substr(0, at))) {
            result.number = tokens.substr(0, at);
            result.extension.append(found->digits);
            result.by_list_separator = found->by_list_separator;
        }
        break;
    }
    return result;
}

}  // namespace telephony::numbering
