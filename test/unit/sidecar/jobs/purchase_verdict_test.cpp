// What an answer to a purchase proves, and what a row of the database must look like.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/contract.hpp"
#include "jobs/purchase_verdict.hpp"
#include "jobs/voice_settings.hpp"

namespace telephony::sidecar {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Kind = TwilioProblem::Kind;

constexpr const char* account = "AC0123456789abcdef0123456789abcdef";

numbering::E164 e164(const char* text) {
    numbering::E164 number;
    EXPECT_EQ(numbering::E164::parse(text, number), numbering::E164Problem::none);
    return number;
}

ClaimedJob buying_job() {
    ClaimedJob job;
    job.tag = "telephony:i:j";
    job.number = e164("+12025550123");
    job.intent_at = parse_iso8601("2024-01-01T12:00:00Z");
    job.posts_sent = 1;
    return job;
}

TwilioAnswer<IncomingNumber> created(const char* number, const char* name, const char* date) {
    TwilioAnswer<IncomingNumber> answer;
    answer.value =
        IncomingNumber{"PN0123456789abcdef0123456789abcdef", e164(number), name, parse_iso8601(date), {}, {}};
    return answer;
}

TwilioAnswer<IncomingNumber> failed(Kind kind, int status, int code) {
    TwilioAnswer<IncomingNumber> answer;
    answer.problem.kind = kind;
    answer.problem.status = status;
    answer.problem.code = code;
    answer.problem.message = "because";
    return answer;
}

JobEvent judge(const TwilioAnswer<IncomingNumber>& answer, const ClaimedJob& job = buying_job()) {
    return judge_purchase(answer, job, account).event;
}

TEST(PurchaseVerdict, OursIsOurTagOurNumberAndNotOlderThanTheIntent) {
    const PurchaseVerdict verdict = judge_purchase(
        created("+12025550123", "telephony:i:j", "2024-01-01T12:00:00Z"), buying_job(), account);
    EXPECT_EQ(verdict.event, JobEvent::purchased);
    EXPECT_EQ(verdict.data["sid"], "PN0123456789abcdef0123456789abcdef");
    EXPECT_EQ(verdict.data["number"], "+12025550123");
    EXPECT_EQ(verdict.data["tag"], "telephony:i:j");
    EXPECT_EQ(verdict.data["date_created"], "2024-01-01T12:00:00Z");
    EXPECT_EQ(verdict.data["account_sid"], account);
}

TEST(PurchaseVerdict, AnOlderNumberIsSomebodyElses) {
    EXPECT_EQ(judge(created("+12025550123", "telephony:i:j", "2024-01-01T11:59:57Z")), JobEvent::foreign);
    EXPECT_EQ(judge(created("+12025550123", "telephony:i:j", "")), JobEvent::foreign);
    EXPECT_EQ(judge(created("+12025550123", "another name", "2024-01-01T12:00:01Z")), JobEvent::foreign);
    EXPECT_EQ(judge(created("+12025550124", "telephony:i:j", "2024-01-01T12:00:01Z")), JobEvent::ambiguous);
}

// The intent is the Date header of one server, date_created the clock of another, both in whole seconds.
TEST(PurchaseVerdict, WithinTheToleranceOnlyWhatThePurchaseDidNotChange) {
    TwilioAnswer<IncomingNumber> answer = created("+12025550123", "telephony:i:j", "2024-01-01T11:59:59Z");
    answer.value->date_updated = answer.value->date_created;
    EXPECT_EQ(judge(answer), JobEvent::purchased);
    answer.value->date_updated = parse_iso8601("2024-01-01T12:00:00Z");
    EXPECT_EQ(judge(answer), JobEvent::foreign);
}

TEST(PurchaseVerdict, TwilioClocksMayDifferByTwoSeconds) {
    EXPECT_EQ(judge(created("+12025550123", "telephony:i:j", "2024-01-01T11:59:59Z")), JobEvent::purchased);
    EXPECT_EQ(judge(created("+12025550123", "telephony:i:j", "2024-01-01T11:59:58Z")), JobEvent::purchased);
}

TEST(PurchaseVerdict, OnlyTwilioCanRefuse) {
    EXPECT_EQ(judge(failed(Kind::refused, 400, 21422)), JobEvent::unavailable);
    EXPECT_EQ(judge(failed(Kind::refused, 400, 21615)), JobEvent::unavailable);
    EXPECT_EQ(judge(failed(Kind::refused, 400, 21631)), JobEvent::refused);
    EXPECT_EQ(judge(failed(Kind::refused, 400, 99999)), JobEvent::refused);
    EXPECT_EQ(judge(failed(Kind::denied, 401, 20003)), JobEvent::throttled) << "waits for credentials";
    EXPECT_EQ(judge(failed(Kind::denied, 401, 0)), JobEvent::ambiguous) << "perhaps a proxy's";
    EXPECT_EQ(judge(failed(Kind::denied, 403, 20403)), JobEvent::refused);
    EXPECT_EQ(judge(failed(Kind::denied, 403, 0)), JobEvent::ambiguous);
    EXPECT_EQ(judge(failed(Kind::unreadable, 400, 0)), JobEvent::ambiguous);
    EXPECT_EQ(judge(failed(Kind::refused, 400, 0)), JobEvent::ambiguous);
}

TEST(PurchaseVerdict, WithoutAnAnswerTheNumberIsInDoubt) {
    EXPECT_EQ(judge(failed(Kind::no_answer, 0, 0)), JobEvent::ambiguous);
    EXPECT_EQ(judge(failed(Kind::server_error, 503, 20503)), JobEvent::ambiguous);
    EXPECT_EQ(judge(failed(Kind::unreadable, 200, 0)), JobEvent::ambiguous);
}

TEST(PurchaseVerdict, ARefusedRepetitionProvesNothing) {
    ClaimedJob job = buying_job();
    job.posts_sent = 2;
    EXPECT_EQ(judge(failed(Kind::refused, 400, 21422), job), JobEvent::repeat_refused);
    EXPECT_EQ(judge(failed(Kind::refused, 400, 21631), job), JobEvent::repeat_refused);
    EXPECT_EQ(judge(failed(Kind::denied, 401, 20003), job), JobEvent::throttled);
    EXPECT_EQ(judge(failed(Kind::denied, 403, 20403), job), JobEvent::repeat_refused);
    EXPECT_EQ(judge(failed(Kind::throttled, 429, 20429), job), JobEvent::throttled);
}

TEST(PurchaseVerdict, ThrottlingWaitsAsLongAsTwilioSays) {
    auto answer = failed(Kind::throttled, 429, 20429);
    EXPECT_GT(judge_purchase(answer, buying_job(), account).data["delay_seconds"].get<double>(), 0);
    answer.problem.retry_after = std::chrono::seconds(7);
    EXPECT_EQ(judge_purchase(answer, buying_job(), account).data["delay_seconds"].get<double>(), 7);
}

TEST(PurchaseVerdict, ReasonsTellWhatToDo) {
    for (const int code : {20003, 21404, 21631, 21649, 12345}) {
        const std::string reason = refusal_reason(failed(Kind::refused, 400, code).problem);
        EXPECT_THAT(reason, HasSubstr(std::to_string(code)));
    }
    EXPECT_THAT(refusal_reason(failed(Kind::refused, 400, 21631).problem), HasSubstr("address"));
    EXPECT_THAT(refusal_reason(failed(Kind::refused, 400, 21649).problem), HasSubstr("bundle"));
}

TEST(VoiceCheck, ComparesWhatTwilioShows) {
    IncomingNumber number;
    number.settings = {{"voice_url", "https://a"}, {"voice_application_sid", ""}, {"trunk_sid", "TK1"}};
    EXPECT_TRUE(voice_settings_match(number, {{"VoiceUrl", "https://a"}, {"TrunkSid", "TK1"}}));
    EXPECT_FALSE(voice_settings_match(number, {{"VoiceUrl", "https://b"}}));
    EXPECT_FALSE(voice_settings_match(number, {{"VoiceApplicationSid", "AP1"}}));
    EXPECT_TRUE(voice_settings_match(number, {{"NotShown", "x"}}));
    EXPECT_TRUE(voice_settings_match(number, {}));
}

constexpr const char* claimed_row =
    R"({"job_id":"j","org_id":"o","kind":"provision","state":"in_doubt","token":4294967297,"tag":"t","country_code":"US",
    "kinds":[{"country_code":"GB","number_type":"Mobile","address_sid":null,"bundle_sid":"BU1"},{"country_code":"US","number_type":"Local","address_sid":null,"bundle_sid":null}],
    "number_country":"US","number_type":"Local","number":"+12025550123","account_sid":"AC1","number_sid":null,
    "intent_at":"2024-01-01T12:00:00+00:00","cancel_requested":false,"resumed":true,"posts_sent":2,"repeat_refused":true,"voice":{"VoiceUrl":"https://a"},
    "credential":{"org_id":"o","account_sid":"AC1","generation":"g","key_id":"0011223344556677","sealed":"AQID","set_at":"2024-01-01T12:00:00.5+00:00","status":"verified"}})";

TEST(ClaimedJob, IsReadFromItsRow) {
    const ClaimedJob job = parse_claimed_job(claimed_row);
    EXPECT_EQ(job.kind, JobKind::provision);
    EXPECT_EQ(job.state, JobState::in_doubt);
    EXPECT_EQ(job.token, 4294967297);
    EXPECT_EQ(job.number->str(), "+12025550123");
    EXPECT_EQ(job.number_sid, "");
    EXPECT_EQ(iso8601(*job.intent_at), "2024-01-01T12:00:00Z");
    ASSERT_EQ(job.kinds.size(), 2u);
    EXPECT_EQ(job.kinds[0].country, "GB");
    EXPECT_EQ(job.kinds[0].type, "Mobile");
    EXPECT_EQ(job.kinds[0].address_sid, "");
    EXPECT_EQ(job.kinds[0].bundle_sid, "BU1");
    EXPECT_EQ(job.number_country + job.number_type, "USLocal");
    EXPECT_TRUE(job.resumed);
    EXPECT_EQ(job.posts_sent, 2);
    EXPECT_TRUE(job.repeat_refused);
    EXPECT_EQ(job.voice, (FormParameters{{"VoiceUrl", "https://a"}}));
    ASSERT_TRUE(job.credentials);
    EXPECT_EQ(job.credentials->generation, "g");
    EXPECT_EQ(job.credentials->box, (credential::Box{1, 2, 3}));
    EXPECT_EQ(iso8601(job.credentials->set_at), "2024-01-01T12:00:00Z");
    EXPECT_TRUE(job.credentials->verified);
}

TEST(ClaimedJob, ARowThatBreaksTheContractIsRefused) {
    const std::string good = claimed_row;
    const auto with = [&good](const std::string& from, const std::string& to) {
        return std::string(good).replace(good.find(from), from.size(), to);
    };
    EXPECT_THROW(parse_claimed_job("{}"), ContractBroken);
    EXPECT_THROW(parse_claimed_job("garbage"), ContractBroken);
    EXPECT_THROW(parse_claimed_job(with("in_doubt", "asleep")), ContractBroken);
    EXPECT_THROW(parse_claimed_job(with("AQID", "A$")), ContractBroken);
    EXPECT_THROW(parse_claimed_job(with("provision\"", "walk\"")), ContractBroken);
    EXPECT_THROW(parse_claimed_job(with("+12025550123", "2025550123")), ContractBroken);
    EXPECT_THROW(parse_claimed_job(with("2024-01-01T12:00:00+00:00", "yesterday")), ContractBroken);
    EXPECT_THROW(parse_claimed_job(with("4294967297", "\"x\"")), ContractBroken);
}

CallReply hello_reply(int schema_version, int request_life) {
    CallReply reply;
    reply.outcome = CallOutcome::ok;
    reply.values = {R"({"mode":"normal","schema_version":)" + std::to_string(schema_version) +
                    R"(,"extension_version":"0.1.0","request_life_seconds":)" + std::to_string(request_life) +
                    R"(,"absence_poll_seconds":15})"};
    return reply;
}

TEST(Hello, AnUnknownSchemaVersionPauses) {
    const Duration life = std::chrono::seconds(50);
    EXPECT_EQ(judge_hello(hello_reply(newest_schema_version, 90), life).kind, GreetingVerdict::Kind::ready);
    EXPECT_EQ(judge_hello(hello_reply(newest_schema_version + 1, 90), life).kind,
              GreetingVerdict::Kind::pause);
    EXPECT_EQ(judge_hello(hello_reply(oldest_schema_version - 1, 90), life).kind,
              GreetingVerdict::Kind::pause);
}

TEST(Hello, ARequestMustNotOutliveWhatTheDatabaseCountsOn) {
    EXPECT_EQ(judge_hello(hello_reply(newest_schema_version, 49), std::chrono::seconds(50)).kind,
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
