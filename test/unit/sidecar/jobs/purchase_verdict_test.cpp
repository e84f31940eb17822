// What an answer to a purchase proves.
#include "jobs/purchase_verdict.hpp"
#include "twilio/resources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

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

// Whose the number is the database judges: it is told all that Twilio shows.
TEST(PurchaseVerdict, ANumberThatTwilioAnswersIsShownToTheDatabase) {
    TwilioAnswer<IncomingNumber> answer = created("+12025550123", "telephony:i:j", "2024-01-01T12:00:00Z");
    answer.value->date_updated = parse_iso8601("2024-01-01T12:00:01Z");
    const PurchaseVerdict verdict = judge_purchase(answer, buying_job(), account);
    EXPECT_EQ(verdict.event, JobEvent::purchased);
    EXPECT_EQ(verdict.data["sid"], "PN0123456789abcdef0123456789abcdef");
    EXPECT_EQ(verdict.data["number"], "+12025550123");
    EXPECT_EQ(verdict.data["tag"], "telephony:i:j");
    EXPECT_EQ(verdict.data["date_created"], "2024-01-01T12:00:00Z");
    EXPECT_EQ(verdict.data["date_updated"], "2024-01-01T12:00:01Z");
    EXPECT_EQ(verdict.data["account_sid"], account);
    EXPECT_EQ(verdict.data["own_answer"], true);
    EXPECT_EQ(judge(created("+12025550124", "telephony:i:j", "2024-01-01T12:00:01Z")), JobEvent::ambiguous);
}

TEST(PurchaseVerdict, OursBeyondDoubtIsOurTagAndNotOlderThanTheIntent) {
    const ClaimedJob job = buying_job();
    const auto proves = [&job](const char* name, const char* date) {
        return proves_our_purchase(*created("+12025550123", name, date).value, job);
    };
    EXPECT_TRUE(proves("telephony:i:j", "2024-01-01T12:00:00Z"));
    EXPECT_FALSE(proves("telephony:i:j", "2024-01-01T11:59:59Z"))
        << "clocks may differ, but that is no proof";
    EXPECT_FALSE(proves("telephony:i:j", ""));
    EXPECT_FALSE(proves("another name", "2024-01-01T12:00:01Z"));
    EXPECT_FALSE(
        proves_our_purchase(*created("+12025550123", "telephony:i:j", "2024-01-01T12:00:00Z").value, {}));
}

TEST(PurchaseVerdict, OnlyTwilioCanRefuse) {
    EXPECT_EQ(judge(failed(Kind::refused, 400, 21422)), JobEvent::unavailable);
    EXPECT_EQ(judge(failed(Kind::refused, 400, 21615)), JobEvent::unavailable);
    EXPECT_EQ(judge(failed(Kind::refused, 400, 21631)), JobEvent::refused);
    EXPECT_EQ(judge(failed(Kind::refused, 400, 99999)), JobEvent::refused);
    EXPECT_EQ(judge(failed(Kind::denied, 401, 20003)), JobEvent::throttled) << "waits for credentials";
    EXPECT_EQ(judge(failed(Kind::denied, 401, 0)), JobEvent::ambiguous) << "perhaps a proxy's";
    EXPECT_EQ(judge(failed(Kind::denied, 403, 20403)), JobEvent::refused);
    EXPECT_EQ(judge(failed(Kind::denied, 403, 20003)), JobEvent::throttled) << "as a 401";
    for (const auto& [kind, status] :
         {std::pair(Kind::denied, 403), {Kind::denied, 401}, {Kind::refused, 400}}) {
        const PurchaseVerdict inactive = judge_purchase(failed(kind, status, 20005), buying_job(), account);
        EXPECT_EQ(inactive.event, JobEvent::throttled) << status;
        EXPECT_EQ(inactive.data["reason_code"], "account_not_active") << status;
        EXPECT_GE(inactive.data["delay_seconds"].get<double>(), 30) << status;
    }
    EXPECT_EQ(judge(failed(Kind::denied, 403, 0)), JobEvent::ambiguous);
    EXPECT_EQ(judge(failed(Kind::unreadable, 400, 0)), JobEvent::ambiguous);
    EXPECT_EQ(judge(failed(Kind::refused, 400, 0)), JobEvent::ambiguous);
}

TEST(PurchaseVerdict, WithoutAnAnswerTheNumberIsInDoubt) {
    EXPECT_EQ(judge(failed(Kind::no_answer, 0, 0)), JobEvent::ambiguous);
    EXPECT_EQ(judge(failed(Kind::server_error, 503, 20503)), JobEvent::ambiguous);
    EXPECT_EQ(judge(failed(Kind::unreadable, 200, 0)), JobEvent::ambiguous);
}

TEST(PurchaseVerdict, ThrottlingWaitsAsLongAsTwilioSays) {
    auto answer = failed(Kind::throttled, 429, 20429);
    EXPECT_GT(judge_purchase(answer, buying_job(), account).data["delay_seconds"].get<double>(), 0);
    answer.problem.retry_after = std::chrono::seconds(7);
    EXPECT_EQ(judge_purchase(answer, buying_job(), account).data["delay_seconds"].get<double>(), 7);
}

TEST(PurchaseVerdict, ReasonsTellWhatToDo) {
    const std::map<int, std::string> reason_codes = {{20003, "purchase_not_permitted"},
                                                     {21404, "trial_account_full"},
                                                     {21631, "needs_address"},
                                                     {21649, "needs_bundle"},
                                                     {12345, "purchase_refused"}};
    for (const auto& [code, reason_code] : reason_codes) {
        TwilioProblem problem = failed(Kind::refused, 400, code).problem;
        problem.message = "Raw text of Twilio";
        nlohmann::json data;
        explain_refusal(problem, data);
        EXPECT_THAT(data["reason"].get<std::string>(), HasSubstr(std::to_string(code)));
        EXPECT_THAT(data["reason"].get<std::string>(), Not(HasSubstr("Raw text")));
        EXPECT_EQ(data["reason_code"], reason_code);
    }
}

}  // namespace
}  // namespace telephony::sidecar
