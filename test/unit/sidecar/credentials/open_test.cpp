// What the process holds open of credentials, for whom, and how long.
#include "credentials/open.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/metrics.hpp"
#include "contract/jobs.hpp"
#include "credentials/gate.hpp"
#include "credentials/secrets.hpp"
#include "io/event_loop.hpp"
#include "io/http_client.hpp"
#include "sidecar/fakes/credentials.hpp"
#include "sidecar/fakes/scripted_server.hpp"
#include "twilio/resources.hpp"

namespace telephony::sidecar {
namespace {

using test::http_answer;
using test::Reply;
using test::ScriptedServer;
using test::sealed_for;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = CredentialVerdict::Kind;

constexpr const char* account_a = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr const char* account_b = "ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
constexpr const char* org_a = "00000000-0000-0000-0000-00000000000a";
constexpr const char* org_b = "00000000-0000-0000-0000-00000000000b";
constexpr std::int64_t noon = 1'700'000'000;

Reply active(const char* account, const char* type = "Full") {
    return {http_answer(
        "200 OK", R"({"sid":")" + std::string(account) + R"(","status":"active","type":")" + type + "\"}")};
}
Reply no() {
    return {http_answer("401 Unauthorized", R"({"code":20003,"message":"Authenticate","status":401})")};
}

class OpenCredentialsTest : public ::testing::Test {
  protected:
    ~OpenCredentialsTest() override { loop.destroy_coroutines(); }

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
    static Task<void> verify_into(CredentialGate& gate, CredentialVerdict& verdict) {
        verdict = co_await gate.verify();
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

TEST_F(OpenCredentialsTest, OpensARowOnceAndVerifiesItOnceBeforeItsFirstUse) {
    serve({active(account_a)});
    const auto gate = credentials->of(row(org_a, account_a));
    EXPECT_EQ(credentials->of(row(org_a, account_a)), gate);
    EXPECT_FALSE(make_ready(gate));
    EXPECT_FALSE(make_ready(gate));
    ASSERT_EQ(server->requests().size(), 1u);
    EXPECT_THAT(server->requests()[0],
                HasSubstr("GET /2010-04-01/Accounts/" + std::string(account_a) + ".json"));
    EXPECT_THAT(told, ElementsAre("a verified"));
}

TEST_F(OpenCredentialsTest, WhatTheDatabaseKnowsVerifiedIsNotReportedAgain) {
    serve({active(account_a), no(), no()});
    SealedCredentials known = row(org_a, account_a);
    known.verified = true;
    const auto gate = credentials->of(known);
    EXPECT_FALSE(make_ready(gate));
    EXPECT_TRUE(told.empty());
    loop.run_until_done(list(*gate));
    EXPECT_THAT(told, ElementsAre("a refused"));
}

TEST_F(OpenCredentialsTest, TwoOrganizationsShareAnAccountButNotTheirStanding) {
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

TEST_F(OpenCredentialsTest, ANewGenerationIsTriedAtOnceAndTheJobsOfTheOldOneKeepTheirs) {
    serve({no(), active(account_a)});
    const auto before = credentials->of(row(org_a, account_a));
    EXPECT_TRUE(make_ready(before));
    const auto after = credentials->of(row(org_a, account_a, noon + 60));
    EXPECT_NE(after, before);
    EXPECT_FALSE(make_ready(after));
    EXPECT_TRUE(make_ready(before));
    EXPECT_EQ(credentials->size(), 1u);
}

TEST_F(OpenCredentialsTest, ABoxThatMustNotBeUsedSendsNothingAndIsAlerted) {
    serve({});
    SealedCredentials swapped = row(org_b, account_b);
    swapped.box = row(org_a, account_a).box;
    const auto gate = credentials->of(swapped);
    EXPECT_TRUE(make_ready(gate));
    EXPECT_TRUE(make_ready(gate));
    EXPECT_TRUE(server->requests().empty());
    EXPECT_THAT(told, ElementsAre("b refused")) << "once";
    EXPECT_THAT(metrics.render(), HasSubstr("telephonyd_alerts_total{alert=\"box_refused\"} 1"));
}

// Another telephonyd may have the key; a missing one is the operator's mistake, not the organization's.
TEST_F(OpenCredentialsTest, ABoxForAMissingKeyIsLeftToOthersAndItsOperatorIsToldOnce) {
    serve({});
    const credential::SecretKey other = credential::generate_key();
    for (const char* org : {org_a, org_b}) {
        const auto gate = credentials->of(sealed_for(other, org, account_a, noon));
        const auto blocked = make_ready(gate);
        ASSERT_TRUE(blocked);
        EXPECT_THAT(blocked->reason, HasSubstr("its operator is told"));
        EXPECT_LE(blocked->delay, std::chrono::seconds(10));
        CredentialVerdict verdict;
        loop.run_until_done(verify_into(*gate, verdict));
        EXPECT_EQ(verdict.kind, Kind::unreachable);
    }
    EXPECT_TRUE(server->requests().empty());
    EXPECT_TRUE(told.empty());
    EXPECT_THAT(metrics.render(), HasSubstr("telephonyd_alerts_total{alert=\"key_missing\"} 1"));
    EXPECT_THAT(metrics.render(), HasSubstr("telephonyd_alerts_total{alert=\"box_refused\"} 0"));
}

TEST_F(OpenCredentialsTest, ABoxOlderThanOneThatWasUsedIsRefused) {
    serve({});
    EXPECT_FALSE(credentials->of(row(org_a, account_a, noon))->is_closed());
    EXPECT_FALSE(credentials->of(row(org_a, account_a, noon - 299))->is_closed()) << "clocks differ";
    EXPECT_TRUE(credentials->of(row(org_a, account_a, noon - 301))->is_closed());
    EXPECT_FALSE(credentials->of(row(org_b, account_a, noon - 301))->is_closed()) << "another organization";
}

TEST_F(OpenCredentialsTest, TheApiKeySpeaksForTheAccountAndNeedNotReadIt) {
    serve({no(),
           {http_answer("200 OK", R"({"incoming_phone_numbers":[],"next_page_uri":null})")},
           {http_answer("200 OK", R"({"incoming_phone_numbers":[],"next_page_uri":null})")}});
    credential::Credential inside = test::key_of(account_a);
    inside.org = org_a;
    inside.issued_at = noon;
    SealedCredentials row = this->row(org_a, account_a);
    row.box = credential::seal(inside, key.public_key);
    const auto gate = credentials->of(row);
    EXPECT_FALSE(make_ready(gate));
    EXPECT_THAT(server->requests()[1],
                HasSubstr("/Accounts/" + std::string(account_a) + "/IncomingPhoneNumbers"));
    // SK0123456789abcdef0123456789abcdef:5ecRet5ecRet5ecRet5ecRet5ecRet55
    const std::string basic =
        "Authorization: Basic "
        "U0swMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjo1ZWNSZXQ1ZWNSZXQ1ZWNSZXQ1ZWNSZXQ1ZWNSZXQ1NQ==";
    EXPECT_THAT(server->requests()[1], HasSubstr(basic));
}

TEST_F(OpenCredentialsTest, AnApiKeyThatTwilioDoesNotTakeIsRefused) {
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

TEST_F(OpenCredentialsTest, AJobWorksWithItsOrganizationsOwnAndElseWithThePlatformsOrNone) {
    serve({}, test::token_of(account_b));
    ClaimedJob own = job_of(org_a);
    own.credentials = row(org_a, account_a);
    EXPECT_EQ(credentials->of(own, own.job_id)->client().account_sid(), account_a);
    EXPECT_EQ(credentials->of(job_of(org_b), ""), credentials->platform());
    EXPECT_EQ(credentials->of(job_of(org_b, account_b), ""), credentials->platform());
    EXPECT_TRUE(credentials->of(job_of(org_b, account_a), "")->is_closed())
        << "never the platform's for another";
    own.account_sid = account_b;
    EXPECT_TRUE(credentials->of(own, own.job_id)->is_closed()) << "nor for one that has its own";
    serve({});
    const auto blocked = make_ready(credentials->of(job_of(org_a), ""));
    ASSERT_TRUE(blocked);
    EXPECT_THAT(blocked->reason, HasSubstr("hand in your own"));
    EXPECT_TRUE(server->requests().empty());
}

TEST_F(OpenCredentialsTest, WhatNobodyUsesIsForgottenWhereThereIsMuchOfIt) {
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
