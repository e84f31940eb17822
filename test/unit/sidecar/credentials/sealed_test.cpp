// The boxes that are used, and those that are not.
#include "credentials/sealed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sidecar/fakes/credentials.hpp"

namespace telephony::sidecar {
namespace {

using test::sealed_for;
using ::testing::HasSubstr;

constexpr const char* account_a = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr const char* account_b = "ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
constexpr const char* org_a = "00000000-0000-0000-0000-00000000000a";
constexpr const char* org_b = "00000000-0000-0000-0000-00000000000b";
constexpr std::int64_t noon = 1'700'000'000;

class Boxes : public ::testing::Test {
  protected:
    std::string refused(const SealedCredentials& row) {
        BoxRefusal refusal;
        const auto opened = unseal_credentials(row, keys, refusal);
        key_is_missing = refusal.key_is_missing;
        return opened ? "used" : refusal.reason;
    }
    static std::vector<credential::SecretKey> one_key() {
        std::vector<credential::SecretKey> keys;
        keys.push_back(credential::generate_key());
        return keys;
    }
    std::vector<credential::SecretKey> keys = one_key();
    bool key_is_missing = false;
};

TEST_F(Boxes, AreUsedForTheRowTheyWereSealedFor) {
    EXPECT_EQ(refused(sealed_for(keys.front(), org_a, account_a, noon)), "used");
}

TEST_F(Boxes, SwappedBetweenOrganizationsAreRefused) {
    SealedCredentials b = sealed_for(keys.front(), org_b, account_b, noon);
    const SealedCredentials a = sealed_for(keys.front(), org_a, account_a, noon);
    b.box = a.box;
    EXPECT_THAT(refused(b), HasSubstr("another organization"));
    b.account_sid = a.account_sid;
    EXPECT_THAT(refused(b), HasSubstr("another organization"));
}

TEST_F(Boxes, OfAnotherAccountAreRefused) {
    SealedCredentials row = sealed_for(keys.front(), org_a, account_a, noon);
    row.account_sid = account_b;
    EXPECT_THAT(refused(row), HasSubstr("another Twilio account"));
}

TEST_F(Boxes, TooOldOrFromTheFutureAreRefused) {
    SealedCredentials row = sealed_for(keys.front(), org_a, account_a, noon);
    const Timestamp sealed = row.set_at;
    row.set_at = sealed + std::chrono::hours(24);
    EXPECT_EQ(refused(row), "used");
    row.set_at += std::chrono::seconds(1);
    EXPECT_THAT(refused(row), HasSubstr("24 hours"));
    row.set_at = sealed - std::chrono::minutes(5);
    EXPECT_EQ(refused(row), "used");
    row.set_at -= std::chrono::seconds(1);
    EXPECT_THAT(refused(row), HasSubstr("after they were handed in"));
}

TEST_F(Boxes, ForAnotherKeyOrDamagedAreRefused) {
    EXPECT_THAT(refused(sealed_for(credential::generate_key(), org_a, account_a, noon)),
                HasSubstr("operator"));
    EXPECT_TRUE(key_is_missing);
    SealedCredentials row = sealed_for(keys.front(), org_a, account_a, noon);
    row.box.back() ^= 1;
    EXPECT_THAT(refused(row), HasSubstr("cannot be read"));
    EXPECT_FALSE(key_is_missing);
    row.box.resize(10);
    EXPECT_THAT(refused(row), HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace telephony::sidecar
