// Files of secrets that others could have read are refused, whichever reader asks.
#include "base/private_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "credentials/account_file.hpp"
#include "credentials/key_file.hpp"
#include "sidecar/fakes/temporary_file.hpp"

namespace telephony::sidecar {
namespace {

using test::TemporaryFile;
using ::testing::HasSubstr;

constexpr const char* content = "a secret";

TEST(PrivateFile, IsRefusedWhenOthersMayReadOrChangeIt) {
    for (const mode_t mode : {0640, 0604, 0610, 0601, 0620, 0602, 0666}) {
        const TemporaryFile file(content, mode);
        EXPECT_EQ(read_account_file(file.path()).code, ExitCode::permission) << std::oct << mode;
        EXPECT_EQ(read_key_files({file.path()}).code, ExitCode::permission) << std::oct << mode;
    }
}

TEST(PrivateFile, IsRefusedWhenItBelongsToSomebodyElse) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    const TemporaryFile file(content);
    ASSERT_EQ(chown(file.path().c_str(), 65534, 65534), 0);
    EXPECT_EQ(read_account_file(file.path()).code, ExitCode::permission);
    EXPECT_EQ(read_key_files({file.path()}).code, ExitCode::permission);
}

TEST(PrivateFile, IsAFileOfModestLength) {
    EXPECT_EQ(read_account_file("/does/not/exist").code, ExitCode::configuration);
    EXPECT_EQ(read_account_file("/tmp").code, ExitCode::configuration);
    const TemporaryFile long_one(std::string(4097, ' '));
    EXPECT_THAT(read_account_file(long_one.path()).problem, HasSubstr("4 KiB"));
}

}  // namespace
}  // namespace telephony::sidecar
