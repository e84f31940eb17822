// Organizations' credentials: the files of secrets, the boxes that are used and those that are not, and what
// the store keeps of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "credentials/account_file.hpp"
#include "credentials/key_file.hpp"
#include "credentials/open.hpp"
#include "sidecar/fakes/credentials.hpp"
#include "sidecar/fakes/scripted_server.hpp"
#include "sidecar/fakes/temporary_file.hpp"

namespace telephony::sidecar {
namespace {

using test::http_answer;
using test::Reply;
using test::ScriptedServer;
using test::sealed_for;
using test::TemporaryFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = CredentialVerdict::Kind;

constexpr const char* account_a = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr const char* account_b = "ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
constexpr const char* org_a = "00000000-0000-0000-0000-00000000000a";
constexpr const char* org_b = "00000000-0000-0000-0000-00000000000b";
constexpr std::int64_t noon = 1'700'000'000;

// ---- files

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

TEST(PrivateFile, IsRefusedWhenOthersMayReadOrChangeIt) {
    for (const mode_t mode : {0640, 0604, 0610, 0601, 0620, 0602, 0666}) {
        const TemporaryFile file(account_json(test::auth_token), mode);
        EXPECT_EQ(read_account_file(file.path()).code, ExitCode::permission) << std::oct << mode;
        EXPECT_EQ(read_key_files({file.path()}).code, ExitCode::permission) << std::oct << mode;
    }
}

TEST(PrivateFile, IsRefusedWhenItBelongsToSomebodyElse) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    const TemporaryFile file(account_json(test::auth_token));
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

// ---- boxes

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
    EXPECT_THAT(refused(sealed_for(credential::generate_key(), org_a, account_a, noon)), HasSubstr("a key"));
    EXPECT_TRUE(key_is_missing);
    SealedCredentials row = sealed_for(keys.front(), org_a, account_a, noon);
    row.box.back() ^= 1;
    EXPECT_THAT(refused(row), HasSubstr("cannot be read"));
    EXPECT_FALSE(key_is_missing);
    row.box.resize(10);
    EXPECT_THAT(refused(row), HasSubstr("cannot be read"));
}

// ---- the store

Reply active(const char* account, const char* type = "Full") {
    return {http_answer(
        "200 OK", R"({"sid":")" + std::string(account) + R"(","status":"active","type":")" + type + "\"}")};
}
Reply no() {
    return {http_answer("401 Unauthorized", R"({"code":20003,"message":"Authenticate","status":401})")};
}

class AccountsTest : public ::testing::Test {
  protected:
    ~AccountsTest() override { loop.destroy_coroutines(); }

    void serve(std::vector<Reply> replies, std::optional<credential::Credential> platform = std::nullopt) {
        server.emplace(std::move(replies));
        settings = {server->url(), std::chrono::seconds(5), std::chrono::seconds(5)};
        Secrets secrets;
        key = credential::generate_key();
        credential::SecretKey same;
        EXPECT_EQ(credential::read_secret_key(credential::write_secret_key(key).reveal(), same),
                  credential::KeyFileProblem::none);
        secrets.keys.push_back(std::move(same));
        secrets.platform = std::move(platform);
        credentials.emplace(loop, http, settings, metrics, 2, std::move(secrets));
        credentials->on_verdict = [this](const std::string& org, const std::string&,
                                         const CredentialVerdict& verdict) {
            told.push_back(org.substr(35) + (verdict.kind == Kind::verified ? " verified" : " refused"));
        };
    }
    SealedCredentials row(const char* org, const char* account, std::int64_t issued_at = noon) {
        return sealed_for(key, org, account, issued_at);
    }
    std::optional<CredentialGate::Blocked> make_ready(const std::shared_ptr<CredentialGate>& gate) {
        std::optional<CredentialGate::Blocked> blocked;
        loop.run_until_done(ready_into(*gate, blocked));
        return blocked;
    }
    static Task<void> ready_into(CredentialGate& gate, std::optional<CredentialGate::Blocked>& blocked) {
        blocked = co_await gate.make_ready();
    }
    static Task<void> list(CredentialGate& gate) { co_await gate.client().list_all(); }

    EventLoop loop;
    Metrics metrics;
    HttpClient http{loop};
    TwilioSettings settings;
    credential::SecretKey key;
    std::optional<ScriptedServer> server;
    std::optional<OpenCredentials> credentials;
    std::vector<std::string> told;
};

TEST_F(AccountsTest, OpensARowOnceAndVerifiesItOnceBeforeItsFirstUse) {
    serve({active(account_a)});
    const auto account = credentials->of(row(org_a, account_a));
    EXPECT_EQ(credentials->of(row(org_a, account_a)), account);
    EXPECT_FALSE(make_ready(account));
    EXPECT_FALSE(make_ready(account));
    ASSERT_EQ(server->requests().size(), 1u);
    EXPECT_THAT(server->requests()[0],
                HasSubstr("GET /2010-04-01/Accounts/" + std::string(account_a) + ".json"));
    EXPECT_THAT(told, ElementsAre("a verified"));
}

TEST_F(AccountsTest, WhatTheDatabaseKnowsVerifiedIsNotReportedAgain) {
    serve({active(account_a), no(), no()});
    SealedCredentials known = row(org_a, account_a);
    known.verified = true;
    const auto account = credentials->of(known);
    EXPECT_FALSE(make_ready(account));
    EXPECT_TRUE(told.empty());
    loop.run_until_done(list(*gate));
    EXPECT_THAT(told, ElementsAre("a refused"));
}

TEST_F(AccountsTest, TwoOrganizationsShareAnAccountButNotTheirStanding) {
    serve({no(), active(account_a)});
    const auto a = credentials->of(row(org_a, account_a));
    const auto b = credentials->of(row(org_b, account_a));
    ASSERT_NE(a, b);
    const auto blocked = make_ready(a);
    ASSERT_TRUE(blocked);
    EXPECT_THAT(blocked->reason, HasSubstr("set_twilio_credentials()"));
    EXPECT_LE(blocked->delay, std::chrono::minutes(5));
    EXPECT_FALSE(make_ready(b));
    EXPECT_TRUE(make_ready(a)) << "and is not asked again";
    EXPECT_EQ(server->requests().size(), 2u);
    EXPECT_THAT(told, ElementsAre("a refused", "b verified"));
}

TEST_F(AccountsTest, ANewGenerationIsTriedAtOnceAndTheJobsOfTheOldOneKeepTheirs) {
    serve({no(), active(account_a)});
    const auto before = credentials->of(row(org_a, account_a));
    EXPECT_TRUE(make_ready(before));
    const auto after = credentials->of(row(org_a, account_a, noon + 60));
    EXPECT_NE(after, before);
    EXPECT_FALSE(make_ready(after));
    EXPECT_TRUE(make_ready(before));
    EXPECT_EQ(credentials->size(), 1u);
}

TEST_F(AccountsTest, ABoxThatMustNotBeUsedSendsNothingAndIsAlerted) {
    serve({});
    SealedCredentials swapped = row(org_b, account_b);
    swapped.box = row(org_a, account_a).box;
    const auto account = credentials->of(swapped);
    EXPECT_TRUE(make_ready(account));
    EXPECT_TRUE(make_ready(account));
    EXPECT_TRUE(server->requests().empty());
    EXPECT_THAT(told, ElementsAre("b refused")) << "once";
    EXPECT_THAT(metrics.render(), HasSubstr("telephonyd_alerts_total{alert=\"box_refused\"} 1"));
}

TEST_F(AccountsTest, ABoxOlderThanOneThatWasUsedIsRefused) {
    serve({});
    EXPECT_FALSE(credentials->of(row(org_a, account_a, noon))->is_closed());
    EXPECT_FALSE(credentials->of(row(org_a, account_a, noon - 299))->is_closed()) << "clocks differ";
    EXPECT_TRUE(credentials->of(row(org_a, account_a, noon - 301))->is_closed());
    EXPECT_FALSE(credentials->of(row(org_b, account_a, noon - 301))->is_closed()) << "another organization";
}

TEST_F(AccountsTest, TheApiKeySpeaksForTheAccountAndNeedNotReadIt) {
    serve({no(),
           {http_answer("200 OK", R"({"incoming_phone_numbers":[],"next_page_uri":null})")},
           {http_answer("200 OK", R"({"incoming_phone_numbers":[],"next_page_uri":null})")}});
    credential::Credential inside = test::key_of(account_a);
    inside.org = org_a;
    inside.issued_at = noon;
    SealedCredentials row = this->row(org_a, account_a);
    row.box = credential::seal(inside, key.public_key);
    const auto account = credentials->of(row);
    EXPECT_FALSE(make_ready(account));
    EXPECT_THAT(server->requests()[1],
                HasSubstr("/Accounts/" + std::string(account_a) + "/IncomingPhoneNumbers"));
    // SK0123456789abcdef0123456789abcdef:5ecRet5ecRet5ecRet5ecRet5ecRet55
    const std::string basic =
        "Authorization: Basic "
        "U0swMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjo1ZWNSZXQ1ZWNSZXQ1ZWNSZXQ1ZWNSZXQ1ZWNSZXQ1NQ==";
    EXPECT_THAT(server->requests()[1], HasSubstr(basic));
}

TEST_F(AccountsTest, AnApiKeyThatTwilioDoesNotTakeIsRefused) {
    serve({no(), no()});
    credential::Credential inside = test::key_of(account_a);
    inside.org = org_a;
    inside.issued_at = noon;
    SealedCredentials row = this->row(org_a, account_a);
    row.box = credential::seal(inside, key.public_key);
    const auto blocked = make_ready(credentials->of(row));
    ASSERT_TRUE(blocked);
    EXPECT_THAT(blocked->reason, HasSubstr("API key"));
}

ClaimedJob job_of(const char* org, const std::string& account_sid = "") {
    ClaimedJob job;
    job.org_id = org;
    job.account_sid = account_sid;
    return job;
}

TEST_F(AccountsTest, AJobWorksWithItsOrganizationsOwnAndElseWithThePlatformsOrNone) {
    serve({}, test::token_of(account_b));
    ClaimedJob own = job_of(org_a);
    own.credentials = row(org_a, account_a);
    EXPECT_EQ(credentials->of(own)->client().account_sid(), account_a);
    EXPECT_EQ(credentials->of(job_of(org_b)), credentials->platform());
    EXPECT_EQ(credentials->of(job_of(org_b, account_b)), credentials->platform());
    EXPECT_TRUE(credentials->of(job_of(org_b, account_a))->is_closed()) << "never the platform's for another";
    own.account_sid = account_b;
    EXPECT_TRUE(credentials->of(own)->is_closed()) << "nor for one that has its own";
    serve({});
    const auto blocked = make_ready(credentials->of(job_of(org_a)));
    ASSERT_TRUE(blocked);
    EXPECT_THAT(blocked->reason, HasSubstr("hand in your own"));
    EXPECT_TRUE(server->requests().empty());
}

TEST_F(AccountsTest, WhatNobodyUsesIsForgottenWhereThereIsMuchOfIt) {
    serve({});
    const auto held = credentials->of(row("00000000-0000-0000-0000-ffffffffffff", account_a));
    for (std::size_t i = 0; i < 2 * OpenCredentials::most_idle + 10; ++i) {
        char org[37];
        std::snprintf(org, sizeof org, "00000000-0000-0000-0000-%012zx", i);
        credentials->of(row(org, account_a));
        EXPECT_LE(credentials->size(), 2 * OpenCredentials::most_idle + 1);
    }
    credentials->prune();
    EXPECT_EQ(credentials->size(), OpenCredentials::most_idle + 1);
    EXPECT_EQ(credentials->of(row("00000000-0000-0000-0000-ffffffffffff", account_a)), held);
}

}  // namespace
}  // namespace telephony::sidecar
