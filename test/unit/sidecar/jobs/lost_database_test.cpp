// Purchases whose report to the database gets lost, and the one case in which a purchase is undone.
#include "jobs/rollback.hpp"
#include "sidecar/jobs/flow_fixture.hpp"

namespace telephony::sidecar {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Rule SETTLE_UNKNOWN: a report that was sent and not answered is looked up, and the number is kept.
TEST_F(FlowTest, AReportWhoseAnswerWasLostIsLookedUp) {
    run_to_end(job(JobState::intended), {listed(), listed(), created()},
               {state("buying"), no_answer(), greeting_answer, renewed("bought"), state("done")});
    EXPECT_THAT(events(), ElementsAre("send", "purchased", "renew", "settle"));
    EXPECT_EQ(attempt->state(), JobState::done);
}

TEST_F(FlowTest, AReportThatDidNotArriveIsSentAgain) {
    run_to_end(
        job(JobState::intended), {listed(), listed(), created()},
        {state("buying"), no_answer(), greeting_answer, renewed("buying"), state("bought"), state("done")});
    EXPECT_THAT(events(), ElementsAre("send", "purchased", "renew", "purchased", "settle"));
}

// The purchase is posted only when the intent is known to be committed.
TEST_F(FlowTest, AnIntentWhoseAnswerWasLostIsPostedOnceItIsFoundCommitted) {
    run_to_end(job(JobState::intended), {listed(), listed(), created()},
               {no_answer(), greeting_answer, renewed("buying"), state("bought"), state("done")});
    EXPECT_THAT(events(), ElementsAre("send", "renew", "purchased", "settle"));
    const std::vector<std::string> sent = requests();
    EXPECT_EQ(std::count(sent.begin(), sent.end(), post), 1);
}

// Rule ROLLBACK_IN_LEASE, the whole of it: never sent, lost long enough, lease long enough.
TEST_F(FlowTest, APurchaseIsUndoneWhenTheDatabaseStaysLost) {
    prepare(job(JobState::intended), {listed(), listed(), created(), deleted()},
            {state("buying", Script::End::vanish), greeting_answer, state("failed")});
    twilio->on_request = [this](std::size_t count) {
        if (count == 5) postgres->come_back();  // with the DELETE
    };
    loop.run_until_done(verify_and_run(*attempt));
    EXPECT_THAT(requests(), ElementsAre(list + "?tag", list + "?number", post, "DELETE " + sid_path));
    EXPECT_THAT(events(), ElementsAre("send", "rolled_back"));
    EXPECT_THAT(metrics.render(), HasSubstr("telephonyd_alerts_total{alert=\"rolled_back\"} 1"));
}

// The DELETE may still take effect: who looked now would find the number, settle it, and lose it. Nothing is
// looked at, and nothing said that would end the lease before the request's life is over.
TEST_F(FlowTest, AnUndoingWithoutAnswerEndsTheAttemptAndKeepsItsLease) {
    prepare(job(JobState::intended), {listed(), listed(), created(), silence()},
            {state("buying", Script::End::vanish), greeting_answer, state("in_doubt")});
    twilio->on_request = [this](std::size_t count) {
        if (count == 5) postgres->come_back();  // with the first DELETE, which is not answered
    };
    loop.run_until_done(verify_and_run(*attempt));
    const std::vector<std::string> sent = requests();
    ASSERT_GE(sent.size(), 4u);
    EXPECT_THAT(std::vector(sent.begin() + 3, sent.end()), Each("DELETE " + sid_path));
    EXPECT_THAT(events(), ElementsAre("send", "ambiguous"));
    EXPECT_TRUE(attempt->ended());
    EXPECT_GT(attempt->lease().remaining(), flow.request_timeout);
    EXPECT_THAT(metrics.render(), HasSubstr("telephonyd_alerts_total{alert=\"rollback_unconfirmed\"} 1"));
}

TEST_F(FlowTest, NothingIsUndoneOnceTheReportWasSent) {
    flow.lease = std::chrono::seconds(11);  // purchase_needs() and a little
    prepare(job(JobState::intended), {listed(), listed(), created()},
            {state("buying"),
             {"", "", "", Script::End::cut_unanswered},
             greeting_answer,
             {"", "TL001", "", Script::End::ready}});
    loop.run_until_done(verify_and_run(*attempt));
    EXPECT_THAT(requests(), ElementsAre(list + "?tag", list + "?number", post));
    EXPECT_TRUE(attempt->ended());
}

IncomingNumber bought_number() {
    return *parse_incoming_number(number_json());
}

TEST_F(FlowTest, NothingIsUndoneWhileTheDatabaseAnswers) {
    prepare(job(JobState::buying), {}, {});
    loop.run_until_done(roll_back(*attempt, bought_number()));
    EXPECT_TRUE(attempt->ended());
    EXPECT_TRUE(twilio->requests().empty());
}

// Takes the database away once it is connected, and waits until it has been lost for `since`.
Task<void> lose(EventLoop& loop, Database& database, FakePostgres& postgres, Duration since) {
    Wakeup changed(loop);
    database.on_change = [&changed] { changed.raise(); };
    while (database.state() != Database::State::ready) co_await changed.wait_until(no_deadline);
    postgres.vanish();
    while (!database.lost_since()) co_await changed.wait_until(no_deadline);
    database.on_change = nullptr;
    co_await loop.sleep_until(*database.lost_since() + since);
}

// Without the database only what Twilio's answer itself proves is undone.
TEST_F(FlowTest, NothingIsUndoneThatTheAnswerDoesNotProveToBeOurs) {
    IncomingNumber older = bought_number();
    older.date_created = parse_iso8601("2024-01-01T11:59:59Z");
    IncomingNumber renamed = bought_number();
    renamed.friendly_name = "somebody's";
    for (const IncomingNumber& number : {older, renamed}) {
        loop.destroy_coroutines();
        prepare(job(JobState::buying), {}, {});
        loop.run_until_done(lose(loop, *database, *postgres, flow.rollback_after));
        loop.run_until_done(roll_back(*attempt, number));
        EXPECT_TRUE(attempt->ended());
        EXPECT_TRUE(twilio->requests().empty());
    }
}

TEST_F(FlowTest, NothingIsUndoneBeforeTheDatabaseHasBeenLostForLongEnough) {
    prepare(job(JobState::buying), {}, {});
    loop.run_until_done(lose(loop, *database, *postgres, Duration::zero()));
    loop.run_until_done(roll_back(*attempt, bought_number()));
    EXPECT_TRUE(attempt->ended());
    EXPECT_TRUE(twilio->requests().empty());
}

TEST_F(FlowTest, NothingIsUndoneWithALeaseThatARequestCouldOutlive) {
    prepare(job(JobState::buying), {}, {});
    attempt.emplace(*environment, job(JobState::buying), gate,
                    Clock::now() - flow.lease + flow.request_timeout);
    loop.run_until_done(lose(loop, *database, *postgres, flow.rollback_after));
    loop.run_until_done(roll_back(*attempt, bought_number()));
    EXPECT_TRUE(attempt->ended());
    EXPECT_TRUE(twilio->requests().empty());
    EXPECT_THAT(metrics.render(), HasSubstr("telephonyd_alerts_total{alert=\"number_kept\"} 1"));
}

// With a lease too short to undo it a purchase is not begun: the lease is renewed first ...
TEST_F(FlowTest, APurchaseRenewsALeaseThatIsTooShortToUndoIt) {
    prepare(job(JobState::intended), {listed(), listed(), created()},
            {renewed("intended"), state("buying"), state("bought"), state("done")});
    attempt.emplace(*environment, job(JobState::intended), gate,
                    Clock::now() - flow.lease + flow.purchase_needs() - milliseconds(1));
    loop.run_until_done(verify_and_run(*attempt));
    EXPECT_THAT(events(), ElementsAre("renew", "send", "purchased", "settle"));
}

// ... and without the renewal nothing is sent.
TEST_F(FlowTest, APurchaseIsNotBegunWithoutTheRenewalItNeeds) {
    prepare(job(JobState::intended), {listed(), listed()}, {error("TL001")});
    attempt.emplace(*environment, job(JobState::intended), gate,
                    Clock::now() - flow.lease + flow.purchase_needs() - milliseconds(1));
    loop.run_until_done(verify_and_run(*attempt));
    EXPECT_TRUE(attempt->ended());
    EXPECT_THAT(events(), ElementsAre("renew"));
    EXPECT_THAT(requests(), ElementsAre(list + "?tag", list + "?number"));
}

}  // namespace
}  // namespace telephony::sidecar
