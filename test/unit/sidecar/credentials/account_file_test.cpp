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

std::string account_json(const std::string& token) {
    return R"( { "account_sid" : "AC0123456789abcdef0123456789abcdef", "auth_token":")" + token + "\"}\n";
}

TEST(AccountFile, HoldsAnAuthTokenOrAnApiKey) {
    const TemporaryFile token(account_json(test::auth_token));
    const AccountFile account = read_account_file(token.path());
    EXPECT_EQ(account.code, ExitCode::ok) << account.problem;
    EXPECT_EQ(account.credential.account_sid, "AC0123456789abcdef0123456789abcdef");
    EXPECT_EQ(account.credential.username, "AC0123456789abcdef0123456789abcdef");
    EXPECT_EQ(account.credential.token.reveal(), test::auth_token);
    const TemporaryFile key(account_json(std::string(test::api_key) + ":" + test::api_secret));
    EXPECT_EQ(read_account_file(key.path()).credential.username, test::api_key);
}

TEST(AccountFile, TellsWhatIsWrongWithoutTellingTheSecret) {
    const std::string token = test::auth_token;
    for (const std::string& content :
         {std::string(), "not json " + token, account_json("x" + token), account_json(token) + "x",
          R"({"account_sid":"AC0123456789ABCDEF0123456789ABCDEF","auth_token":")" + token + "\"}",
          std::string(R"({"account_sid":"AC0123456789abcdef0123456789abcdef"})"), "[\"" + token + "\"]",
          R"({"account_sid":5,"auth_token":")" + token + "\"}",
          R"({"account_sid":"AC0123456789abcdef0123456789abcdef","token":")" + token + "\"}"}) {
        const TemporaryFile file(content);
        const AccountFile account = read_account_file(file.path());
        EXPECT_EQ(account.code, ExitCode::configuration) << content;
        EXPECT_THAT(account.problem, Not(HasSubstr(token))) << content;
    }
}

}  // namespace
}  // namespace telephony::sidecar
