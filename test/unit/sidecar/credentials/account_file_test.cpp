// The file with the platform's account.
#include "credentials/account_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sidecar/fakes/credentials.hpp"
#include "sidecar/fakes/temporary_file.hpp"

namespace telephony::sidecar {
namespace {

using test::TemporaryFile;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* account_sid = "AC0123456789abcdef0123456789abcdef";

std::string line_of(const std::string& token) {
    return std::string(account_sid) + ":" + token;
}

TEST(AccountFile, HoldsAnAuthTokenOrAnApiKey) {
    const TemporaryFile token(line_of(test::auth_token) + "\n");
    const AccountFile account = read_account_file(token.path());
    EXPECT_EQ(account.code, ExitCode::ok) << account.problem;
    EXPECT_EQ(account.credential.account_sid, account_sid);
    EXPECT_EQ(account.credential.username, account_sid);
    EXPECT_EQ(account.credential.token.reveal(), test::auth_token);
    const TemporaryFile key(line_of(std::string(test::api_key) + ":" + test::api_secret));
    const AccountFile with_key = read_account_file(key.path());
    EXPECT_EQ(with_key.credential.username, test::api_key);
    EXPECT_EQ(with_key.credential.token.reveal(), test::api_secret);
}

TEST(AccountFile, TellsWhatIsWrongWithoutTellingTheSecret) {
    const std::string token = test::auth_token;
    for (const std::string& content :
         {std::string(), "no line of ours " + token, token, line_of("x" + token), line_of(token) + "x",
          line_of(token) + "\n\n", line_of(token) + "\r\n", line_of(token) + "\n" + line_of(token),
          line_of(" " + token), line_of(""), "AC0123456789ABCDEF0123456789ABCDEF:" + token,
          std::string(account_sid), ":" + token,
          R"({"account_sid":"AC0123456789abcdef0123456789abcdef","auth_token":")" + token + "\"}"}) {
        const TemporaryFile file(content);
        const AccountFile account = read_account_file(file.path());
        EXPECT_EQ(account.code, ExitCode::configuration) << content;
        EXPECT_THAT(account.problem, Not(HasSubstr(token))) << content;
    }
}

}  // namespace
}  // namespace telephony::sidecar
