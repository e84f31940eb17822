// What follows from the answer to a greeting.
#include "contract/greeting.hpp"

#include <gtest/gtest.h>

#include "contract/transitions.hpp"

namespace telephony::sidecar {
namespace {

CallReply hello_reply(int oldest, int newest, int request_life) {
    CallReply reply;
    reply.outcome = CallOutcome::ok;
    reply.values = {R"({"mode":"normal","contract":)" + std::to_string(newest) + R"(,"oldest_contract":)" +
                    std::to_string(oldest) +
                    R"(,"schema_version":1,"extension_version":"0.1.0","request_life_seconds":)" +
                    std::to_string(request_life) + R"(,"absence_poll_seconds":15,"voice_settings":true})"};
    return reply;
}

// Rule PAUSE_ON_SCHEMA.
TEST(Hello, AContractThatTheDatabaseDoesNotServePauses) {
    using Kind = GreetingVerdict::Kind;
    const Duration life = std::chrono::seconds(50);
    const int ours = contract_number;
    EXPECT_EQ(judge_hello(hello_reply(ours, ours, 90), life).kind, Kind::ready);
    EXPECT_EQ(judge_hello(hello_reply(1, ours + 5, 90), life).kind, Kind::ready);
    const GreetingVerdict behind = judge_hello(hello_reply(1, ours - 1, 90), life);
    EXPECT_EQ(behind.kind, Kind::pause);
    EXPECT_NE(behind.reason.find("run migrate()"), std::string::npos) << behind.reason;
    const GreetingVerdict ahead = judge_hello(hello_reply(ours + 1, ours + 2, 90), life);
    EXPECT_EQ(ahead.kind, Kind::pause);
    EXPECT_NE(ahead.reason.find("update telephonyd"), std::string::npos) << ahead.reason;
}

TEST(Hello, ARequestMustNotOutliveWhatTheDatabaseCountsOn) {
    EXPECT_EQ(judge_hello(hello_reply(contract_number, contract_number, 49), std::chrono::seconds(50)).kind,
              GreetingVerdict::Kind::refuse);
}

TEST(Hello, AnotherInstallationIsRefusedAndAMissingFunctionPauses) {
    CallReply reply;
    reply.outcome = CallOutcome::sql_error;
    reply.sqlstate = "TL003";
    EXPECT_EQ(judge_hello(reply, {}).kind, GreetingVerdict::Kind::refuse);
    reply.sqlstate = "42883";
    EXPECT_EQ(judge_hello(reply, {}).kind, GreetingVerdict::Kind::pause);
}

TEST(Hello, TokensReadInAnotherWayPauseWithWhatTheOperatorMustDo) {
    CallReply reply;
    reply.outcome = CallOutcome::sql_error;
    reply.sqlstate = "55000";
    reply.message = "read in another way";
    reply.hint = "ALTER DATABASE ...";
    const GreetingVerdict verdict = judge_hello(reply, {});
    EXPECT_EQ(verdict.kind, GreetingVerdict::Kind::pause);
    EXPECT_EQ(verdict.reason, "read in another way. ALTER DATABASE ...");
}

}  // namespace
}  // namespace telephony::sidecar
