// A claimed call as the database writes it, and how it stands.
#include "contract/calls.hpp"

#include <gtest/gtest.h>

#include "contract/answer.hpp"

namespace telephony::sidecar {
namespace {

TEST(ClaimedCall, IsReadFromItsRow) {
    const ClaimedCall call = parse_claimed_call(
        R"({"org_id":"o","call_id":"c","kind":"caller_id","state":"calling","token":4294967297,"tag":"t",
            "number":"+2348031234567","account_sid":"AC1","caller_id_sid":null,"call_sid":"CA1",
            "intent_at":"2026-11-28T10:00:00+00:00","call_status":"ringing","overdue":true,"credential":null})");
    EXPECT_EQ(call.org_id + call.call_id + call.kind + call.tag + call.account_sid + call.call_sid,
              "occaller_idtAC1CA1");
    EXPECT_EQ(call.state, CallState::calling);
    EXPECT_EQ(call.token, 4294967297);
    EXPECT_EQ(call.number.str(), "+2348031234567");
    EXPECT_EQ(call.caller_id_sid, "");
    EXPECT_EQ(iso8601(call.intent_at.value()), "2026-11-28T10:00:00Z");
    EXPECT_TRUE(call.overdue);
    EXPECT_FALSE(call.credentials);
}

TEST(ClaimedCall, WhatCannotBeReadBreaksTheContract) {
    for (const char* row : {"", "{}", R"({"org_id":"o","call_id":"c","kind":"k","state":"singing"})"})
        EXPECT_THROW(parse_claimed_call(row), ContractBroken) << row;
}

TEST(CallStanding, IsReadFromItsRow) {
    const CallStanding waiting =
        parse_call_standing(R"({"state":"calling","lease_kept":false,"retry_seconds":2.5})");
    EXPECT_EQ(waiting.state, CallState::calling);
    EXPECT_FALSE(waiting.lease_kept);
    EXPECT_EQ(waiting.retry, std::chrono::milliseconds(2500));
    EXPECT_FALSE(parse_call_standing(R"({"state":"done","lease_kept":false,"retry_seconds":null})").retry);
}

}  // namespace
}  // namespace telephony::sidecar
