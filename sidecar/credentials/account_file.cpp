// Read in place: the token is copied into the credential alone.
#include "credentials/account_file.hpp"

#include <string_view>

#include "base/private_file.hpp"

namespace telephony::sidecar {

AccountFile read_account_file(const std::string& path) {
    const PrivateFile file = read_private_file(path, "account file");
    if (file.code != ExitCode::ok) return {{}, file.code, file.problem};
    const auto problem = [&path](const char* reason) {
        return AccountFile{{}, ExitCode::configuration, "account file " + path + ": " + reason};
    };
    std::string_view line = file.content.reveal();
    if (line.ends_with('\n')) line.remove_suffix(1);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || line.find_first_of("\r\n") != std::string_view::npos)
        return problem("not one line of account SID, colon and auth token or API key");
    const std::string_view account_sid = line.substr(0, colon);
    if (!credential::is_account_sid(account_sid))
        return problem("what stands before the first colon is not AC and 32 lower-case hexadecimal digits");
    AccountFile result;
    result.credential.account_sid = account_sid;
    if (!credential::read_token(line.substr(colon + 1), result.credential))
        return problem(
            "what stands after the first colon is neither an auth token of 32 lower-case hexadecimal digits "
            "nor an "
            "API key as SK...:secret");
    return result;
}

}  // namespace telephony::sidecar
