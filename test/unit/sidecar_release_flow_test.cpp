// Releases, and jobs that are put back untouched.
#include "flow_fixture.hpp"

namespace telephony::sidecar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(FlowTest, AReleaseChecksTheNumberDeletesAndReports) {
    attempt(job(JobState::releasing), {shown(), deleted()}, {state("released")});
    EXPECT_THAT(requests(), ElementsAre("GET " + sid_path, "DELETE " + sid_path));
    EXPECT_THAT(events(), ElementsAre("released"));
}

TEST_F(FlowTest, ASidThatBelongsToAnotherNumberIsNotDeleted) {
    attempt(job(JobState::releasing),
            {shown(number_json(tag, "Mon, 01 Jan 2024 12:00:01 +0000", "+12025550124"))},
            {state("releasing")});
    EXPECT_THAT(requests(), ElementsAre("GET " + sid_path));
    EXPECT_THAT(events(), ElementsAre("postpone"));
}

TEST_F(FlowTest, AReleaseIsNotBelievedOnErrors) {
    for (const Reply& reply :
         {refused(401, 20003), refused(403, 20403), refused(500, 20500), refused(400, 21631), silence()}) {
        loop.destroy_coroutines();
        attempt(job(JobState::releasing), {shown(), reply}, {state("releasing")});
        EXPECT_THAT(events(), ElementsAre("postpone"));
    }
}

// One look is not proof: reads may lag behind writes.
TEST_F(FlowTest, AMissingNumberIsLookedForTwice) {
    attempt(job(JobState::releasing), {refused(404, 20404), verified(), listed()}, {state("releasing")});
    EXPECT_THAT(events(), ElementsAre("postpone"));
    EXPECT_TRUE(environment->memory.of(run->job().job_id).absent_since);

    loop.destroy_coroutines();
    prepare(job(JobState::releasing), {refused(404, 20404), verified(), listed()}, {state("released")});
    environment->memory.of(run->job().job_id).absent_since = Clock::now() - environment->absence_poll;
    loop.run_until_done(verify_and_run(*run));
    EXPECT_THAT(events(), ElementsAre("released"));
}

// A person deleted the number before it was settled: the same two looks, another end.
TEST_F(FlowTest, ABoughtNumberThatIsGoneEndsTheJob) {
    prepare(job(JobState::bought), {refused(404, 20404), verified(), listed()}, {state("failed")});
    environment->memory.of(run->job().job_id).absent_since = Clock::now() - environment->absence_poll;
    loop.run_until_done(verify_and_run(*run));
    EXPECT_THAT(events(), ElementsAre("gone"));
    EXPECT_EQ(run->state(), JobState::failed);
}

TEST_F(FlowTest, ADrainingSidecarPutsTheJobBack) {
    prepare(job(JobState::searching), {}, {state("queued")});
    environment->draining = true;
    loop.run_until_done(verify_and_run(*run));
    EXPECT_THAT(events(), ElementsAre("postpone"));
    EXPECT_THAT(requests(), ElementsAre());
}

TEST_F(FlowTest, AJobWithoutUsableCredentialsWaitsAndSaysWhy) {
    prepare(job(JobState::releasing), {}, {state("releasing")});
    twilio_account->close({CredentialVerdict::Kind::refused, "", "sealed for another", std::chrono::hours(1)},
                          std::chrono::minutes(5));
    loop.run_until_done(verify_and_run(*run));
    EXPECT_THAT(events(), ElementsAre("postpone"));
    EXPECT_THAT(postgres->statements().back(), HasSubstr("sealed for another"));
    EXPECT_TRUE(twilio->requests().empty());
}

TEST_F(FlowTest, A401InTheMiddlePutsTheJobBackUntilTheCredentialMayBeTriedAgain) {
    attempt(job(JobState::releasing), {refused(401, 20003)}, {state("releasing")});
    EXPECT_THAT(events(), ElementsAre("postpone"));
    EXPECT_THAT(postgres->statements().back(), HasSubstr("set_twilio_credentials()"));
    EXPECT_TRUE(run->account().blocked());
}

}  // namespace
}  // namespace telephony::sidecar
