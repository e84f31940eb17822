// Lists of calls are filtered as Twilio filters them, and paged from the newest.
#include "call.hpp"

#include <gmock/gmock.h>

#include "api_error.hpp"
#include "call_request.hpp"
#include "dates.hpp"

namespace telephony::simulator {
namespace {

const std::string account = "AC1";

Call a_call(const std::string& sid, const char* started, const std::string& to = "+14155550100") {
    Call call;
    call.sid = sid;
    call.account_sid = account;
    call.from = "+12025550100";
    call.to = to;
    call.direction = "inbound";
    if (started != nullptr) call.started = *parse_iso8601(started);
    return call;
}

std::vector<std::string> sids(const CallLog& log, const Parameters& filter) {
    std::vector<std::string> found;
    for (const Call& call : log.list(account, CallFilter(filter), std::nullopt, 50).entries)
        found.push_back(call.sid);
    return found;
}

TEST(CallFilterTest, KnowsDaysAndSecondsBeforeAfterAndOn) {
    CallLog log;
    log.add(a_call("eve", "2026-11-27T23:59:59Z"));
    log.add(a_call("noon", "2026-11-28T12:00:00Z"));
    log.add(a_call("queued", nullptr));
    log.add(a_call("morrow", "2026-11-29T00:00:00Z"));
    using testing::ElementsAre;
    EXPECT_THAT(sids(log, {}), ElementsAre("morrow", "queued", "noon", "eve"));
    EXPECT_THAT(sids(log, {{"StartTime", "2026-11-28"}}), ElementsAre("noon"));
    EXPECT_THAT(sids(log, {{"StartTime>", "2026-11-28"}}), ElementsAre("morrow", "noon"));
    EXPECT_THAT(sids(log, {{"StartTime<", "2026-11-28"}}), ElementsAre("eve"));
    EXPECT_THAT(sids(log, {{"StartTime>", "2026-11-28T12:00:00Z"}, {"StartTime<", "2026-11-29T00:00:00Z"}}),
                ElementsAre("noon"));
    EXPECT_THAT(sids(log, {{"StartTime>", "2026-11-28T12:00:01Z"}}), ElementsAre("morrow"));
    EXPECT_THAT(sids(log, {{"EndTime>", "2026-11-01"}}), testing::IsEmpty());
    EXPECT_THROW(CallFilter(Parameters{{"StartTime>", "yesterday"}}), ApiError);
}

TEST(CallFilterTest, KnowsNumbersAndStatus) {
    CallLog log;
    log.add(a_call("a", "2026-11-28T12:00:00Z"));
    log.add(a_call("b", "2026-11-28T12:00:00Z", "+14155550101")).status = CallStatus::no_answer;
    using testing::ElementsAre;
    EXPECT_THAT(sids(log, {{"To", "+14155550101"}}), ElementsAre("b"));
    EXPECT_THAT(sids(log, {{"From", "+12025550100"}}), ElementsAre("b", "a"));
    EXPECT_THAT(sids(log, {{"From", "+1202555010"}}), testing::IsEmpty());
    EXPECT_THAT(sids(log, {{"Status", "no-answer"}}), ElementsAre("b"));
    EXPECT_THAT(sids(log, {{"ParentCallSid", "CA1"}}), testing::IsEmpty());
}

TEST(CallLogTest, PagesBothWaysAndForgetsWhatIsRemoved) {
    CallLog log;
    for (const char* sid : {"1", "2", "3", "4", "5"}) log.add(a_call(sid, "2026-11-28T12:00:00Z"));
    const CallFilter all{Parameters()};
    const Page<Call> first = log.list(account, all, std::nullopt, 2);
    EXPECT_EQ(first.entries.front().sid, "5");
    EXPECT_TRUE(first.has_older && !first.has_newer);
    const Page<Call> second = log.list(account, all, PagePosition{first.entries.back().sequence, false}, 2);
    EXPECT_EQ(second.entries.front().sid, "3");
    log.remove("5");
    const Page<Call> back = log.list(account, all, PagePosition{second.entries.front().sequence, true}, 2);
    EXPECT_EQ(back.entries.size(), 1U);
    EXPECT_EQ(log.find("5"), nullptr);
    EXPECT_TRUE(log.list("AC2", all, std::nullopt, 2).entries.empty());
}

TEST(CallRequestTest, ATimeLimitATimeoutAndWhatIsSaidAreRead) {
    const CallRequest request = parse_call_request({{"To", "+14155550100"},
                                                    {"From", "+12025550100"},
                                                    {"Twiml", "<Response><Pause length='7'/></Response>"},
                                                    {"Timeout", "30"},
                                                    {"TimeLimit", "75"},
                                                    {"MachineDetection", "Enable"}});
    EXPECT_EQ(request.timeout, Seconds(30));
    EXPECT_EQ(request.time_limit, Seconds(75));
    EXPECT_EQ(request.script, Seconds(7));
    EXPECT_TRUE(request.detects_machines);
}

TEST(CallRequestTest, WhatIsSaidTakesItsTime) {
    EXPECT_EQ(twiml_seconds("<Response><Say>automatic forwarding check.</Say><Pause/></Response>"),
              Seconds(27.0 / 15 + 1));
    EXPECT_EQ(twiml_seconds("<Response><Hangup/><Pause length=\"9\"/></Response>"), Seconds(0));
    EXPECT_EQ(twiml_seconds("<Response><Dial>+14155550100</Dial></Response>"), std::nullopt);
}

TEST(CallRequestTest, EachWrongParameterHasItsCode) {
    const Parameters right{
        {"To", "+14155550100"}, {"From", "+12025550100"}, {"Url", "https://example.com/voice"}};
    EXPECT_EQ(parse_call_request(right).script, std::nullopt);
    const std::tuple<const char*, const char*, int> wrong[] = {
        {"To", "", 21201},
        {"To", "4155550100", 21211},
        {"From", "", 21213},
        {"From", "client", 21212},
        {"Url", "", 21205},
        {"Url", "example.com", 21402},
        {"Method", "PUT", 21403},
        {"Timeout", "0", 20422},
        {"Timeout", "601", 20422},
        {"TimeLimit", "x", 20422},
        {"MachineDetection", "yes", 20422},
        {"SendDigits", "1,2", 20422},
    };
    for (const auto& [name, value, code] : wrong) {
        Parameters parameters = right;
        parameters.erase(name);
        parameters.emplace(name, value);
        try {
            parse_call_request(parameters);
            ADD_FAILURE() << name << '=' << value;
        } catch (const ApiError& error) {
            EXPECT_EQ(error.code, code) << name << '=' << value;
        }
    }
    EXPECT_THROW(parse_validation({{"PhoneNumber", "+14155550100"}, {"CallDelay", "61"}}), ApiError);
    EXPECT_EQ(parse_validation({{"PhoneNumber", "+14155550100"}, {"CallDelay", "5"}}).call_delay, Seconds(5));
}

}  // namespace
}  // namespace telephony::simulator
