// What is made of Twilio's refusals to verify a number.
#include "calls/caller_ids.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace telephony::sidecar {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

CallRefusal refusal_with(int code) {
    TwilioProblem problem;
    problem.kind = TwilioProblem::Kind::refused;
    problem.code = code;
    problem.message = "Twilio's own words about +2348031234567";
    return refusal_of(problem);
}

TEST(CallRefusal, SaysWhatTheOrganizationCanDo) {
    const std::vector<std::tuple<int, std::string_view, std::string>> known = {
        {21449, reasons::number_at_twilio.code, "without being verified"},
        {10002, reasons::trial_account_limit.code, "upgrade"},
        {21219, reasons::trial_account_limit.code, "trial"},
        {13227, reasons::call_not_connected.code, "Geographic permissions"},
        {21215, reasons::call_not_connected.code, "Geographic permissions"},
        {21216, reasons::call_not_connected.code, "Geographic permissions"},
        {32205, reasons::call_not_connected.code, "Geographic permissions"},
        {21211, reasons::number_not_called.code, "check its digits"},
        {21401, reasons::number_not_called.code, "check its digits"},
        {99999, reasons::caller_id_refused.code, "99999"},
    };
    for (const auto& [code, reason, text] : known) {
        EXPECT_EQ(refusal_with(code).code, reason) << code;
        EXPECT_THAT(refusal_with(code).reason, HasSubstr(text)) << code;
        EXPECT_THAT(refusal_with(code).reason, Not(HasSubstr("own words"))) << code;
    }
}

TEST(CallRefusal, WithoutAnErrorNamesNone) {
    EXPECT_EQ(refusal_with(0).reason, "Twilio does not verify this number");
}

}  // namespace
}  // namespace telephony::sidecar
