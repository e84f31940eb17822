// Key files: made, and read again.
#include "commands/keygen.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "credentials/key_file.hpp"
#include "credentials/sealed.hpp"
#include "sidecar/fakes/credentials.hpp"

namespace telephony::sidecar {
namespace {

using test::sealed_for;
using ::testing::HasSubstr;

constexpr const char* account_a = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr const char* org_a = "00000000-0000-0000-0000-00000000000a";
constexpr std::int64_t noon = 1'700'000'000;

class KeyFileTest : public ::testing::Test {
  protected:
    KeyFileTest() {
        char name[] = "/tmp/telephony-keys-XXXXXX";
        directory = mkdtemp(name);
    }
    ~KeyFileTest() override { std::filesystem::remove_all(directory); }
    static mode_t mode_of(const std::string& path) {
        struct stat status {};
        EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
        return status.st_mode & 07777;
    }
    std::string directory;
};

TEST_F(KeyFileTest, KeygenMakesAPairThatOpensWhatItSeals) {
    const mode_t before = umask(0);
    EXPECT_EQ(keygen(directory + "/key"), ExitCode::ok);
    umask(before);
    EXPECT_EQ(mode_of(directory + "/key"), 0600u);
    EXPECT_EQ(mode_of(directory + "/key.pub"), 0644u);
    const KeyFiles files = read_key_files({directory + "/key"});
    ASSERT_EQ(files.code, ExitCode::ok) << files.problem;
    BoxRefusal refusal;
    EXPECT_TRUE(
        unseal_credentials(sealed_for(files.keys.front(), org_a, account_a, noon), files.keys, refusal));
}

TEST_F(KeyFileTest, KeygenOverwritesNothingAndLeavesNoHalf) {
    ASSERT_EQ(keygen(directory + "/key"), ExitCode::ok);
    const auto first = read_key_files({directory + "/key"}).keys.front().id;
    EXPECT_EQ(keygen(directory + "/key"), ExitCode::configuration);
    EXPECT_EQ(read_key_files({directory + "/key"}).keys.front().id, first);
    std::filesystem::rename(directory + "/key", directory + "/elsewhere");
    EXPECT_EQ(keygen(directory + "/key"), ExitCode::configuration);
    EXPECT_FALSE(std::filesystem::exists(directory + "/key")) << "a secret key without its public one";
}

TEST_F(KeyFileTest, APublicKeyIsNotTakenForASecretOne) {
    ASSERT_EQ(keygen(directory + "/key"), ExitCode::ok);
    ASSERT_EQ(chmod((directory + "/key.pub").c_str(), 0600), 0);
    const KeyFiles files = read_key_files({directory + "/key.pub"});
    EXPECT_EQ(files.code, ExitCode::configuration);
    EXPECT_THAT(files.problem, HasSubstr("public key"));
}

}  // namespace
}  // namespace telephony::sidecar
