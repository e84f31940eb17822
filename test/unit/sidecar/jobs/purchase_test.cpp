// Purchases, attempt by attempt: what is asked of whom, in which order, and what is not.
#include <set>

#include "sidecar/jobs/flow_fixture.hpp"

namespace telephony::sidecar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

TEST_F(FlowTest, APurchaseFromTopToBottom) {
    run_to_end(job(JobState::searching), {listed(), offered(), listed(), created()},
               {state("intended"), state("buying"), state("bought"), state("done")});
    EXPECT_EQ(attempt->state(), JobState::done);
    EXPECT_THAT(events(), ElementsAre("candidate", "send", "purchased", "settle"));
    EXPECT_THAT(requests(), ElementsAre(list + "?tag", "GET Local.json", list + "?number", post));
    // The intent carries Twilio's own clock, from the list just before.
    EXPECT_THAT(postgres->statements().at(2),
                HasSubstr(R"({"number":"+12025550123","server_date":"2024-01-01T12:00:00Z"})"));
}

TEST_F(FlowTest, APurchaseFoundUnderItsTagIsNotMadeAgain) {
    run_to_end(job(JobState::searching), {listed(number_json()), shown()}, {state("bought"), state("done")});
    EXPECT_THAT(events(), ElementsAre("purchased", "settle"));
    EXPECT_THAT(requests(), ElementsAre(list + "?tag", "GET " + sid_path));
}

// Rule PROVE_OURS needs the date; without it the job would be refused and begun again for ever.
TEST_F(FlowTest, AListedNumberWithoutADateIsAConflict) {
    std::string undated = number_json();
    const std::string date = R"("Mon, 01 Jan 2024 12:00:01 +0000")";
    undated.replace(undated.find(date), date.size(), "null");
    run_to_end(job(JobState::searching), {listed(undated)}, {state("conflict")});
    EXPECT_THAT(events(), ElementsAre("purchased"));
    EXPECT_EQ(attempt->state(), JobState::conflict);
}

// A purchase sent before may show up late: only a look at Twilio ends a cancelled job.
TEST_F(FlowTest, ACancelledJobEndsAfterALookAtItsTag) {
    for (const JobState begun : {JobState::searching, JobState::intended}) {
        loop.destroy_coroutines();
        ClaimedJob claimed = job(begun);
        claimed.cancel_requested = true;
        run_to_end(std::move(claimed), {listed()}, {state("cancelled")});
        EXPECT_THAT(requests(), ElementsAre(list + "?tag"));
        EXPECT_THAT(events(), ElementsAre("cancel"));
    }
}

TEST_F(FlowTest, ANumberTheAccountAlreadyHasIsNeverPosted) {
    run_to_end(job(JobState::intended), {listed(), listed(number_json("somebody's"))}, {state("cancelled")});
    EXPECT_THAT(events(), ElementsAre("taken"));
    EXPECT_THAT(requests(), ElementsAre(list + "?tag", list + "?number"));
}

// ---- which number next

TEST_F(FlowTest, ANumberThatCannotBeHadGivesWayToTheNext) {
    for (const int code : {21422, 21615}) {
        loop.destroy_coroutines();
        run_to_end(job(JobState::searching),
                   {listed(), offered({"+12025550123", "+12025550124"}), listed(), refused(400, code),
                    listed(), refused(400, code)},
                   {state("intended"), state("buying"), state("searching"), state("intended"),
                    state("buying"), state("searching"), state("failed")});
        EXPECT_THAT(events(), ElementsAre("candidate", "send", "unavailable", "candidate", "send",
                                          "unavailable", "no_number"));
        EXPECT_THAT(candidates(), UnorderedElementsAre("+12025550123", "+12025550124"));
    }
}

// So that two who are offered the same numbers seldom want the same one; those that need an address stay
// last.
TEST_F(FlowTest, CandidatesAreTriedInARandomOrder) {
    std::set<std::vector<std::string>> orders;
    for (int i = 0; i < 20; ++i) {
        loop.destroy_coroutines();
        run_to_end(job(JobState::searching),
                   {listed(),
                    offered({"+12025550101", "+12025550102", "+12025550103"},
                            {"+12025550104", "+12025550105", "+12025550106"}),
                    offered({}), offered({}), offered({})},
                   {state("searching"), state("searching"), state("searching"), state("searching"),
                    state("searching"), state("searching"), state("queued")});
        const std::vector<std::string> order = candidates();
        ASSERT_EQ(order.size(), 6u);
        EXPECT_THAT(std::vector(order.begin(), order.begin() + 3),
                    UnorderedElementsAre("+12025550101", "+12025550102", "+12025550103"));
        EXPECT_THAT(std::vector(order.begin() + 3, order.end()),
                    UnorderedElementsAre("+12025550104", "+12025550105", "+12025550106"));
        orders.insert(order);
    }
    EXPECT_GT(orders.size(), 1u);
}

TEST_F(FlowTest, WhatHelpsNoNumberEndsTheJobWithAReason) {
    for (const auto& [code, advice] :
         std::map<int, std::string>{{21631, "register one"}, {21649, "bundle"}, {21404, "upgrade it"}}) {
        loop.destroy_coroutines();
        run_to_end(job(JobState::intended), {listed(), listed(), refused(400, code)},
                   {state("buying"), state("failed")});
        EXPECT_THAT(events(), ElementsAre("send", "refused"));
        EXPECT_THAT(postgres->statements().back(), HasSubstr(advice));
    }
}

TEST_F(FlowTest, ACountryWithoutNumbersGivesWayToTheNext) {
    ClaimedJob claimed = job(JobState::searching);
    claimed.kinds = {{"CA", "Local", "", ""}, {"US", "Local", "", ""}};
    run_to_end(std::move(claimed), {listed(), offered({}), offered(), listed(), created()},
               {state("intended"), state("buying"), state("bought"), state("done")});
    EXPECT_THAT(twilio->requests().at(2), HasSubstr("/AvailablePhoneNumbers/CA/"));
    EXPECT_THAT(twilio->requests().at(3), HasSubstr("/AvailablePhoneNumbers/US/"));
    EXPECT_EQ(attempt->state(), JobState::done);
}

// All candidates of the first country are refused, one by one.
TEST_F(FlowTest, ACountryWhoseNumbersAreAllRefusedGivesWayToTheNext) {
    ClaimedJob claimed = job(JobState::searching);
    claimed.kinds = {{"CA", "Local", "", ""}, {"US", "Local", "", ""}};
    run_to_end(std::move(claimed),
               {listed(), offered({"+14165550101", "+14165550102"}), listed(), refused(400, 21422), listed(),
                refused(400, 21422), offered(), listed(), created()},
               {state("intended"), state("buying"), state("searching"), state("intended"), state("buying"),
                state("searching"), state("intended"), state("buying"), state("bought"), state("done")});
    EXPECT_EQ(attempt->state(), JobState::done);
    EXPECT_THAT(twilio->requests().at(7), HasSubstr("/AvailablePhoneNumbers/US/"));
    EXPECT_THAT(postgres->statements().at(7), HasSubstr(R"("number_country":"US")"));
}

TEST_F(FlowTest, NoMoreNumbersThanAllowedAreTriedOfOneKind) {
    flow.max_candidates = 1;
    run_to_end(job(JobState::searching),
               {listed(), offered({"+12025550123", "+12025550124"}), listed(), refused(400, 21422)},
               {state("intended"), state("buying"), state("searching"), state("failed")});
    EXPECT_THAT(events(), ElementsAre("candidate", "send", "unavailable", "no_number"));
}

TEST_F(FlowTest, AJobWithoutAKindToBuyFailsWithoutASearch) {
    ClaimedJob claimed = job(JobState::searching);
    claimed.kinds.clear();
    run_to_end(std::move(claimed), {listed()}, {state("failed")});
    EXPECT_THAT(requests(), ElementsAre(list + "?tag"));
    EXPECT_THAT(postgres->statements().back(), HasSubstr("set_regulatory_profile()"));
}

// The profile of the candidate's kind goes with its purchase, and with a rescuer's repetition.
TEST_F(FlowTest, AddressAndBundleOfTheKindAreSentWithThePurchase) {
    ClaimedJob searching = job(JobState::searching);
    searching.kinds = {{"GB", "Local", "AD1", "BU1"}, {"GB", "Mobile", "", "BU2"}};
    run_to_end(searching, {listed(), offered({}), offered(), listed(), created()},
               {state("intended"), state("buying"), state("bought"), state("done")});
    EXPECT_THAT(twilio->requests().back(), HasSubstr("&VoiceUrl=https%3A%2F%2Fa&BundleSid=BU2"));
    EXPECT_THAT(twilio->requests().back(), Not(HasSubstr("AddressSid")));

    loop.destroy_coroutines();
    ClaimedJob in_doubt = job(JobState::in_doubt);
    in_doubt.kinds = searching.kinds;
    in_doubt.number_country = "GB";
    in_doubt.number_type = "Local";
    run_to_end(std::move(in_doubt), {listed(), listed(), created()},
               {state("buying"), state("bought"), state("done")});
    EXPECT_THAT(twilio->requests().back(), HasSubstr("&AddressSid=AD1&BundleSid=BU1"));
}

// The spend guard of the database answers `send` with the state it was in.
TEST_F(FlowTest, APurchaseThatIsHeldBackIsNotSent) {
    run_to_end(job(JobState::intended), {listed(), listed()}, {given_back("intended")});
    EXPECT_TRUE(attempt->ended());
    EXPECT_THAT(requests(), ElementsAre(list + "?tag", list + "?number"));
}

TEST_F(FlowTest, ThrottledRequestsOfAPurchaseAreMadeLater) {
    for (const std::vector<Reply>& replies :
         {std::vector<Reply>{refused(429, 20429)}, std::vector<Reply>{listed(), refused(429, 20429)}}) {
        for (const JobState begun : {JobState::searching, JobState::intended}) {
            loop.destroy_coroutines();
            run_to_end(job(begun), replies,
                       {given_back(begun == JobState::searching ? "queued" : "intended")});
            EXPECT_THAT(events(), ElementsAre("postpone"));
        }
    }
}

TEST_F(FlowTest, AFencedJobPostsNothing) {
    run_to_end(job(JobState::intended), {listed(), listed()}, {error("TL001")});
    EXPECT_TRUE(attempt->ended());
    EXPECT_THAT(requests(), ElementsAre(list + "?tag", list + "?number"));
}

TEST_F(FlowTest, ARescuerInBuyingLooksBeforeItDoesAnything) {
    run_to_end(job(JobState::buying), {listed(number_json()), listed(), shown()},
               {state("in_doubt"), state("bought"), state("done")});
    EXPECT_THAT(events(), ElementsAre("ambiguous", "purchased", "settle"));
}

// Given up as absent before this candidate, then it came: the job has its number, and buys no second one.
TEST_F(FlowTest, AnEarlierCandidateThatComesLateIsRecordedInsteadOfASecondPurchase) {
    const std::string late = number_json(tag, "Mon, 01 Jan 2024 11:30:00 +0000", "+12025550199");
    run_to_end(job(JobState::in_doubt), {listed(late), listed(), shown(late)},
               {state("bought"), state("done")});
    EXPECT_THAT(events(), ElementsAre("purchased", "settle"));
    EXPECT_THAT(requests(), ElementsAre(list + "?tag", list + "?number", "GET " + sid_path));
    EXPECT_THAT(postgres->statements().at(1), HasSubstr(R"("number":"+12025550199")"));
}

// Somebody bought it between our list and a purchase of ours that came late and took effect as an update.
TEST_F(FlowTest, ANumberThatWasChangedAfterItWasBoughtIsAConflict) {
    const std::string changed = number_json(tag, "Mon, 01 Jan 2024 12:00:01 +0000", "+12025550123",
                                            "Mon, 01 Jan 2024 12:00:09 +0000");
    ClaimedJob once = job(JobState::in_doubt);
    once.posts_sent = 1;
    run_to_end(once, {listed(changed), listed(changed)}, {state("conflict")});
    EXPECT_THAT(events(), ElementsAre("purchased"));
}

TEST_F(FlowTest, ANumberThatARepeatedPurchaseOfOursChangedIsOurs) {
    const std::string changed = number_json(tag, "Mon, 01 Jan 2024 12:00:01 +0000", "+12025550123",
                                            "Mon, 01 Jan 2024 12:00:09 +0000");
    ClaimedJob twice = job(JobState::in_doubt);
    twice.posts_sent = 2;
    run_to_end(twice, {listed(changed), listed(changed), shown(changed)}, {state("bought"), state("done")});
    EXPECT_THAT(events(), ElementsAre("purchased", "settle"));
}

TEST_F(FlowTest, AnotherTenantsNumberUnderOurTagIsFoundBeforeASearchAndIsAConflict) {
    const std::string changed = number_json(tag, "Mon, 01 Jan 2024 12:00:01 +0000", "+12025550199",
                                            "Mon, 01 Jan 2024 12:30:00 +0000");
    ClaimedJob searching = job(JobState::searching);
    searching.posts_sent = 0;
    run_to_end(searching, {listed(changed)}, {state("conflict")});
    EXPECT_THAT(events(), ElementsAre("purchased"));
}

TEST_F(FlowTest, AnOlderNumberIsAConflict) {
    run_to_end(job(JobState::in_doubt),
               {listed(number_json(tag, "Mon, 01 Jan 2024 11:59:57 +0000")), listed()}, {state("conflict")});
    EXPECT_EQ(attempt->state(), JobState::conflict);
    EXPECT_THAT(events(), ElementsAre("purchased"));
}

TEST_F(FlowTest, ANumberThatAppearsUnderAnotherNameIsAConflictAndIsNotPostedAgain) {
    run_to_end(job(JobState::in_doubt), {listed(), listed(number_json("renamed"))}, {state("conflict")});
    EXPECT_THAT(events(), ElementsAre("purchased"));
    EXPECT_THAT(requests(), ElementsAre(list + "?tag", list + "?number"));
}

TEST_F(FlowTest, AnUnansweredPurchaseIsRepeatedByTheNextAttemptOnly) {
    run_to_end(job(JobState::intended), {listed(), listed(), silence(), listed(), listed()},
               {state("buying"), state("in_doubt"), given_back("in_doubt")});
    EXPECT_THAT(events(), ElementsAre("send", "ambiguous", "postpone"));
    const std::vector<std::string> sent = requests();
    EXPECT_EQ(std::count(sent.begin(), sent.end(), post), 1);
}

TEST_F(FlowTest, AnAttemptInDoubtRepeatsThePurchase) {
    run_to_end(job(JobState::in_doubt), {listed(), listed(), created()},
               {state("buying"), state("bought"), state("done")});
    EXPECT_THAT(events(), ElementsAre("resend", "purchased", "settle"));
}

TEST_F(FlowTest, AfterThreePurchasesOnlyLookingIsLeft) {
    ClaimedJob claimed = job(JobState::in_doubt);
    claimed.may_resend = false;
    run_to_end(std::move(claimed), {listed(), listed()}, {given_back("in_doubt")});
    EXPECT_THAT(events(), ElementsAre("not_seen"));
    EXPECT_THAT(requests(), ElementsAre(list + "?tag", list + "?number"));
}

TEST_F(FlowTest, ARefusedRepetitionLeavesTheNumberInDoubt) {
    run_to_end(job(JobState::in_doubt), {listed(), listed(), refused(400, 21422), listed(), listed()},
               {state("buying"), never_to_resend("in_doubt"), given_back("in_doubt")});
    EXPECT_THAT(events(), ElementsAre("resend", "unavailable", "not_seen"));
}

// `candidate` is not waited for on disk: a crash of the server can take it back although it was answered.
TEST_F(FlowTest, AnEventThatIsIllegalBecauseTheDatabaseWentBackIsLookedUpAndGoneOnFrom) {
    run_to_end(job(JobState::intended), {listed(), listed(), offered(), listed(), created()},
               {error("TL002"), renewed("searching"), state("intended"), state("buying"), state("bought"),
                state("done")});
    EXPECT_THAT(events(), ElementsAre("send", "renew", "candidate", "send", "purchased", "settle"));
    EXPECT_EQ(attempt->state(), JobState::done);
}

TEST_F(FlowTest, AnEventThatIsIllegalInTheStateBothBelieveInDropsTheJob) {
    run_to_end(job(JobState::bought), {shown()}, {error("TL002"), renewed("bought"), error("TL002")});
    EXPECT_THAT(events(), ElementsAre("settle", "renew", "settle"));
    EXPECT_TRUE(attempt->ended());
}

// When the job may be claimed again the database says, not the sidecar.
TEST_F(FlowTest, TheNextAttemptIsExpectedWhenTheDatabaseSays) {
    std::optional<Deadline> expected;
    prepare(job(JobState::searching), {refused(429, 20429)}, {given_back("queued")});
    environment->expect_work = [&expected](Deadline due) { expected = due; };
    const Deadline begun = Clock::now();
    loop.run_until_done(verify_and_run(*attempt));
    ASSERT_TRUE(expected);
    EXPECT_GE(*expected, begun + milliseconds(1500));
    EXPECT_LE(*expected, Clock::now() + milliseconds(1500));
}

TEST_F(FlowTest, APassingFailureIsTriedAgain) {
    run_to_end(job(JobState::bought), {shown()}, {error("40001"), state("done")});
    EXPECT_THAT(events(), ElementsAre("settle", "settle"));
}

TEST_F(FlowTest, VoiceSettingsThatAreMissingAreMended) {
    const std::string silent = std::string(number_json()).replace(number_json().find("https://a"), 9, "");
    run_to_end(job(JobState::bought), {shown(silent), shown()}, {state("done")});
    EXPECT_THAT(requests(), ElementsAre("GET " + sid_path, "POST " + sid_path));
}

}  // namespace
}  // namespace telephony::sidecar
