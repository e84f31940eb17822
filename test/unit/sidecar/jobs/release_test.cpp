// Releases, and jobs that are put back untouched.
#include "sidecar/jobs/flow_fixture.hpp"

namespace telephony::sidecar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(FlowTest, AReleaseChecksTheNumberDeletesAndReports) {
    run_to_end(job(JobState::releasing), {shown(), deleted()}, {state("released")});
    EXPECT_THAT(requests(), ElementsAre("GET " + sid_path, "DELETE " + sid_path));
    EXPECT_THAT(events(), ElementsAre("released"));
}

TEST_F(FlowTest, ASidThatBelongsToAnotherNumberIsNotDeleted) {
    run_to_end(job(JobState::releasing),
               {shown(number_json(tag, "Mon, 01 Jan 2024 12:00:01 +0000", "+12025550124"))},
               {given_back("releasing")});
    EXPECT_THAT(requests(), ElementsAre("GET " + sid_path));
    EXPECT_THAT(events(), ElementsAre("postpone"));
}

TEST_F(FlowTest, AReleaseIsNotBelievedOnErrors) {
    for (const Reply& reply :
         {refused(401, 20003), refused(403, 20403), refused(500, 20500), refused(400, 20001), silence()}) {
        loop.destroy_coroutines();
        run_to_end(job(JobState::releasing), {shown(), reply}, {given_back("releasing")});
        EXPECT_THAT(events(), ElementsAre("postpone"));
    }
}

std::string with_emergency_address(const std::string& sid, const std::string& status) {
    std::string json = number_json();
    json.back() = ',';
    return json + R"("emergency_address_sid":)" + (sid.empty() ? "null" : "\"" + sid + "\"") +
           R"(,"emergency_address_status":")" + status + "\"}";
}
const std::string emergency_address = "AD0123456789abcdef0123456789abcdef";

// Twilio does not release a number that has an emergency address.
TEST_F(FlowTest, AnEmergencyAddressIsGivenUpBeforeTheNumber) {
    run_to_end(job(JobState::releasing),
               {shown(with_emergency_address(emergency_address, "registered")), shown()},
               {given_back("releasing")});
    EXPECT_THAT(requests(), ElementsAre("GET " + sid_path, "POST " + sid_path));
    EXPECT_THAT(twilio->requests().back(),
                ::testing::HasSubstr("EmergencyStatus=Inactive&EmergencyAddressSid="));
    EXPECT_THAT(events(), ElementsAre("postpone"));
}

TEST_F(FlowTest, AnEmergencyAddressThatIsOnItsWayOutIsWaitedFor) {
    run_to_end(job(JobState::releasing),
               {shown(with_emergency_address(emergency_address, "pending-unregistration"))},
               {given_back("releasing")});
    EXPECT_THAT(requests(), ElementsAre("GET " + sid_path));
    EXPECT_THAT(events(), ElementsAre("postpone"));
}

TEST_F(FlowTest, AReleaseRefusedForItsEmergencyAddressGivesThatUp) {
    run_to_end(job(JobState::releasing), {shown(), refused(400, 21631), shown()}, {given_back("releasing")});
    EXPECT_THAT(requests(), ElementsAre("GET " + sid_path, "DELETE " + sid_path, "POST " + sid_path));
    EXPECT_THAT(events(), ElementsAre("postpone"));
}

// 429: not processed, always tried again.
TEST_F(FlowTest, AThrottledReleaseIsTriedLater) {
    for (const std::vector<Reply>& replies :
         {std::vector<Reply>{refused(429, 20429)}, std::vector<Reply>{shown(), refused(429, 20429)}}) {
        loop.destroy_coroutines();
        run_to_end(job(JobState::releasing), replies, {given_back("releasing")});
        EXPECT_THAT(events(), ElementsAre("postpone"));
    }
}

// The database decides when an organization's data may go; Twilio is not asked.
TEST_F(FlowTest, AnErasureOnlyLooksAgain) {
    for (const char* const next : {"erasing", "done"}) {
        loop.destroy_coroutines();
        run_to_end(job(JobState::erasing), {}, {given_back(next)});
        EXPECT_THAT(events(), ElementsAre("look"));
        EXPECT_THAT(requests(), ElementsAre());
        EXPECT_TRUE(attempt->ended());
    }
}

// One look is not proof: reads may lag behind writes.
TEST_F(FlowTest, AMissingNumberIsLookedForTwice) {
    run_to_end(job(JobState::releasing), {refused(404, 20404), verified(), listed()},
               {given_back("releasing")});
    EXPECT_THAT(events(), ElementsAre("postpone"));
    EXPECT_TRUE(environment->memory.of(attempt->job().job_id).absent_since);

    loop.destroy_coroutines();
    prepare(job(JobState::releasing), {refused(404, 20404), verified(), listed()}, {state("released")});
    environment->memory.of(attempt->job().job_id).absent_since = Clock::now() - environment->absence_poll;
    loop.run_until_done(verify_and_run(*attempt));
    EXPECT_THAT(events(), ElementsAre("released"));
}

// The number was deleted in the console before it was settled: the same two looks, another end.
TEST_F(FlowTest, ABoughtNumberThatIsGoneEndsTheJob) {
    prepare(job(JobState::bought), {refused(404, 20404), verified(), listed()}, {state("failed")});
    environment->memory.of(attempt->job().job_id).absent_since = Clock::now() - environment->absence_poll;
    loop.run_until_done(verify_and_run(*attempt));
    EXPECT_THAT(events(), ElementsAre("gone"));
    EXPECT_EQ(attempt->state(), JobState::failed);
}

TEST_F(FlowTest, ADrainingSidecarPutsTheJobBack) {
    prepare(job(JobState::searching), {}, {state("queued")});
    environment->draining = true;
    loop.run_until_done(verify_and_run(*attempt));
    EXPECT_THAT(events(), ElementsAre("postpone"));
    EXPECT_THAT(requests(), ElementsAre());
}

TEST_F(FlowTest, AJobWithoutUsableCredentialsWaitsAndSaysWhy) {
    prepare(job(JobState::releasing), {}, {given_back("releasing")});
    gate->close({CredentialVerdict::Kind::refused, "", "sealed for another", std::chrono::hours(1)},
                std::chrono::minutes(5));
    loop.run_until_done(verify_and_run(*attempt));
    EXPECT_THAT(events(), ElementsAre("postpone"));
    EXPECT_THAT(postgres->statements().back(), HasSubstr("sealed for another"));
    EXPECT_TRUE(twilio->requests().empty());
}

TEST_F(FlowTest, A401InTheMiddlePutsTheJobBackUntilTheCredentialMayBeTriedAgain) {
    run_to_end(job(JobState::releasing), {refused(401, 20003)}, {given_back("releasing")});
    EXPECT_THAT(events(), ElementsAre("postpone"));
    EXPECT_THAT(postgres->statements().back(), HasSubstr("set_twilio_credentials()"));
    EXPECT_TRUE(attempt->gate().blocked());
}

}  // namespace
}  // namespace telephony::sidecar
