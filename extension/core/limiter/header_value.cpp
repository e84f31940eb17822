// A scanner of flat JSON objects (RFC 8259), and of comma-separated lists.
#include "limiter/header_value.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "text/characters.hpp"

namespace telephony::limiter {

namespace {

using text::is_hex_digit;

constexpr std::string_view blanks = " \t\n\r";

constexpr std::uint64_t in_every_byte(std::uint8_t byte) {
    return std::uint64_t{0x0101010101010101} * byte;
}

/// True if one of eight bytes is less than `bound`, which is at most 128.
constexpr bool has_less(std::uint64_t bytes, std::uint8_t bound) {
    return ((bytes - in_every_byte(bound)) & ~bytes & in_every_byte(0x80)) != 0;
}

/// Where, from `at` on, a quote, a backslash or a control character stands; the size of `text` if there is
/// none. Eight bytes at a time: a request has a kilobyte of headers, most of it tokens.
std::size_t find_special(std::string_view text, std::size_t at) {
    for (std::uint64_t bytes; at + sizeof bytes <= text.size(); at += sizeof bytes) {
        std::memcpy(&bytes, text.data() + at, sizeof bytes);
        if (has_less(bytes, 0x20) || has_less(bytes ^ in_every_byte('"'), 1) ||
            has_less(bytes ^ in_every_byte('\\'), 1))
            break;
    }
    const auto special = [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; };
    while (at < text.size() && !special(text[at])) ++at;
    return at;
}

class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    /// Takes `c`, and the blanks before it, if that is what comes next.
    bool take(char c) {
        skip_blanks();
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// Takes a string; returns nullopt if there is none or it is malformed.
    std::optional<std::string_view> take_string() {
        if (!take('"')) return std::nullopt;
        for (std::size_t at = 0; (at = find_special(rest_, at)) < rest_.size();) {
            if (rest_[at] == '"') {
                const std::string_view content = rest_.substr(0, at);
                rest_.remove_prefix(at + 1);
                return content;
            }
            const std::size_t length = escape_length(rest_.substr(at));
            if (length == 0) return std::nullopt;
            at += length;
        }
        return std::nullopt;
    }

    bool at_end() {
        skip_blanks();
        return rest_.empty();
    }

  private:
    void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size())); }

    /// How long the escape is that `text` begins with; 0: it is none.
    static std::size_t escape_length(std::string_view text) {
        if (text.size() < 2 || text[0] != '\\') return 0;
        if (text[1] != 'u') return std::string_view("\"\\/bfnrt").find(text[1]) < 8 ? 2 : 0;
        return text.size() >= 6 && std::ranges::all_of(text.substr(2, 4), is_hex_digit) ? 6 : 0;
    }

    std::string_view rest_;
};

}  // namespace

void find_headers(std::string_view json, std::span<WantedHeader> wanted) noexcept {
    const auto malformed = [wanted] {
        for (WantedHeader& header : wanted) header.value = {HeaderValue::State::malformed, {}};
    };
    Scanner scanner(json);
    if (scanner.at_end()) return;
    if (!scanner.take('{')) return malformed();
    if (!scanner.take('}')) {
        do {
            const auto key = scanner.take_string();
            if (!key || !scanner.take(':')) return malformed();
            const auto value = scanner.take_string();
            if (!value) return malformed();
            for (WantedHeader& header : wanted)
                if (*key == header.name) header.value = {HeaderValue::State::found, *value};
        } while (scanner.take(','));
        if (!scanner.take('}')) return malformed();
    }
    if (!scanner.at_end()) malformed();
}

std::string_view element_from_right(std::string_view list, int hop) noexcept {
    for (; hop > 1; --hop) {
        const std::size_t comma = list.rfind(',');
        if (comma == std::string_view::npos) return {};
        list = list.substr(0, comma);
    }
    const std::size_t comma = list.rfind(',');
    if (comma != std::string_view::npos) list.remove_prefix(comma + 1);
    list.remove_prefix(std::min(list.find_first_not_of(blanks), list.size()));
    return list.substr(0, list.find_last_not_of(blanks) + 1);
}

}  // namespace telephony::limiter
