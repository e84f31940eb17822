// A reader of its own, for a JSON library would leave copies of the token on the heap.
#include "credentials/account_file.hpp"

#include <optional>
#include <string_view>

#include "base/private_file.hpp"

namespace telephony::sidecar {
namespace {

// Takes white space and tokens of JSON from the front of a text. The strings that are wanted hold no escapes.
class JsonReader {
  public:
    explicit JsonReader(std::string_view rest) : rest_(rest) {}

    bool take(char c) {
        skip_space();
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::optional<std::string_view> take_string() {
        if (!take('"')) return std::nullopt;
        const auto end = rest_.find_first_of("\"\\");
        if (end == std::string_view::npos || rest_[end] != '"') return std::nullopt;
        const std::string_view text = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return text;
    }
    bool at_end() {
        skip_space();
        return rest_.empty();
    }

  private:
    void skip_space() {
        const auto begin = rest_.find_first_not_of(" \t\r\n");
        rest_.remove_prefix(begin == std::string_view::npos ? rest_.size() : begin);
    }
    std::string_view rest_;
};

struct Members {
    std::string_view account_sid, auth_token;
};

std::optional<Members> read_members(std::string_view text) {
    JsonReader json(text);
    Members members;
    if (!json.take('{')) return std::nullopt;
    do {
        const auto name = json.take_string();
        if (!name || !json.take(':')) return std::nullopt;
        const auto value = json.take_string();
        if (!value) return std::nullopt;
        if (*name == "account_sid")
            members.account_sid = *value;
        else if (*name == "auth_token")
            members.auth_token = *value;
        else
            return std::nullopt;
    } while (json.take(','));
    if (!json.take('}') || !json.at_end()) return std::nullopt;
    return members;
}

}  // namespace

AccountFile read_account_file(const std::string& path) {
    const PrivateFile file = read_private_file(path, "account file");
    if (file.code != ExitCode::ok) return {{}, file.code, file.problem};
    const auto problem = [&path](const char* reason) {
        return AccountFile{{}, ExitCode::configuration, "account file " + path + ": " + reason};
    };
    const std::optional<Members> members = read_members(file.content.reveal());
    if (!members) return problem("not JSON with account_sid and auth_token as its only members, both text");
    if (!credential::is_account_sid(members->account_sid))
        return problem("account_sid is missing or not AC and 32 lower-case hexadecimal digits");
    AccountFile result;
    result.credential.account_sid = members->account_sid;
    if (!credential::read_token(members->auth_token, result.credential))
        return problem(
            "auth_token is missing, or neither 32 lower-case hexadecimal digits nor an API key as "
            "SK...:secret");
    return result;
}

}  // namespace telephony::sidecar
