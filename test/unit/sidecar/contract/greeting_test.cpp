// What follows from the answer to a greeting.
#include "contract/greeting.hpp"

#include <gtest/gtest.h>

#include "base/version.hpp"

namespace telephony::sidecar {
namespace {

CallReply hello_reply(int version, int request_life) {
    CallReply reply;
    reply.outcome = CallOutcome::ok;
    reply.values = {R"({"mode":"normal","schema_version":)" + std::to_string(version) +
                    R"(,"extension_version":"0.1.0","request_life_seconds":)" + std::to_string(request_life) +
                    R"(,"absence_poll_seconds":15})"};
    return reply;
}

TEST(Hello, AnUnknownSchemaVersionPauses) {
    const Duration life = std::chrono::seconds(50);
    EXPECT_EQ(judge_hello(hello_reply(schema_version, 90), life).kind, GreetingVerdict::Kind::ready);
    EXPECT_EQ(judge_hello(hello_reply(schema_version + 1, 90), life).kind, GreetingVerdict::Kind::pause);
    EXPECT_EQ(judge_hello(hello_reply(schema_version - 1, 90), life).kind, GreetingVerdict::Kind::pause);
}

TEST(Hello, ARequestMustNotOutliveWhatTheDatabaseCountsOn) {
    EXPECT_EQ(judge_hello(hello_reply(schema_version, 49), std::chrono::seconds(50)).kind,
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

}  // namespace
}  // namespace telephony::sidecar
