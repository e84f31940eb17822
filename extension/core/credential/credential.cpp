// Shapes of Twilio credentials, and the payload of a box read and written without a copy of the token.
#include "credential.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <utility>

#include "text/characters.hpp"
#include "text/uuid.hpp"

namespace telephony::credential {

namespace {

using text::is_digit;
using text::is_hyphen_of_uuid;
using text::is_letter;
using text::is_lower_hex_digit;

constexpr std::size_t id_digits = 32;
constexpr std::size_t sid_length = 2 + id_digits;
constexpr std::size_t secret_length = 32;
constexpr std::size_t most_second_digits = 12;  // the year 33658

constexpr bool is_letter_or_digit(char c) {
    return is_digit(c) || is_letter(c);
}

bool is_hex_id(std::string_view text) noexcept {
    return text.size() == id_digits && std::all_of(text.begin(), text.end(), is_lower_hex_digit);
}

bool is_sid(std::string_view text, std::string_view prefix) noexcept {
    return text.size() == sid_length && text.starts_with(prefix) && is_hex_id(text.substr(prefix.size()));
}

bool is_api_secret(std::string_view text) noexcept {
    return text.size() == secret_length && std::all_of(text.begin(), text.end(), is_letter_or_digit);
}

bool is_sound(const Credential& credential) noexcept {
    return is_org_id(credential.org) && is_account_sid(credential.account_sid) && credential.issued_at > 0 &&
           std::to_string(credential.issued_at).size() <= most_second_digits &&
           (credential.is_api_key()
                ? is_sid(credential.username, "SK") && is_api_secret(credential.token.reveal())
                : is_hex_id(credential.token.reveal()));
}

/// Takes texts from the front of a payload.
class Reader {
  public:
    explicit Reader(std::string_view rest) : rest_(rest) {}

    bool take(char c) noexcept {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// A string in quotes. None of a payload's needs an escape, so a backslash is no part of one.
    std::optional<std::string_view> take_string() noexcept {
        if (!take('"')) return std::nullopt;
        const std::size_t end = rest_.find_first_of("\"\\");
        if (end == std::string_view::npos || rest_[end] != '"') return std::nullopt;
        const std::string_view text = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return text;
    }

    /// Seconds since 1970: a positive integer without sign, fraction or leading zero; 0 if there is none.
    std::int64_t take_seconds() noexcept {
        std::size_t length = 0;
        std::int64_t seconds = 0;
        for (; length < rest_.size() && length < most_second_digits && is_digit(rest_[length]); ++length)
            seconds = seconds * 10 + (rest_[length] - '0');
        if (length == 0 || rest_.front() == '0') return 0;
        rest_.remove_prefix(length);
        return seconds;
    }

    bool at_end() const noexcept { return rest_.empty(); }

  private:
    std::string_view rest_;
};

/// The members of a payload, as views of it.
struct Members {
    std::string_view org, account_sid, token, key_sid, secret;
    std::int64_t issued_at = 0;

    /// Stores the member that comes next. False for an unknown one, or one that was there before.
    bool take(Reader& reader) noexcept {
        const auto name = reader.take_string();
        if (!name || !reader.take(':')) return false;
        if (*name == "issued_at") return issued_at == 0 && (issued_at = reader.take_seconds()) != 0;
        const std::array<std::pair<std::string_view, std::string_view*>, 5> texts{
            {{"org", &org},
             {"account_sid", &account_sid},
             {"token", &token},
             {"key_sid", &key_sid},
             {"secret", &secret}}};
        const auto* found =
            std::find_if(texts.begin(), texts.end(), [&](auto& t) { return t.first == *name; });
        if (found == texts.end() || !found->second->empty()) return false;
        const auto value = reader.take_string();
        if (!value || value->empty()) return false;
        *found->second = *value;
        return true;
    }
};

bool take_members(std::string_view payload, Members& members) noexcept {
    Reader reader(payload);
    if (!reader.take('{')) return false;
    do {
        if (!members.take(reader)) return false;
    } while (reader.take(','));
    return reader.take('}') && reader.at_end();
}

}  // namespace

bool is_org_id(std::string_view text) noexcept {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_hyphen_of_uuid(i) ? text[i] != '-' : !is_lower_hex_digit(text[i])) return false;
    }
    return true;
}

bool is_account_sid(std::string_view text) noexcept {
    return is_sid(text, "AC");
}

bool read_token(std::string_view text, Credential& credential) {
    if (is_hex_id(text)) {
        credential.username = credential.account_sid;
        credential.token = Secret(text);
        return true;
    }
    if (text.size() != sid_length + 1 + secret_length || text[sid_length] != ':') return false;
    const std::string_view key = text.substr(0, sid_length), secret = text.substr(sid_length + 1);
    if (!is_sid(key, "SK") || !is_api_secret(secret)) return false;
    credential.username = key;
    credential.token = Secret(secret);
    return true;
}

Secret write_payload(const Credential& credential) {
    if (!is_sound(credential)) throw std::invalid_argument("not the credentials of a Twilio account");
    std::string open = R"({"org":")" + credential.org + R"(","account_sid":")" + credential.account_sid +
                       R"(","issued_at":)" + std::to_string(credential.issued_at);
    open += credential.is_api_key() ? R"(,"key_sid":")" + credential.username + R"(","secret":")"
                                    : R"(,"token":")";
    const std::string_view token = credential.token.reveal(), close = "\"}";
    Secret payload(open.size() + token.size() + close.size());
    unsigned char* at = payload.bytes().data();
    for (const std::string_view part : {std::string_view(open), token, close}) {
        std::memcpy(at, part.data(), part.size());
        at += part.size();
    }
    return payload;
}

bool read_payload(std::string_view payload, Credential& out) {
    Members members;
    if (!take_members(payload, members)) return false;
    if (!is_org_id(members.org) || !is_account_sid(members.account_sid) || members.issued_at == 0)
        return false;
    const bool has_key =
        is_sid(members.key_sid, "SK") && is_api_secret(members.secret) && members.token.empty();
    const bool has_token = is_hex_id(members.token) && members.key_sid.empty() && members.secret.empty();
    if (has_key == has_token) return false;
    out.org = members.org;
    out.account_sid = members.account_sid;
    out.issued_at = members.issued_at;
    out.username = has_key ? members.key_sid : members.account_sid;
    out.token = Secret(has_key ? members.secret : members.token);
    return true;
}

}  // namespace telephony::credential
